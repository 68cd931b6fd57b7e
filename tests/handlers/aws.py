"""The AWS side of the handler tests: tables, bucket, bus and queues, wired as the stack wires them."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import boto3
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

from common.aws.sqs_source_queue import DEFERRED_SINCE, MAX_DEFER_SECONDS
from common.domain.events import EventName
from tests.doubles import Region
from tests.secrets_in_use import API_TOKEN, LINK_KEY, WEBHOOK_SECRET

REGION = "eu-central-1"
ACCOUNT = "123456789012"

#: Which function's queue each event goes to, as in the rules on the bus.
QUEUES = {
    "DocumentOrchestrator": [
        EventName.CHANGE_DETECTED,
        EventName.REVISION_REQUESTED,
        EventName.REVERT_REQUESTED,
    ],
    "ReviewTicketCreator": [EventName.DOCUMENT_GENERATED],
    "ApprovalHandler": [EventName.REVIEW_COMPLETED, EventName.REVIEW_DELETED],
    "Witness": list(EventName),
}


@dataclass
class Context:
    """The part of Lambda's context object that handlers use."""

    aws_request_id: str

    def get_remaining_time_in_millis(self) -> int:
        """Return the remaining time of the invocation: the timeout of our longest function."""
        return 180_000


@dataclass
class Aws:
    """A region with everything that the functions use.

    ``end_delays`` makes all messages of a queue visible, and returns the delay of each in seconds, by its id.
    """

    environment: dict[str, str]
    queue_urls: dict[str, str]
    end_delays: Callable[[str], dict[str, int]]

    def items(self, table: str) -> list[dict[str, Any]]:
        """Return all items of a table as plain Python values."""
        pages = boto3.client("dynamodb", region_name=REGION).get_paginator("scan").paginate(TableName=table)
        read = TypeDeserializer().deserialize
        return [
            {name: read(value) for name, value in item.items()} for page in pages for item in page["Items"]
        ]

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
        delays = self.end_delays(function)
        taken: list[dict[str, Any]] = []
        while True:
            answer = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, MessageAttributeNames=["All"])
            if "Messages" not in answer:
                return taken
            for message in answer["Messages"]:
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
                arn = f"arn:aws:sqs:{REGION}:{ACCOUNT}:{function}"
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


def over(region: Region) -> Aws:
    """Return the part of a region in memory that the functions use; boto3's clients must call that region."""

    def end_delays(queue: str) -> dict[str, int]:
        delays = {message.id: message.delay for message in region.sqs.queues[queue].messages}
        for message in region.sqs.queues[queue].messages:
            message.delayed_until = 0.0
        return delays

    return build(end_delays)


def build(end_delays: Callable[[str], dict[str, int]]) -> Aws:
    """Create the region's resources and the environment that the functions share, with boto3's clients."""
    dynamodb = boto3.client("dynamodb", region_name=REGION)
    create_table(dynamodb, "kinexus-changes", "change_id", [index("by-status", "status", "detected_at")])
    create_table(
        dynamodb,
        "kinexus-documents",
        "document_id",
        [index("created-pages", "created_in", "created_at"), index("by-status", "status")],
    )
    boto3.client("s3", region_name=REGION).create_bucket(
        Bucket="kinexus-documents", CreateBucketConfiguration={"LocationConstraint": REGION}
    )
    return Aws(_environment(), _bus_with_queues(), end_delays)


def create_table(dynamodb: Any, name: str, key: str, indexes: list[dict[str, Any]]) -> None:
    """Create a table with a partition key of text, and indexes on attributes of text, or on a time."""
    attributes = {each["AttributeName"] for some in indexes for each in some["KeySchema"]}
    kinds = {
        attribute: "N" if attribute in ("created_at", "detected_at") else "S"
        for attribute in sorted(attributes | {key})
    }
    dynamodb.create_table(
        TableName=name,
        KeySchema=[{"AttributeName": key, "KeyType": "HASH"}],
        AttributeDefinitions=[
            {"AttributeName": attribute, "AttributeType": kind} for attribute, kind in kinds.items()
        ],
        BillingMode="PAY_PER_REQUEST",
        **({"GlobalSecondaryIndexes": indexes} if indexes else {}),
    )


def index(name: str, key: str, sort_key: str = "") -> dict[str, Any]:
    """Return an index of all attributes."""
    keys = [{"AttributeName": key, "KeyType": "HASH"}]
    if sort_key:
        keys.append({"AttributeName": sort_key, "KeyType": "RANGE"})
    return {"IndexName": name, "KeySchema": keys, "Projection": {"ProjectionType": "ALL"}}


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
        "REMINDER_DAYS": "0",
        "EVENT_BUS": "kinexus-events",
        "JIRA_API_TOKEN_SECRET_ARN": secret("atlassian", {"apiToken": API_TOKEN}),
        "WEBHOOK_SECRET_ARN": secret("webhook", {"secrets": [WEBHOOK_SECRET]}),
        "ALLOW_UNSIGNED_WEBHOOKS": "false",
        "LINK_KEY_SECRET_ARN": secret("link", {"key": LINK_KEY}),
        "CHAT_WEBHOOK_URL_SECRET_ARN": "",
        "REVIEW_ISSUE_TYPE": "Task",
        "REVIEW_LINK_TYPE": "Relates",
        "REVIEW_FIELDS": "",
        "ATLASSIAN_TOKEN_URL": "",
        "ATLASSIAN_CLIENT_ID": "",
        "ATLASSIAN_TOKEN_EXPIRES": "",
        "JIRA_REVIEW_PROJECT_KEY": "",
        "BEDROCK_MODEL_ID": "amazon.nova-lite-v1:0",
        "ADDITIONAL_MODEL_REQUEST_FIELDS": "",
        "BEDROCK_GUARDRAIL": "",
        "DOCUMENT_LABELS": "needs-docs,new-feature,breaking-change,api-change,documentation",
        "DECLINE_LABELS": "no-docs,internal-only,tech-debt,refactor",
        "DOCUMENT_ISSUE_TYPES": "",
        "MAX_CHANGE_AGE_DAYS": "30",
        "MAX_DRAFTS_PER_DAY": "100",
        "APPROVER_ACCOUNT_IDS": "",
        "REVIEWER_ACCOUNT_IDS": "",
        "TICKET_FIELDS": "",
        "STYLE_GUIDE_PAGE": "",
        "APPROVER_GROUP_ID": "",
        "ROUTES": "",
        "FOUR_EYES": "false",
        "TRUST_FOLDERS": "false",
        "MAX_REVISIONS": "3",
    }
