"""CloudWatch alarms and dashboards: the Observability component and its arguments."""
