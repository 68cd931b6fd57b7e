"""The AWS side of the handler tests: moto's tables, bucket, bus and queues, wired as the stack wires them."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import boto3
import pytest
from boto3.dynamodb.types import TypeSerializer
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.core.serialize import AttributePicker, AttributePickerContext
from moto.sqs.models import sqs_backends

from common.aws.sqs_source_queue import DEFERRED_SINCE, MAX_DEFER_SECONDS
from common.domain.events import EventName
from tests.secrets_in_use import API_TOKEN, LINK_KEY, WEBHOOK_SECRET

REGION = "eu-central-1"

#: Which function's queue each event goes to, as in the rules on the bus.
QUEUES = {
    "DocumentOrchestrator": [EventName.CHANGE_DETECTED, EventName.REVISION_REQUESTED],
    "ReviewTicketCreator": [EventName.DOCUMENT_GENERATED],
    "ApprovalHandler": [EventName.REVIEW_COMPLETED, EventName.REVIEW_DELETED],
    "Witness": list(EventName),
}


def serialize_items_directly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let moto take DynamoDB's answers as they are: the search for other spellings of their keys takes long."""
    pick = AttributePicker.__call__

    def picked(self: AttributePicker, context: AttributePickerContext) -> Any:
        service = context.service_model
        if service and service.service_name == "dynamodb" and isinstance(context.obj, dict):
            return context.obj.get(context.key)
        return pick(self, context)

    monkeypatch.setattr(AttributePicker, "__call__", picked)


@dataclass
class Context:
    """The part of Lambda's context object that handlers use."""

    aws_request_id: str

    def get_remaining_time_in_millis(self) -> int:
        """Return the remaining time of the invocation: the timeout of our longest function."""
        return 180_000


@dataclass
class Aws:
    """A moto region with everything that the functions use."""

    environment: dict[str, str]
    queue_urls: dict[str, str]

    def items(self, table: str) -> list[dict[str, Any]]:
        """Return all items of a table as plain Python values."""
        resource = boto3.resource("dynamodb", region_name=REGION)
        found: list[dict[str, Any]] = resource.Table(table).scan()["Items"]
        return found

    def changes(self) -> list[dict[str, Any]]:
        """Return all change records."""
        return self.items("kinexus-changes")

    def documents(self) -> list[dict[str, Any]]:
        """Return all document records, without locks."""
        return [item for item in self.items("kinexus-documents") if item["document_id"].startswith("doc-")]

    def put_document(self, item: dict[str, Any]) -> None:
        """Put a document's record into the table unchanged."""
        shape = {name: TypeSerializer().serialize(value) for name, value in item.items()}
        boto3.client("dynamodb", region_name=REGION).put_item(TableName="kinexus-documents", Item=shape)

    def locks(self) -> list[dict[str, Any]]:
        """Return all locks."""
        return [item for item in self.items("kinexus-documents") if item["document_id"].startswith("lock#")]

    def messages(self, function: str) -> list[dict[str, Any]]:
        """Receive all messages of a function's queue, after all delays.

        ``Delay`` is the delay of each in seconds.
        """
        sqs, url = boto3.client("sqs", region_name=REGION), self.queue_urls[function]
        delays: dict[str, int] = {}
        for message in sqs_backends[DEFAULT_ACCOUNT_ID][REGION].queues[function]._messages:
            assert message.sent_timestamp is not None
            delays[message.id] = max(round((message.delayed_until - message.sent_timestamp) / 1000), 0)
            message.delayed_until = 0.0
        taken: list[dict[str, Any]] = []
        while True:
            answer = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, MessageAttributeNames=["All"])
            if "Messages" not in answer:
                return taken
            for message in answer["Messages"]:
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
                arn = f"arn:aws:sqs:{REGION}:{DEFAULT_ACCOUNT_ID}:{function}"
                taken.append({**message, "QueueArn": arn, "Delay": delays[message["MessageId"]]})

    def delayed(self, function: str) -> int:
        """Count the delayed messages of a function's queue."""
        name = "ApproximateNumberOfMessagesDelayed"
        answer = boto3.client("sqs", region_name=REGION).get_queue_attributes(
            QueueUrl=self.queue_urls[function], AttributeNames=[name]
        )
        return int(answer["Attributes"][name])

    def events(self) -> list[tuple[str, dict[str, Any]]]:
        """Return all events that were published since the last call, as (name, detail)."""
        bodies = [json.loads(message["Body"]) for message in self.messages("Witness")]
        return [(body["detail-type"], body["detail"]) for body in bodies]


def queue_event(messages: list[dict[str, Any]], receives: int = 1) -> dict[str, Any]:
    """Return messages as Lambda's event source mapping passes them to a function."""
    return {
        "Records": [
            {
                "messageId": message["MessageId"],
                "receiptHandle": message["ReceiptHandle"],
                "body": message["Body"],
                "attributes": {"ApproximateReceiveCount": str(receives)},
                "messageAttributes": {
                    name: {"stringValue": attribute["StringValue"], "dataType": attribute["DataType"]}
                    for name, attribute in message.get("MessageAttributes", {}).items()
                },
                "eventSourceARN": message["QueueArn"],
            }
            for message in messages
        ]
    }


def deliver(
    handle: Callable[[dict[str, Any], Any], dict[str, Any]], messages: list[dict[str, Any]], receives: int = 1
) -> list[str]:
    """Pass messages to a queue handler; return the ids of those that failed."""
    answer = handle(queue_event(messages, receives), Context(str(uuid4())))
    return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]


def redriven(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return messages as a redrive sends them: with new message ids."""
    return [message | {"MessageId": str(uuid4()), "MessageAttributes": {}} for message in messages]


def deferred_for(message: dict[str, Any], seconds: float) -> dict[str, Any]:
    """Return a message as it is after it was deferred for so long."""
    since = {"DataType": "Number", "StringValue": str(int(time.time() - seconds))}
    return {**message, "MessageAttributes": {DEFERRED_SINCE: since}}


def at_deferral_limit(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return messages that may not be deferred any longer: now an outage makes them fail."""
    return [deferred_for(message, MAX_DEFER_SECONDS) for message in messages]


_new: Callable[..., Any] = boto3.client
_clients: dict[tuple[str, ...], Any] = {}
_MOST_CLIENTS = 64
#: The model's address differs in each test, and concerns only the model's client.
_MODEL_ADDRESS = "AWS_ENDPOINT_URL_BEDROCK_RUNTIME"


def client(service: str, **options: Any) -> Any:
    """Return a client like boto3, cached by its options: creating clients takes half of a test's time."""
    config = getattr(options.get("config"), "_user_provided_options", None)
    settings = [
        f"{name}={value}"
        for name, value in os.environ.items()
        if name.startswith("AWS_") and (name != _MODEL_ADDRESS or service == "bedrock-runtime")
    ]
    key = (service, repr({**options, "config": config}), *sorted(settings))
    if key not in _clients:
        while len(_clients) >= _MOST_CLIENTS:
            del _clients[next(iter(_clients))]
        _clients[key] = _new(service, **options)
    return _clients[key]


def build() -> Aws:
    """Create the region's resources and the environment that the functions share. moto must be active."""
    dynamodb = boto3.client("dynamodb", region_name=REGION)
    for table, key in (("kinexus-changes", "change_id"), ("kinexus-documents", "document_id")):
        dynamodb.create_table(
            TableName=table,
            KeySchema=[{"AttributeName": key, "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
    _index(dynamodb, "created-pages", "created_in", "created_at")
    _index(dynamodb, "by-status", "status")
    boto3.client("s3", region_name=REGION).create_bucket(
        Bucket="kinexus-documents", CreateBucketConfiguration={"LocationConstraint": REGION}
    )
    return Aws(_environment(), _bus_with_queues())


def _index(dynamodb: Any, name: str, hash_key: str, number: str = "") -> None:
    kinds = {"document_id": "S", hash_key: "S", **({number: "N"} if number else {})}
    keys = [{"AttributeName": hash_key, "KeyType": "HASH"}]
    if number:
        keys.append({"AttributeName": number, "KeyType": "RANGE"})
    dynamodb.update_table(
        TableName="kinexus-documents",
        AttributeDefinitions=[
            {"AttributeName": attribute, "AttributeType": kind} for attribute, kind in kinds.items()
        ],
        GlobalSecondaryIndexUpdates=[
            {"Create": {"IndexName": name, "KeySchema": keys, "Projection": {"ProjectionType": "ALL"}}}
        ],
    )


def _bus_with_queues() -> dict[str, str]:
    events = boto3.client("events", region_name=REGION)
    sqs = boto3.client("sqs", region_name=REGION)
    events.create_event_bus(Name="kinexus-events")
    urls = {}
    for function, names in QUEUES.items():
        urls[function] = sqs.create_queue(QueueName=function)["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=urls[function], AttributeNames=["QueueArn"])["Attributes"][
            "QueueArn"
        ]
        pattern = {"source": ["kinexus"], "detail-type": [str(name) for name in names]}
        events.put_rule(Name=function, EventBusName="kinexus-events", EventPattern=json.dumps(pattern))
        events.put_targets(
            Rule=function, EventBusName="kinexus-events", Targets=[{"Id": "queue", "Arn": arn}]
        )
    return urls


def _environment() -> dict[str, str]:
    secrets = boto3.client("secretsmanager", region_name=REGION)

    def secret(name: str, value: dict[str, Any]) -> str:
        arn: str = secrets.create_secret(Name=name, SecretString=json.dumps(value))["ARN"]
        return arn

    return {
        "AWS_DEFAULT_REGION": REGION,
        "CHANGES_TABLE": "kinexus-changes",
        "DOCUMENTS_TABLE": "kinexus-documents",
        "DOCUMENTS_BUCKET": "kinexus-documents",
        "REVIEW_LINK_DAYS": "30",
        "EVENT_BUS": "kinexus-events",
        "JIRA_API_TOKEN_SECRET_ARN": secret("atlassian", {"apiToken": API_TOKEN}),
        "WEBHOOK_SECRET_ARN": secret("webhook", {"secrets": [WEBHOOK_SECRET]}),
        "ALLOW_UNSIGNED_WEBHOOKS": "false",
        "LINK_KEY_SECRET_ARN": secret("link", {"key": LINK_KEY}),
        "REVIEW_ISSUE_TYPE": "Task",
        "REVIEW_LINK_TYPE": "Relates",
        "REVIEW_FIELDS": "",
        "ATLASSIAN_TOKEN_URL": "",
        "ATLASSIAN_CLIENT_ID": "",
        "ATLASSIAN_TOKEN_EXPIRES": "",
        "JIRA_REVIEW_PROJECT_KEY": "",
        "BEDROCK_MODEL_ID": "amazon.nova-lite-v1:0",
        "ADDITIONAL_MODEL_REQUEST_FIELDS": "",
        "DOCUMENT_LABELS": "needs-docs,new-feature,breaking-change,api-change,documentation",
        "DECLINE_LABELS": "no-docs,internal-only,tech-debt,refactor",
        "DOCUMENT_ISSUE_TYPES": "",
        "MAX_CHANGE_AGE_DAYS": "30",
        "APPROVER_ACCOUNT_IDS": "",
        "REVIEWER_ACCOUNT_IDS": "",
        "APPROVER_GROUP_ID": "",
        "FOUR_EYES": "false",
        "TRUST_FOLDERS": "false",
        "MAX_REVISIONS": "3",
    }
