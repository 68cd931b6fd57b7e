"""The components EventBus and EventSubscription, and event pattern validation."""
