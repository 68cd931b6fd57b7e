"""A reviewer may change a decision until the page has the approved version; blocked publications are reported.

With the whole pipeline. Crashes at each point are tested by the crash matrix.
"""

from __future__ import annotations

from typing import Any
from unittest.mock import patch

import pytest

from handlers.approval_handler.handler import handle as approve
from local.atlassian import Fault
from local.atlassian.confluence.pages import PageStore
from local.atlassian.errors import ConfluenceRefusal
from tests.handlers.aws import deliver
from tests.handlers.pipeline import Pipeline
from tests.handlers.test_pipeline import NEW_SUMMARY, NEW_TEXT, in_review, page_id

__all__ = ["page_id"]

SAVE = "/wiki/api/v2/pages"


def version(pipeline: Pipeline, page: str) -> int:
    return int(pipeline.page(page)["version"]["number"])


def document(pipeline: Pipeline) -> dict[str, Any]:
    [found] = pipeline.aws.documents()
    return found


def newest(pipeline: Pipeline, key: str) -> str:
    return pipeline.comments(key)[-1]


@pytest.mark.parametrize("status", [400, 413])
def test_a_refused_version_is_reported_and_decided_again(
    pipeline: Pipeline, page_id: str, status: int
) -> None:
    _, review = in_review(pipeline)
    pipeline.site.faults.add(Fault("status", status=status, method="PUT", path=SAVE))
    pipeline.decide(review, "APPROVED")
    pipeline.run()
    assert "Nothing was published: Confluence refused to store the page" in newest(pipeline, review)
    assert pipeline.status(review) != "done"
    assert document(pipeline)["status"] == "in_review"

    pipeline.decide(review, "REJECTED: then not")
    pipeline.run()
    assert (document(pipeline)["status"], version(pipeline, page_id)) == ("rejected", 1)
    assert pipeline.aws.locks() == []


def test_a_refusal_reaches_the_reviewer_in_confluences_words(pipeline: Pipeline, page_id: str) -> None:
    """Made safe: one line, with invisible and reordering characters written out."""
    _, review = in_review(pipeline)
    with patch.object(
        PageStore, "_check_shapes", side_effect=ConfluenceRefusal(400, "No \u202etable\n in a list")
    ):
        pipeline.decide(review, "APPROVED")
        pipeline.run()
    assert '(status 400, in its words: "No ⟨U+202E⟩table in a list"; ' in newest(pipeline, review)
    assert document(pipeline)["status"] == "in_review"


def test_a_title_in_use_asks_to_rename_the_other_page(pipeline: Pipeline) -> None:
    _, review = in_review(pipeline, NEW_SUMMARY, NEW_TEXT)
    body = {
        "spaceId": document(pipeline)["space_id"],
        "status": "current",
        "title": document(pipeline)["title"],
        "body": {"representation": "storage", "value": "<p>By hand.</p>"},
    }
    pipeline.jira("developer", "POST", SAVE, body)
    pipeline.decide(review, "APPROVED")
    pipeline.run()
    assert "Rename that page, then move this ticket to Done again" in newest(pipeline, review)
    assert "revision" not in newest(pipeline, review), "a revision keeps the title"


def deferred(pipeline: Pipeline) -> list[dict[str, Any]]:
    """Run the approval's queue; return the deferred copies, one of each message."""
    messages = pipeline.aws.messages("ApprovalHandler")
    assert deliver(approve, messages) == []
    copies = pipeline.aws.messages("ApprovalHandler")
    assert len(copies) == len(messages) > 0
    return copies


@pytest.mark.parametrize("moved_to_done_again", [False, True])
def test_an_approval_withdrawn_before_publication_is_not_published(
    pipeline: Pipeline, page_id: str, moved_to_done_again: bool
) -> None:
    key, review = in_review(pipeline)
    down = pipeline.site.faults.add(Fault("status", status=503, method="PUT", path=SAVE, count=999))
    pipeline.decide(review, "APPROVED")
    messages = deferred(pipeline)
    assert document(pipeline)["status"] == "publishing"
    down.count = 0
    pipeline.site.faults.clear()
    pipeline.move(review, "new", "reviewer")
    pipeline.comment(review, "REJECTED: this is wrong, do not publish it", "reviewer")
    if moved_to_done_again:
        pipeline.move(review, "done", "reviewer")
    assert deliver(approve, messages, receives=2) == []
    assert version(pipeline, page_id) == 1
    assert document(pipeline)["status"] == ("rejected" if moved_to_done_again else "in_review")
    pipeline.run()
    if not moved_to_done_again:
        assert "decision" not in document(pipeline)
        pipeline.move(review, "done", "reviewer")
        pipeline.run()
    assert (document(pipeline)["status"], version(pipeline, page_id)) == ("rejected", 1)
    assert any("do not publish it" in text for text in pipeline.comments(key))


def test_an_unchanged_approval_is_published_by_the_redelivery(pipeline: Pipeline, page_id: str) -> None:
    _, review = in_review(pipeline)
    pipeline.site.faults.add(Fault("status", status=503, method="PUT", path=SAVE, count=999))
    pipeline.decide(review, "APPROVED")
    messages = deferred(pipeline)
    pipeline.site.faults.clear()
    assert deliver(approve, messages, receives=2) == []
    assert (document(pipeline)["status"], version(pipeline, page_id)) == ("published", 2)


def test_a_published_approval_cannot_be_withdrawn(pipeline: Pipeline, page_id: str) -> None:
    key, review = in_review(pipeline)
    pipeline.site.faults.add(Fault("drop", method="GET", path=f"{SAVE}/{page_id}", skip=2, count=999))
    pipeline.decide(review, "APPROVED")
    messages = deferred(pipeline)
    assert document(pipeline)["status"] == "publishing"
    pipeline.site.faults.clear()
    assert version(pipeline, page_id) == 2, "it was written, and the answer was lost"
    pipeline.move(review, "new", "reviewer")
    pipeline.decide(review, "REJECTED: too late")
    assert deliver(approve, messages, receives=2) == []
    pipeline.run()
    assert (document(pipeline)["status"], version(pipeline, page_id)) == ("published", 2)
    assert any("is published" in text for text in pipeline.comments(key))


def test_words_beside_an_approval_are_no_feedback_after_a_conflict(pipeline: Pipeline, page_id: str) -> None:
    _, review = in_review(pipeline)
    [edit] = pipeline.changed_passages(review)
    storage = pipeline.page(page_id)["body"]["storage"]["value"]
    pipeline.save_page(page_id, storage.replace(edit, edit.replace(">", ">Carefully: ", 1)))
    pipeline.decide(review, "APPROVED\nThanks a lot, awesome!")
    pipeline.run()
    [said] = [text for text in pipeline.comments(review) if "the same part of the page was edited" in text]
    assert "in version 2" in said
    assert "was changed or deleted" in said
    assert "<p>" not in said, "people read it"
    assert (document(pipeline)["status"], document(pipeline)["revision"]) == ("in_review", 2)
    assert not any("awesome" in str(call) for call in pipeline.model.calls())


@pytest.mark.parametrize("account", ["developer", "reviewer"])
def test_a_move_from_done_to_closed_keeps_the_decision(
    pipeline: Pipeline, page_id: str, account: str
) -> None:
    _, review = in_review(pipeline)
    pipeline.decide(review, "APPROVED")
    pipeline.move(review, "done", account)
    pipeline.run()
    assert (document(pipeline)["status"], version(pipeline, page_id)) == ("published", 2)
    assert document(pipeline)["decision"]["author_name"] == "Robin Reviewer"
    assert len([said for said in pipeline.comments(review) if "Published" in said]) == 1


def test_moving_from_done_to_closed_decides_nothing(pipeline: Pipeline, page_id: str) -> None:
    _, review = in_review(pipeline)
    pipeline.move(review, "done", "developer")
    pipeline.decide(review, "APPROVED")
    pipeline.run()
    assert (document(pipeline)["status"], version(pipeline, page_id)) == ("in_review", 1)
    assert pipeline.status(review) != "done"


def test_a_decision_in_an_ended_review_gets_a_comment(pipeline: Pipeline, page_id: str) -> None:
    """Once for each move to Done."""
    key, review = in_review(pipeline)
    pipeline.decide(review, "REJECTED: wrong")
    pipeline.run()
    assert not any("had no effect" in said for said in pipeline.comments(review))
    for times in (1, 2):
        pipeline.move(review, "new", "reviewer")
        pipeline.decide(review, "APPROVED")
        messages = pipeline.aws.messages("ApprovalHandler")
        for receives in (1, 2):
            assert deliver(approve, messages, receives) == []
        told = [said for said in pipeline.comments(review) if "This review is over" in said]
        assert (len(told), key in told[-1]) == (times, True)
    assert (document(pipeline)["status"], version(pipeline, page_id)) == ("rejected", 1)


def test_moving_a_published_review_to_closed_gets_no_comment(pipeline: Pipeline, page_id: str) -> None:
    _, review = in_review(pipeline)
    pipeline.decide(review, "APPROVED")
    pipeline.run()
    before = pipeline.comments(review)
    pipeline.move(review, "done", "developer")
    pipeline.run()
    assert pipeline.comments(review) == before


def test_a_rejection_after_publication_gets_a_comment(pipeline: Pipeline, page_id: str) -> None:
    _, review = in_review(pipeline)
    pipeline.site.faults.add(Fault("drop", method="GET", path=f"{SAVE}/{page_id}", skip=2, count=999))
    pipeline.decide(review, "APPROVED")
    first = pipeline.aws.messages("ApprovalHandler")
    assert deliver(approve, first) == []
    assert len(pipeline.aws.messages("ApprovalHandler")) == 1
    pipeline.site.faults.clear()
    pipeline.move(review, "new", "reviewer")
    pipeline.decide(review, "REJECTED: too late")
    assert deliver(approve, pipeline.aws.messages("ApprovalHandler")) == []
    assert deliver(approve, first, 2) == []
    assert document(pipeline)["status"] == "published"
    assert len([said for said in pipeline.comments(review) if "This review is over" in said]) == 1
