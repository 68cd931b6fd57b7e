"""The model behind a draft is recorded with it, and people see it."""

from __future__ import annotations

import dataclasses
import html
import json

import requests

from common.domain.draft import Draft
from local.bedrock.standin import MODEL_ID
from tests.handlers.pipeline import Pipeline
from tests.handlers.test_pipeline import in_review, page_id

__all__ = ["page_id"]


def test_a_draft_names_its_model_prompt_and_tokens(pipeline: Pipeline, page_id: str) -> None:
    _, review = in_review(pipeline)
    [document] = pipeline.aws.documents()
    draft = pipeline.newest_draft(review)
    assert draft.model is not None
    assert (draft.model.model_id, len(draft.model.prompt_version)) == (MODEL_ID, 8)
    assert document["drafted_by"] == dataclasses.asdict(draft.model)
    [choosing, drafting] = pipeline.model.calls()
    assert document["drafted_by"]["input_tokens"] == drafting.input_tokens
    assert document["choice"]["model"]["output_tokens"] == choosing.output_tokens


def test_ticket_and_page_name_the_model(pipeline: Pipeline, page_id: str) -> None:
    _, review = in_review(pipeline)
    assert f"Chosen and drafted by {MODEL_ID}" in pipeline.description(review)
    shown = requests.get(pipeline.diff_url(review), timeout=10).text
    assert f"chosen and drafted by {MODEL_ID}" in html.unescape(shown)


def test_the_tokens_of_all_drafts_are_added(pipeline: Pipeline, page_id: str) -> None:
    _, review = in_review(pipeline)
    pipeline.decide(review, "NEEDS REVISION\nSay who may ask for a refund.")
    pipeline.run()
    [document] = pipeline.aws.documents()
    drafted = [call for call in pipeline.model.calls() if call.tool == "edit_page"]
    assert len(drafted) == 2
    assert document["drafted_by"]["input_tokens"] == sum(call.input_tokens for call in drafted)


def test_a_draft_of_a_version_without_the_record_is_read(pipeline: Pipeline, page_id: str) -> None:
    _, review = in_review(pipeline)
    shape = json.loads(pipeline.newest_draft(review).to_bytes())
    del shape["model"]
    assert Draft.from_bytes(json.dumps(shape).encode()).model is None
