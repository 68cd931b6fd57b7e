"""Source tickets are read again at the approval: a reopened, declined or deleted one needs another approval.

With the whole pipeline. Crashes at each point are tested by the crash matrix.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from handlers.approval_handler.handler import handle as approve
from local.atlassian import Fault
from tests.handlers.aws import deliver
from tests.handlers.pipeline import Pipeline
from tests.handlers.test_pipeline import NEW_SUMMARY, NEW_TEXT, in_review, page_id

__all__ = ["page_id"]

NOTICE = "the source of this documentation has changed"
TRANSITIONS = r"/rest/api/3/issue/[^/]+/transitions"


def reopen(pipeline: Pipeline, key: str) -> None:
    pipeline.move(key, "new", "developer")


def relabel(label: str) -> Callable[[Pipeline, str], None]:
    def done(pipeline: Pipeline, key: str) -> None:
        body = {"update": {"labels": [{"add": label}]}}
        pipeline.jira("developer", "PUT", f"/rest/api/3/issue/{key}", body)

    return done


def delete(pipeline: Pipeline, key: str) -> None:
    pipeline.jira("admin", "DELETE", f"/rest/api/3/issue/{key}")


CHANGES: dict[str, tuple[Callable[[Pipeline, str], None], str]] = {
    "reopened": (reopen, "was reopened on 20"),
    "relabelled": (relabel("no-docs"), "now has the label no-docs, which declines documentation"),
    "relabelled otherwise": (relabel("Internal-Only"), "now has the label Internal-Only"),
    "deleted": (delete, "cannot be read any more: deleted, or hidden from Kinexus"),
}


def document(pipeline: Pipeline) -> dict[str, Any]:
    [found] = pipeline.aws.documents()
    return found


def version(pipeline: Pipeline, page: str) -> int:
    return int(pipeline.page(page)["version"]["number"])


def notices(pipeline: Pipeline, review: str) -> list[str]:
    return [said for said in pipeline.comments(review) if NOTICE in said]


def to_done(pipeline: Pipeline, review: str) -> None:
    pipeline.move(review, "done", "reviewer")
    pipeline.run()


@pytest.mark.parametrize(("change", "words"), CHANGES.values(), ids=CHANGES)
def test_a_changed_source_needs_an_approval_after_the_notice(
    pipeline: Pipeline, page_id: str, change: Callable[[Pipeline, str], None], words: str
) -> None:
    key, review = in_review(pipeline)
    change(pipeline, key)
    pipeline.decide(review, "APPROVED")
    pipeline.run()
    assert (document(pipeline)["status"], version(pipeline, page_id)) == ("in_review", 1)
    assert pipeline.status(review) == "new"
    [said] = notices(pipeline, review)
    assert f"{key} {words}" in said

    to_done(pipeline, review)
    assert version(pipeline, page_id) == 1, "the approval before the notice does not count"
    assert len(notices(pipeline, review)) == 1

    pipeline.decide(review, "APPROVED")
    pipeline.run()
    assert (document(pipeline)["status"], version(pipeline, page_id)) == ("published", 2)
    assert len(notices(pipeline, review)) == 1


def test_no_new_page_is_created_for_a_changed_source(pipeline: Pipeline) -> None:
    key, review = in_review(pipeline, NEW_SUMMARY, NEW_TEXT)
    before = set(pipeline.site.confluence.pages)
    reopen(pipeline, key)
    pipeline.decide(review, "APPROVED")
    pipeline.run()
    assert set(pipeline.site.confluence.pages) == before
    assert len(notices(pipeline, review)) == 1


def test_any_of_several_sources_counts(pipeline: Pipeline, page_id: str) -> None:
    _, review = in_review(pipeline)
    other = pipeline.create_ticket("Quarnix ledger refunds end", "Quarnix refunds end soon.", ["needs-docs"])
    pipeline.finish(other)
    pipeline.run()
    delete(pipeline, other)
    pipeline.decide(review, "APPROVED")
    pipeline.run()
    [said] = notices(pipeline, review)
    assert f"{other} cannot be read" in said
    assert version(pipeline, page_id) == 1


def test_undoing_the_change_does_not_restore_the_approval(pipeline: Pipeline, page_id: str) -> None:
    key, review = in_review(pipeline)
    relabel("no-docs")(pipeline, key)
    pipeline.decide(review, "APPROVED")
    pipeline.run()
    body = {"update": {"labels": [{"remove": "no-docs"}]}}
    pipeline.jira("developer", "PUT", f"/rest/api/3/issue/{key}", body)
    to_done(pipeline, review)
    assert version(pipeline, page_id) == 1
    assert "I found no decision. A comment counts only if" in pipeline.comments(review)[-1]


def test_a_further_change_after_the_notice_is_reported_too(pipeline: Pipeline, page_id: str) -> None:
    key, review = in_review(pipeline)
    reopen(pipeline, key)
    pipeline.decide(review, "APPROVED")
    pipeline.run()
    pipeline.comment(review, "APPROVED", "reviewer")
    relabel("no-docs")(pipeline, key)
    to_done(pipeline, review)
    assert (version(pipeline, page_id), len(notices(pipeline, review))) == (1, 2)
    pipeline.decide(review, "APPROVED")
    pipeline.run()
    assert version(pipeline, page_id) == 2


def test_edits_of_a_reopened_ticket_cause_no_second_notice(pipeline: Pipeline, page_id: str) -> None:
    key, review = in_review(pipeline)
    reopen(pipeline, key)
    pipeline.decide(review, "APPROVED")
    pipeline.run()
    pipeline.move(key, "indeterminate", "developer")
    pipeline.decide(review, "APPROVED")
    pipeline.run()
    assert version(pipeline, page_id) == 2


def test_a_move_from_done_to_closed_is_no_change(pipeline: Pipeline, page_id: str) -> None:
    key, review = in_review(pipeline)
    pipeline.move(key, "done", "developer")
    pipeline.decide(review, "APPROVED")
    pipeline.run()
    assert (version(pipeline, page_id), notices(pipeline, review)) == (2, [])


def test_a_page_with_the_draft_needs_no_second_approval(pipeline: Pipeline, page_id: str) -> None:
    """The process dies after the write; then the source is reopened. The published version stays."""
    key, review = in_review(pipeline)
    path = f"/wiki/api/v2/pages/{page_id}"
    pipeline.site.faults.add(Fault("drop", method="GET", path=path, skip=2, count=999))
    pipeline.decide(review, "APPROVED")
    messages = pipeline.aws.messages("ApprovalHandler")
    assert deliver(approve, messages) == []
    pipeline.site.faults.clear()
    assert version(pipeline, page_id) == 2
    reopen(pipeline, key)
    assert deliver(approve, messages, 2) == []
    assert (document(pipeline)["status"], notices(pipeline, review)) == ("published", [])


def test_a_notice_counts_although_undone_before_its_record(pipeline: Pipeline, page_id: str) -> None:
    key, review = in_review(pipeline)
    relabel("no-docs")(pipeline, key)
    pipeline.site.faults.add(Fault("drop", method="POST", path=TRANSITIONS, account="kinexus", count=999))
    pipeline.decide(review, "APPROVED")
    messages = pipeline.aws.messages("ApprovalHandler")
    assert deliver(approve, messages) == []
    assert len(notices(pipeline, review)) == 1, "it was told, and the process died"
    pipeline.site.faults.clear()
    body = {"update": {"labels": [{"remove": "no-docs"}]}}
    pipeline.jira("developer", "PUT", f"/rest/api/3/issue/{key}", body)
    assert deliver(approve, messages, 2) == []
    assert (version(pipeline, page_id), pipeline.status(review)) == (1, "new")
    pipeline.decide(review, "APPROVED")
    pipeline.run()
    assert (version(pipeline, page_id), len(notices(pipeline, review))) == (2, 1)


def test_a_rejection_after_the_notice_ends_the_review(pipeline: Pipeline, page_id: str) -> None:
    key, review = in_review(pipeline)
    reopen(pipeline, key)
    pipeline.decide(review, "APPROVED")
    pipeline.run()
    pipeline.decide(review, "REJECTED: it is not done")
    pipeline.run()
    assert (document(pipeline)["status"], version(pipeline, page_id)) == ("rejected", 1)


def test_a_replay_follows_the_same_rules(pipeline: Pipeline, page_id: str) -> None:
    from common.aws import event_bus
    from common.intake.report_closed_review import REPLAY_MOVE_ID
    from handlers.approval_handler.answer_webhook import build_webhook

    key, review = in_review(pipeline)
    reopen(pipeline, key)
    pipeline.site.faults.add(
        Fault("status", status=403, method="POST", path=TRANSITIONS, account="kinexus", count=99)
    )
    pipeline.decide(review, "APPROVED")
    pipeline.run()
    assert pipeline.status(review) == "done", "our account cannot move it back"
    event_bus.publish_review_completed(
        build_webhook().bus, document(pipeline)["review_issue_id"], review, REPLAY_MOVE_ID
    )
    pipeline.run()
    assert (version(pipeline, page_id), len(notices(pipeline, review))) == (1, 1)
