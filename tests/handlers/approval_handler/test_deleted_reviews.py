"""The second sweep detects a deleted review ticket: its page is free, and its source tickets get a comment.

Jira answers the same for deleted and hidden tickets, so a review that may be hidden does not end. With the doubles
of AWS, the simulator and the Bedrock stand-in; the test makes the schedule's calls.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import boto3
import pytest
import requests

from common.atlassian.http_client import Unavailable
from common.aws.document_repository import DocumentRepository
from common.aws.dynamodb_table import DynamoDbTable
from common.aws.event_bus import EventBus, PublishFailed
from common.intake.missing_reviews import ACCESS_MAY_BE_LOST, MIN_SECONDS_BETWEEN_SWEEPS
from handlers.approval_handler.handler import handle as approve
from handlers.sweep.handler import handle as sweep
from local.atlassian import Fault
from tests.handlers.aws import deliver
from tests.handlers.pipeline import Pipeline
from tests.handlers.review_ticket_creator.test_lost_reviews import delete, status
from tests.handlers.test_pipeline import NEW_SUMMARY, NEW_TEXT, SUMMARY, TEXT, in_review, page_id

__all__ = ["page_id"]

DAYS = tuple({"scheduled_at": f"2026-11-{day}T04:30:00Z"} for day in range(10, 30))


def document(pipeline: Pipeline) -> dict[str, Any]:
    [found] = pipeline.aws.documents()
    return found


def reviews(outcomes: dict[str, int]) -> dict[str, int]:
    """A sweep's outcomes for missing reviews."""
    kinds = ("review missing", "review deleted", "review back", "review in doubt")
    return {kind.removeprefix("review "): outcomes[kind] for kind in kinds if kind in outcomes}


def swept(pipeline: Pipeline, day: int) -> dict[str, int]:
    outcomes = reviews(sweep(DAYS[day], None))
    pipeline.run()
    return outcomes


def hide(pipeline: Pipeline, *what: str) -> None:
    pipeline.site.jira.hidden["kinexus"] = set(what)


def test_the_second_sweep_ends_the_document_and_frees_the_page(pipeline: Pipeline, page_id: str) -> None:
    """And each source ticket gets a comment."""
    first, review = in_review(pipeline)
    second, _ = in_review(pipeline, f"{SUMMARY} soon", TEXT)
    told_before = {key: len(pipeline.comments(key)) for key in (first, second)}
    delete(pipeline, review)
    assert swept(pipeline, 0) == {"missing": 1}
    assert status(pipeline) == "in_review"
    assert pipeline.aws.locks()
    assert swept(pipeline, 1) == {"deleted": 1}
    assert (status(pipeline), pipeline.aws.locks()) == ("failed", [])
    assert (
        document(pipeline)["reason"] == f"its review ticket {review} was deleted, or is hidden from Kinexus"
    )
    for key in (first, second):
        [said] = pipeline.comments(key)[told_before[key] :]
        assert review in said
        assert "reopen this ticket and close it again" in said
    assert swept(pipeline, 2) == {}
    assert pipeline.page(page_id)["version"]["number"] == 1


def test_closing_the_ticket_again_opens_another_review(pipeline: Pipeline, page_id: str) -> None:
    key, review = in_review(pipeline)
    delete(pipeline, review)
    swept(pipeline, 0), swept(pipeline, 1)
    pipeline.move(key, "new", "developer")
    pipeline.finish(key)
    pipeline.run()
    other = pipeline.review_of(key)
    assert other != review
    pipeline.decide(other, "APPROVED")
    pipeline.run()
    assert sorted(each["status"] for each in pipeline.aws.documents()) == ["failed", "published"]
    assert pipeline.aws.locks() == []


def test_a_new_page_whose_review_was_deleted_frees_its_title(pipeline: Pipeline) -> None:
    _, review = in_review(pipeline, NEW_SUMMARY, NEW_TEXT)
    delete(pipeline, review)
    swept(pipeline, 0), swept(pipeline, 1)
    assert (status(pipeline), pipeline.aws.locks(), "created_in" in document(pipeline)) == (
        "failed",
        [],
        False,
    )


def test_a_retried_sweep_counts_once(pipeline: Pipeline, page_id: str) -> None:
    _, review = in_review(pipeline)
    delete(pipeline, review)
    for _ in range(3):
        assert swept(pipeline, 0) == {"missing": 1}
    late = {"scheduled_at": "2026-11-10T05:29:59Z"}
    assert reviews(sweep(late, None)) == {"missing": 1}, (
        f"less than {MIN_SECONDS_BETWEEN_SWEEPS} seconds later"
    )
    assert reviews(sweep({"scheduled_at": "2026-11-09T04:30:00Z"}, None)) == {"missing": 1}, "an earlier one"
    pipeline.run()
    assert status(pipeline) == "in_review"


def test_manual_calls_are_distinguished_by_the_clock(pipeline: Pipeline, page_id: str) -> None:
    _, review = in_review(pipeline)
    delete(pipeline, review)
    odd: tuple[Any, ...] = (
        {},
        {"scheduled_at": "<aws.scheduler.scheduled-time>"},
        {"scheduled_at": None},
        [],
        None,
    )
    for event in odd:
        assert reviews(sweep(event, None)) == {"missing": 1}
    pipeline.run()
    assert status(pipeline) == "in_review"
    assert reviews(sweep({"scheduled_at": "2099-01-01T00:00:00Z"}, None)) == {"deleted": 1}


def test_a_review_found_again_resets_the_count(pipeline: Pipeline, page_id: str) -> None:
    key, review = in_review(pipeline)
    hide(pipeline, pipeline.site.jira.get(review).id)
    assert swept(pipeline, 0) == {"missing": 1}
    hide(pipeline)
    assert swept(pipeline, 1) == {"back": 1}
    assert swept(pipeline, 2) == {}
    hide(pipeline, pipeline.site.jira.get(review).id)
    assert swept(pipeline, 3) == {"missing": 1}
    assert (status(pipeline), pipeline.comments(key)) == ("in_review", [])


def test_a_review_back_before_its_end_continues(pipeline: Pipeline, page_id: str) -> None:
    key, review = in_review(pipeline)
    hide(pipeline, pipeline.site.jira.get(review).id)
    swept(pipeline, 0)
    assert reviews(sweep(DAYS[1], None)) == {"deleted": 1}
    hide(pipeline)
    pipeline.run()
    assert (status(pipeline), pipeline.comments(key)) == ("in_review", [])
    assert "missing_since" not in document(pipeline)
    pipeline.decide(review, "APPROVED")
    pipeline.run()
    assert status(pipeline) == "published"


@pytest.mark.parametrize("day", [0, 1])
def test_an_unreadable_project_ends_nothing_and_raises_the_alarm(
    pipeline: Pipeline, page_id: str, caplog: pytest.LogCaptureFixture, day: int
) -> None:
    key, review = in_review(pipeline)
    hide(pipeline, pipeline.site.jira.get(review).id)
    for earlier in range(day):
        assert swept(pipeline, earlier) == {"missing": 1}
    hide(pipeline, "PAY2")
    caplog.clear()
    assert swept(pipeline, day) == {"in doubt": 1}
    [line] = [record for record in caplog.records if record.message == ACCESS_MAY_BE_LOST]
    assert (line.reviews, line.count) == (review, 1)  # type: ignore[attr-defined]
    assert "PAY2" in line.reason  # type: ignore[attr-defined]
    hide(pipeline, pipeline.site.jira.get(review).id)
    assert swept(pipeline, day + 1) == {"missing": 1}, (
        "the sweeps in which it was missing do not follow on each other"
    )
    assert (status(pipeline), pipeline.comments(key)) == ("in_review", [])


def test_without_permission_to_browse_nothing_ends(
    pipeline: Pipeline, page_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, review = in_review(pipeline)
    delete(pipeline, review)
    ours = pipeline.site.account("kinexus")
    object.__setattr__(ours, "lacks", ("BROWSE_PROJECTS",))
    try:
        assert [swept(pipeline, day) for day in range(3)] == [{"in doubt": 1}] * 3
    finally:
        object.__setattr__(ours, "lacks", ())
    assert status(pipeline) == "in_review"


def several(pipeline: Pipeline, count: int) -> list[str]:
    """Reviews of pages that people named."""
    store = pipeline.site.confluence
    space = next(iter(store.spaces))
    pages = [page.id for page in store.pages.values() if page.space_id == space][1 : count + 1]
    keys = [pipeline.create_ticket(SUMMARY, TEXT, ["needs-docs", f"docs:{page}"]) for page in pages]
    for key in keys:
        pipeline.finish(key)
    pipeline.run()
    return [pipeline.review_of(key) for key in keys]


@pytest.mark.parametrize(("count", "ends"), [(3, True), (4, False), (5, False)])
def test_more_than_three_missing_end_nothing_and_raise_the_alarm(
    pipeline: Pipeline, caplog: pytest.LogCaptureFixture, count: int, ends: bool
) -> None:
    for review in several(pipeline, count):
        delete(pipeline, review)
    for day in range(3):
        swept(pipeline, day)
    alarms = [record for record in caplog.records if record.message == ACCESS_MAY_BE_LOST]
    assert len(alarms) == (0 if ends else 3)
    assert {each["status"] for each in pipeline.aws.documents()} == {"failed" if ends else "in_review"}
    assert len(pipeline.aws.locks()) == (0 if ends else count)
    assert not any("missing_since" in each for each in pipeline.aws.documents()) or ends


def test_three_counted_reviews_stay_if_a_fourth_is_missing(pipeline: Pipeline) -> None:
    *first, last = several(pipeline, 4)
    for review in first:
        delete(pipeline, review)
    assert swept(pipeline, 0) == {"missing": 3}
    delete(pipeline, last)
    assert swept(pipeline, 1) == {"in doubt": 4}
    assert {each["status"] for each in pipeline.aws.documents()} == {"in_review"}


def test_a_ticket_jira_cannot_read_now_is_not_missing(pipeline: Pipeline, page_id: str) -> None:
    _, review = in_review(pipeline)
    pipeline.site.jira.unready.add(pipeline.site.jira.get(review).id)
    assert [swept(pipeline, day) for day in range(2)] == [{}, {}]


def test_a_review_that_moved_to_another_project_is_not_missing(pipeline: Pipeline, page_id: str) -> None:
    _, review = in_review(pipeline)
    issue = pipeline.site.jira.get(review)
    issue.key = "OPS-1"
    pipeline.site.jira.add(issue)
    assert [swept(pipeline, day) for day in range(2)] == [{}, {}]


def test_an_outage_does_not_count(pipeline: Pipeline, page_id: str) -> None:
    _, review = in_review(pipeline)
    delete(pipeline, review)
    bulk = Fault("status", status=503, count=99, path="/issue/bulkfetch", account="kinexus")
    pipeline.site.faults.add(bulk)
    with pytest.raises(Unavailable):
        sweep(DAYS[0], None)
    pipeline.site.faults.clear()
    assert swept(pipeline, 0) == {"missing": 1}
    pipeline.site.faults.add(Fault("status", status=503, count=99, path="/project/PAY2", account="kinexus"))
    with pytest.raises(Unavailable):
        sweep(DAYS[1], None)
    pipeline.site.faults.clear()
    assert status(pipeline) == "in_review"
    assert swept(pipeline, 1) == {"deleted": 1}
    assert status(pipeline) == "failed"


def test_a_lost_event_is_published_by_the_next_sweep(
    pipeline: Pipeline, page_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, review = in_review(pipeline)
    delete(pipeline, review)
    swept(pipeline, 0)
    with monkeypatch.context() as patch:
        patch.setattr(EventBus, "publish", lambda *_, **__: (_ for _ in ()).throw(PublishFailed("no")))
        with pytest.raises(PublishFailed):
            sweep(DAYS[1], None)
    assert status(pipeline) == "in_review"
    sweep(DAYS[2], None)
    pipeline.aws.messages("ApprovalHandler")  # received, and never processed
    assert swept(pipeline, 3) == {"deleted": 1}
    assert status(pipeline) == "failed"


def test_redeliveries_comment_once(pipeline: Pipeline, page_id: str) -> None:
    key, review = in_review(pipeline)
    delete(pipeline, review)
    swept(pipeline, 0)
    sweep(DAYS[1], None)
    messages = pipeline.aws.messages("ApprovalHandler")
    comment = Fault("status", status=503, count=1, method="POST", path="/comment", account="kinexus")
    pipeline.site.faults.add(comment)
    deliver(approve, messages)
    for receives in (2, 3):
        deliver(approve, messages, receives)
    pipeline.run()
    assert (status(pipeline), pipeline.aws.locks()) == ("failed", [])
    assert len([said for said in pipeline.comments(key) if "was not published" in said]) == 1
    assert "closing" not in document(pipeline)


def test_a_replacement_review_is_not_ended(pipeline: Pipeline, page_id: str) -> None:
    _, review = in_review(pipeline)
    delete(pipeline, review)
    swept(pipeline, 0)
    sweep(DAYS[1], None)
    messages = pipeline.aws.messages("ApprovalHandler")
    _, other = in_review(pipeline, f"{SUMMARY} soon", TEXT)
    assert other != review
    assert "missing_since" not in document(pipeline)
    assert deliver(approve, messages) == []
    assert status(pipeline) == "in_review"
    delete(pipeline, other)
    assert swept(pipeline, 2) == {"missing": 1}


def test_a_published_approval_is_reported_although_its_review_is_gone(
    pipeline: Pipeline, page_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, review = in_review(pipeline)
    pipeline.decide(review, "APPROVED")
    messages = pipeline.aws.messages("ApprovalHandler")

    def die(*_: object, **__: object) -> None:
        raise RuntimeError("it died here")

    with monkeypatch.context() as patch:
        patch.setattr(DocumentRepository, "publish", die)
        assert len(deliver(approve, messages)) == 1
    assert (status(pipeline), pipeline.page(page_id)["version"]["number"]) == ("publishing", 2)
    delete(pipeline, review)
    swept(pipeline, 0), swept(pipeline, 1)
    assert (status(pipeline), pipeline.aws.locks()) == ("published", [])
    assert any("is published" in said for said in pipeline.comments(key))


def test_an_unpublished_approval_ends_with_its_review(pipeline: Pipeline, page_id: str) -> None:
    key, review = in_review(pipeline)
    pipeline.decide(review, "APPROVED")
    messages = pipeline.aws.messages("ApprovalHandler")
    put = Fault("status", status=409, count=99, method="PUT", path=f"/pages/{page_id}", account="kinexus")
    pipeline.site.faults.add(put)
    assert len(deliver(approve, messages)) == 1
    pipeline.site.faults.clear()
    assert status(pipeline) == "publishing"
    delete(pipeline, review)
    swept(pipeline, 0), swept(pipeline, 1)
    assert (status(pipeline), pipeline.aws.locks()) == ("failed", [])
    assert "decision" not in document(pipeline)
    assert "reopen this ticket" in pipeline.comments(key)[-1]
    assert pipeline.page(page_id)["version"]["number"] == 1


def test_a_review_sent_back_ends_without_its_old_decision(pipeline: Pipeline, page_id: str) -> None:
    key, review = in_review(pipeline)
    pipeline.decide(review, "NEEDS REVISION\nSay more.")
    pipeline.run()
    assert document(pipeline)["decision"]["verdict"] == "needs_revision"
    delete(pipeline, review)
    swept(pipeline, 0), swept(pipeline, 1)
    assert (status(pipeline), pipeline.aws.locks()) == ("failed", [])
    assert [said for said in pipeline.comments(key) if "reopen this ticket" in said]


def test_the_diff_page_says_that_the_ticket_was_deleted(pipeline: Pipeline, page_id: str) -> None:
    _, review = in_review(pipeline)
    url = pipeline.diff_url(review)
    delete(pipeline, review)
    swept(pipeline, 0), swept(pipeline, 1)
    shown = requests.get(url, timeout=10).text
    assert "its ticket was deleted" in shown
    assert "quarnix" not in shown.casefold()


def test_101_open_reviews_take_two_requests(
    pipeline: Pipeline, page_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_review(pipeline)
    item = document(pipeline)
    for number in range(100):
        pipeline.aws.put_document(item | {"document_id": f"doc-{number:024x}"})
    before = len(pipeline.site.calls("jira", "kinexus"))
    assert swept(pipeline, 0) == {}
    asked = [call for call in pipeline.site.calls("jira", "kinexus")[before:] if "bulkfetch" in call.path]
    assert len([call for call in asked if call.path.endswith("/issue/bulkfetch")]) == 2


def test_every_page_of_the_index_is_read(
    pipeline: Pipeline, page_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_review(pipeline)
    item = document(pipeline)
    for number in range(3):
        pipeline.aws.put_document(item | {"document_id": f"doc-{number:024x}"})
    client = boto3.client("dynamodb")
    asked: list[dict[str, Any]] = []
    query: Callable[..., Any] = client._make_api_call

    def small(name: str, given: dict[str, Any]) -> Any:
        asked.append(given)
        return query(name, given | {"Limit": 1})

    monkeypatch.setattr(client, "_make_api_call", small)
    records = DynamoDbTable(client, "kinexus-documents", "document_id", lambda: 0)
    assert len(list(records.query_index("by-status", "status", "in_review"))) == 4
    assert len(asked) >= 4
