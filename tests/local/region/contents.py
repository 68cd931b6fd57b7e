"""Everything stored in a local region, read through the AWS APIs, for searches."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

Client = Callable[[str], Any]


def secrets(client: Client) -> list[str]:
    """Return every value in Secrets Manager, extracted from its JSON."""
    manager = client("secretsmanager")
    kept = [
        json.loads(manager.get_secret_value(SecretId=each["ARN"])["SecretString"])
        for each in manager.list_secrets()["SecretList"]
    ]
    return [text for value in kept for text in _texts(value)]


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _texts(inner)


def logs(client: Client) -> dict[str, str]:
    """Return the content of each log group."""
    service = client("logs")
    groups = [each["logGroupName"] for each in service.describe_log_groups()["logGroups"]]
    return {group: _lines(service, group) for group in groups}


def _lines(service: Any, group: str) -> str:
    streams = service.describe_log_streams(logGroupName=group)["logStreams"]
    return "\n".join(
        event["message"]
        for stream in streams
        for event in service.get_log_events(
            logGroupName=group, logStreamName=stream["logStreamName"], startFromHead=True, limit=10_000
        )["events"]
    )


def stored(client: Client) -> dict[str, str]:
    """Return the functions' configurations, the tables' items and the buckets' objects."""
    found = {
        f"function {each['FunctionName']}": json.dumps(each, default=str)
        for each in client("lambda").list_functions()["Functions"]
    }
    for table in client("dynamodb").list_tables()["TableNames"]:
        found[f"table {table}"] = json.dumps(client("dynamodb").scan(TableName=table)["Items"], default=str)
    s3 = client("s3")
    for bucket in s3.list_buckets()["Buckets"]:
        for each in s3.list_objects_v2(Bucket=bucket["Name"]).get("Contents", []):
            body = s3.get_object(Bucket=bucket["Name"], Key=each["Key"])["Body"].read()
            found[f"object {each['Key']}"] = body.decode(errors="replace")
    return found
