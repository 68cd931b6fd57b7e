"""What a reviewer is told about a draft stands in the review ticket and on the diff page, and never on the page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
import requests

from tests.handlers.pipeline import Pipeline
from tests.handlers.test_pipeline import NEW_SUMMARY, NEW_TEXT, in_review, page_id
from tests.hostile.conftest import asked

__all__ = ["asked", "page_id"]

QUOTED = "A refund in the quarnix ledger returns a part of the quarnix payment when an"


def answering(pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch, **changed: Any) -> None:
    """Let the model answer as the stand-in does, with changed fields in each edit."""
    answer = pipeline.model.answer

    def answered(function: str, model_id: str, request: Mapping[str, Any]) -> dict[str, Any]:
        given = answer(function, model_id, request)
        for part in given["output"]["message"]["content"]:
            for edit in part.get("toolUse", {}).get("input", {}).get("edits", []):
                edit.update(changed)
        return given

    monkeypatch.setattr(pipeline.model, "answer", answered)


def shown(pipeline: Pipeline, review: str) -> tuple[str, str]:
    """Return the review ticket's description and the diff page."""
    return pipeline.description(review), requests.get(pipeline.diff_url(review), timeout=60).text


def test_the_words_that_ask_for_an_edit_are_shown(pipeline: Pipeline, page_id: str) -> None:
    key, review = in_review(pipeline)
    for each in shown(pipeline, review):
        assert f"because {key} says “{QUOTED}" in each
        assert "no source found" not in each
    pipeline.decide(review, "APPROVED")
    pipeline.run()
    assert "because" not in pipeline.page(page_id)["body"]["storage"]["value"]


def test_edits_and_facts_without_a_source_are_marked(
    pipeline: Pipeline, page_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "A refund in the quarnix ledger takes `--part` since version 8.1."
    answering(pipeline, monkeypatch, because="the boss wants it", markdown=text)
    _, review = in_review(pipeline)
    for each in shown(pipeline, review):
        assert "no source found" in each
        assert "neither in the tickets nor on the page so far, please check: --part, 8.1" in each
        assert "the boss" not in each


def test_a_new_page_follows_a_page_of_the_space(pipeline: Pipeline, asked: list[Mapping[str, Any]]) -> None:
    in_review(pipeline, NEW_SUMMARY, f"{NEW_TEXT} Payouts and webhooks stay as they are.")
    [prompt] = [
        each["messages"][0]["content"][0]["text"]
        for each in asked
        if each["toolConfig"]["tools"][0]["toolSpec"]["name"] == "write_page"
    ]
    assert prompt.count("<sample ") == 1
