"""A draft that was changed in the bucket after its approval is never published."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import boto3
import pytest

from tests.handlers.pipeline import Pipeline
from tests.handlers.test_pipeline import NEW_SUMMARY, NEW_TEXT, SUMMARY, TEXT, in_review, page_id

__all__ = ["page_id"]
BUCKET = "kinexus-documents"


def other_words(draft: dict[str, Any]) -> bytes:
    """Return the draft with another text, otherwise unchanged."""
    return json.dumps(draft | {"storage": draft["storage"] + "<p>Send your card number.</p>"}).encode()


def one_blank(draft: dict[str, Any]) -> bytes:
    """Return the same draft with one more blank."""
    return json.dumps(draft).encode() + b" "


@pytest.mark.parametrize("change", [other_words, one_blank])
@pytest.mark.parametrize("given", [(SUMMARY, TEXT), (NEW_SUMMARY, NEW_TEXT)], ids=["update", "create"])
def test_a_draft_changed_after_its_approval_is_not_published(
    pipeline: Pipeline, page_id: str, given: tuple[str, str], change: Callable[[dict[str, Any]], bytes]
) -> None:
    key, review = in_review(pipeline, *given)
    versions = {page.id: len(page.versions) for page in pipeline.site.confluence.pages.values()}
    pipeline.decide(review, "APPROVED")
    [document] = pipeline.aws.documents()
    s3, where = boto3.client("s3"), f"drafts/{document['document_id']}/1.json"
    draft = json.loads(s3.get_object(Bucket=BUCKET, Key=where)["Body"].read())
    s3.put_object(Bucket=BUCKET, Key=where, Body=change(draft))
    pipeline.run()
    assert {page.id: len(page.versions) for page in pipeline.site.confluence.pages.values()} == versions
    [document] = pipeline.aws.documents()
    assert document["status"] == "failed"
    assert "is not the draft that was decided on" in document["reason"]
    for told in (review, key):
        assert (
            len([text for text in pipeline.comments(told) if "is not the draft that was decided" in text])
            == 1
        )
    assert "DocumentationPublished" not in [name for name, _ in pipeline.aws.events()]
    assert pipeline.aws.locks() == []
