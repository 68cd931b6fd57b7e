"""A deployed stack, as operators see it through Lambda and SQS."""

from __future__ import annotations

import dataclasses
import io
import json
import os
from dataclasses import dataclass, field
from typing import Any

import boto3
from rich.console import Console

from handlers.approval_handler import settings as approval_handler
from handlers.document_orchestrator import settings as document_orchestrator
from handlers.jira_webhook_handler import settings as jira_webhook_handler
from handlers.review_ticket_creator import settings as review_ticket_creator
from handlers.sweep import settings as sweep
from ops.__main__ import main
from ops.console_output import WIDE, Terminal
from tests import secret_watch
from tests.handlers.aws import at_deferral_limit, deliver
from tests.handlers.pipeline import QUEUE_HANDLERS, Pipeline

FUNCTIONS = {
    "JiraWebhookHandler": jira_webhook_handler.Settings,
    "DocumentOrchestrator": document_orchestrator.Settings,
    "ReviewTicketCreator": review_ticket_creator.Settings,
    "ApprovalHandler": approval_handler.Settings,
    "Sweep": sweep.Settings,
}
ROLE = "arn:aws:iam::123456789012:role/kinexus"


@dataclass
class Deployed:
    """The pipeline, its dead-letter queues, and an operator who runs commands."""

    pipeline: Pipeline
    dead_letters: dict[str, str] = field(default_factory=dict)

    def command(self, *arguments: str) -> tuple[int, str]:
        """Run `python -m ops …`; return the exit code and what it printed."""
        printed = io.StringIO()
        console = Console(file=printed, width=WIDE + 50, highlight=False)
        code = main(arguments, Terminal(console))
        secret_watch.look("what ops prints", printed.getvalue())
        return code, printed.getvalue()

    def record_failure(self, function: str) -> list[dict[str, Any]]:
        """Let a function fail for the last time with all its messages, and move them to the dead-letter queue like SQS."""
        messages = self.pipeline.aws.messages(function)
        failed = deliver(QUEUE_HANDLERS[function], at_deferral_limit(messages), receives=3)
        assert len(failed) == len(messages) > 0
        for message in messages:
            boto3.client("sqs").send_message(
                QueueUrl=self.dead_letters[function], MessageBody=message["Body"]
            )
        return messages

    def waiting(self, url: str) -> int:
        """Count the messages of a queue that can be received."""
        answer = boto3.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["All"])
        return int(answer["Attributes"]["ApproximateNumberOfMessages"])


def deploy(pipeline: Pipeline) -> Deployed:
    """Create the functions with their environments, and each queue's mapping and dead-letter queue."""
    deployed = Deployed(pipeline)
    functions = boto3.client("lambda")
    for name, settings in FUNCTIONS.items():
        functions.create_function(
            FunctionName=f"kinexus-{name}",
            Role=ROLE,
            Runtime="python3.13",
            Handler="handler.handle",
            Code={"ZipFile": b""},
            Environment={"Variables": _environment(settings)},
        )
    name = "kinexus-Sweep-schedule-dead-letters"
    deployed.dead_letters["Sweep"] = boto3.client("sqs").create_queue(QueueName=name)["QueueUrl"]
    for name in QUEUE_HANDLERS:
        deployed.dead_letters[name] = _connect(pipeline.aws.queue_urls[name], name)
    return deployed


def _connect(url: str, function: str) -> str:
    sqs = boto3.client("sqs")
    dead_letters: str = sqs.create_queue(QueueName=f"kinexus-{function}-dead-letters")["QueueUrl"]
    policy = {"deadLetterTargetArn": _arn(dead_letters), "maxReceiveCount": 3}
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"RedrivePolicy": json.dumps(policy)})
    boto3.client("lambda").create_event_source_mapping(
        EventSourceArn=_arn(url), FunctionName=f"kinexus-{function}", BatchSize=1
    )
    return dead_letters


def _arn(url: str) -> str:
    answer = boto3.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    return str(answer["Attributes"]["QueueArn"])


def _environment(settings: type) -> dict[str, str]:
    """Return the variables that a function declares; the stack sets no others."""
    names = [field.name.upper() for field in dataclasses.fields(settings)]
    return {name: os.environ[name] for name in names}
