"""The board's view of a region: steps find their tickets, and each record, queue and dead letter is shown."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from boto3.dynamodb.types import TypeSerializer

from local.bedrock.standin import Exchange, ModelCall
from local.watch.region_watch import RegionWatch

_START = datetime(2026, 12, 1, 5, 0, tzinfo=UTC)
_CANDIDATE = {"title": "Payouts", "score": 2.5, "why": "its title", "left_out": ""}
_CHOICE = {"decided_by": "the model", "reason": "it is about payouts", "candidates": [_CANDIDATE]}
CHANGE: dict[str, Any] = {
    "change_id": "chg-1",
    "issue_key": "PAY-1",
    "choice": json.dumps({"targets": [{"kind": "update", "title": "Payouts", "choice": _CHOICE}]}),
}
DOCUMENT: dict[str, Any] = {
    "document_id": "doc-1",
    "issue_keys": ["PAY-1"],
    "revision": 1,
    "review_issue_key": "PAY-2",
    "decision": {"author_name": "Robin", "verdict": "approved", "feedback": ""},
    "publication": {"title": "Payouts", "version": 3, "url": "https://e.org/p"},
}
LINES = (
    {"message": "event.received", "event": "ChangeDetected", "change_id": "chg-1", "requestId": "r1"},
    {"message": "candidate.excluded", "page_id": "7", "requestId": "r1"},
    {"message": "draft.stored", "document_id": "doc-1", "revision": 1},
    {"message": "review.opened", "document_id": "doc-1", "issue_key": "PAY-2"},
    {"message": "decision.recorded", "document_id": "doc-1", "verdict": "approved"},
    {"message": "document.ended", "document_id": "doc-1", "status": "published"},
)
OUTPUTS = {
    "logGroups": {"DocumentOrchestrator": "/aws/lambda/o"},
    "changesTable": "changes",
    "documentsTable": "documents",
    "queueUrls": {"DocumentOrchestrator": "https://sqs/o"},
    "deadLetterQueueUrls": {
        "DocumentOrchestrator": "https://sqs/o-dead",
        "ApprovalHandler": "https://sqs/a-dead",
    },
}


class _Aws:
    """Answers the calls that the view makes; ``lines`` is how many log lines were written so far."""

    lines = len(LINES)
    asked = 0

    def __call__(self, service: str) -> Any:
        return self

    def filter_log_events(self, *, startTime: int, **_: Any) -> dict[str, Any]:  # noqa: N803
        self.asked += 1
        events: list[dict[str, Any]] = []
        for number, line in enumerate(LINES[: self.lines]):
            at = _START + timedelta(seconds=number)
            message = json.dumps({**line, "timestamp": at.isoformat(), "level": "INFO"})
            events.append({"timestamp": int(at.timestamp() * 1000), "message": message})
        return {"events": [event for event in events if event["timestamp"] >= startTime]}

    def get_paginator(self, _: str) -> Any:
        return self

    def paginate(self, *, TableName: str, ConsistentRead: bool) -> list[dict[str, Any]]:  # noqa: N803
        item = {"changes": CHANGE, "documents": DOCUMENT}[TableName]
        return [{"Items": [{name: TypeSerializer().serialize(value) for name, value in item.items()}]}]

    def get_queue_attributes(self, *, QueueUrl: str, AttributeNames: list[str]) -> dict[str, Any]:  # noqa: N803
        count = "1" if QueueUrl.endswith("o-dead") else "0"
        return {"Attributes": dict.fromkeys(AttributeNames, "0") | {"ApproximateNumberOfMessages": count}}

    def receive_message(self, *, VisibilityTimeout: int, **_: Any) -> dict[str, Any]:  # noqa: N803
        assert VisibilityTimeout == 0, "a look at a message must not hide it"
        body = {"detail-type": "ChangeDetected", "detail": {"issue_key": "PAY-9"}}
        return {"Messages": [{"MessageId": "m", "Body": json.dumps(body)}]}


def _exchange() -> Exchange:
    call = ModelCall("DocumentOrchestrator", "nova", "edit_page", ("PAY-1",), 10, 5)
    return Exchange(_START + timedelta(seconds=1, milliseconds=500), call, "the prompt", "the answer")


def test_every_step_of_a_ticket_is_shown_once_and_in_order() -> None:
    watched = RegionWatch(_Aws(), OUTPUTS, lambda: [_exchange()])()
    assert [(step.issue, step.kind) for step in watched.steps] == [
        ("PAY-1", "event"),
        ("PAY-1", "page"),  # the page selection
        ("PAY-1", "page"),  # a candidate that was left out, from the same invocation
        ("PAY-1", "draft"),  # the model's answer
        ("PAY-1", "draft"),
        ("PAY-2", "review"),
        ("PAY-1", "decision"),
        ("PAY-1", "publication"),
    ]
    texts = [step.text for step in watched.steps]
    assert "page “Payouts”, by the model: it is about payouts" in texts
    assert "Robin: approved" in texts
    assert "“Payouts” version 3: https://e.org/p" in texts
    [answered] = [step for step in watched.steps if step.details and step.details[0].title == "Prompt"]
    assert [detail.text for detail in answered.details] == ["the prompt", "the answer"]
    assert watched.related["PAY-2"] == {"PAY-1", "PAY-2"}


def test_a_publication_is_shown_before_the_log_tells_of_it() -> None:
    aws = _Aws()
    aws.lines = 4
    watch = RegionWatch(aws, OUTPUTS, list)
    first = [step for step in watch().steps if step.kind in ("decision", "publication")]
    assert len(first) == 2
    watch._until = 0
    assert [step for step in watch().steps if step.kind in ("decision", "publication")] == first
    watch._until, aws.lines = 0, len(LINES)
    assert [step.kind for step in watch().steps][-2:] == ["decision", "publication"]


def test_dead_letters_are_shown_with_their_messages_and_stay_in_the_queue() -> None:
    [dead] = RegionWatch(_Aws(), OUTPUTS, list)().dead_letters
    assert (dead.name, dead.waiting) == ("DocumentOrchestrator", 1)
    assert dead.messages[0].title == "ChangeDetected PAY-9"


def test_lines_are_added_and_never_repeated() -> None:
    aws = _Aws()
    aws.lines = 3
    watch = RegionWatch(aws, OUTPUTS, list)
    first = watch()
    assert watch() is first, "within a second the same state is returned"
    assert aws.asked == 1
    watch._until = 0
    aws.lines = len(LINES)
    assert len([step for step in watch().steps if step.kind == "review"]) == 1
    watch._until = 0
    assert len(watch().steps) == len(LINES) + 1
