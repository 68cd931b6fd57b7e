"""The provisioners, one module per AWS service. Importing this package registers them all."""

from local.region.resources import (
    apigateway,
    cloudwatch,
    dynamodb,
    events,
    functions,
    iam,
    s3,
    scheduler,
    secrets,
    sns,
    sqs,
)

__all__ = [
    "apigateway",
    "cloudwatch",
    "dynamodb",
    "events",
    "functions",
    "iam",
    "s3",
    "scheduler",
    "secrets",
    "sns",
    "sqs",
]
