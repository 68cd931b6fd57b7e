"""Review tickets that were deleted, never announced, or planted: the page is not blocked, and no comment misleads.

With the doubles of AWS, the simulator and the Bedrock stand-in.
"""

from __future__ import annotations

from typing import Any

import boto3
import pytest

from common.atlassian.jira_client import REVIEW_PROPERTY, JiraClient
from common.aws.event_bus import EventBus
from common.aws.sqs_source_queue import MAX_DEFER_SECONDS
from common.domain.events import EventName
from common.intake.report_closed_review import REPLAY_MOVE_ID
from handlers.approval_handler.handler import handle as approve
from handlers.document_orchestrator.handler import handle as orchestrate
from handlers.review_ticket_creator.handler import handle as open_review
from local.atlassian import Fault
from tests.handlers.aws import deferred_for, deliver
from tests.handlers.pipeline import Pipeline
from tests.handlers.test_pipeline import NEW_SUMMARY, NEW_TEXT, SUMMARY, TEXT, in_review, page_id

__all__ = ["page_id"]


def delete(pipeline: Pipeline, key: str) -> None:
    pipeline.jira("admin", "DELETE", f"/rest/api/3/issue/{key}")


def drafted(pipeline: Pipeline) -> tuple[str, list[dict[str, object]]]:
    key = pipeline.create_ticket(SUMMARY, TEXT, ["needs-docs"])
    pipeline.finish(key)
    assert deliver(orchestrate, pipeline.aws.messages("DocumentOrchestrator")) == []
    return key, pipeline.aws.messages("ReviewTicketCreator")


def status(pipeline: Pipeline) -> str:
    [document] = pipeline.aws.documents()
    return str(document["status"])


def test_the_next_ticket_replaces_a_deleted_review(pipeline: Pipeline, page_id: str) -> None:
    first, review = in_review(pipeline)
    delete(pipeline, review)
    second, other = in_review(pipeline, f"{SUMMARY} soon", TEXT)
    assert other != review
    assert pipeline.review_of(first) == other
    pipeline.decide(other, "APPROVED")
    pipeline.run()
    assert status(pipeline) == "published"
    for key in (first, second):
        assert any("is published" in text for text in pipeline.comments(key))
    assert pipeline.aws.locks() == []


@pytest.mark.parametrize(("is_over", "said"), [(False, "Please decide in"), (True, "This review is over")])
def test_a_decision_in_a_replaced_review_gets_a_pointer(
    pipeline: Pipeline, page_id: str, is_over: bool, said: str
) -> None:
    """Once for each move to Done."""
    _, review = in_review(pipeline)
    jira = pipeline.site.jira
    hidden = jira.get(review)
    theirs = jira.links_of(hidden)
    jira.links = [link for link in jira.links if link not in theirs]
    del jira.issues[hidden.id]
    _, other = in_review(pipeline, f"{SUMMARY} soon", TEXT)
    jira.issues[hidden.id] = hidden
    jira.links += theirs
    assert other != review
    if is_over:
        pipeline.decide(other, "REJECTED")
        pipeline.run()
    pipeline.decide(review, "APPROVED")
    messages = pipeline.aws.messages("ApprovalHandler")
    for receives in (1, 2):
        assert deliver(approve, messages, receives) == []
    [told] = [text for text in pipeline.comments(review) if said in text]
    assert is_over or other in told
    assert status(pipeline) == ("rejected" if is_over else "in_review")
    assert pipeline.page(page_id)["version"]["number"] == 1


def test_a_deleted_reviews_decision_is_reported_in_the_sources(pipeline: Pipeline, page_id: str) -> None:
    key, review = in_review(pipeline)
    pipeline.decide(review, "APPROVED")
    delete(pipeline, review)
    messages = pipeline.aws.messages("ApprovalHandler")
    for receives in (1, 2, 3):
        assert len(deliver(approve, messages, receives)) == 1
    [document] = pipeline.aws.documents()
    assert (
        document["reason"] == f"the review ticket {review} does not exist any more or is hidden from Kinexus"
    )
    [told] = pipeline.comments(key)
    assert "python -m ops replay" in told
    assert pipeline.page(page_id)["version"]["number"] == 1


def test_the_reason_for_an_unread_decision_is_recorded(pipeline: Pipeline, page_id: str) -> None:
    """Although Jira gives none."""
    _, review = in_review(pipeline)
    pipeline.decide(review, "APPROVED")
    pipeline.site.faults.add(Fault("status", status=401, count=99, path="/rest/api/3/", account="kinexus"))
    assert len(deliver(approve, pipeline.aws.messages("ApprovalHandler"))) == 1
    [document] = pipeline.aws.documents()
    assert (document["status"], "401" in document["reason"]) == ("in_review", True)


@pytest.mark.parametrize(
    ("decision", "said", "ends"),
    [
        ("APPROVED", "could not be written or shown", "drafted"),
        ("REJECTED: it is wrong", "rejected the doc", "rejected"),
    ],
)
def test_a_decision_before_any_announcement_gets_a_comment(
    pipeline: Pipeline, page_id: str, decision: str, said: str, ends: str
) -> None:
    key, messages = drafted(pipeline)
    comments = r"/rest/api/3/issue/[^/]+/comment"
    pipeline.site.faults.add(
        Fault("status", status=403, count=99, method="POST", path=comments, account="kinexus")
    )
    for receives in (1, 2, 3):
        assert len(deliver(open_review, messages, receives)) == 1
    pipeline.site.faults.clear()
    review = pipeline.review_of(key)
    pipeline.decide(review, decision)
    pipeline.run()
    assert status(pipeline) == ends
    assert [text for ticket in (review, key) for text in pipeline.comments(ticket) if said in text]


def test_a_ticket_planted_as_our_review_is_ignored(pipeline: Pipeline, page_id: str) -> None:
    key, messages = drafted(pipeline)
    [document] = pipeline.aws.documents()
    planted = pipeline.create_ticket("Mine", "Show me your drafts.", [], "developer")
    named = {"document_id": document["document_id"], "revision": 1}
    path = f"/rest/api/3/issue/{planted}/properties/{REVIEW_PROPERTY}"
    pipeline.jira("developer", "PUT", path, named)
    jira = pipeline.site.jira
    jira.link(pipeline.site.account("developer"), "10003", jira.get(key), jira.get(planted), "outward")
    assert deliver(open_review, messages) == []
    assert pipeline.jira("developer", "GET", f"/rest/api/3/issue/{planted}")["fields"]["summary"] == "Mine"
    [document] = pipeline.aws.documents()
    assert document["review_issue_key"] != planted


def test_a_relabelled_review_is_no_change_and_still_decides(pipeline: Pipeline, page_id: str) -> None:
    _, review = in_review(pipeline)
    labels = {"labels": [{"remove": "documentation-review"}, {"add": "needs-docs"}]}
    pipeline.jira("admin", "PUT", f"/rest/api/3/issue/{review}", {"update": labels})
    pipeline.decide(review, "APPROVED")
    pipeline.run()
    [change] = [change for change in pipeline.aws.changes() if change["issue_key"] == review]
    assert (change["status"], change["reason"]) == ("ignored", "it is one of our review tickets")
    assert pipeline.comments(review)[-1].startswith("Published")


def test_a_changed_or_removed_property_blocks_no_decision(pipeline: Pipeline, page_id: str) -> None:
    _, review = in_review(pipeline)
    path = f"/rest/api/3/issue/{review}/properties/{REVIEW_PROPERTY}"
    pipeline.jira("developer", "PUT", path, {"document_id": "doc-" + "0" * 24, "revision": 1})
    pipeline.decide(review, "APPROVED")
    pipeline.run()
    assert status(pipeline) == "published"


def test_a_review_ticket_is_not_used_for_another_document(pipeline: Pipeline, page_id: str) -> None:
    first, review = in_review(pipeline)
    second = pipeline.create_ticket(NEW_SUMMARY, NEW_TEXT, ["needs-docs"])
    pipeline.finish(second)
    assert deliver(orchestrate, pipeline.aws.messages("DocumentOrchestrator")) == []
    [drafted] = [document for document in pipeline.aws.documents() if second in document["issue_keys"]]
    path = f"/rest/api/3/issue/{review}/properties/{REVIEW_PROPERTY}"
    pipeline.jira("developer", "PUT", path, {"document_id": drafted["document_id"], "revision": 1})
    jira = pipeline.site.jira
    jira.link(pipeline.site.account("developer"), "10003", jira.get(second), jira.get(review), "outward")
    pipeline.run()
    shown = pipeline.jira("reviewer", "GET", f"/rest/api/3/issue/{review}")["fields"]["summary"]
    assert "Quarnix" in shown, "what is shown is what an approval publishes"
    pipeline.decide(review, "APPROVED")
    pipeline.run()
    assert {document["status"] for document in pipeline.aws.documents()} == {"published", "in_review"}
    assert any("is published" in text for text in pipeline.comments(first))


def test_an_unconfirmable_approval_frees_the_page(pipeline: Pipeline, page_id: str) -> None:
    _, review = in_review(pipeline)
    pipeline.decide(review, "APPROVED")
    messages = pipeline.aws.messages("ApprovalHandler")
    path = f"/wiki/api/v2/pages/{page_id}"
    pipeline.site.faults.add(
        Fault("status", status=409, count=99, method="PUT", path=path, account="kinexus")
    )
    assert len(deliver(approve, messages)) == 1
    pipeline.site.faults.clear()
    delete(pipeline, review)
    assert len(deliver(approve, messages, receives=2)) == 1
    _, other = in_review(pipeline, f"{SUMMARY} soon", TEXT)
    pipeline.decide(other, "APPROVED")
    pipeline.run()
    assert status(pipeline) == "published"
    assert pipeline.page(page_id)["version"]["number"] == 2


def test_each_deleted_review_is_reported(pipeline: Pipeline, page_id: str) -> None:
    key, review = in_review(pipeline)
    for told in (1, 2):
        pipeline.decide(review, "APPROVED")
        delete(pipeline, review)
        assert len(deliver(approve, pipeline.aws.messages("ApprovalHandler"))) == 1
        assert len(pipeline.comments(key)) == told
        [document] = pipeline.aws.documents()
        ids = {name: document[name] for name in ("review_issue_id", "review_issue_key")}
        bus = EventBus(boto3.client("events"), "kinexus-events")
        bus.publish(EventName.REVIEW_COMPLETED, **ids, move_id=REPLAY_MOVE_ID)
        pipeline.run()
        review = pipeline.review_of(key)


def test_a_review_opened_late_has_no_failure_reason(pipeline: Pipeline, page_id: str) -> None:
    _, messages = drafted(pipeline)
    path = "/rest/api/3/issue"
    pipeline.site.faults.add(
        Fault("status", status=403, count=99, method="POST", path=path, account="kinexus")
    )
    assert len(deliver(open_review, messages)) == 1
    assert "403" in pipeline.aws.documents()[0]["reason"]
    pipeline.site.faults.clear()
    assert deliver(open_review, messages, receives=2) == []
    assert "reason" not in pipeline.aws.documents()[0]


@pytest.fixture
def unrecorded(pipeline: Pipeline, page_id: str) -> tuple[str, list[dict[str, object]]]:
    """A review ticket that is not recorded, because the answer to its creation was lost; and the redelivered message."""
    key, messages = drafted(pipeline)
    lost = Fault("drop", method="POST", path=r"/rest/api/3/issue\?$", after=True)
    pipeline.site.faults.add(lost)
    assert deliver(open_review, messages) == []
    assert pipeline.aws.messages("ReviewTicketCreator")
    return pipeline.review_of(key), messages


def test_a_decision_in_a_review_never_opened_gets_a_comment(
    pipeline: Pipeline, unrecorded: tuple[str, list[dict[str, object]]]
) -> None:
    review, _ = unrecorded
    pipeline.decide(review, "APPROVED")
    assert deliver(approve, pipeline.aws.messages("ApprovalHandler")) == []
    [copy] = pipeline.aws.messages("ApprovalHandler")
    for receives in (1, 2):
        assert len(deliver(approve, [deferred_for(copy, MAX_DEFER_SECONDS)], receives)) == 1
    [told] = [said for said in pipeline.comments(review) if "could not carry out" in said]
    assert "about to open" in told


def test_a_review_opening_while_read_gets_no_wrong_comment(
    pipeline: Pipeline, unrecorded: tuple[str, list[dict[str, object]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is not reported as a review of another document."""
    review, opening = unrecorded
    pipeline.decide(review, "APPROVED")
    messages = pipeline.aws.messages("ApprovalHandler")
    read, opened = JiraClient.issue, list[str]()

    def read_late(client: JiraClient, *what: Any, **more: Any) -> Any:
        if not opened:
            opened.append(review)
            assert deliver(open_review, opening, 2) == []
        return read(client, *what, **more)

    monkeypatch.setattr(JiraClient, "issue", read_late)
    assert deliver(approve, messages) == []
    assert opened
    assert not any("Please decide in" in said for said in pipeline.comments(review))
    pipeline.run()
    assert "count for this revision" in pipeline.comments(review)[-1]
    assert pipeline.status(review) != "done"
