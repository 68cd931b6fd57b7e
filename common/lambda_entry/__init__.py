"""The edge of every function: SQS batches, webhooks, environment, logging. Imports the adapters, never a handler."""
