"""The RecordTable component."""
