"""Entry code of all functions: SQS batches, webhooks, environment, logging. Imports the adapters, never a handler."""
