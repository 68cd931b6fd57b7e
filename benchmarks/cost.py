"""Compute the AWS cost of 1,000 published pages from the calls that the pipeline makes in the demo.

    python -m benchmarks.cost

Plays the demo's tickets in the local region, counts the calls by service and operation, the lines in the logs and the
size of the records, and multiplies them by list prices (us-east-1, arm64, without free tiers). Durations cannot be
measured here, because this machine is not Lambda: the durations in ``INVOCATIONS`` are estimates, to be replaced by the
values on the dashboard. Calls by people in Jira and Confluence, data transfer and taxes are not included.
"""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from local.demo import scenario
from local.demo.counts import CallCounts
from local.demo.steps import Steps
from local.environment import LocalEnvironment, local_environment
from local.region.access_log import AwsCall
from stack.pipeline.functions import FUNCTIONS

#: Invocations for one published page: function, how many, and seconds each. Five webhooks, as docs/scaling.md counts
#: them, three events and a view of the diff.
INVOCATIONS = (
    ("JiraWebhookHandler", 3, 0.3),
    ("DocumentOrchestrator", 1, 8.0),
    ("ReviewTicketCreator", 1, 4.0),
    ("ReviewPage", 1, 0.3),
    ("ApprovalHandler", 2, 0.3),
    ("ApprovalHandler", 1, 5.0),
)
MEMORY = {shape.name: shape.memory_mb for shape in FUNCTIONS}
#: Requests to the API: the webhooks and the view of the diff.
REQUESTS = 6
#: Events on the bus, and how many of them are queued, for one published page.
EVENTS, QUEUED = 4, 3
#: Requests that SQS bills for one message: send, receive, delete.
PER_MESSAGE = 3

#: Dollars per unit. Prices of 2026-11: https://aws.amazon.com/pricing/
PRICES = {
    "Lambda request": 0.20 / 1e6,
    "Lambda GB-second": 0.0000133334,
    "HTTP API request": 1.00 / 1e6,
    "EventBridge event": 1.00 / 1e6,
    "SQS request": 0.40 / 1e6,
    "DynamoDB write unit": 0.625 / 1e6,
    "DynamoDB read unit": 0.125 / 1e6,
    "S3 put": 0.005 / 1e3,
    "S3 get": 0.0004 / 1e3,
    "Secrets Manager call": 0.05 / 1e4,
    "X-Ray trace": 5.00 / 1e6,
    "log KB": 0.50 / 1e6,
    "Nova Lite input token": 0.06 / 1e6,
    "Nova Lite output token": 0.24 / 1e6,
}
#: Dollars per million tokens, in and out, us-east-1, 2026-11: https://aws.amazon.com/bedrock/pricing/
MODELS = {"Nova Lite": (0.06, 0.24), "Nova 2 Lite, us": (0.33, 2.75), "Nova 2 Lite, global": (0.30, 2.50)}
#: Dollars per month for one secret, one alarm and the dashboard, independent of the number of tickets.
SECRET, ALARM, DASHBOARD = 0.40, 0.10, 3.00
#: Requests per month with which Lambda polls one empty queue: five pollers that wait 20 seconds each.
POLLING = 5 * 3 * 60 * 24 * 30


@dataclass(frozen=True)
class Bill:
    """Billed units for one published page, by the names in ``PRICES``."""

    units: Counter[str]

    def dollars(self, name: str, pages: int) -> float:
        """Return the cost of one kind of unit for ``pages`` pages, in dollars."""
        return self.units[name] * PRICES[name] * pages


@dataclass(frozen=True)
class Stored:
    """What the demo leaves: KB of log lines, and the units of DynamoDB for a write and a read of a record."""

    log_kb: float
    write_units: int
    read_units: int


def bill(calls: Iterable[AwsCall], published: int, counts: CallCounts, stored: Stored) -> Bill:
    """Convert the counts for ``published`` pages to the units for one page."""
    units: Counter[str] = Counter()
    for call in calls:
        name = _priced(call)
        if name:
            units[name] += {
                "DynamoDB write unit": stored.write_units,
                "DynamoDB read unit": stored.read_units,
            }.get(name, 1)
    for name in units:
        units[name] = -(-units[name] // published)
    units["Lambda request"] = units["X-Ray trace"] = sum(times for _, times, _ in INVOCATIONS)
    units["log KB"] = -(-int(stored.log_kb) // published)
    units["HTTP API request"] = REQUESTS
    units["EventBridge event"] = EVENTS
    units["SQS request"] = QUEUED * PER_MESSAGE
    units["Nova Lite input token"] = counts.input_tokens // published
    units["Nova Lite output token"] = counts.output_tokens // published
    return Bill(units)


def _priced(call: AwsCall) -> str:
    if call.service == "dynamodb":
        return "DynamoDB read unit" if call.target in ("GetItem", "Query") else "DynamoDB write unit"
    if call.service == "s3":
        return "S3 put" if call.method == "PUT" else "S3 get"
    return "Secrets Manager call" if call.service == "secretsmanager" else ""


def _stored(up: LocalEnvironment) -> Stored:
    """Measure logs and records. A write costs a unit per KB, for the record and for its copy in one index."""
    logs, dynamodb = up.stack.client("logs"), up.stack.client("dynamodb")
    lines = 0
    for group in logs.describe_log_groups()["logGroups"]:
        for page in logs.get_paginator("filter_log_events").paginate(logGroupName=group["logGroupName"]):
            # CloudWatch counts 26 bytes with each line.
            lines += sum(len(event["message"].encode()) + 26 for event in page["events"])
    sizes = [
        len(json.dumps(item, default=str).encode())
        for table in dynamodb.list_tables()["TableNames"]
        for item in dynamodb.scan(TableName=table)["Items"]
    ]
    mean = sum(sizes) / max(1, len(sizes))
    return Stored(lines / 1_000, 2 * -(-int(mean) // 1_000), -(-int(mean) // 4_000))


def main() -> None:
    """Play the demo, count the calls and print the bill."""
    console = Console()
    with local_environment() as up, tempfile.TemporaryDirectory() as folder:
        results = scenario.play(up, Steps(console), Path(folder))
        calls = [call for call in up.stack.calls() if call.is_by_a_function]
        monthly, stored = _monthly(up), _stored(up)
    published = [result.counts for result in results if result.page_file]
    print_bill(console, bill(calls, len(published), sum(published, CallCounts()), stored), monthly)


def _monthly(up: LocalEnvironment) -> float:
    secrets = len(up.stack.client("secretsmanager").list_secrets()["SecretList"])
    alarms = len(up.stack.client("cloudwatch").describe_alarms()["MetricAlarms"])
    return secrets * SECRET + alarms * ALARM + DASHBOARD + QUEUED * POLLING * PRICES["SQS request"]


def print_bill(console: Console, page: Bill, monthly: float) -> None:
    """Print the bill for 1,000 pages."""
    compute = sum(MEMORY[name] / 1024 * times * seconds for name, times, seconds in INVOCATIONS)
    table = Table(title="1,000 published pages", title_justify="left", box=None, pad_edge=False)
    for name in ("unit", "units per page", "dollars"):
        table.add_column(name, justify="left" if name == "unit" else "right")
    total = 0.0
    for name in PRICES:
        dollars = compute * PRICES[name] * 1000 if name == "Lambda GB-second" else page.dollars(name, 1000)
        total += dollars
        table.add_row(
            name,
            f"{compute:.1f}" if name == "Lambda GB-second" else f"{page.units[name]:,}",
            f"{dollars:.3f}",
        )
    table.add_row("sum", "", f"{total:.2f}", style="bold")
    table.add_row("fixed cost per month (secrets, alarms, dashboard, polling)", "", f"{monthly:.2f}")
    console.print(table)


if __name__ == "__main__":
    main()
