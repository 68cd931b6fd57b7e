"""What Confluence's conversion loses outside the approved edits is commented in the review once, with a way back.

With the simulator, which can lose content when an app saves a page. Not proven: what Confluence's own conversion loses.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Any

import boto3
import pytest

from common import storage_format as sf
from common.domain.draft import Draft
from handlers.sweep import dependencies
from handlers.sweep.handler import handle
from handlers.sweep.lost_content import document_content
from local.atlassian import Fault
from local.atlassian.confluence.lossy_conversion import KINDS
from local.atlassian.confluence.storage_adf import to_adf
from tests.handlers.pipeline import Pipeline
from tests.handlers.test_pipeline import in_review, page_id

__all__ = ["page_id"]

LOST = "Confluence lost content"


def published(pipeline: Pipeline, loses: frozenset[str] = frozenset()) -> str:
    """Publish a draft while the conversion loses these kinds of content; return the review ticket."""
    _, review = in_review(pipeline)
    pipeline.site.confluence.conversion_loses = loses
    pipeline.decide(review, "APPROVED")
    pipeline.run()
    assert document(pipeline)["status"] == "published"
    return review


def document(pipeline: Pipeline) -> dict[str, Any]:
    [found] = pipeline.aws.documents()
    return found


def told(pipeline: Pipeline, review: str) -> list[str]:
    return [text for text in pipeline.comments(review) if LOST in text]


@pytest.mark.parametrize(
    ("kind", "named"),
    [
        ("mention", "1 mention of a person"),
        ("annotation", "the place of 1 comment in the text"),
        ("width", "the widths of 2 columns or blocks"),
    ],
)
def test_a_loss_is_told_once_with_the_way_back(
    pipeline: Pipeline, page_id: str, kind: str, named: str
) -> None:
    pipeline.save_page(
        page_id, pipeline.page(page_id)["body"]["storage"]["value"].replace("two_equal", "two_left_sidebar")
    )
    review = published(pipeline, frozenset({kind}))
    assert handle({}, None)["content lost"] == 1
    assert document(pipeline)["conversion_checked"] is True
    [text] = told(pipeline, review)
    assert named in text
    assert f"pageId={page_id}&selectedPageVersions=2&selectedPageVersions=3" in text
    assert f"viewpreviousversions.action?pageId={page_id}" in text
    assert "content lost" not in handle({}, None)
    assert len(told(pipeline, review)) == 1


def test_nothing_is_told_where_nothing_is_lost(pipeline: Pipeline, page_id: str) -> None:
    review = published(pipeline)
    assert "content lost" not in handle({}, None)
    assert document(pipeline)["conversion_checked"] is True
    assert told(pipeline, review) == []
    before = len(pipeline.site.calls())
    handle({}, None)
    assert not [call for call in pipeline.site.calls()[before:] if "/wiki/" in call.path]


def test_a_sweep_that_dies_after_the_comment_comments_once(
    pipeline: Pipeline, page_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    review = published(pipeline, frozenset({"mention"}))
    documents = dependencies.build_dependencies().conversion.documents

    def die(_: object) -> None:
        raise ConnectionError

    with monkeypatch.context() as dying:
        dying.setattr(documents, "record_conversion_check", die)
        with pytest.raises(ConnectionError):
            handle({}, None)
    assert len(told(pipeline, review)) == 1
    handle({}, None)
    assert len(told(pipeline, review)) == 1
    assert document(pipeline)["conversion_checked"] is True


@pytest.mark.parametrize("status", [404, 403])
def test_a_page_that_cannot_be_read_is_checked_no_more(
    pipeline: Pipeline, page_id: str, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    review = published(pipeline, frozenset({"mention"}))
    pipeline.site.faults.add(
        Fault("status", status=status, method="GET", path=f"/pages/{page_id}", count=99, account="kinexus")
    )
    with caplog.at_level(logging.WARNING):
        handle({}, None)
    assert "conversion.unknown" in caplog.text
    assert document(pipeline)["conversion_checked"] is True
    assert told(pipeline, review) == []


def test_what_the_draft_itself_removes_is_no_loss(pipeline: Pipeline, page_id: str) -> None:
    """The draft on record is replaced by one whose edit removes the mention that the conversion drops."""
    review = published(pipeline, frozenset({"mention"}))
    key = f"drafts/{document(pipeline)['document_id']}/1.json"
    s3 = boto3.client("s3")
    draft = Draft.from_bytes(s3.get_object(Bucket="kinexus-documents", Key=key)["Body"].read())
    mention = '<ac:link><ri:user ri:account-id="712020:1" /></ac:link>'
    assert mention in draft.storage
    without = replace(draft, storage=draft.storage.replace(mention, "a colleague"))
    s3.put_object(Bucket="kinexus-documents", Key=key, Body=without.to_bytes())
    assert "content lost" not in handle({}, None)
    assert document(pipeline)["conversion_checked"] is True
    assert told(pipeline, review) == []


PAGES = [
    "<p><ac:link><ri:user ri:account-id='a' /></ac:link> and <ac:link><ri:user ri:account-id='a' /></ac:link></p>",
    "<p><ac:image><ri:attachment ri:filename='x.png' /></ac:image></p><ac:image><ri:url ri:value='https://a/b.png' /></ac:image>",
    "<p><a href='https://a/b' data-card-appearance='inline'>b</a> <a href='https://a/b'>b</a></p>",
    "<p><ac:inline-comment-marker ac:ref='1'>a <strong>b</strong></ac:inline-comment-marker>"
    "<ac:inline-comment-marker ac:ref='1'>c</ac:inline-comment-marker></p>",
    "<ul><li><p>a</p><table><tbody><tr><td><ac:link><ri:user ri:account-id='a' /></ac:link></td></tr></tbody></table></li></ul>",
    "<ac:structured-macro ac:name='expand'><ac:rich-text-body><p><ac:link><ri:user ri:account-id='b' /></ac:link></p>"
    "</ac:rich-text-body></ac:structured-macro>",
    "<p>nothing</p>",
]


@pytest.mark.parametrize("storage", PAGES)
def test_both_formats_are_counted_alike(storage: str) -> None:
    assert document_content(to_adf(storage)) == sf.fragile_content(storage)


def test_every_kind_of_loss_of_the_simulator_is_a_kind_that_is_counted() -> None:
    assert len(KINDS) == len(sf.Fragile)
