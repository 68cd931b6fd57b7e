"""A Bedrock guardrail: its refusal is said to people, and a wrong one to operators."""

from __future__ import annotations

import logging

import pytest

from local.bedrock.nova import GUARDED
from tests.handlers.aws import deliver
from tests.handlers.pipeline import QUEUE_HANDLERS, Pipeline, reset_functions
from tests.handlers.test_pipeline import SUMMARY, TEXT, in_review, page_id

__all__ = ["page_id"]


def with_guardrail(monkeypatch: pytest.MonkeyPatch, guardrail: str) -> None:
    monkeypatch.setenv("BEDROCK_GUARDRAIL", guardrail)
    reset_functions()


def failed(pipeline: Pipeline, text: str) -> str:
    """Close a ticket that fails at once; return the comment that says why."""
    key = pipeline.create_ticket(SUMMARY, text, ["needs-docs"])
    pipeline.finish(key)
    messages = pipeline.aws.messages("DocumentOrchestrator")
    assert len(deliver(QUEUE_HANDLERS["DocumentOrchestrator"], messages)) == 1
    [told] = pipeline.comments(key)
    return told


def test_a_guardrail_that_allows_everything_changes_nothing(
    pipeline: Pipeline, page_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_guardrail(monkeypatch, "stand1nguard:1")
    in_review(pipeline)


def test_what_a_guardrail_refuses_fails_with_a_comment(
    pipeline: Pipeline, page_id: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with_guardrail(monkeypatch, "stand1nguard:DRAFT")
    with caplog.at_level(logging.WARNING):
        told = failed(pipeline, f"{TEXT} {GUARDED}")
    assert "the guardrail stand1nguard:DRAFT of Amazon Bedrock" in told
    assert "close the ticket again" in told
    assert {"model.refused", "work.failed"} <= {record.message for record in caplog.records}
    [change] = pipeline.aws.changes()
    assert change["status"] == "failed"


def test_a_guardrail_that_does_not_exist_is_the_operators_fault(
    pipeline: Pipeline, page_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_guardrail(monkeypatch, "missing:1")
    assert "An operator must correct the setting bedrockGuardrail" in failed(pipeline, TEXT)
