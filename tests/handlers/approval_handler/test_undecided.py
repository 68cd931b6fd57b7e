"""A finished review without a clear decision gets a comment, and is moved back at most three times per revision.

With the whole pipeline. Which comments decide is tested in tests/handlers/approval_handler/decision/test_decision.py.
"""

from __future__ import annotations

from typing import Any

import pytest

from handlers.approval_handler.handler import handle as approve
from tests.handlers.aws import deliver
from tests.handlers.pipeline import Pipeline, reset_functions
from tests.handlers.test_pipeline import in_review, page_id

__all__ = ["page_id"]
ANSWER = "I did not publish, because your comment says more than APPROVED. To publish revision 1, comment just APPROVED."
LAST = "without a decision on revision 1"


def version(pipeline: Pipeline, page: str) -> int:
    return int(pipeline.page(page)["version"]["number"])


def document(pipeline: Pipeline) -> dict[str, Any]:
    [found] = pipeline.aws.documents()
    return found


def count_comments(pipeline: Pipeline, review: str, words: str) -> int:
    """Return how many comments of a review contain a text."""
    return sum(words in said for said in pipeline.comments(review))


def close_with_duplicate(pipeline: Pipeline, review: str, account: str = "reviewer") -> None:
    """Move a review to Done, reopening it first if needed; its message is delivered twice."""
    if pipeline.status(review) == "done":
        pipeline.move(review, "new", account)
    pipeline.move(review, "done", account)
    messages = pipeline.aws.messages("ApprovalHandler")
    for receives in (1, 2):
        assert deliver(approve, messages, receives) == []


@pytest.mark.parametrize(
    "comment",
    [
        "APPROVED\nLooks great, the OAuth flow is clear.",
        "Lee, on Slack this morning:\nAPPROVED",
        "@Nobody APPROVED",
    ],
)
def test_an_approval_with_more_words_is_questioned_once(
    pipeline: Pipeline, page_id: str, comment: str
) -> None:
    _, review = in_review(pipeline)
    pipeline.decide(review, comment)
    pipeline.run()
    assert version(pipeline, page_id) == 1
    assert pipeline.status(review) != "done"
    assert count_comments(pipeline, review, ANSWER) == 1
    pipeline.decide(review, "APPROVED")
    pipeline.run()
    assert version(pipeline, page_id) == 2


def test_the_movers_newest_comment_counts(pipeline: Pipeline, page_id: str) -> None:
    _, review = in_review(pipeline)
    pipeline.comment(review, "APPROVED", "reviewer")
    pipeline.decide(review, "Hmm, numbers in row 3 look off to me")
    pipeline.run()
    assert (version(pipeline, page_id), count_comments(pipeline, review, ANSWER)) == (1, 1)
    pipeline.comment(review, "APPROVED", "reviewer")
    pipeline.decide(review, "Thanks!")
    pipeline.run()
    assert version(pipeline, page_id) == 2


def test_an_approval_of_another_revision_publishes_nothing(pipeline: Pipeline, page_id: str) -> None:
    _, review = in_review(pipeline)
    pipeline.decide(review, "NEEDS REVISION: mention the currency")
    pipeline.run()
    pipeline.decide(review, "APPROVED revision 1")
    pipeline.run()
    assert version(pipeline, page_id) == 1
    assert count_comments(pipeline, review, "To publish revision 2, comment just APPROVED") == 1
    pipeline.decide(review, "APPROVED revision 2")
    pipeline.run()
    assert version(pipeline, page_id) == 2


@pytest.mark.parametrize(
    ("comment", "published"),
    [
        ("LGTM, thanks Robin", True),  # who comments
        ("LGTM, thanks Dana", True),  # who reported the source ticket
        ("@Dana APPROVED", True),
        ("LGTM, thanks Nein", False),
        ("@Nein APPROVED", False),
    ],
)
def test_only_people_of_the_tickets_may_be_thanked(
    pipeline: Pipeline, page_id: str, comment: str, published: bool
) -> None:
    _, review = in_review(pipeline)
    pipeline.decide(review, comment)
    pipeline.run()
    assert version(pipeline, page_id) == (2 if published else 1)


@pytest.mark.parametrize("is_named", [False, True])
def test_an_automation_decides_nothing_unless_named(
    pipeline: Pipeline, page_id: str, monkeypatch: pytest.MonkeyPatch, is_named: bool
) -> None:
    robot = pipeline.site.account("reviewer")
    monkeypatch.setitem(vars(robot), "account_type", "app")
    if is_named:
        monkeypatch.setenv("APPROVER_ACCOUNT_IDS", robot.account_id)
        reset_functions()
    _, review = in_review(pipeline)
    pipeline.decide(review, "APPROVED")
    pipeline.run()
    assert version(pipeline, page_id) == (2 if is_named else 1)
    assert count_comments(pipeline, review, "approverAccountIds names the account of the app") == (
        0 if is_named else 1
    )


def test_an_undecided_review_is_moved_back_three_times(pipeline: Pipeline, page_id: str) -> None:
    _, review = in_review(pipeline)
    for times in (1, 2, 3):
        close_with_duplicate(pipeline, review)
        assert pipeline.status(review) != "done"
        assert count_comments(pipeline, review, "I found no decision") == times
    for _ in range(3):
        close_with_duplicate(pipeline, review)
        assert pipeline.status(review) == "done"
        assert (
            count_comments(pipeline, review, "I found no decision"),
            count_comments(pipeline, review, LAST),
        ) == (3, 1)
    assert len(document(pipeline)["undecided"]["move_ids"]) == 4
    pipeline.move(review, "new", "reviewer")
    pipeline.decide(review, "APPROVED")
    pipeline.run()
    assert version(pipeline, page_id) == 2


def test_undecided_moves_are_counted_per_revision(pipeline: Pipeline, page_id: str) -> None:
    _, review = in_review(pipeline)
    for _ in range(4):
        close_with_duplicate(pipeline, review)
    pipeline.move(review, "new", "reviewer")
    pipeline.decide(review, "NEEDS REVISION: mention the currency")
    pipeline.run()
    assert (document(pipeline)["status"], document(pipeline)["revision"]) == ("in_review", 2)
    close_with_duplicate(pipeline, review)
    assert pipeline.status(review) != "done"


def test_during_drafting_a_review_is_moved_back_three_times_too(pipeline: Pipeline, page_id: str) -> None:
    _, review = in_review(pipeline)
    pipeline.decide(review, "NEEDS REVISION: mention the currency")
    assert deliver(approve, pipeline.aws.messages("ApprovalHandler")) == []
    assert document(pipeline)["status"] == "revising"
    pipeline.comment(review, "Well?", "outsider")
    for _ in range(5):
        close_with_duplicate(pipeline, review, "outsider")
    assert pipeline.status(review) == "done"
    assert (
        count_comments(pipeline, review, "The next draft is being written"),
        count_comments(pipeline, review, LAST),
    ) == (3, 1)
    pipeline.run()
    assert (document(pipeline)["status"], pipeline.status(review)) == ("in_review", "new")
