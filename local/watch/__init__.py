"""What a running pipeline does: its logs, records, queues and model calls, read for the board."""
