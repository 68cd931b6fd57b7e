"""A page that was open when it was selected and is restricted since: its content is shown in no review."""

from __future__ import annotations

import pytest
import requests

from common.atlassian.http_client import Unavailable
from handlers.approval_handler.handler import handle as approve
from handlers.document_orchestrator.drafting import draft_revision
from handlers.document_orchestrator.handler import handle as orchestrate
from tests.handlers.aws import deliver
from tests.handlers.pipeline import Pipeline
from tests.handlers.test_pipeline import SUMMARY, TEXT, in_review, page_id

__all__ = ["page_id"]


def restrict(pipeline: Pipeline, page_id: str) -> None:
    """Let only an administrator and our account read a page, and put a secret on it."""
    page = pipeline.site.confluence.pages[page_id]
    page.readers = tuple(pipeline.site.account(name).account_id for name in ("admin", "kinexus"))
    storage = pipeline.page(page_id)["body"]["storage"]["value"]
    pipeline.save_page(page_id, f"<p>Zorbium is confidential.</p>{storage}", "admin")


@pytest.mark.parametrize("where", ["the page", "a page above it"])
def test_a_revision_shows_nothing_of_a_page_restricted_since(
    pipeline: Pipeline, page_id: str, where: str
) -> None:
    _, review = in_review(pipeline)
    before = requests.get(pipeline.diff_url(review), timeout=60).text
    restrict(pipeline, page_id)
    if where == "a page above it":
        page = pipeline.site.confluence.pages[page_id]
        assert page.parent_id
        pipeline.site.confluence.pages[page.parent_id].readers, page.readers = page.readers, ()
    pipeline.decide(review, "NEEDS REVISION\nMention the currency.")
    assert deliver(approve, pipeline.aws.messages("ApprovalHandler")) == []
    assert len(deliver(orchestrate, pipeline.aws.messages("DocumentOrchestrator"))) == 1
    [told] = [said for said in pipeline.comments(review) if "cannot be shown in a review any more" in said]
    assert f"docs:{page_id}" in told
    assert pipeline.aws.documents()[0]["revision"] == 1
    assert "Zorbium" not in before + requests.get(pipeline.diff_url(review), timeout=60).text


def unavailable(*_: object) -> None:
    raise Unavailable("POST", "/model", 503, "it is down")


def test_a_page_restricted_before_redelivery_is_not_drafted_on(
    pipeline: Pipeline, page_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = pipeline.create_ticket(SUMMARY, TEXT, ["needs-docs"])
    pipeline.finish(key)
    messages = pipeline.aws.messages("DocumentOrchestrator")
    with monkeypatch.context() as patched:
        patched.setattr(draft_revision, "draft_update", unavailable)
        assert deliver(orchestrate, messages, 1) == [], "its page is selected, and the message deferred"
    restrict(pipeline, page_id)
    assert len(deliver(orchestrate, messages, 2)) == 1
    assert any("cannot be shown in a review any more" in said for said in pipeline.comments(key))
    assert [document["status"] for document in pipeline.aws.documents()] == ["failed"]
    assert pipeline.aws.locks() == []


def test_a_page_that_a_person_named_may_be_restricted(pipeline: Pipeline, page_id: str) -> None:
    restrict(pipeline, page_id)
    key = pipeline.create_ticket(SUMMARY, TEXT, ["needs-docs", f"docs:{page_id}"])
    pipeline.finish(key)
    pipeline.run()
    review = pipeline.review_of(key)
    pipeline.decide(review, "NEEDS REVISION\nMention the currency.")
    pipeline.run()
    assert pipeline.aws.documents()[0]["revision"] == 2
