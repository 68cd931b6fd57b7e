"""Changes that wait: while an operator pauses drafting, and above the limit of a day."""

from __future__ import annotations

import logging
from typing import Any

import boto3
import pytest

from common.aws.drafting_gate import LIMIT_REACHED, DraftingGate
from common.aws.dynamodb_table import DynamoDbTable
from handlers.sweep import dependencies as sweep
from tests.handlers.aws import Aws
from tests.handlers.pipeline import Pipeline, reset_functions
from tests.handlers.test_pipeline import SUMMARY, TEXT, in_review, page_id

__all__ = ["page_id"]

NOW = 1_764_547_200.0
DAY = 24 * 3600


def gate(most: int = 100, now: float = NOW) -> DraftingGate:
    table = DynamoDbTable(boto3.client("dynamodb"), "kinexus-documents", "document_id", lambda: now)
    return DraftingGate(table, most, lambda: now)


def waiting_comments(pipeline: Pipeline, key: str) -> list[str]:
    return [text for text in pipeline.comments(key) if text.startswith("The documentation is delayed")]


def statuses(pipeline: Pipeline) -> list[str]:
    return [change["status"] for change in pipeline.aws.changes()]


def test_while_paused_a_closed_ticket_waits_and_is_told_once(pipeline: Pipeline, page_id: str) -> None:
    gate().pause("bills")
    key = pipeline.create_ticket(SUMMARY, TEXT, ["needs-docs"])
    pipeline.finish(key)
    pipeline.run()
    assert sweep.build_dependencies().waiting.publish() == {}
    assert (statuses(pipeline), pipeline.aws.documents(), pipeline.model.calls()) == (["detected"], [], ())
    [told] = waiting_comments(pipeline, key)
    assert "an operator has paused drafting" in told
    assert "bills" not in told, "the reason is for operators"

    gate().resume()
    assert sweep.build_dependencies().waiting.publish() == {"changes": 1}
    pipeline.run()
    assert statuses(pipeline) == ["documented"]
    assert pipeline.review_of(key)


def test_while_paused_a_revision_waits(pipeline: Pipeline, page_id: str) -> None:
    _, review = in_review(pipeline)
    gate().pause("")
    pipeline.decide(review, "NEEDS REVISION\nSay who may ask for a refund.")
    pipeline.run()
    assert [document["status"] for document in pipeline.aws.documents()] == ["revising"]
    assert len(waiting_comments(pipeline, review)) == 1
    gate().resume()
    assert sweep.build_dependencies().waiting.publish() == {"revisions": 1}
    pipeline.run()
    [document] = pipeline.aws.documents()
    assert (document["status"], document["revision"]) == ("in_review", 2)


def test_above_the_limit_tickets_wait_for_another_day(
    pipeline: Pipeline, page_id: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("MAX_DRAFTS_PER_DAY", "1")
    reset_functions()
    keys = [
        pipeline.create_ticket(f"{SUMMARY} {day}", TEXT, ["needs-docs"])
        for day in ("now", "on Mondays", "here")
    ]
    with caplog.at_level(logging.WARNING):
        for key in keys:
            pipeline.finish(key)
            pipeline.run()
    assert statuses(pipeline) == ["documented", "detected", "detected"]
    assert [record.message for record in caplog.records].count(LIMIT_REACHED) == 1
    assert ["at most 1" in text for key in keys for text in waiting_comments(pipeline, key)] == [True, True]
    assert sweep.build_dependencies().waiting.publish() == {}, "the limit holds for the whole day"

    boto3.client("dynamodb").update_item(
        TableName="kinexus-documents",
        Key={"document_id": {"S": "drafting"}},
        UpdateExpression="SET #day = :day",
        ExpressionAttributeNames={"#day": "day"},
        ExpressionAttributeValues={":day": {"S": "2000-01-01"}},
    )
    assert sweep.build_dependencies().waiting.publish() == {"changes": 1}
    pipeline.run()
    assert statuses(pipeline) == ["documented", "documented", "detected"]


def test_a_change_counts_once_a_day(aws: Aws) -> None:
    today = gate(most=2)
    assert [today.admit(change) for change in ("a", "a", "b", "a")] == [""] * 4
    assert "at most 2" in today.admit("c")
    assert gate(most=2, now=NOW + DAY).admit("c") == ""
    assert gate(most=2, now=NOW + DAY).read().admitted == ("c",)


def test_a_write_in_between_admits_no_more_than_the_limit(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two changes read the same record; the second reads it again after its write was refused."""
    one, other = gate(most=1), gate(most=1)
    read, stale = other.read, [other.read()]
    monkeypatch.setattr(other, "read", lambda: stale.pop() if stale else read())
    assert one.admit("a") == ""
    assert "at most 1" in other.admit("b")


def test_a_second_pause_keeps_the_first(aws: Aws) -> None:
    assert gate().pause("bills").paused_at == NOW
    again: Any = gate(now=NOW + DAY).pause("other")
    assert (again.paused_at, again.reason) == (NOW, "bills")
    assert gate().resume().reason == "bills"
    assert gate().resume().paused_at == 0
