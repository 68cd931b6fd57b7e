"""Routes: a ticket's page, review and approvers are those of its route; only tickets with the same approvers join."""

from __future__ import annotations

import json
from typing import Any

import pytest

from handlers.document_orchestrator import stored_targets
from handlers.sweep.handler import handle as sweep
from local.atlassian import Fault
from tests.handlers.pipeline import Pipeline, reset_functions
from tests.handlers.test_pipeline import NEW_SUMMARY, NEW_TEXT, SUMMARY, TEXT, in_review, page_id

__all__ = ["page_id"]


@pytest.fixture
def runbook(pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """A route for tickets with the label `team-b`, to a space and a project of their own."""
    site = pipeline.site
    space = site.confluence.add_space("RUN", "Collected notes", site.account("admin"), "<p>Welcome.</p>")
    parent = site.confluence.create(site.account("admin"), space.id, "Everything else", "<p>All.</p>", None)
    site.jira.add_project("RUNREV", "Runbook reviews")
    route = {
        "labels": ["team-b"],
        "spaces": ["RUN"],
        "parentPage": parent.id,
        "reviewProject": "RUNREV",
        "issueType": "Story",
        "reviewers": [site.account("reviewer").account_id],
        "approvers": [site.account("reviewer").account_id],
        "pageLabels": ["team-b", "made-by-kinexus"],
    }
    use(monkeypatch, route)
    return route


def use(monkeypatch: pytest.MonkeyPatch, *routes: dict[str, Any]) -> None:
    monkeypatch.setenv("ROUTES", json.dumps(routes) if routes else "")
    reset_functions()


def closed(pipeline: Pipeline, summary: str, text: str, *labels: str) -> str:
    key = pipeline.create_ticket(summary, text, ["needs-docs", *labels])
    pipeline.finish(key)
    return key


def document(pipeline: Pipeline) -> dict[str, Any]:
    [found] = pipeline.aws.documents()
    return found


def test_page_and_review_go_where_the_route_says(pipeline: Pipeline, runbook: dict[str, Any]) -> None:
    key = closed(pipeline, NEW_SUMMARY, NEW_TEXT, "team-b")
    pipeline.run()
    review = pipeline.review_of(key)
    issue = pipeline.jira("admin", "GET", f"/rest/api/3/issue/{review}")["fields"]
    assert (issue["project"]["key"], issue["issuetype"]["name"]) == ("RUNREV", "Story")
    assert issue["assignee"]["accountId"] == runbook["reviewers"][0]
    assert document(pipeline)["route"]["labels"] == ["team-b"]

    pipeline.decide(review, "APPROVED", "developer")
    pipeline.run()
    assert document(pipeline)["status"] == "in_review", "only the route's approvers decide"
    pipeline.decide(review, "APPROVED", "reviewer")
    pipeline.run()
    assert document(pipeline)["status"] == "published"
    page = pipeline.site.confluence.pages[document(pipeline)["publication"]["page_id"]]
    assert page.parent_id == runbook["parentPage"]
    assert page.labels == ["team-b", "made-by-kinexus"]


def test_other_tickets_take_the_plain_settings(pipeline: Pipeline, runbook: dict[str, Any]) -> None:
    key = closed(pipeline, NEW_SUMMARY, NEW_TEXT)
    pipeline.run()
    assert "route" not in document(pipeline)
    review = pipeline.review_of(key)
    assert review.startswith("PAY2-")
    pipeline.decide(review, "APPROVED", "developer")
    pipeline.run()
    page = pipeline.site.confluence.pages[document(pipeline)["publication"]["page_id"]]
    assert page.labels == ["generated-by-kinexus"]


@pytest.mark.parametrize("status", [400, 403, 404, 410])
def test_a_refused_label_stops_no_publication(
    pipeline: Pipeline, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    pipeline.site.faults.add(Fault("status", status=status, count=9, method="POST", path="/label"))
    _, review = in_review(pipeline, NEW_SUMMARY, NEW_TEXT)
    pipeline.decide(review, "APPROVED")
    pipeline.run()
    assert document(pipeline)["status"] == "published"
    assert "labels.refused" in caplog.text


def test_pages_outside_the_routes_spaces_are_not_edited(
    pipeline: Pipeline, page_id: str, runbook: dict[str, Any]
) -> None:
    key = closed(pipeline, SUMMARY, TEXT, "team-b", f"docs:{page_id}")
    pipeline.run()
    assert pipeline.aws.documents() == []
    assert any("outside the spaces" in text and "RUN" in text for text in pipeline.comments(key))


def narrow(pipeline: Pipeline, approver: str, label: str) -> dict[str, Any]:
    """A route that only says who may decide."""
    return {"labels": [label], "approvers": [pipeline.site.account(approver).account_id]}


def test_a_ticket_with_other_approvers_waits_for_the_review(
    pipeline: Pipeline, page_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sweep after the review's end goes on with it: its own approvers decide in a review of its own."""
    use(monkeypatch, narrow(pipeline, "reviewer", "team-b"))
    _, review = in_review(pipeline)
    second = closed(pipeline, f"{SUMMARY} in winter", f"{TEXT} In winter, too.", "team-b")
    pipeline.run()
    assert document(pipeline)["revision"] == 1
    for _ in range(2):
        sweep({}, None)
        pipeline.run()
    [text] = pipeline.comments(second)
    assert review in text
    assert "other people decide" in text
    pipeline.decide(review, "REJECTED")
    pipeline.run()
    sweep({}, None)
    pipeline.run()
    [ended, own] = sorted(pipeline.aws.documents(), key=lambda each: each["created_at"])
    assert (ended["status"], own["status"]) == ("rejected", "in_review")
    assert own["issue_keys"] == [second]
    pipeline.decide(own["review_issue_key"], "APPROVED", "developer")
    pipeline.run()
    assert pipeline.page(page_id)["version"]["number"] == 1


def test_a_ticket_waits_for_a_new_page_of_other_approvers(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two routes never decide on one draft, also where the page is not created yet."""
    use(monkeypatch, narrow(pipeline, "reviewer", "team-b"))
    _, review = in_review(pipeline, NEW_SUMMARY, NEW_TEXT)
    second = closed(pipeline, f"{NEW_SUMMARY} in winter", f"{NEW_TEXT} In winter too.", "team-b")
    pipeline.run()
    assert second not in document(pipeline)["issue_keys"]
    pipeline.decide(review, "APPROVED", "developer")
    pipeline.run()
    sweep({}, None)
    pipeline.run()
    own = next(each for each in pipeline.aws.documents() if second in each["issue_keys"])
    assert (own["kind"], own["status"]) == ("update", "in_review")


def test_a_ticket_of_another_route_with_the_same_approvers_joins(
    pipeline: Pipeline, page_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, narrow(pipeline, "reviewer", "team-b"), narrow(pipeline, "reviewer", "breaking-change"))
    first = closed(pipeline, SUMMARY, TEXT, "team-b")
    pipeline.run()
    second = closed(pipeline, f"{SUMMARY} in winter", f"{TEXT} In winter, too.", "breaking-change")
    pipeline.run()
    assert document(pipeline)["issue_keys"] == [first, second]
    assert document(pipeline)["route"]["labels"] == ["team-b"], "the first ticket's route stays"


def test_the_approvers_are_those_that_are_configured_now(
    pipeline: Pipeline, page_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, narrow(pipeline, "reviewer", "team-b"))
    key = closed(pipeline, SUMMARY, TEXT, "team-b")
    pipeline.run()
    use(monkeypatch, narrow(pipeline, "developer", "team-b"))
    pipeline.decide(pipeline.review_of(key), "APPROVED", "reviewer")
    pipeline.run()
    assert document(pipeline)["status"] == "in_review"
    pipeline.decide(pipeline.review_of(key), "APPROVED", "developer")
    pipeline.run()
    assert document(pipeline)["status"] == "published"


def test_a_removed_route_does_not_open_its_reviews_to_anyone(
    pipeline: Pipeline, page_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, narrow(pipeline, "reviewer", "team-b"))
    key = closed(pipeline, SUMMARY, TEXT, "team-b")
    pipeline.run()
    use(monkeypatch)
    pipeline.decide(pipeline.review_of(key), "APPROVED", "developer")
    pipeline.run()
    assert document(pipeline)["status"] == "in_review"


def test_targets_of_older_versions_have_the_default_route() -> None:
    choice = {"reason": "", "confidence": 1.0, "decided_by": "named", "candidates": [], "searched": []}
    target = {
        "kind": "update", "choice": choice, "title": "Refunds", "page_id": "1", "space_id": "", "parent_id": None,
        "joins": None, "unnamed": "",
    }  # fmt: skip
    [read] = stored_targets.from_json(json.dumps({"targets": [target], "refused": []})).targets
    assert read.route is None
