"""The SecretBundle component."""
