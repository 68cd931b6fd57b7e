"""The review: what people are shown, and how what they answer is read."""
