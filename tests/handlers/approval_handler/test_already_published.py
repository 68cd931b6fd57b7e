"""What counts as already published: our own version or page, even with later edits, and no one else's.

With the simulator's pages; that Confluence's history has authors and first versions is taken from its specification.
"""

from __future__ import annotations

from typing import Any

import pytest

from common import storage_format as sf
from common.atlassian.confluence_client import ConfluenceClient
from handlers.approval_handler.handler import handle as approve
from local.atlassian import Fault
from tests.handlers.aws import deliver
from tests.handlers.pipeline import Pipeline
from tests.handlers.test_pipeline import NEW_SUMMARY, NEW_TEXT, in_review, page_id

__all__ = ["page_id"]


def document(pipeline: Pipeline) -> dict[str, Any]:
    [found] = pipeline.aws.documents()
    return found


def test_a_version_message_by_another_account_publishes_nothing(pipeline: Pipeline, page_id: str) -> None:
    _, review = in_review(pipeline)
    page = pipeline.page(page_id)
    forged = {
        "id": page_id,
        "status": "current",
        "title": page["title"],
        "body": {"representation": "storage", "value": page["body"]["storage"]["value"] + "<p>Mine.</p>"},
        "version": {"number": 2, "message": f"Kinexus {document(pipeline)['document_id']} r1: it is done"},
    }
    pipeline.jira("developer", "PUT", f"/wiki/api/v2/pages/{page_id}", forged)
    pipeline.decide(review, "APPROVED")
    pipeline.run()
    assert document(pipeline)["status"] == "published"
    assert document(pipeline)["publication"]["version"] == 3
    after = pipeline.page(page_id)
    assert after["version"]["authorId"] == pipeline.site.account("kinexus").account_id
    assert sf.plain_text(after["body"]["storage"]["value"]).endswith("Mine.")


@pytest.fixture
def lost_answer(pipeline: Pipeline) -> tuple[str, list[dict[str, Any]], str]:
    """A new page whose answer was lost: its review, the redelivered message, and the page's id."""
    _, review = in_review(pipeline, NEW_SUMMARY, NEW_TEXT)
    pipeline.decide(review, "APPROVED")
    messages = pipeline.aws.messages("ApprovalHandler")
    fault = Fault("drop", method="POST", path="/wiki/api/v2/pages", account="kinexus", after=True)
    pipeline.site.faults.add(fault)
    assert deliver(approve, messages) == []
    assert document(pipeline)["status"] == "publishing"
    return review, messages, pages(pipeline)[0]


def pages(pipeline: Pipeline) -> list[str]:
    """Return the ids of all pages of the document's title."""
    title = document(pipeline)["title"]
    return [page.id for page in pipeline.site.confluence.pages.values() if page.title == title]


def test_a_new_page_edited_after_a_lost_answer_is_recognised(
    pipeline: Pipeline, lost_answer: tuple[str, list[dict[str, Any]], str]
) -> None:
    review, messages, new = lost_answer
    edited = pipeline.page(new)["body"]["storage"]["value"] + "<p>A typo less.</p>"
    pipeline.save_page(new, edited)
    assert deliver(approve, messages, receives=2) == []
    assert document(pipeline)["status"] == "published"
    assert document(pipeline)["publication"]["page_id"] == new
    assert document(pipeline)["publication"]["version"] == 1
    assert sf.equivalent(pipeline.page(new)["body"]["storage"]["value"], edited)
    assert pages(pipeline) == [new]
    assert pipeline.comments(review)[-1].startswith("Published")


def test_an_approval_of_a_created_page_cannot_be_withdrawn(
    pipeline: Pipeline, lost_answer: tuple[str, list[dict[str, Any]], str]
) -> None:
    review, messages, new = lost_answer
    pipeline.save_page(new, pipeline.page(new)["body"]["storage"]["value"] + "<p>A typo less.</p>")
    pipeline.move(review, "new", "reviewer")
    assert deliver(approve, messages, receives=2) == []
    assert document(pipeline)["status"] == "published"


def test_a_page_of_ours_with_another_first_version_is_another(pipeline: Pipeline) -> None:
    _, review = in_review(pipeline, NEW_SUMMARY, NEW_TEXT)
    space = next(iter(pipeline.site.confluence.spaces.values()))
    body = {"spaceId": space.id, "status": "current", "title": document(pipeline)["title"]}
    body |= {"body": {"representation": "storage", "value": "<p>Something else.</p>"}}
    other = pipeline.jira("kinexus", "POST", "/wiki/api/v2/pages", body)["id"]
    pipeline.save_page(other, "<p>Something else, edited.</p>")
    pipeline.decide(review, "APPROVED")
    assert deliver(approve, pipeline.aws.messages("ApprovalHandler")) == []
    assert document(pipeline)["status"] == "in_review"
    assert "is already used by another page" in pipeline.comments(review)[-1]


def saved_without_answer(pipeline: Pipeline, page_id: str, review: str) -> list[dict[str, Any]]:
    """Approve; the page is saved, then Confluence fails. Return the redelivered message."""
    pipeline.site.faults.add(
        Fault("drop", method="GET", path=f"/wiki/api/v2/pages/{page_id}", skip=2, count=999)
    )
    pipeline.decide(review, "APPROVED")
    messages = pipeline.aws.messages("ApprovalHandler")
    assert deliver(approve, messages) == []
    pipeline.site.faults.clear()
    assert pipeline.page(page_id)["version"]["number"] == 2
    return messages


@pytest.mark.parametrize("archived", [True, False], ids=["archived", "moved to another space"])
def test_a_version_written_before_the_page_was_trashed_is_published(
    pipeline: Pipeline, page_id: str, archived: bool
) -> None:
    _, review = in_review(pipeline)
    messages = saved_without_answer(pipeline, page_id, review)
    page = pipeline.site.confluence.pages[page_id]
    if archived:
        pipeline.site.confluence.set_status(page, "archived")
    else:
        page.space_id = pipeline.site.confluence.add_space("OPS", "Ops", pipeline.site.account("admin")).id
    assert deliver(approve, messages, receives=2) == []
    assert (document(pipeline)["status"], document(pipeline)["publication"]["version"]) == ("published", 2)
    assert not any("Nothing was published" in said for said in pipeline.comments(review))


def test_a_persons_save_right_after_ours_is_not_ours(
    pipeline: Pipeline, page_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    update = ConfluenceClient.update_page

    def then_a_person(client: ConfluenceClient, *what: Any) -> Any:
        written = update(client, *what)
        pipeline.save_page(page_id, pipeline.page(page_id)["body"]["storage"]["value"] + "<p>By hand.</p>")
        return written

    _, review = in_review(pipeline)
    monkeypatch.setattr(ConfluenceClient, "update_page", then_a_person)
    pipeline.decide(review, "APPROVED")
    pipeline.run()
    publication = document(pipeline)["publication"]
    assert (publication["version"], publication["differs"]) == (2, False)
    assert not any("stored something different" in said for said in pipeline.comments(review))
