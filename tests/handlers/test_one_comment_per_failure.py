"""A failure is reported once if its message is delivered twice at once: the second fails while the first comments."""

from __future__ import annotations

from typing import Any

import pytest

from common.atlassian.jira_client import JiraClient
from handlers.approval_handler.handler import handle as approve
from handlers.document_orchestrator.handler import handle as orchestrate
from handlers.review_ticket_creator.handler import handle as open_review
from local.atlassian import Fault
from tests.handlers.aws import at_deferral_limit, deliver
from tests.handlers.document_orchestrator.drafting.test_failed_revisions import nothing_to_edit
from tests.handlers.pipeline import Pipeline
from tests.handlers.test_pipeline import SUMMARY, TEXT, in_review, page_id

__all__ = ["page_id"]


def fail_in_two_deliveries(
    handle: Any, messages: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch, receives: int = 1
) -> None:
    """Deliver a message that fails permanently; just before its first comment is posted, deliver it again."""
    again: list[int] = []
    add = JiraClient.add_comment

    def add_late(client: JiraClient, *what: Any) -> Any:
        if not again:
            again.append(0)
            again[0] = len(deliver(handle, messages, receives))
        return add(client, *what)

    monkeypatch.setattr(JiraClient, "add_comment", add_late)
    assert len(deliver(handle, messages, receives)) == 1
    assert again, "nobody was told at all"


def count_comments(pipeline: Pipeline, key: str, words: str) -> int:
    return len([said for said in pipeline.comments(key) if words in said])


def test_a_failed_draft_is_reported_once(
    pipeline: Pipeline, page_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = pipeline.create_ticket(SUMMARY, TEXT, ["needs-docs", f"docs:{page_id}"])
    pipeline.finish(key)
    pipeline.model.fail_next("refusal", times=9)
    fail_in_two_deliveries(orchestrate, pipeline.aws.messages("DocumentOrchestrator"), monkeypatch)
    assert count_comments(pipeline, key, "could not draft") == 1


def test_a_failed_revision_is_reported_once(
    pipeline: Pipeline, page_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert page_id
    _, review = in_review(pipeline)
    nothing_to_edit(monkeypatch)
    pipeline.decide(review, "NEEDS REVISION\nTake it out again.")
    assert deliver(approve, pipeline.aws.messages("ApprovalHandler")) == []
    fail_in_two_deliveries(orchestrate, pipeline.aws.messages("DocumentOrchestrator"), monkeypatch)
    assert count_comments(pipeline, review, "could not draft") == 1


def test_a_failed_review_is_reported_once(
    pipeline: Pipeline, page_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = pipeline.create_ticket(SUMMARY, TEXT, ["needs-docs", f"docs:{page_id}"])
    pipeline.finish(key)
    assert deliver(orchestrate, pipeline.aws.messages("DocumentOrchestrator")) == []
    pipeline.site.faults.add(
        Fault("status", status=400, method="POST", path=r"/rest/api/3/issue\?$", count=9)
    )
    fail_in_two_deliveries(open_review, pipeline.aws.messages("ReviewTicketCreator"), monkeypatch)
    assert count_comments(pipeline, key, "cannot open its review") == 1


def test_a_failed_decision_is_reported_once(
    pipeline: Pipeline, page_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert page_id
    _, review = in_review(pipeline)
    pipeline.decide(review, "APPROVED")
    pipeline.site.faults.add(Fault("status", status=503, path="/wiki/.*", count=999))
    fail_in_two_deliveries(approve, at_deferral_limit(pipeline.aws.messages("ApprovalHandler")), monkeypatch)
    assert count_comments(pipeline, review, "could not carry out") == 1
