"""Adapters for AWS: DynamoDB, S3, EventBridge, SQS, Secrets Manager and Bedrock. Imports `domain` and `runtime`."""
