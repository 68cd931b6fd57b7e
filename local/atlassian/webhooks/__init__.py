"""The simulator's webhooks: who is registered, and delivery with retries."""
