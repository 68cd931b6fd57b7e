"""The load test: a thousand tickets, slow and failing services, and an audit from the outside."""
