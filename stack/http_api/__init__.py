"""The WebhookApi component: routes, authorizers, custom domain."""
