"""The WebhookApi component: HTTP API routes, authorizers, custom domain."""
