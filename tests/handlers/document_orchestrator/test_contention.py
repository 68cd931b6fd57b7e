"""Work under another invocation's lease is deferred: that is no failure, uses up no receive, and loses nothing.

Not proven: that SQS delays a copy and Lambda passes its attribute (the region's tests send one).
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import boto3

from common.aws.dynamodb_table import DynamoDbTable
from common.aws.sqs_source_queue import DEFERRED_SINCE, MAX_DEFER_SECONDS
from common.runtime.deferral import MAX_LEASE_PAUSE, MIN_LEASE_PAUSE
from handlers.approval_handler.handler import handle as approve
from handlers.document_orchestrator.handler import handle as orchestrate
from handlers.review_ticket_creator.handler import handle as open_review
from tests.handlers.aws import deferred_for, deliver
from tests.handlers.pipeline import Pipeline
from tests.handlers.test_pipeline import SUMMARY, TEXT, in_review, page_id

__all__ = ["page_id"]


@contextmanager
def lease_held(table: str, key: str) -> Iterator[None]:
    """Hold the lease of a record, as another invocation does."""
    name = {"kinexus-changes": "change_id", "kinexus-documents": "document_id"}[table]
    with DynamoDbTable(boto3.client("dynamodb"), table, name, time.time).lease(
        key, "another invocation", 180
    ):
        yield


def finished(pipeline: Pipeline, number: int = 1) -> str:
    """Close a ticket about the page."""
    key = pipeline.create_ticket(f"{SUMMARY} {number}", f"{TEXT} Number {number}.", ["needs-docs"])
    pipeline.finish(key)
    return key


def test_a_duplicate_of_a_change_in_progress_is_deferred(pipeline: Pipeline) -> None:
    """However often it was received."""
    finished(pipeline)
    [message] = pipeline.aws.messages("DocumentOrchestrator")
    [change] = pipeline.aws.changes()
    with lease_held("kinexus-changes", change["change_id"]):
        assert deliver(orchestrate, [message], receives=3) == []
    assert pipeline.aws.delayed("DocumentOrchestrator") == 1
    [copy] = pipeline.aws.messages("DocumentOrchestrator")
    assert copy["Body"] == message["Body"]
    assert MIN_LEASE_PAUSE <= copy["Delay"] <= MAX_LEASE_PAUSE
    assert abs(time.time() - int(copy["MessageAttributes"][DEFERRED_SINCE]["StringValue"])) < 30
    assert pipeline.aws.changes()[0]["status"] == "detected"
    assert deliver(orchestrate, [copy]) == []
    assert pipeline.aws.changes()[0]["status"] == "documented"


def test_eight_tickets_about_one_page_are_all_documented(pipeline: Pipeline, page_id: str) -> None:
    keys = [finished(pipeline, number) for number in range(8)]
    while messages := pipeline.aws.messages("DocumentOrchestrator"):
        assert deliver(orchestrate, messages[:1], receives=3) == []
        [document] = pipeline.aws.documents()
        with lease_held("kinexus-documents", document["document_id"]):
            assert deliver(orchestrate, messages[1:], receives=3) == []
    [document] = pipeline.aws.documents()
    assert sorted(document["issue_keys"]) == sorted(keys)
    assert {change["status"] for change in pipeline.aws.changes()} == {"documented"}


def test_approval_and_redraft_wait_for_the_documents_lease(pipeline: Pipeline, page_id: str) -> None:
    _, review = in_review(pipeline)
    [document] = pipeline.aws.documents()
    finished(pipeline)
    assert deliver(orchestrate, pipeline.aws.messages("DocumentOrchestrator")) == []
    drafted = pipeline.aws.messages("ReviewTicketCreator")
    with lease_held("kinexus-documents", document["document_id"]):
        assert deliver(open_review, drafted, receives=3) == []
    pipeline.run()
    pipeline.decide(review, "APPROVED")
    approval = pipeline.aws.messages("ApprovalHandler")
    with lease_held("kinexus-documents", document["document_id"]):
        assert deliver(approve, approval, receives=3) == []
    pipeline.run()
    assert pipeline.aws.documents()[0]["status"] == "published"


def test_a_lease_held_for_hours_fails_with_a_comment(pipeline: Pipeline) -> None:
    key = finished(pipeline)
    [message] = pipeline.aws.messages("DocumentOrchestrator")
    [change] = pipeline.aws.changes()
    with lease_held("kinexus-changes", change["change_id"]):
        assert deliver(orchestrate, [deferred_for(message, MAX_DEFER_SECONDS - 60)]) == []
        assert pipeline.aws.messages("DocumentOrchestrator")
        assert len(deliver(orchestrate, [deferred_for(message, MAX_DEFER_SECONDS)])) == 1
    assert pipeline.aws.messages("DocumentOrchestrator") == []
    assert "being worked on (tried for 12 hours)" in pipeline.aws.changes()[0]["reason"]
    assert any("for 12 hours" in text for text in pipeline.comments(key))


def test_a_failed_deferral_leaves_the_message_and_is_reported(pipeline: Pipeline) -> None:
    """The last try is reported."""
    key = finished(pipeline)
    [message] = pipeline.aws.messages("DocumentOrchestrator")
    boto3.client("sqs").delete_queue(QueueUrl=pipeline.aws.queue_urls["DocumentOrchestrator"])
    [change] = pipeline.aws.changes()
    with lease_held("kinexus-changes", change["change_id"]):
        assert len(deliver(orchestrate, [message])) == 1
        assert pipeline.comments(key) == []
        assert len(deliver(orchestrate, [message], receives=3)) == 1
    assert any("GetQueueUrl" in text for text in pipeline.comments(key))
