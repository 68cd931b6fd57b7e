"""The load test: a thousand tickets, slow and failing services, and an audit of the results."""
