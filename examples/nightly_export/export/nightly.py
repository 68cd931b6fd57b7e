"""Writes all records of a table to one file in a bucket."""

import datetime
import json
import os
import tempfile
from decimal import Decimal
from typing import Any

import boto3

_TABLE = boto3.resource("dynamodb").Table(os.environ["TABLE"])
_BUCKET = boto3.client("s3")


def handle(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Write today's file; a second run on the same day replaces it."""
    key = f"orders/{datetime.datetime.now(datetime.UTC):%Y-%m-%d}.jsonl"
    count = 0
    with tempfile.TemporaryFile() as lines:
        start: dict[str, Any] = {}
        while True:
            page = _TABLE.scan(**start)
            for item in page["Items"]:
                lines.write(json.dumps(item, default=_plain, sort_keys=True).encode() + b"\n")
                count += 1
            if "LastEvaluatedKey" not in page:
                break
            start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}
        lines.seek(0)
        _BUCKET.put_object(Bucket=os.environ["BUCKET"], Key=key, Body=lines)
    return {"key": key, "records": count}


def _plain(value: Any) -> Any:
    """Convert DynamoDB's numbers and sets to JSON values."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return sorted(value)
