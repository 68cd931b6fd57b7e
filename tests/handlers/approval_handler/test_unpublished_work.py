"""A person's unpublished draft of a page is never overridden without consent: it blocks publication.

With the whole pipeline. Which drafts count as work is tested in test_publishing.py.
"""

from __future__ import annotations

import re
from typing import Any

import pytest

from handlers.approval_handler.handler import handle as approve
from local.atlassian import Fault
from tests.handlers.aws import deliver
from tests.handlers.pipeline import Pipeline
from tests.handlers.test_pipeline import PAGE, in_review, page_id

__all__ = ["page_id"]

WORK = PAGE.replace("How money goes back", "How all money goes back")
OTHER_WORK = PAGE.replace("How money goes back", "How some money goes back")


def document(pipeline: Pipeline) -> dict[str, Any]:
    [found] = pipeline.aws.documents()
    return found


def version(pipeline: Pipeline, page: str) -> int:
    return int(pipeline.page(page)["version"]["number"])


def notices(pipeline: Pipeline, review: str) -> list[str]:
    return [said for said in pipeline.comments(review) if "Nothing was published, because the page" in said]


def to_done(pipeline: Pipeline, review: str) -> None:
    pipeline.move(review, "done", "reviewer")
    pipeline.run()


@pytest.fixture
def review(pipeline: Pipeline, page_id: str) -> str:
    """A review that was approved while a person had unpublished work on the page."""
    _, review = in_review(pipeline)
    pipeline.keep_draft(page_id, WORK)
    pipeline.decide(review, "APPROVED")
    pipeline.run()
    return review


def test_unpublished_work_blocks_publishing_and_is_reported(
    pipeline: Pipeline, page_id: str, review: str
) -> None:
    assert version(pipeline, page_id) == 1
    assert "How all money" in pipeline.draft(page_id)
    assert (document(pipeline)["status"], pipeline.status(review)) == ("in_review", "new")
    [said] = notices(pipeline, review)
    assert f"@{pipeline.site.account('developer').account_id}" in said
    assert re.search(r"last saved on 20\d\d-\d\d-\d\d at \d\d:\d\d UTC", said)


def test_each_state_of_the_draft_is_reported_once(pipeline: Pipeline, page_id: str, review: str) -> None:
    to_done(pipeline, review)
    to_done(pipeline, review)
    assert len(notices(pipeline, review)) == 1
    pipeline.keep_draft(page_id, OTHER_WORK)
    to_done(pipeline, review)
    to_done(pipeline, review)
    assert len(notices(pipeline, review)) == 2
    assert (version(pipeline, page_id), pipeline.status(review)) == (1, "new")


def test_ids_added_by_the_editor_are_no_new_state(pipeline: Pipeline, page_id: str, review: str) -> None:
    pipeline.keep_draft(page_id, WORK.replace("<p>", '<p local-id="x">'))
    to_done(pipeline, review)
    assert len(notices(pipeline, review)) == 1


def test_after_the_draft_is_discarded_the_approval_counts(
    pipeline: Pipeline, page_id: str, review: str
) -> None:
    pipeline.discard_draft(page_id)
    to_done(pipeline, review)
    assert (document(pipeline)["status"], version(pipeline, page_id)) == ("published", 2)


def test_after_the_draft_is_published_both_edits_stay(pipeline: Pipeline, page_id: str, review: str) -> None:
    pipeline.save_page(page_id, WORK)
    to_done(pipeline, review)
    assert (document(pipeline)["status"], version(pipeline, page_id)) == ("published", 3)
    assert "How all money" in pipeline.page(page_id)["body"]["storage"]["value"]


def test_approved_anyway_overrides_the_reported_draft(pipeline: Pipeline, page_id: str, review: str) -> None:
    pipeline.decide(review, "APPROVED ANYWAY")
    pipeline.run()
    assert (document(pipeline)["status"], version(pipeline, page_id)) == ("published", 2)
    assert "How all money" not in pipeline.draft(page_id), "it is lost, as the reviewer said"


def test_approved_anyway_does_not_hold_for_another_draft(
    pipeline: Pipeline, page_id: str, review: str
) -> None:
    pipeline.comment(review, "APPROVED ANYWAY", "reviewer")
    pipeline.keep_draft(page_id, OTHER_WORK)
    to_done(pipeline, review)
    assert (version(pipeline, page_id), len(notices(pipeline, review))) == (1, 2)
    to_done(pipeline, review)
    assert version(pipeline, page_id) == 1, "it was said before the newest notice"
    pipeline.decide(review, "APPROVED ANYWAY")
    pipeline.run()
    assert (document(pipeline)["status"], version(pipeline, page_id)) == ("published", 2)


def test_a_draft_back_in_an_earlier_state_is_reported_again(
    pipeline: Pipeline, page_id: str, review: str
) -> None:
    pipeline.keep_draft(page_id, OTHER_WORK)
    to_done(pipeline, review)
    pipeline.comment(review, "APPROVED ANYWAY", "reviewer")
    pipeline.keep_draft(page_id, WORK)
    to_done(pipeline, review)
    assert (version(pipeline, page_id), len(notices(pipeline, review))) == (1, 3)


def test_a_plain_approval_after_the_notice_does_not_override_it(
    pipeline: Pipeline, page_id: str, review: str
) -> None:
    pipeline.decide(review, "APPROVED")
    pipeline.run()
    assert (version(pipeline, page_id), pipeline.status(review)) == (1, "new")


def test_approved_anyway_without_a_notice_decides_nothing(pipeline: Pipeline, page_id: str) -> None:
    _, review = in_review(pipeline)
    pipeline.decide(review, "APPROVED ANYWAY")
    pipeline.run()
    assert "APPROVED ANYWAY counts only after a notice" in pipeline.comments(review)[-1]
    assert (version(pipeline, page_id), pipeline.status(review)) == (1, "new")
    pipeline.keep_draft(page_id, WORK)
    to_done(pipeline, review)
    assert (version(pipeline, page_id), notices(pipeline, review)) == (1, [])


def test_an_unpublished_title_is_work(pipeline: Pipeline, page_id: str) -> None:
    _, review = in_review(pipeline)
    pipeline.keep_draft(page_id, PAGE, title="Refunds of the ledger")
    pipeline.decide(review, "APPROVED")
    pipeline.run()
    assert (version(pipeline, page_id), len(notices(pipeline, review))) == (1, 1)


def test_a_copy_of_an_older_version_is_no_work(pipeline: Pipeline, page_id: str) -> None:
    pipeline.save_page(page_id, WORK)
    _, review = in_review(pipeline)
    pipeline.keep_draft(page_id, PAGE)
    pipeline.decide(review, "APPROVED")
    pipeline.run()
    assert (document(pipeline)["status"], version(pipeline, page_id)) == ("published", 3)


def test_a_rejection_still_ends_the_review(pipeline: Pipeline, page_id: str, review: str) -> None:
    pipeline.decide(review, "REJECTED: not now")
    pipeline.run()
    assert (document(pipeline)["status"], version(pipeline, page_id)) == ("rejected", 1)
    assert "How all money" in pipeline.draft(page_id)


def test_a_delayed_notice_is_sent_once(pipeline: Pipeline, page_id: str) -> None:
    """Between the notice and its record, the draft is discarded: the approval remains valid."""
    _, review = in_review(pipeline)
    pipeline.keep_draft(page_id, WORK)
    path = r"/rest/api/3/issue/[^/]+/transitions"
    down = pipeline.site.faults.add(Fault("drop", method="POST", path=path, account="kinexus", count=999))
    pipeline.decide(review, "APPROVED")
    messages = pipeline.aws.messages("ApprovalHandler")
    assert deliver(approve, messages) == []
    down.count = 0
    pipeline.site.faults.clear()
    assert deliver(approve, messages, 2) == []
    assert len(notices(pipeline, review)) == 1
    pipeline.discard_draft(page_id)
    to_done(pipeline, review)
    assert (document(pipeline)["status"], version(pipeline, page_id)) == ("published", 2)


def test_approved_anyway_counts_after_an_unrecorded_notice(pipeline: Pipeline, page_id: str) -> None:
    _, review = in_review(pipeline)
    pipeline.keep_draft(page_id, WORK)
    path = r"/rest/api/3/issue/[^/]+/transitions"
    pipeline.site.faults.add(Fault("drop", method="POST", path=path, account="kinexus", count=999))
    pipeline.decide(review, "APPROVED")
    assert deliver(approve, pipeline.aws.messages("ApprovalHandler")) == []
    pipeline.site.faults.clear()
    assert "at" not in document(pipeline)["draft_notice"] or not document(pipeline)["draft_notice"]["at"]
    pipeline.move(review, "new", "reviewer")
    pipeline.decide(review, "APPROVED ANYWAY")
    pipeline.run()
    assert (document(pipeline)["status"], len(notices(pipeline, review))) == ("published", 1)
