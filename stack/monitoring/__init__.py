"""Alarms and dashboards: Observability, WatchedFunction, WatchedQueue."""
