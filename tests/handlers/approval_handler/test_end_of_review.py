"""The end of a review: recorded in one write, the page free, and a comment that cannot be posted blocks nothing."""

from __future__ import annotations

from typing import Any

import pytest

from common.aws.document_repository import DocumentRepository
from handlers.approval_handler.handler import handle as approve
from local.atlassian import Fault
from tests.handlers.aws import at_deferral_limit, deliver, redriven
from tests.handlers.pipeline import Pipeline
from tests.handlers.test_pipeline import SUMMARY, TEXT, in_review, page_id

__all__ = ["page_id"]


def document(pipeline: Pipeline) -> dict[str, Any]:
    [found] = pipeline.aws.documents()
    return found


@pytest.mark.parametrize(
    ("what", "status"), [("comment", 413), ("comment", 403), ("remotelink", 403), ("remotelink", 413)]
)
def test_a_source_that_refuses_comments_blocks_no_publication(
    pipeline: Pipeline, page_id: str, what: str, status: int
) -> None:
    key, review = in_review(pipeline)
    refusal = Fault("status", status=status, method="POST", path=f"/issue/{key}/{what}", count=99)
    pipeline.site.faults.add(refusal)
    pipeline.decide(review, "APPROVED")
    pipeline.run()
    assert document(pipeline)["status"] == "published"
    assert pipeline.aws.locks() == []
    assert "DocumentationPublished" in [name for name, _ in pipeline.aws.events()]
    assert pipeline.comments(review)[-1].startswith("Published")


def test_a_source_that_refuses_comments_blocks_no_rejection(pipeline: Pipeline, page_id: str) -> None:
    key, review = in_review(pipeline)
    pipeline.site.faults.add(
        Fault("status", status=403, method="POST", path=f"/issue/{key}/comment", count=99)
    )
    pipeline.decide(review, "REJECTED: it is about something else")
    pipeline.run()
    assert document(pipeline)["status"] == "rejected"
    assert pipeline.aws.locks() == []


def test_the_document_ends_and_comments_follow_after_jiras_outage(pipeline: Pipeline, page_id: str) -> None:
    key, review = in_review(pipeline)
    pipeline.decide(review, "APPROVED")
    messages = pipeline.aws.messages("ApprovalHandler")
    pipeline.site.faults.add(
        Fault("status", status=503, method="POST", path="/comment$|/comment\\?", count=99)
    )
    for receives in (1, 2, 3):
        assert len(deliver(approve, at_deferral_limit(messages), receives)) == 1
    assert (document(pipeline)["status"], pipeline.aws.locks()) == ("published", [])
    pipeline.site.faults.clear()
    said = len(pipeline.comments(review))
    for _ in range(2):
        assert deliver(approve, messages) == [], "sent again by an operator, and once more"
    assert [text.split(":")[0] for text in pipeline.comments(review)[said:]] == ["Published"]
    assert len([text for text in pipeline.comments(key) if "is published" in text]) == 1
    assert "closing" not in document(pipeline)


def test_missing_notifications_are_recorded_and_shown_in_the_review(pipeline: Pipeline, page_id: str) -> None:
    key, review = in_review(pipeline)
    pipeline.decide(review, "APPROVED")
    messages = pipeline.aws.messages("ApprovalHandler")
    pipeline.site.faults.add(Fault("status", status=503, method="POST", path=f"/{key}/remotelink", count=99))
    for receives in (1, 2, 3):
        assert len(deliver(approve, at_deferral_limit(messages), receives)) == 1
    assert document(pipeline)["status"] == "published"
    assert "503" in document(pipeline)["reason"]
    assert "could not notify everyone" in pipeline.comments(review)[-1]
    pipeline.site.faults.clear()
    assert deliver(approve, messages) == []
    assert {"closing", "reason"} & document(pipeline).keys() == set()


def test_joining_tickets_use_up_no_revision(pipeline: Pipeline, page_id: str) -> None:
    _, review = in_review(pipeline)
    for number in (1, 2):
        assert in_review(pipeline, f"{SUMMARY} {number}", f"{TEXT} Number {number}.")[1] == review
    assert document(pipeline)["revision"] == 3
    pipeline.decide(review, "NEEDS REVISION: shorter, please")
    pipeline.run()
    assert (document(pipeline)["status"], document(pipeline)["revision"]) == ("in_review", 4)
    pipeline.decide(review, "NEEDS REVISION: still too long")
    pipeline.run()
    pipeline.decide(review, "NEEDS REVISION: too long again")
    pipeline.run()
    assert document(pipeline)["status"] == "failed"
    assert "3 drafts of this documentation were sent back" in pipeline.comments(review)[-1]


def test_a_redrive_with_another_failure_reports_it(pipeline: Pipeline, page_id: str) -> None:
    key, review = in_review(pipeline)
    pipeline.decide(review, "APPROVED")
    messages = pipeline.aws.messages("ApprovalHandler")
    for fault, says in (
        (Fault("status", status=503, method="GET", path="/wiki/", count=999), "could not carry out"),
        (Fault("status", status=503, method="POST", path=f"/{key}/remotelink", count=99), "could not notify"),
    ):
        pipeline.site.faults.add(fault)
        for receives in (1, 2, 3):
            assert len(deliver(approve, at_deferral_limit(messages), receives)) == 1
        pipeline.site.faults.clear()
        assert says in pipeline.comments(review)[-1]
        messages = redriven(messages)
    assert document(pipeline)["status"] == "published"


def test_a_redelivered_end_notifies_everyone_once(
    pipeline: Pipeline, page_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first delivery, which ended the document, died just before it recorded that everyone is notified."""
    key, review = in_review(pipeline)
    pipeline.decide(review, "APPROVED")
    messages = pipeline.aws.messages("ApprovalHandler")
    with monkeypatch.context() as patched:
        patched.setattr(DocumentRepository, "finish_closing", lambda *_: 1 / 0)
        assert len(deliver(approve, messages)) == 1
    assert deliver(approve, messages, receives=2) == []
    for ticket in (key, review):
        assert len([said for said in pipeline.comments(ticket) if "ublished" in said]) == 1
    assert pipeline.page(page_id)["version"]["number"] == 2
    assert not pipeline.aws.documents()[0].get("closing")
