"""A review that waits longer than reminderDays gets one comment for its revision, however often the sweep runs."""

from __future__ import annotations

import time

import pytest

from common.aws.document_repository import DocumentRepository
from handlers.sweep.handler import handle
from local.atlassian import Fault
from tests.handlers.pipeline import Pipeline, reset_functions
from tests.handlers.test_pipeline import in_review, page_id

__all__ = ["page_id"]

WAITS = "has waited for a decision"
DAY = 24 * 3600


@pytest.fixture
def review(pipeline: Pipeline, page_id: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """A review that is open, where reminders come after three days."""
    monkeypatch.setenv("REMINDER_DAYS", "3")
    reset_functions()
    return in_review(pipeline)[1]


def days_pass(monkeypatch: pytest.MonkeyPatch, days: float) -> None:
    """Let the sweep believe that time has passed since the review was announced."""
    now = time.time()
    monkeypatch.setattr("time.time", lambda: now + days * DAY)
    reset_functions()


def reminders(pipeline: Pipeline, review: str) -> list[str]:
    return [text for text in pipeline.comments(review) if WAITS in text]


def test_a_waiting_review_gets_exactly_one_reminder(
    pipeline: Pipeline, review: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "reminded" not in handle({}, None)
    days_pass(monkeypatch, 2.9)
    assert "reminded" not in handle({}, None)
    days_pass(monkeypatch, 0.2)
    assert handle({}, None)["reminded"] == 1
    [text] = reminders(pipeline, review)
    assert text.startswith("Revision 1 ")
    assert "more than 3 days" in text
    days_pass(monkeypatch, 30)
    before = len(pipeline.site.calls())
    assert "reminded" not in handle({}, None)
    asked = [call.path for call in pipeline.site.calls()[before:]]
    assert not [path for path in asked if "comment" in path], "the record says that it was reminded"
    assert len(reminders(pipeline, review)) == 1


def test_a_sweep_that_died_after_the_comment_reminds_once(
    pipeline: Pipeline, review: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    days_pass(monkeypatch, 4)
    with monkeypatch.context() as dying:
        dying.setattr(DocumentRepository, "record_reminder", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            handle({}, None)
    handle({}, None)
    assert len(reminders(pipeline, review)) == 1


def test_the_next_revision_is_reminded_of_for_itself(
    pipeline: Pipeline, review: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as later:
        days_pass(later, 4)
        handle({}, None)
    reset_functions()
    pipeline.decide(review, "NEEDS REVISION\nMention the currency.")
    pipeline.run()
    assert "reminded" not in handle({}, None)
    days_pass(monkeypatch, 4)
    handle({}, None)
    assert [text.split()[1] for text in reminders(pipeline, review)] == ["1", "2"]


def test_a_decided_review_is_not_reminded(
    pipeline: Pipeline, review: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipeline.decide(review, "APPROVED")
    pipeline.run()
    days_pass(monkeypatch, 4)
    handle({}, None)
    assert reminders(pipeline, review) == []


def test_without_the_setting_there_are_no_reminders(
    pipeline: Pipeline, review: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REMINDER_DAYS", "0")
    days_pass(monkeypatch, 300)
    handle({}, None)
    assert reminders(pipeline, review) == []


def test_a_refused_reminder_stops_no_sweep(
    pipeline: Pipeline, review: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next sweep tries again."""
    days_pass(monkeypatch, 4)
    pipeline.site.faults.add(Fault("status", status=403, count=1, method="POST", path="/comment"))
    assert "reminded" not in handle({}, None)
    assert handle({}, None)["reminded"] == 1
