"""Who may decide: approvers, four eyes, and accounts that Jira does not know any more. With the whole pipeline."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from handlers.jira_webhook_handler.handler import handle as notice_change
from local.atlassian import Fault
from local.atlassian.accounts import APPROVERS_GROUP, GROUP_IDS
from tests.handlers.jira_webhook_handler.webhook_bodies import finished, request
from tests.handlers.pipeline import Pipeline, reset_functions
from tests.handlers.test_pipeline import SUMMARY, TEXT, in_review, page_id

__all__ = ["page_id"]


def version(pipeline: Pipeline, page: str) -> int:
    return int(pipeline.page(page)["version"]["number"])


def test_a_deactivated_accounts_comment_blocks_no_approval(
    pipeline: Pipeline, page_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("APPROVER_GROUP_ID", GROUP_IDS[APPROVERS_GROUP])
    reset_functions()
    _, review = in_review(pipeline)
    pipeline.comment(review, "Nice, but I am leaving.", "developer")
    gone = pipeline.site.account("developer").account_id
    pipeline.site.faults.add(Fault("status", status=404, path=f"/user/groups.*{quote(gone)}", count=99))
    pipeline.decide(review, "APPROVED")
    pipeline.run()
    assert version(pipeline, page_id) == 2


@pytest.fixture
def four_eyes(pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOUR_EYES", "true")
    reset_functions()


@pytest.mark.usefixtures("four_eyes")
def test_with_four_eyes_the_closer_decides_nothing(pipeline: Pipeline, page_id: str) -> None:
    _, review = in_review(pipeline)
    pipeline.decide(review, "APPROVED", "developer")
    pipeline.run()
    assert version(pipeline, page_id) == 1
    assert any("Please ask someone else" in text for text in pipeline.comments(review))
    pipeline.decide(review, "APPROVED", "reviewer")
    pipeline.run()
    assert version(pipeline, page_id) == 2


@pytest.mark.usefixtures("four_eyes")
def test_with_four_eyes_a_deleted_source_blocks_no_approval(pipeline: Pipeline, page_id: str) -> None:
    key, review = in_review(pipeline)
    pipeline.jira("admin", "DELETE", f"/rest/api/3/issue/{key}")
    pipeline.decide(review, "APPROVED")
    pipeline.run()
    assert version(pipeline, page_id) == 1, "the reviewer is told first that it is gone"
    pipeline.decide(review, "APPROVED")
    pipeline.run()
    assert version(pipeline, page_id) == 2


@pytest.mark.usefixtures("four_eyes")
@pytest.mark.parametrize("account", ["developer", "admin"])
def test_with_four_eyes_deleting_the_source_gives_no_vote(
    pipeline: Pipeline, page_id: str, account: str
) -> None:
    key = pipeline.create_ticket(SUMMARY, TEXT, ["needs-docs"])
    assign(pipeline, key, "admin")
    pipeline.finish(key)
    pipeline.run()
    review = pipeline.review_of(key)
    pipeline.jira("admin", "DELETE", f"/rest/api/3/issue/{key}")
    pipeline.decide(review, "APPROVED", account)
    pipeline.run()
    assert version(pipeline, page_id) == 1
    assert any("Please ask someone else" in text for text in pipeline.comments(review))


@pytest.mark.usefixtures("four_eyes")
def test_with_four_eyes_reassigning_the_source_gives_no_vote(pipeline: Pipeline, page_id: str) -> None:
    key = pipeline.create_ticket(SUMMARY, TEXT, ["needs-docs"])
    assign(pipeline, key, "reviewer")
    pipeline.finish(key)
    pipeline.run()
    assign(pipeline, key, "admin")
    pipeline.decide(pipeline.review_of(key), "APPROVED", "reviewer")
    pipeline.run()
    assert version(pipeline, page_id) == 1


@pytest.mark.usefixtures("four_eyes")
def test_with_four_eyes_people_of_joined_tickets_decide_nothing(pipeline: Pipeline, page_id: str) -> None:
    _, review = in_review(pipeline)
    joining = pipeline.create_ticket(SUMMARY, "A second quarnix refund takes a note.", ["needs-docs"])
    pipeline.move(joining, "done", "reviewer")
    pipeline.run()
    pipeline.jira("admin", "DELETE", f"/rest/api/3/issue/{joining}")
    pipeline.decide(review, "APPROVED", "reviewer")
    pipeline.run()
    assert version(pipeline, page_id) == 1
    for _ in range(2):  # before the second one, the reviewer gets a comment that the ticket is gone
        pipeline.decide(review, "APPROVED", "admin")
        pipeline.run()
    assert version(pipeline, page_id) == 2


@pytest.mark.usefixtures("four_eyes")
def test_with_four_eyes_a_forged_webhook_changes_no_closer(pipeline: Pipeline, page_id: str) -> None:
    key = pipeline.create_ticket(SUMMARY, TEXT, [])
    pipeline.finish(key)
    body = finished(labels=["needs-docs"])
    body["issue"] |= {"id": pipeline.jira("admin", "GET", f"/rest/api/3/issue/{key}")["id"], "key": key}
    body["user"]["accountId"], body["changelog"]["id"] = "acc-nobody", "999999"
    assert notice_change(request(body), None)["statusCode"] == 200
    pipeline.run()
    pipeline.decide(pipeline.review_of(key), "APPROVED", "developer")
    pipeline.run()
    assert version(pipeline, page_id) == 1


def assign(pipeline: Pipeline, key: str, account: str) -> None:
    """Assign a ticket to a person."""
    assignee = {"accountId": pipeline.site.account(account).account_id}
    pipeline.jira("developer", "PUT", f"/rest/api/3/issue/{key}", {"fields": {"assignee": assignee}})
