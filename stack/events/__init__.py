"""EventBus and EventSubscription: rule, queue, dead-letter queue, function."""
