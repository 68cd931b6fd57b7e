"""Anyone can change labels and properties: a ticket is a review only if our record says so."""

from __future__ import annotations

import pytest

from common.atlassian.jira_client import REVIEW_PROPERTY
from handlers.approval_handler.handler import handle as approve
from handlers.document_orchestrator.handler import handle as orchestrate
from handlers.sweep.handler import handle as sweep
from tests.handlers.aws import deliver
from tests.handlers.pipeline import Pipeline
from tests.handlers.test_pipeline import SUMMARY, TEXT, in_review, page_id

__all__ = ["page_id"]


def relabel(pipeline: Pipeline, review: str, *labels: str) -> None:
    """Let a developer remove our label from a review ticket, and add others."""
    changes = [{"remove": "documentation-review"}, *({"add": label} for label in labels)]
    pipeline.jira("developer", "PUT", f"/rest/api/3/issue/{review}", {"update": {"labels": changes}})


def test_the_sweep_finds_decisions_in_unlabelled_reviews(pipeline: Pipeline, page_id: str) -> None:
    _, review = in_review(pipeline)
    relabel(pipeline, review)
    pipeline.decide(review, "APPROVED")
    assert sweep({}, None)["review accepted"] == 1
    pipeline.run()
    assert pipeline.page(page_id)["version"]["number"] == 2
    assert sweep({}, None)["review over"] == 1


@pytest.mark.parametrize("has_property", [True, False])
def test_a_review_labelled_needs_docs_is_decided_and_no_change(
    pipeline: Pipeline, page_id: str, has_property: bool
) -> None:
    _, review = in_review(pipeline)
    relabel(pipeline, review, "needs-docs")
    if not has_property:
        pipeline.jira("developer", "DELETE", f"/rest/api/3/issue/{review}/properties/{REVIEW_PROPERTY}")
    pipeline.decide(review, "APPROVED")
    pipeline.run()
    [document] = pipeline.aws.documents()
    assert (document["status"], review in document["issue_keys"]) == ("published", False)
    assert pipeline.page(page_id)["version"]["number"] == 2


@pytest.mark.usefixtures("page_id")
def test_a_planted_ticket_waits_for_no_review(pipeline: Pipeline) -> None:
    pipeline.finish(pipeline.create_ticket(SUMMARY, TEXT, ["needs-docs"]))
    assert deliver(orchestrate, pipeline.aws.messages("DocumentOrchestrator")) == []
    [document] = pipeline.aws.documents()
    planted = pipeline.create_ticket("Mine", "Wait for me.", ["documentation-review"])
    path = f"/rest/api/3/issue/{planted}/properties/{REVIEW_PROPERTY}"
    pipeline.jira("developer", "PUT", path, {"document_id": document["document_id"], "revision": 1})
    pipeline.move(planted, "done", "developer")
    assert deliver(approve, pipeline.aws.messages("ApprovalHandler")) == []
    assert pipeline.aws.messages("ApprovalHandler") == []
