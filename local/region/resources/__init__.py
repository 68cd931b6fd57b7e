"""Provisioners for AWS resources, one module per service. Importing this package registers all of them."""

from local.region.resources import (
    apigateway,
    cloudwatch,
    domains,
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
    "domains",
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
