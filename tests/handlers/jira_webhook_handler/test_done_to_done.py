"""A ticket that moves from one done status to another is documented once, whichever webhook arrives."""

from __future__ import annotations

import pytest

from handlers.document_orchestrator import change_detected
from handlers.document_orchestrator.handler import handle as orchestrate
from tests.handlers.aws import deliver
from tests.handlers.pipeline import Pipeline, reset_functions
from tests.handlers.test_pipeline import SUMMARY, TEXT, page_id

__all__ = ["page_id"]


def resolve_and_close(pipeline: Pipeline, *, is_told: bool) -> str:
    """Close a ticket, with or without a webhook, and move it to another done status."""
    key = pipeline.create_ticket(SUMMARY, TEXT, ["needs-docs"])
    hooks = list(pipeline.site.webhooks.webhooks.values())
    for hook in hooks:
        hook.enabled = is_told
    pipeline.finish(key)
    for hook in hooks:
        hook.enabled = True
    assert pipeline.finish(key)["status"] == "recorded"
    return key


@pytest.mark.parametrize("is_told", [True, False])
def test_it_is_one_change_by_the_first_move_to_done(pipeline: Pipeline, page_id: str, is_told: bool) -> None:
    key = resolve_and_close(pipeline, is_told=is_told)
    messages = pipeline.aws.messages("DocumentOrchestrator")
    for receives in (1, 2):
        assert deliver(orchestrate, messages, receives) == []
        reset_functions()
    pipeline.run()
    assert pipeline.review_of(key)
    statuses = sorted((change["status"], change["reason"]) for change in pipeline.aws.changes())
    assert [status for status, _ in statuses] == ["documented", "ignored"]
    assert statuses[1][1] == "the ticket was already in a done status before"
    finishing = min(change["change_id"] for change in pipeline.aws.changes())
    [document] = pipeline.aws.documents()
    assert (document["change_ids"], document["page_id"]) == ([finishing], page_id)


def test_an_old_closing_is_left_to_the_sweep(pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(change_detected, "MAX_WEBHOOK_DELAY", -60)
    resolve_and_close(pipeline, is_told=False)
    pipeline.run()
    assert [change["status"] for change in pipeline.aws.changes()] == ["ignored"]
