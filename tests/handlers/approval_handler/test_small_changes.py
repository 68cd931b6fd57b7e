"""NEEDS REVISION with exact words is carried out as written: without the model, and without counting as a draft."""

from __future__ import annotations

import pytest

from common import storage_format as sf
from tests.handlers.pipeline import Pipeline, reset_functions
from tests.handlers.test_pipeline import in_review, page_id

__all__ = ["page_id"]


def new_text(pipeline: Pipeline, review: str) -> str:
    """The text of the newest draft's first change."""
    return sf.plain_text(pipeline.newest_draft(review).changes()[0].after)


def test_words_are_replaced_without_the_model(pipeline: Pipeline, page_id: str) -> None:
    _, review = in_review(pipeline)
    before, calls = new_text(pipeline, review), len(pipeline.model.calls())
    old = " ".join(before.split()[-3:])
    pipeline.decide(review, f"NEEDS REVISION\n“{old}” → “these exact words”")
    pipeline.run()
    [document] = pipeline.aws.documents()
    assert (document["status"], document["revision"], document.get("sent_back", 0)) == ("in_review", 2, 0)
    assert len(pipeline.model.calls()) == calls
    assert new_text(pipeline, review) == before.replace(old, "these exact words")
    pipeline.decide(review, "APPROVED")
    pipeline.run()
    assert "these exact words" in sf.plain_text(pipeline.page(page_id)["body"]["storage"]["value"])


def test_words_that_are_not_there_go_to_the_model(pipeline: Pipeline, page_id: str) -> None:
    _, review = in_review(pipeline)
    calls = len(pipeline.model.calls())
    pipeline.decide(review, "NEEDS REVISION\n“words that are not there” → “others”")
    pipeline.run()
    [document] = pipeline.aws.documents()
    assert (document["revision"], document["sent_back"]) == (2, 1)
    assert len(pipeline.model.calls()) > calls


def test_dropping_every_edit_is_answered(pipeline: Pipeline, page_id: str) -> None:
    _, review = in_review(pipeline)
    drops = "\n".join(f"drop {n}" for n, _ in enumerate(pipeline.newest_draft(review).edits, 1))
    pipeline.decide(review, f"NEEDS REVISION\n{drops}")
    pipeline.run()
    [document] = pipeline.aws.documents()
    assert (document["status"], document["revision"]) == ("in_review", 1)
    assert any("To publish nothing, comment REJECTED" in text for text in pipeline.comments(review))
    assert pipeline.status(review) != "done"


def test_small_changes_have_no_limit(
    pipeline: Pipeline, page_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAX_REVISIONS", "1")
    reset_functions()
    _, review = in_review(pipeline)
    for number in range(3):
        old = new_text(pipeline, review).split()[-1]
        pipeline.decide(review, f"NEEDS REVISION\n“{old}” → “word{number}”")
        pipeline.run()
    assert pipeline.aws.documents()[0]["revision"] == 4
    assert new_text(pipeline, review).endswith("word2")


def test_the_ticket_shows_both_forms_and_the_numbers(pipeline: Pipeline, page_id: str) -> None:
    _, review = in_review(pipeline)
    text = pipeline.description(review)
    assert "“old words” → “new words”" in text
    assert "drop 2" in text
    assert "Edits by number:\n\n1. Replaces" in text
