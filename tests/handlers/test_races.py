"""Races between two messages, each found by a load test or while investigating one."""

from __future__ import annotations

from typing import Any

import boto3
import pytest

from common.atlassian.jira_client import JiraClient
from common.aws.document_repository import DocumentRepository
from common.aws.draft_store import DraftStore
from common.domain.document import Document
from common.domain.status_transitions import StatusTransition
from handlers.approval_handler.handler import handle as approve
from handlers.document_orchestrator.handler import handle as orchestrate
from tests.handlers.aws import deliver
from tests.handlers.pipeline import Pipeline
from tests.handlers.test_pipeline import NEW_SUMMARY, NEW_TEXT, SUMMARY, TEXT, in_review, page_id

__all__ = ["page_id"]


def change_of(pipeline: Pipeline, key: str) -> dict[str, Any]:
    [change] = [change for change in pipeline.aws.changes() if change["issue_key"] == key]
    return change


def set_value(table: str, key: dict[str, str], name: str, value: str) -> None:
    """Write one attribute of a record."""
    boto3.client("dynamodb").update_item(
        TableName=table,
        Key={attribute: {"S": text} for attribute, text in key.items()},
        UpdateExpression="SET #name = :value",
        ExpressionAttributeNames={"#name": name},
        ExpressionAttributeValues={":value": {"S": value}},
    )


def publish_and_follow(pipeline: Pipeline, review: str, message: dict[str, Any]) -> list[dict[str, Any]]:
    """Publish the first ticket's page, then process the second one's message until its page is published."""
    pipeline.decide(review, "APPROVED")
    pipeline.run()
    assert deliver(orchestrate, [message]) == []
    pipeline.run()
    [open_one] = [each for each in pipeline.aws.documents() if each["status"] == "in_review"]
    pipeline.decide(open_one["review_issue_key"], "APPROVED")
    pipeline.run()
    return pipeline.aws.documents()


def second_ticket(pipeline: Pipeline) -> tuple[str, dict[str, Any]]:
    key = pipeline.create_ticket(f"{NEW_SUMMARY} in winter", f"{NEW_TEXT} In winter too.", ["needs-docs"])
    pipeline.finish(key)
    [message] = pipeline.aws.messages("DocumentOrchestrator")
    return key, message


def assert_one_page_about_both(pipeline: Pipeline, documents: list[dict[str, Any]], second: str) -> None:
    assert sorted((each["kind"], each["status"]) for each in documents) == [
        ("create", "published"),
        ("update", "published"),
    ]
    [updated] = [each for each in documents if each["kind"] == "update"]
    assert updated["issue_keys"] == [second]
    assert "already created the page" in updated["choice"]["reason"]
    page = pipeline.page(updated["page_id"])
    assert page["version"]["number"] == 2
    assert "winter" in page["body"]["storage"]["value"]
    assert pipeline.aws.locks() == []
    assert change_of(pipeline, second)["status"] == "documented"


def test_a_page_created_by_another_change_is_updated(pipeline: Pipeline) -> None:
    first, review = in_review(pipeline, NEW_SUMMARY, NEW_TEXT)
    second, message = second_ticket(pipeline)
    # Both selected a new page of the same title at the same time; then the second one had to wait.
    choice = change_of(pipeline, first)["choice"]
    set_value("kinexus-changes", {"change_id": change_of(pipeline, second)["change_id"]}, "choice", choice)
    assert_one_page_about_both(pipeline, publish_and_follow(pipeline, review, message), second)


def test_a_page_published_before_a_change_could_join_is_updated(pipeline: Pipeline) -> None:
    _, review = in_review(pipeline, NEW_SUMMARY, NEW_TEXT)
    [document] = pipeline.aws.documents()
    second, message = second_ticket(pipeline)
    where = {"document_id": document["document_id"]}
    set_value("kinexus-documents", where, "status", "publishing")
    deliver(orchestrate, [message])
    pipeline.aws.messages("DocumentOrchestrator")  # if it was deferred, the original is gone: use the copy
    assert document["document_id"] in change_of(pipeline, second)["choice"]
    set_value("kinexus-documents", where, "status", "in_review")
    assert_one_page_about_both(pipeline, publish_and_follow(pipeline, review, message), second)


def test_a_redelivered_change_of_a_published_page_leaves_no_lock(
    pipeline: Pipeline, page_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = pipeline.create_ticket(SUMMARY, TEXT, ["needs-docs"])
    pipeline.finish(first)
    [message] = pipeline.aws.messages("DocumentOrchestrator")
    with monkeypatch.context() as broken:
        broken.setattr(DraftStore, "store", lambda *_: 1 / 0)
        assert len(deliver(orchestrate, [message])) == 1
    _, review = in_review(pipeline, f"{SUMMARY} again", f"{TEXT} In winter too.")
    pipeline.decide(review, "APPROVED")
    pipeline.run()
    assert deliver(orchestrate, [message]) == []
    pipeline.run()
    [document] = pipeline.aws.documents()
    assert (document["status"], len(document["issue_keys"])) == ("published", 2)
    assert change_of(pipeline, first)["status"] == "documented"
    assert pipeline.aws.locks() == []


def approves_meanwhile(pipeline: Pipeline, review: str) -> dict[str, Any]:
    """Approve a review while it is being opened; return the waiting message."""
    pipeline.decide(review, "APPROVED")
    [message] = pipeline.aws.messages("ApprovalHandler")
    return message if deliver(approve, [message]) else pipeline.aws.messages("ApprovalHandler")[0]


def test_an_approval_before_the_review_is_recorded_is_published(
    pipeline: Pipeline, page_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_review = DocumentRepository.open_review
    met: list[dict[str, Any]] = []

    def approved_just_before(records: DocumentRepository, document: Document, *what: Any) -> Document:
        if not met:
            met.append(approves_meanwhile(pipeline, document.review_issue_key))
        return open_review(records, document, *what)

    monkeypatch.setattr(DocumentRepository, "open_review", approved_just_before)
    in_review(pipeline)
    assert deliver(approve, met) == []
    assert pipeline.aws.documents()[0]["status"] == "published"
    assert pipeline.page(page_id)["version"]["number"] == 2


def test_an_approval_before_the_announcement_gets_a_comment(
    pipeline: Pipeline, page_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_review_ticket, met = DocumentRepository.set_review_ticket, []

    def approved_just_before(
        records: DocumentRepository, document: Document, issue_id: str, key: str
    ) -> Document:
        met.append(approves_meanwhile(pipeline, key))
        return set_review_ticket(records, document, issue_id, key)

    monkeypatch.setattr(DocumentRepository, "set_review_ticket", approved_just_before)
    _, review = in_review(pipeline)
    assert deliver(approve, met) == []
    assert pipeline.status(review) == "new", "moved back"
    assert "written after the newest revision was announced" in pipeline.comments(review)[-1]
    pipeline.decide(review, "APPROVED")
    pipeline.run()
    assert pipeline.page(page_id)["version"]["number"] == 2


def test_a_review_moved_back_while_read_gets_no_wrong_comment(
    pipeline: Pipeline, page_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Kinexus does not report its own move as one of the reviewer."""
    _, review = in_review(pipeline)
    issue_with_moves = JiraClient.issue_with_moves

    def moved_back_just_before(jira: JiraClient, *what: Any) -> tuple[Any, tuple[StatusTransition, ...]]:
        issue, _ = issue_with_moves(jira, *what)
        pipeline.move(review, "new", "kinexus")
        return issue, jira.status_moves(review)

    monkeypatch.setattr(JiraClient, "issue_with_moves", moved_back_just_before)
    pipeline.decide(review, "APPROVED")
    pipeline.run()
    assert not any("cannot decide" in text for text in pipeline.comments(review))
    assert pipeline.aws.documents()[0]["status"] == "in_review"
    monkeypatch.undo()


def test_an_approval_withdrawn_while_read_is_not_published(
    pipeline: Pipeline, page_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, review = in_review(pipeline)
    pipeline.decide(review, "APPROVED")
    issue_with_moves = JiraClient.issue_with_moves

    def reopened_just_before(jira: JiraClient, *what: Any) -> tuple[Any, tuple[StatusTransition, ...]]:
        issue, _ = issue_with_moves(jira, *what)
        pipeline.move(review, "new", "reviewer")
        return issue, jira.status_moves(review)

    with monkeypatch.context() as patched:
        patched.setattr(JiraClient, "issue_with_moves", reopened_just_before)
        assert deliver(approve, pipeline.aws.messages("ApprovalHandler")) == []
    pipeline.run()
    assert pipeline.aws.documents()[0]["status"] == "in_review"
    assert pipeline.page(page_id)["version"]["number"] == 1
    assert pipeline.status(review) == "new"
