"""If the token is no longer accepted (401), comments that could not be posted wait for an operator.

That Atlassian answers 401 for an expired token and a missing scope, and 404 for a hidden ticket, is taken from its
documentation, not proven here.
"""

from __future__ import annotations

from typing import Any

import pytest

from handlers.approval_handler.handler import handle as approve
from handlers.document_orchestrator.handler import handle as orchestrate
from local.atlassian import Fault
from tests.handlers.aws import deliver, redriven
from tests.handlers.document_orchestrator.drafting.test_failed_revisions import edit_by_hand, nothing_to_edit
from tests.handlers.pipeline import Pipeline
from tests.handlers.test_pipeline import in_review, page_id

__all__ = ["page_id"]


def document(pipeline: Pipeline) -> dict[str, Any]:
    [found] = pipeline.aws.documents()
    return found


def refuse(pipeline: Pipeline, code: int, method: str, path: str) -> None:
    """Let Jira refuse our account from now on."""
    pipeline.site.faults.add(
        Fault("status", status=code, method=method, path=path, count=99, account="kinexus")
    )


@pytest.mark.parametrize(
    ("code", "method", "what"),
    [(401, "POST", "comment"), (401, "POST", "remotelink"), (403, "GET", "comment")],
)
def test_without_a_valid_token_no_comment_counts_as_posted(
    pipeline: Pipeline, page_id: str, code: int, method: str, what: str
) -> None:
    key, review = in_review(pipeline)
    pipeline.decide(review, "APPROVED")
    messages = pipeline.aws.messages("ApprovalHandler")
    refuse(pipeline, code, method, f"/issue/{key}/{what}")
    if method == "GET":  # earlier comments are looked for only after the first delivery stopped
        stop = Fault(
            "status", status=401, method="POST", path=f"/issue/{key}/{what}", count=2, account="kinexus"
        )
        pipeline.site.faults.add(stop)
    for receives in (1, 2, 3):
        assert len(deliver(approve, messages, receives)) == 1
    pipeline.site.faults.clear()
    assert document(pipeline)["status"] == "published"
    assert document(pipeline)["closing"] is True
    assert str(code) in document(pipeline)["reason"]
    assert deliver(approve, redriven(messages)) == []
    assert "closing" not in document(pipeline)
    assert len([text for text in pipeline.comments(review) if text.startswith("Published")]) == 1
    assert len([text for text in pipeline.comments(key) if "is published" in text]) == 1


def test_without_a_valid_token_reopening_a_review_waits(pipeline: Pipeline, page_id: str) -> None:
    _, review = in_review(pipeline)
    pipeline.decide(review, "Can somebody approve this?")
    messages = pipeline.aws.messages("ApprovalHandler")
    refuse(pipeline, 401, "POST", "/transitions")
    for receives in (1, 2, 3):
        assert len(deliver(approve, messages, receives)) == 1
    pipeline.site.faults.clear()
    assert not any("cannot open" in text for text in pipeline.comments(review))
    assert deliver(approve, redriven(messages)) == []
    assert pipeline.status(review) != "done"


def test_a_review_ends_once_its_tickets_can_be_notified(
    pipeline: Pipeline, page_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It needs no edit any more."""
    key, review = in_review(pipeline)
    edit_by_hand(pipeline, page_id, review)
    nothing_to_edit(monkeypatch)
    pipeline.decide(review, "APPROVED")
    assert deliver(approve, pipeline.aws.messages("ApprovalHandler")) == []
    messages = pipeline.aws.messages("DocumentOrchestrator")
    refuse(pipeline, 401, "POST", f"/issue/{key}/comment")
    for receives in (1, 2, 3):
        assert len(deliver(orchestrate, messages, receives)) == 1
    pipeline.site.faults.clear()
    assert document(pipeline)["status"] == "not_needed"
    assert deliver(orchestrate, redriven(messages)) == []
    for ticket in (review, key):
        assert len([text for text in pipeline.comments(ticket) if "needs no further change" in text]) == 1
