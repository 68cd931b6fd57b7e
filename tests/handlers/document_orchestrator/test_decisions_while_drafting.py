"""Decisions while the next draft is being made, or has failed, are processed and answered."""

from __future__ import annotations

from typing import Any

import pytest

from handlers.approval_handler.handler import handle as approve
from handlers.document_orchestrator.handler import handle as orchestrate
from handlers.review_ticket_creator.handler import handle as open_review
from local.atlassian import Fault
from tests.handlers.aws import deliver
from tests.handlers.pipeline import Pipeline
from tests.handlers.test_pipeline import SUMMARY, TEXT, in_review, page_id

__all__ = ["page_id"]


def document(pipeline: Pipeline) -> dict[str, Any]:
    [found] = pipeline.aws.documents()
    return found


def again(pipeline: Pipeline, review: str, comment: str) -> None:
    """Reopen a finished review, comment and move it to Done; then run only the approval's queue, twice."""
    if pipeline.status(review) == "done":
        pipeline.move(review, "new", "reviewer")
    pipeline.decide(review, comment)
    messages = pipeline.aws.messages("ApprovalHandler")
    for _ in range(2):
        assert deliver(approve, messages) == []


@pytest.fixture
def revising(pipeline: Pipeline, page_id: str) -> tuple[str, str]:
    """A review whose reviewer requested a revision that is not drafted yet."""
    key, review = in_review(pipeline)
    again(pipeline, review, "NEEDS REVISION: mention the currency")
    assert document(pipeline)["status"] == "revising"
    return key, review


@pytest.fixture
def drafted(pipeline: Pipeline, page_id: str) -> tuple[str, str]:
    """A review that a second ticket joined: its next revision is drafted, and not announced yet."""
    key, review = in_review(pipeline)
    pipeline.finish(pipeline.create_ticket(f"{SUMMARY} too", f"{TEXT} Too.", ["needs-docs"]))
    assert deliver(orchestrate, pipeline.aws.messages("DocumentOrchestrator")) == []
    assert document(pipeline)["status"] == "drafted"
    return key, review


@pytest.fixture
def redrafted(revising: tuple[str, str], pipeline: Pipeline) -> tuple[str, str]:
    """A review whose next revision, requested by its reviewer, is drafted and not announced yet."""
    assert deliver(orchestrate, pipeline.aws.messages("DocumentOrchestrator")) == []
    assert document(pipeline)["status"] == "drafted"
    return revising


@pytest.mark.parametrize("state", ["revising", "redrafted"])
def test_a_rejection_ends_the_review_during_drafting(
    pipeline: Pipeline, page_id: str, state: str, request: pytest.FixtureRequest
) -> None:
    key, review = request.getfixturevalue(state)
    again(pipeline, review, "REJECTED: nobody needs this")
    assert document(pipeline)["status"] == "rejected"
    assert pipeline.aws.locks() == []
    pipeline.run()
    assert document(pipeline)["status"] == "rejected", "what was under way comes to nothing"
    assert pipeline.status(review) == "done"
    assert len([text for text in pipeline.comments(key) if "rejected the documentation" in text]) == 1
    assert pipeline.page(page_id)["version"]["number"] == 1


@pytest.mark.parametrize("state", ["revising", "drafted"])
@pytest.mark.parametrize("comment", ["APPROVED", "Well?"])
def test_other_decisions_wait_for_the_next_draft(
    pipeline: Pipeline, page_id: str, state: str, comment: str, request: pytest.FixtureRequest
) -> None:
    """And are answered once for each move to Done."""
    _, review = request.getfixturevalue(state)
    for times in (1, 2):
        again(pipeline, review, comment)
        answers = [text for text in pipeline.comments(review) if "The next draft is being written" in text]
        assert len(answers) == times
        assert pipeline.status(review) != "done"
    pipeline.run()
    assert (document(pipeline)["status"], document(pipeline)["revision"]) == ("in_review", 2)
    assert pipeline.page(page_id)["version"]["number"] == 1
    pipeline.decide(review, "APPROVED")
    pipeline.run()
    assert pipeline.page(page_id)["version"]["number"] == 2


def test_a_failed_draft_is_reported_with_its_reason(pipeline: Pipeline, revising: tuple[str, str]) -> None:
    _, review = revising
    pipeline.model.fail_next("refusal")
    assert deliver(orchestrate, pipeline.aws.messages("DocumentOrchestrator")[:1]) != []
    again(pipeline, review, "APPROVED")
    assert any("could not be written" in text and "withheld" in text for text in pipeline.comments(review))
    pipeline.run()
    assert (document(pipeline)["status"], document(pipeline)["revision"]) == ("in_review", 2), "tried again"
    assert "reason" not in document(pipeline)


def test_an_unread_rejection_counts_although_the_draft_failed(
    pipeline: Pipeline, revising: tuple[str, str]
) -> None:
    _, review = revising
    pipeline.move(review, "new", "reviewer")
    pipeline.decide(review, "REJECTED: nobody needs this")
    pipeline.model.fail_next("refusal")
    assert deliver(orchestrate, pipeline.aws.messages("DocumentOrchestrator")[:1]) != []
    assert pipeline.status(review) == "done"
    pipeline.run()
    assert document(pipeline)["status"] == "rejected"


def test_a_review_that_cannot_be_reopened_says_who_can(pipeline: Pipeline, page_id: str) -> None:
    _, review = in_review(pipeline)
    pipeline.site.faults.add(
        Fault("status", status=400, method="POST", path="/transitions", account="kinexus", count=99)
    )
    pipeline.decide(review, "Hm.")
    pipeline.run()
    assert pipeline.status(review) == "done"
    assert "reopen it yourself or ask an administrator" in pipeline.comments(review)[-1]
    pipeline.move(review, "new", "reviewer")
    pipeline.decide(review, "APPROVED")
    pipeline.run()
    assert document(pipeline)["status"] == "published"


def test_a_rejection_spares_a_ticket_whose_draft_was_not_shown(
    pipeline: Pipeline, drafted: tuple[str, str]
) -> None:
    _, review = drafted
    second = document(pipeline)["issue_keys"][-1]
    again(pipeline, review, "REJECTED: nobody needs this")
    assert document(pipeline)["status"] == "drafted"
    assert pipeline.comments(second) == []
    [told] = [said for said in pipeline.comments(review) if "nothing was rejected" in said]
    assert f"{second} has joined this review" in told
    assert pipeline.status(review) != "done"

    pipeline.run()
    assert document(pipeline)["status"] == "in_review"
    pipeline.decide(review, "REJECTED: neither of them")
    pipeline.run()
    assert (document(pipeline)["status"], document(pipeline)["decision"]["revision"]) == ("rejected", 2)
    assert any("rejected the documentation" in said for said in pipeline.comments(second))


def test_an_early_rejection_spares_a_ticket_that_joined(pipeline: Pipeline, page_id: str) -> None:
    """The rejection comes before the first announcement."""
    first = pipeline.create_ticket(SUMMARY, TEXT, ["needs-docs"])
    pipeline.finish(first)
    assert deliver(orchestrate, pipeline.aws.messages("DocumentOrchestrator")) == []
    opening = pipeline.aws.messages("ReviewTicketCreator")
    comments = r"/rest/api/3/issue/[^/]+/comment"
    pipeline.site.faults.add(Fault("status", status=503, method="POST", path=comments, account="kinexus"))
    assert deliver(open_review, opening) == []
    review = pipeline.review_of(first)
    pipeline.finish(pipeline.create_ticket(f"{SUMMARY} too", f"{TEXT} Too.", ["needs-docs"]))
    assert deliver(orchestrate, pipeline.aws.messages("DocumentOrchestrator")) == []
    again(pipeline, review, "REJECTED: nobody needs the first")
    assert document(pipeline)["status"] == "drafted"
    assert any("nothing was rejected" in said for said in pipeline.comments(review))


def test_a_failed_decision_is_not_reported_as_a_failed_draft(
    pipeline: Pipeline, drafted: tuple[str, str]
) -> None:
    _, review = drafted
    pipeline.decide(review, "REJECTED: nobody needs the first")
    messages = pipeline.aws.messages("ApprovalHandler")
    pipeline.site.faults.add(Fault("status", status=401, count=99, path="/rest/api/3/", account="kinexus"))
    assert len(deliver(approve, messages, 1)) == 1
    pipeline.site.faults.clear()
    assert document(pipeline)["reason"]
    assert deliver(approve, messages, 2) == []
    assert document(pipeline)["status"] == "drafted"
