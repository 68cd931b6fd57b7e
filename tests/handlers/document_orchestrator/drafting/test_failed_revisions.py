"""Revisions that cannot be drafted like the first one: a ticket is gone, or a person has written the text already."""

from __future__ import annotations

from typing import Any

import boto3
import pytest

from common.atlassian.confluence_client import ConfluencePage
from common.atlassian.http_client import RequestRefused
from common.aws.event_bus import EventBus, PublishFailed
from common.aws.review_store import ReviewStore
from common.domain.document import DocumentStatus
from handlers.approval_handler.handler import handle as approve
from handlers.document_orchestrator.drafting import draft_revision
from handlers.document_orchestrator.drafting.edit_page_prompt import Proposal
from handlers.document_orchestrator.handler import handle as orchestrate
from handlers.document_orchestrator.pages_read_once import PagesReadOnce
from handlers.review_ticket_creator.handler import handle as open_review
from local.atlassian import Fault
from tests.handlers.aws import at_deferral_limit, deliver, redriven
from tests.handlers.document_orchestrator.page_selection.test_pages_named_by_links import page
from tests.handlers.failing_records import fail_moves
from tests.handlers.pipeline import QUEUE_HANDLERS, Pipeline
from tests.handlers.test_pipeline import NEW_SUMMARY, NEW_TEXT, SUMMARY, TEXT, in_review, page_id

__all__ = ["page_id"]


def nothing_to_edit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the model find nothing to change on the page."""
    said = "The page says it already."
    monkeypatch.setattr(
        draft_revision, "draft_update", lambda model, page, *_: Proposal(said, (), page.storage)
    )


def edit_by_hand(pipeline: Pipeline, page_id: str, review: str) -> None:
    """Edit the page by hand at the passage that the draft edits."""
    [passage] = pipeline.changed_passages(review)
    storage = pipeline.page(page_id)["body"]["storage"]["value"]
    pipeline.save_page(page_id, storage.replace(passage, passage.replace(">", ">By hand: ", 1)))


def test_a_revision_is_drafted_from_the_remaining_tickets(pipeline: Pipeline, page_id: str) -> None:
    first, review = in_review(pipeline)
    second, _ = in_review(pipeline, f"{SUMMARY} soon", f"{TEXT} Zebrafish.")
    pipeline.jira("admin", "DELETE", f"/rest/api/3/issue/{second}")
    pipeline.decide(review, "NEEDS REVISION\nSay that the amount is in the payment's currency.")
    pipeline.run()
    [document] = pipeline.aws.documents()
    assert (document["status"], document["revision"]) == ("in_review", 3)
    pipeline.decide(review, "APPROVED")
    pipeline.run()
    assert any("cannot be read any more" in text for text in pipeline.comments(review))
    pipeline.decide(review, "APPROVED")
    pipeline.run()
    assert "currency" in pipeline.page(page_id)["body"]["storage"]["value"]
    assert any("is published" in text for text in pipeline.comments(first))


def test_a_revision_without_remaining_tickets_fails_with_a_comment(pipeline: Pipeline, page_id: str) -> None:
    key, review = in_review(pipeline)
    pipeline.decide(review, "NEEDS REVISION\nShorter.")
    pipeline.jira("admin", "DELETE", f"/rest/api/3/issue/{key}")
    assert deliver(approve, pipeline.aws.messages("ApprovalHandler")) == []
    assert len(deliver(orchestrate, pipeline.aws.messages("DocumentOrchestrator"))) == 1
    [told] = [text for text in pipeline.comments(review) if "could not draft" in text]
    assert "no ticket of this documentation exists any more" in told
    assert "REJECTED" in told
    assert pipeline.status(review) != "done", "it is the reviewer's turn"


def test_a_persons_own_edit_ends_the_review_with_a_comment(
    pipeline: Pipeline, page_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the page is free."""
    key, review = in_review(pipeline)
    edit_by_hand(pipeline, page_id, review)
    nothing_to_edit(monkeypatch)
    pipeline.decide(review, "APPROVED")
    pipeline.run()
    [document] = pipeline.aws.documents()
    assert document["status"] == "not_needed"
    assert pipeline.aws.locks() == []
    for ticket in (review, key):
        [told] = [text for text in pipeline.comments(ticket) if "needs no further change" in text]
        assert "The page says it already." in told
    assert pipeline.status(review) == "done"
    status = ReviewStore(boto3.client("s3"), "kinexus-documents").status(document["document_id"])
    assert status
    assert (status.closed, status.verdict) == (True, "not_needed")


def test_with_several_sources_only_the_review_says_why(
    pipeline: Pipeline, page_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, review = in_review(pipeline)
    second, _ = in_review(pipeline, f"{SUMMARY} soon", f"{TEXT} Zebrafish.")
    edit_by_hand(pipeline, page_id, review)
    nothing_to_edit(monkeypatch)
    pipeline.decide(review, "APPROVED")
    pipeline.run()
    said = {ticket: pipeline.comments(ticket)[-1] for ticket in (review, first, second)}
    assert all("needs no further change" in each for each in said.values())
    assert [ticket for ticket, each in said.items() if "The page says it already." in each] == [review]


def test_a_failure_after_an_unannounced_revision_is_reported_too(
    pipeline: Pipeline, page_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, review = in_review(pipeline)
    pipeline.decide(review, "NEEDS REVISION\nShorter.")
    pipeline.site.faults.add(Fault("status", status=400, count=1, method="PUT", path="/rest/api/3/issue/"))
    for function in ("ApprovalHandler", "DocumentOrchestrator"):
        assert deliver(QUEUE_HANDLERS[function], pipeline.aws.messages(function)) == []
    opening = pipeline.aws.messages("ReviewTicketCreator")
    assert len(deliver(open_review, opening)) == 1
    assert deliver(open_review, opening, 2) == []
    nothing_to_edit(monkeypatch)
    pipeline.decide(review, "NEEDS REVISION\nShorter still.")
    assert deliver(approve, pipeline.aws.messages("ApprovalHandler")) == []
    assert len(deliver(orchestrate, pipeline.aws.messages("DocumentOrchestrator"))) == 1
    assert len([text for text in pipeline.comments(review) if "could not draft" in text]) == 1


def sent_back(pipeline: Pipeline) -> tuple[str, str, list[dict[str, Any]]]:
    """Let a reviewer request a revision; return the source ticket, the review and the orchestrator's message."""
    key, review = in_review(pipeline)
    pipeline.decide(review, "NEEDS REVISION\nShorter.")
    assert deliver(approve, pipeline.aws.messages("ApprovalHandler")) == []
    return key, review, pipeline.aws.messages("DocumentOrchestrator")


def test_feedback_without_any_edit_is_reported_and_the_review_stays(
    pipeline: Pipeline, page_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, review, messages = sent_back(pipeline)
    nothing_to_edit(monkeypatch)
    assert len(deliver(orchestrate, messages)) == 1
    [told] = [text for text in pipeline.comments(review) if "could not draft" in text]
    assert "the model proposed no edit" in told
    assert pipeline.aws.documents()[0]["status"] == "revising"


def finished(pipeline: Pipeline, *labels: str) -> tuple[str, list[dict[str, Any]]]:
    """Close a ticket; return its key and the orchestrator's message."""
    key = pipeline.create_ticket(SUMMARY, TEXT, ["needs-docs", *labels])
    pipeline.finish(key)
    return key, pipeline.aws.messages("DocumentOrchestrator")


def refuse_comments(pipeline: Pipeline, status: int) -> None:
    """Let every ticket refuse comments."""
    pipeline.site.faults.add(Fault("status", status=status, method="POST", path="/comment", count=99))


def test_a_refused_comment_about_no_change_is_skipped(
    pipeline: Pipeline, page_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    nothing_to_edit(monkeypatch)
    _, messages = finished(pipeline)
    refuse_comments(pipeline, 403)
    assert deliver(orchestrate, messages) == []
    assert [change["status"] for change in pipeline.aws.changes()] == ["not_needed"]


def test_a_refused_comment_about_unedited_pages_is_skipped(pipeline: Pipeline, page_id: str) -> None:
    _, messages = finished(pipeline, f"docs:{page_id}", "docs:99999")
    refuse_comments(pipeline, 403)
    assert deliver(orchestrate, messages) == []
    assert [change["status"] for change in pipeline.aws.changes()] == ["documented"]


def test_an_unneeded_change_without_comment_is_not_documented(
    pipeline: Pipeline, page_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It needs no page, and the comment that says so could not be posted."""
    nothing_to_edit(monkeypatch)
    key, messages = finished(pipeline)
    refuse_comments(pipeline, 503)
    for receives in (1, 2, 3):
        assert len(deliver(orchestrate, at_deferral_limit(messages), receives)) == 1
    [change] = pipeline.aws.changes()
    assert (change["status"], "503" in change["reason"]) == ("failed", True)
    pipeline.site.faults.clear()
    assert deliver(orchestrate, redriven(messages)) == []
    assert pipeline.aws.changes()[0]["status"] == "not_needed"
    assert len([text for text in pipeline.comments(key) if "drafted no documentation" in text]) == 1


def test_a_failed_review_is_not_restarted_by_its_change(
    pipeline: Pipeline, page_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = page(pipeline, "Second")
    key, messages = finished(pipeline, f"docs:{page_id}", f"docs:{other}")
    read = PagesReadOnce.page

    def refused_for_other(pages: PagesReadOnce, asked: str) -> ConfluencePage:
        if asked == other:
            raise RequestRefused("GET", f"/pages/{other}", 403, "")
        return read(pages, asked)

    with monkeypatch.context() as patched:
        patched.setattr(PagesReadOnce, "page", refused_for_other)
        assert len(deliver(orchestrate, messages)) == 1
    pipeline.run()
    for _ in range(3):
        pipeline.decide(pipeline.review_of(key), "NEEDS REVISION\nShorter.")
        pipeline.run()
    assert deliver(orchestrate, redriven(messages)) == []
    pipeline.run()
    stands = {each["page_id"]: (each["status"], each["revision"]) for each in pipeline.aws.documents()}
    assert stands == {page_id: ("failed", 3), other: ("in_review", 1)}
    assert [lock["document_id"] for lock in pipeline.aws.locks()] == [f"lock#page#{other}"]


def test_an_unannounced_revision_is_reported_and_redelivered(
    pipeline: Pipeline, page_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, review, messages = sent_back(pipeline)

    def down(*_: object, **__: object) -> None:
        raise PublishFailed("DocumentGenerated: InternalFailure: down", "InternalFailure")

    with monkeypatch.context() as patched:
        patched.setattr(EventBus, "publish", down)
        for receives in (1, 2, 3):
            assert len(deliver(orchestrate, at_deferral_limit(messages), receives)) == 1
    [document] = pipeline.aws.documents()
    assert (document["status"], bool(document["reason"])) == ("drafted", True)
    for ticket in (key, review):
        assert len([text for text in pipeline.comments(ticket) if "could not draft" in text]) == 1
    assert pipeline.status(review) != "done", "it is the reviewer's turn"
    assert deliver(orchestrate, redriven(messages)) == []
    pipeline.run()
    assert pipeline.aws.documents()[0]["status"] == "in_review"


def test_without_a_review_the_source_gets_the_failure_comment(pipeline: Pipeline, page_id: str) -> None:
    key, review, messages = sent_back(pipeline)
    pipeline.jira("admin", "DELETE", f"/rest/api/3/issue/{review}")
    pipeline.model.fail_next("refusal", times=2)
    assert len(deliver(orchestrate, messages)) == 1
    assert len([text for text in pipeline.comments(key) if "could not draft" in text]) == 1


def test_a_failed_new_page_that_exists_by_now_is_updated(pipeline: Pipeline) -> None:
    first = pipeline.create_ticket(NEW_SUMMARY, NEW_TEXT, ["needs-docs"])
    pipeline.finish(first)
    messages = pipeline.aws.messages("DocumentOrchestrator")
    pipeline.model.fail_next("refusal", times=2)
    assert len(deliver(orchestrate, messages)) == 1
    _, review = in_review(pipeline, NEW_SUMMARY, f"{NEW_TEXT} In winter, too.")
    pipeline.decide(review, "APPROVED")
    pipeline.run()
    assert deliver(orchestrate, redriven(messages)) == []
    pipeline.run()
    again = pipeline.review_of(first)
    pipeline.decide(again, "APPROVED")
    pipeline.run()
    ends = {(each["kind"], each["status"]) for each in pipeline.aws.documents()}
    assert ends == {("create", "published"), ("update", "published")}
    assert pipeline.aws.locks() == []


def approved_with_conflict(pipeline: Pipeline, page_id: str) -> tuple[str, str, list[dict[str, Any]]]:
    """Approve a draft whose passage a person edited in between; return ticket, review and the message for a new draft."""
    key, review = in_review(pipeline)
    edit_by_hand(pipeline, page_id, review)
    pipeline.decide(review, "APPROVED")
    assert deliver(approve, pipeline.aws.messages("ApprovalHandler")) == []
    return key, review, pipeline.aws.messages("DocumentOrchestrator")


def test_the_end_of_a_review_is_announced_after_its_record(
    pipeline: Pipeline, page_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, review, messages = approved_with_conflict(pipeline, page_id)
    with monkeypatch.context() as patched:
        nothing_to_edit(patched)
        fail_moves(patched, DocumentStatus.NOT_NEEDED, OSError("DynamoDB is down"))
        assert len(deliver(orchestrate, messages, 1)) == 1
    assert deliver(orchestrate, messages, 2) == []  # the model answers differently this time
    pipeline.run()
    assert pipeline.aws.documents()[0]["status"] == "in_review"
    assert not any("closes the review" in said for said in pipeline.comments(review))


def test_a_redelivery_closes_a_review_recorded_as_ended(
    pipeline: Pipeline, page_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, review, messages = approved_with_conflict(pipeline, page_id)
    nothing_to_edit(monkeypatch)
    comments = r"/rest/api/3/issue/[^/]+/comment\?$"
    pipeline.site.faults.add(Fault("status", status=503, method="POST", path=comments, account="kinexus"))
    assert deliver(orchestrate, messages, 1) == []
    assert pipeline.aws.documents()[0]["status"] == "not_needed"
    for receives in (2, 3):
        assert deliver(orchestrate, messages, receives) == []
    for ticket in (review, key):
        assert len([said for said in pipeline.comments(ticket) if "closes the review" in said]) == 1
    assert pipeline.aws.locks() == []
