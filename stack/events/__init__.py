"""The components EventBus, EventSubscription and StreamSubscription, and event pattern validation."""
