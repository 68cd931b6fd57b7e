"""A stored draft that was never announced is reused only by work with the same inputs; other work skips it.

The process dies between the draft in the bucket and the record that names it, and other work comes first.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import boto3
import pytest

from common.domain.document import DocumentStatus
from handlers.document_orchestrator.handler import handle as orchestrate
from tests.handlers.aws import deliver, redriven
from tests.handlers.failing_records import fail_moves
from tests.handlers.pipeline import Pipeline, reset_functions
from tests.handlers.test_pipeline import NEW_SUMMARY, NEW_TEXT, SUMMARY, TEXT, in_review, page_id

__all__ = ["page_id"]


class Died(BaseException):
    """The process ends here."""


@pytest.fixture
def dies_after_storing_draft(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str], dict[str, Any]]:
    """Return a function that closes a ticket, and lets the process die when its draft is stored and not recorded."""

    def finish(key: str) -> dict[str, Any]:
        pipeline.finish(key)
        [message] = pipeline.aws.messages("DocumentOrchestrator")
        with monkeypatch.context() as patched:
            fail_moves(patched, DocumentStatus.DRAFTED, Died())
            with pytest.raises(Died):
                deliver(orchestrate, [message])
        reset_functions()
        for item in (*pipeline.aws.documents(), *pipeline.aws.changes()):
            forget_lease(item)
        return message

    return finish


def forget_lease(item: dict[str, Any]) -> None:
    """Let the lease of the dead process expire."""
    name = "change_id" if "change_id" in item else "document_id"
    boto3.client("dynamodb").update_item(
        TableName="kinexus-changes" if name == "change_id" else "kinexus-documents",
        Key={name: {"S": item[name]}},
        UpdateExpression="REMOVE lease_owner, lease_until",
    )


def draft_on_record(pipeline: Pipeline) -> dict[str, Any]:
    [document] = pipeline.aws.documents()
    key = f"drafts/{document['document_id']}/{document['revision']}.json"
    body = boto3.client("s3").get_object(Bucket="kinexus-documents", Key=key)["Body"].read()
    draft: dict[str, Any] = json.loads(body)
    return draft


def test_a_change_joining_past_a_kept_draft_is_published(
    pipeline: Pipeline, page_id: str, dies_after_storing_draft: Callable[[str], dict[str, Any]]
) -> None:
    first, review = in_review(pipeline)
    second = pipeline.create_ticket(f"{SUMMARY} soon", TEXT, ["needs-docs"])
    unserved = dies_after_storing_draft(second)
    third, joined = in_review(
        pipeline, "Quarnix ledger refunds need an approval", "A quarnix refund needs a zebrafish."
    )
    assert joined == review
    assert deliver(orchestrate, [unserved], receives=2) == []
    pipeline.run()
    draft = draft_on_record(pipeline)
    assert draft["issue_keys"] == [first, third, second], (
        "a change is part of a document when a draft holds it"
    )
    assert "zebrafish" in draft["storage"]
    assert draft["follows"] == 3, "what nobody saw is not what the reviewer compares with"
    pipeline.decide(review, "APPROVED")
    pipeline.run()
    assert "zebrafish" in pipeline.page(page_id)["body"]["storage"]["value"]


def test_feedback_past_a_kept_draft_is_in_the_next_revision(
    pipeline: Pipeline, page_id: str, dies_after_storing_draft: Callable[[str], dict[str, Any]]
) -> None:
    first, review = in_review(pipeline)
    second = pipeline.create_ticket(f"{SUMMARY} soon", TEXT, ["needs-docs"])
    unserved = dies_after_storing_draft(second)
    pipeline.decide(review, "NEEDS REVISION\nSay that the amount is in the payment's currency.")
    pipeline.run()
    assert deliver(orchestrate, [unserved], receives=2) == []
    pipeline.run()
    draft = draft_on_record(pipeline)
    assert draft["issue_keys"] == [first, second]
    assert draft["follows"] == 3, "what nobody saw is not what the reviewer compares with"
    assert "currency" in draft["storage"]


def test_a_kept_draft_is_reused_by_the_same_work(
    pipeline: Pipeline, page_id: str, dies_after_storing_draft: Callable[[str], dict[str, Any]]
) -> None:
    _, review = in_review(pipeline)
    unserved = dies_after_storing_draft(pipeline.create_ticket(f"{SUMMARY} soon", TEXT, ["needs-docs"]))
    assert deliver(orchestrate, [unserved], receives=2) == []
    pipeline.run()
    assert draft_on_record(pipeline)["revision"] == 2
    pipeline.decide(review, "APPROVED")
    pipeline.run()
    assert pipeline.aws.documents()[0]["status"] == "published"


def test_a_kept_new_page_draft_becomes_no_edit(pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page exists by now."""
    first = pipeline.create_ticket(NEW_SUMMARY, NEW_TEXT, ["needs-docs"])
    pipeline.finish(first)
    messages = pipeline.aws.messages("DocumentOrchestrator")
    with monkeypatch.context() as patched:
        fail_moves(patched, DocumentStatus.DRAFTED, OSError("DynamoDB is down"))
        for receives in (1, 2, 3):
            assert len(deliver(orchestrate, messages, receives)) == 1
    _, review = in_review(pipeline, NEW_SUMMARY, f"{NEW_TEXT} In winter, too.")
    pipeline.decide(review, "APPROVED")
    pipeline.run()
    assert deliver(orchestrate, redriven(messages)) == []
    pipeline.run()
    pipeline.decide(pipeline.review_of(first), "APPROVED")
    pipeline.run()
    ends = {(document["kind"], document["status"]) for document in pipeline.aws.documents()}
    assert ends == {("create", "published"), ("update", "published")}
