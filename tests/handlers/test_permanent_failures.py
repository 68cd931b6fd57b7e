"""After a permanent failure a message becomes visible at once and soon a dead letter; a retryable one waits."""

from __future__ import annotations

import json
import time
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from common.aws.sqs_source_queue import SqsSourceQueue
from common.domain.events import EventName
from handlers.approval_handler.handler import handle as approve
from handlers.document_orchestrator.handler import handle as orchestrate
from handlers.review_ticket_creator.handler import handle as open_review
from local.atlassian import Fault
from stack.pipeline.functions import WORK_FAILED
from tests.handlers.aws import ACCOUNT, REGION, deliver
from tests.handlers.pipeline import Pipeline
from tests.handlers.test_pipeline import SUMMARY, TEXT, page_id

__all__ = ["page_id"]
ORCHESTRATOR = "DocumentOrchestrator"
FOREIGN = "not an event"


def receive(pipeline: Pipeline, function: str) -> list[dict[str, Any]]:
    """Receive the visible messages of a function's queue, and hide them for an hour, as Lambda does."""
    queue = pipeline.aws.queue_urls[function]
    answer = boto3.client("sqs", region_name=REGION).receive_message(QueueUrl=queue, VisibilityTimeout=3600)
    arn = f"arn:aws:sqs:{REGION}:{ACCOUNT}:{function}"
    return [{**message, "QueueArn": arn} for message in answer.get("Messages", [])]


@pytest.fixture
def messages(pipeline: Pipeline, page_id: str) -> list[dict[str, Any]]:
    """The orchestrator's message about a closed ticket, hidden from others."""
    key = pipeline.create_ticket(SUMMARY, TEXT, ["needs-docs"])
    pipeline.finish(key)
    received = receive(pipeline, ORCHESTRATOR)
    assert (len(received), receive(pipeline, ORCHESTRATOR)) == (1, [])
    return received


def test_a_permanent_failure_is_visible_at_once(pipeline: Pipeline, messages: list[dict[str, Any]]) -> None:
    pipeline.model.fail_next("refusal", times=2)
    assert len(deliver(orchestrate, messages)) == 1
    assert [each["MessageId"] for each in receive(pipeline, ORCHESTRATOR)] == [messages[0]["MessageId"]]


@pytest.mark.parametrize(("receives", "is_seen"), [(1, False), (2, False), (3, True)])
def test_a_retryable_failure_waits_until_its_last_try(
    pipeline: Pipeline, messages: list[dict[str, Any]], receives: int, is_seen: bool
) -> None:
    pipeline.site.faults.add(Fault("status", status=409, count=99, path="/rest/api/3/issue/"))
    assert len(deliver(orchestrate, messages, receives)) == 1
    assert bool(receive(pipeline, ORCHESTRATOR)) is is_seen


def test_an_expired_token_waits_for_its_renewal(pipeline: Pipeline, messages: list[dict[str, Any]]) -> None:
    pipeline.site.faults.add(Fault("status", status=401, count=99, account="kinexus"))
    assert len(deliver(orchestrate, messages)) == 1
    assert receive(pipeline, ORCHESTRATOR) == []


@pytest.mark.parametrize(
    ("function", "handle"),
    [(ORCHESTRATOR, orchestrate), ("ReviewTicketCreator", open_review), ("ApprovalHandler", approve)],
)
def test_an_unknown_event_is_visible_at_once(pipeline: Pipeline, function: str, handle: Any) -> None:
    queue = pipeline.aws.queue_urls[function]
    boto3.client("sqs", region_name=REGION).send_message(QueueUrl=queue, MessageBody=FOREIGN)
    assert len(deliver(handle, receive(pipeline, function))) == 1
    assert [each["Body"] for each in receive(pipeline, function)] == [FOREIGN]


@pytest.mark.parametrize(
    ("handle", "name"),
    [
        (orchestrate, EventName.REVISION_REQUESTED),
        (open_review, EventName.DOCUMENT_GENERATED),
        (approve, EventName.REVIEW_COMPLETED),
    ],
)
@pytest.mark.usefixtures("pipeline")
def test_a_failure_logs_the_line_that_the_alarm_counts(
    handle: Any, name: EventName, caplog: pytest.LogCaptureFixture
) -> None:
    body = json.dumps(
        {"source": "kinexus", "detail-type": name, "detail": {"document_id": "gone", "revision": 1}}
    )
    message = {"MessageId": "1", "Body": body, "ReceiptHandle": "r", "QueueArn": f"arn:aws:sqs:{REGION}:1:q"}
    assert deliver(handle, [message], receives=3) == ["1"]
    lines = [f'{{ $.message = "{each.getMessage()}" }}' for each in caplog.records]
    assert lines.count(WORK_FAILED) == 1


def test_an_unrecorded_failure_leaves_the_message_waiting(
    pipeline: Pipeline, messages: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*_: object) -> None:
        raise OSError("DynamoDB is down")

    monkeypatch.setattr("handlers.document_orchestrator.change_detected.ChangeDetected.record_failure", down)
    pipeline.model.fail_next("refusal", times=2)
    assert len(deliver(orchestrate, messages)) == 1
    assert receive(pipeline, ORCHESTRATOR) == []


def test_only_an_already_visible_message_is_no_sqs_error(
    pipeline: Pipeline, messages: list[dict[str, Any]]
) -> None:
    sqs, [message] = boto3.client("sqs", region_name=REGION), messages
    record = {
        "eventSourceARN": message["QueueArn"],
        "receiptHandle": message["ReceiptHandle"],
        "messageId": message["MessageId"],
    }
    SqsSourceQueue(sqs, time.time).expire_visibility(record)
    SqsSourceQueue(sqs, time.time).expire_visibility(record)
    sqs.delete_queue(QueueUrl=pipeline.aws.queue_urls[ORCHESTRATOR])
    with pytest.raises(ClientError):
        SqsSourceQueue(sqs, time.time).expire_visibility(record)
