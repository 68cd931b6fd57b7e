"""The review: what people see, and how their decisions are read."""
