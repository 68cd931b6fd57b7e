"""What the handlers share: records, events, clients, the storage format."""
