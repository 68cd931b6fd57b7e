"""JiraWebhookHandler: step 1, records a closed ticket as a change if it is eligible, and publishes ChangeDetected."""
