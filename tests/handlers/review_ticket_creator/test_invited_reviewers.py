"""A review reaches people: one is assigned, others are mentioned, and the source ticket says that a draft waits."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from local import seed
from local.atlassian import Fault
from local.demo.person import Person
from tests.handlers.pipeline import Pipeline, reset_functions
from tests.handlers.test_pipeline import in_review, page_id

__all__ = ["page_id"]


def assignee(pipeline: Pipeline, key: str) -> str | None:
    """The name of the account that a ticket is assigned to."""
    person = pipeline.jira("admin", "GET", f"/rest/api/3/issue/{key}?fields=assignee")["fields"]["assignee"]
    return name_of(pipeline, person["accountId"]) if person else None


def name_of(pipeline: Pipeline, account_id: str) -> str:
    """The simulator's name of an account."""
    person = pipeline.site.people.by_id(account_id)
    assert person
    return person.name


def mentioned(pipeline: Pipeline, review: str) -> set[str]:
    """The names of the accounts that the comments of a review mention."""
    comments = pipeline.jira("admin", "GET", f"/rest/api/3/issue/{review}/comment")["comments"]
    return {
        name_of(pipeline, node["attrs"]["id"])
        for comment in comments
        for node in _nodes(comment["body"])
        if node.get("type") == "mention"
    }


def _nodes(node: dict[str, Any]) -> list[dict[str, Any]]:
    return [node, *(inner for child in node.get("content", ()) for inner in _nodes(child))]


def setting(monkeypatch: pytest.MonkeyPatch, **values: str) -> None:
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    reset_functions()


def test_the_page_owner_is_assigned_and_the_reporter_mentioned(pipeline: Pipeline, page_id: str) -> None:
    pipeline.site.confluence.pages[page_id].author = pipeline.site.account("reviewer")
    key, review = in_review(pipeline)
    assert assignee(pipeline, review) == "reviewer"
    assert mentioned(pipeline, review) == {"developer"}
    [said] = [text for text in pipeline.all_comments(key) if text.startswith("Documentation drafted")]
    assert said.startswith(f"Documentation drafted: {review}")
    assert said.endswith(", please review.")


def test_configured_reviewers_come_first(
    pipeline: Pipeline, page_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    setting(monkeypatch, REVIEWER_ACCOUNT_IDS=pipeline.site.account("reviewer").account_id)
    _, review = in_review(pipeline)
    assert assignee(pipeline, review) == "reviewer"


def test_only_people_who_may_decide_are_asked(
    pipeline: Pipeline, page_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    setting(monkeypatch, APPROVER_ACCOUNT_IDS=pipeline.site.account("reviewer").account_id)
    _, review = in_review(pipeline)
    assert assignee(pipeline, review) == "reviewer"
    assert mentioned(pipeline, review) == set()


def test_four_eyes_bars_the_person_who_closed_the_ticket(
    pipeline: Pipeline, page_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    developer = pipeline.site.account("developer").account_id
    setting(monkeypatch, FOUR_EYES="true", REVIEWER_ACCOUNT_IDS=developer)
    _, review = in_review(pipeline)
    assert assignee(pipeline, review) != "developer"
    assert "developer" not in mentioned(pipeline, review)


def test_an_inactive_person_is_not_asked(
    pipeline: Pipeline, page_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    reviewer = pipeline.site.account("reviewer")
    setting(monkeypatch, REVIEWER_ACCOUNT_IDS=reviewer.account_id)
    monkeypatch.setitem(vars(reviewer), "active", False)
    _, review = in_review(pipeline)
    assert assignee(pipeline, review) not in (None, "reviewer")


@pytest.mark.parametrize("code", [400, 403, 404])
def test_a_refused_assignment_stops_no_review(
    pipeline: Pipeline, page_id: str, code: int, caplog: pytest.LogCaptureFixture
) -> None:
    pipeline.site.faults.add(Fault("status", status=code, count=9, method="PUT", path="/assignee"))
    _, review = in_review(pipeline)
    assert assignee(pipeline, review) is None
    assert pipeline.aws.documents()[0]["status"] == "in_review"
    assert "reviewer.refused" in caplog.text


def test_without_a_candidate_the_review_opens_and_the_log_says_so(
    pipeline: Pipeline, page_id: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    for person in pipeline.site.people.all:
        monkeypatch.setitem(vars(person), "active", False)
    _, review = in_review(pipeline)
    assert assignee(pipeline, review) is None
    assert "reviewer.none" in caplog.text


def test_the_next_revision_asks_nobody_again(pipeline: Pipeline, page_id: str) -> None:
    key, review = in_review(pipeline)
    pipeline.jira("admin", "PUT", f"/rest/api/3/issue/{review}/assignee", {"accountId": None})
    pipeline.decide(review, "NEEDS REVISION\nMention the currency.")
    pipeline.run()
    assert assignee(pipeline, review) is None, "a person took the assignee away"
    assert json.dumps(pipeline.all_comments(key)).count("Documentation drafted") == 1


TICKETS = json.loads((Path(seed.__file__).parent / "tickets.json").read_text("utf-8"))


@pytest.mark.parametrize("role", ["update", "create", "revision", "conflict"])
def test_every_review_of_the_demo_notifies_a_person(pipeline: Pipeline, role: str) -> None:
    """A person who may decide there: the demo's own check, on the demo's own tickets."""
    summary = next(each["summary"] for each in TICKETS if each.get("role") == role)
    [key] = [each.key for each in pipeline.site.jira.issues.values() if each.fields.summary == summary]
    developer = Person(pipeline.url, pipeline.site.account("developer"))
    developer.label(key, "needs-docs")  # which the webhook's filter of these tests asks for
    if role == "revision":
        page = next(id for id, each in pipeline.site.confluence.pages.items() if each.title == "Rate limits")
        developer.label(key, f"docs:{page}")
    pipeline.finish(key)
    pipeline.run()
    review = pipeline.review_of(key)
    told = Person(pipeline.url, pipeline.site.account("reviewer")).notified(review)
    people = {name_of(pipeline, account) for account in told}
    assert people, f"nobody is told of {review}"
    assert people.isdisjoint({"kinexus"})
    assert mentioned(pipeline, review) | {assignee(pipeline, review)} == people


def test_a_later_candidate_is_asked_where_the_first_ones_left(
    pipeline: Pipeline, page_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Accounts that no longer exist do not use up the places of people who can be asked."""
    gone = [f"gone{number}" for number in range(6)]
    reviewer = pipeline.site.account("reviewer").account_id
    setting(monkeypatch, REVIEWER_ACCOUNT_IDS=",".join([*gone, reviewer]))
    _, review = in_review(pipeline)
    assert assignee(pipeline, review) == "reviewer"
