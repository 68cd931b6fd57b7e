"""Review tickets in company projects: required fields, lean create screens, other link types. One ticket per document.

With the doubles of AWS, the simulator and the Bedrock stand-in. Not proven: how long the index of a real site lags.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import pytest

from common.atlassian.jira_client import JiraClient
from handlers.document_orchestrator.handler import handle as orchestrate
from handlers.review_ticket_creator import dependencies
from handlers.review_ticket_creator.create_ticket import SEARCH_AFTER_SECONDS
from handlers.review_ticket_creator.handler import handle as open_review
from local.atlassian import Fault
from local.atlassian.jira.screens import CustomField, Screens
from tests.handlers.aws import deliver
from tests.handlers.pipeline import Pipeline, reset_functions
from tests.handlers.test_pipeline import SUMMARY, TEXT, in_review, page_id

__all__ = ["page_id"]

TEAM = CustomField("customfield_10050", "Team", "option", ("Docs", "Web"), required=True)
LEAN = Screens(create=frozenset({"summary", "issuetype", "project", "reporter"}), custom=(TEAM,))
EVERY = Screens(custom=(TEAM,))


@dataclass
class Company:
    """A pipeline whose reviews are in a company project, and the clock of our functions and of the site."""

    pipeline: Pipeline
    now: float

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.now += seconds
        self.pipeline.site.clock.advance(seconds)

    def drafted(self) -> tuple[str, list[dict[str, Any]]]:
        """Bring a ticket to its draft; return its key and the message for the review ticket's creator."""
        key = self.pipeline.create_ticket(SUMMARY, TEXT, ["needs-docs"])
        self.pipeline.finish(key)
        assert deliver(orchestrate, self.pipeline.aws.messages("DocumentOrchestrator")) == []
        return key, self.pipeline.aws.messages("ReviewTicketCreator")

    def reviews(self) -> list[Any]:
        """Return the tickets of the company project."""
        return [issue for issue in self.pipeline.site.jira.issues.values() if issue.project == "DOCS"]

    def status(self) -> str:
        """Return the document's status."""
        [document] = self.pipeline.aws.documents()
        return str(document["status"])


@pytest.fixture
def company(pipeline: Pipeline, page_id: str, monkeypatch: pytest.MonkeyPatch) -> Company:
    site = pipeline.site
    site.jira.add_project("DOCS", "Documentation", LEAN)
    site.jira.link_types = {"10777": ("Related", "is related to", "relates to")}
    site.jira_search_lag = 300
    monkeypatch.setenv("JIRA_REVIEW_PROJECT_KEY", "DOCS")
    monkeypatch.setenv("REVIEW_LINK_TYPE", "Related")
    monkeypatch.setenv("REVIEW_FIELDS", json.dumps({TEAM.id: {"value": "Docs"}}))
    reset_functions()
    company = Company(pipeline, site.clock.peek().timestamp())
    monkeypatch.setattr(dependencies, "time", SimpleNamespace(time=lambda: company.now))
    return company


def set_screens(company: Company, screens: Screens) -> None:
    project = company.pipeline.site.jira.projects["DOCS"]
    company.pipeline.site.jira.projects["DOCS"] = type(project)(
        project.id, project.key, project.name, screens
    )


@pytest.mark.parametrize("screens", [LEAN, EVERY], ids=["lean", "every field"])
def test_a_company_project_gets_whole_reviews(company: Company, page_id: str, screens: Screens) -> None:
    set_screens(company, screens)
    key, review = in_review(company.pipeline)
    issue = company.pipeline.jira("reviewer", "GET", f"/rest/api/3/issue/{review}?properties=*all")
    assert issue["fields"]["labels"] == ["documentation-review", "auto-generated", "kinexus-ai"]
    assert issue["fields"][TEAM.id]["value"] == "Docs"
    assert "How to decide" in json.dumps(issue["fields"]["description"])
    assert issue["properties"]["kinexus.review"]["revision"] == 1
    assert [link["type"]["name"] for link in issue["fields"]["issuelinks"]] == ["Related"]
    company.pipeline.decide(review, "NEEDS REVISION\nMention the currency.")
    company.pipeline.run()
    company.pipeline.decide(review, "APPROVED")
    company.pipeline.run()
    assert company.pipeline.page(page_id)["version"]["number"] == 2
    assert company.pipeline.review_of(key) == review


def test_links_are_made_at_once_where_the_screen_has_them(company: Company) -> None:
    set_screens(company, EVERY)
    in_review(company.pipeline)
    paths = [call.path for call in company.pipeline.site.calls("jira", "kinexus") if call.method == "POST"]
    assert "/rest/api/3/issue" in paths
    assert "/rest/api/3/issueLink" not in paths


def test_an_unanswered_creation_waits_for_the_search_index(company: Company) -> None:
    """The copy is deferred by the visibility timeout, and one that comes earlier is deferred again."""
    key, messages = company.drafted()
    lost = Fault("drop", method="POST", path=r"/rest/api/3/issue(\?|$)", after=True)
    company.pipeline.site.faults.add(lost)
    assert deliver(open_review, messages) == []
    [copy] = company.pipeline.aws.messages("ReviewTicketCreator")
    assert copy["Delay"] >= SEARCH_AFTER_SECONDS
    company.wait(60)
    assert deliver(open_review, [copy]) == []
    [again] = company.pipeline.aws.messages("ReviewTicketCreator")
    assert again["Delay"] >= SEARCH_AFTER_SECONDS - 60
    assert company.status() == "drafted"
    company.wait(again["Delay"])
    assert deliver(open_review, [again]) == []
    [review] = company.reviews()
    assert company.status() == "in_review"
    assert review.fields.labels[0] == "documentation-review"
    assert review.fields.description
    assert company.pipeline.review_of(key) == review.key


@pytest.mark.parametrize("dies_in", ["create_issue", "edit_issue", "link_issues"])
def test_a_dead_creation_is_found_by_search_and_property(
    company: Company, monkeypatch: pytest.MonkeyPatch, dies_in: str
) -> None:
    key, messages = company.drafted()
    whole = getattr(JiraClient, dies_in)

    def die(*arguments: Any, **named: Any) -> None:
        whole(*arguments, **named)
        raise RuntimeError("the process ended")

    with monkeypatch.context() as patched:
        patched.setattr(JiraClient, dies_in, die)
        assert len(deliver(open_review, messages)) == 1
    company.wait(SEARCH_AFTER_SECONDS + 1)
    assert deliver(open_review, messages, 2) == []
    [review] = company.reviews()
    assert company.pipeline.review_of(key) == review.key
    assert company.status() == "in_review"
    [document] = company.pipeline.aws.documents()
    assert "creating_since" not in document


def test_the_property_tells_our_tickets_apart(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another ticket that our account created in the meantime is not taken for the review."""
    _, messages = company.drafted()
    refused = Fault("status", status=500, method="POST", path=r"/rest/api/3/issue(\?|$)")
    company.pipeline.site.faults.add(refused)
    assert deliver(open_review, messages) == []
    fields = {"project": {"key": "DOCS"}, "issuetype": {"name": "Task"}, "summary": "Another"}
    company.pipeline.jira(
        "kinexus", "POST", "/rest/api/3/issue", {"fields": {**fields, TEAM.id: {"value": "Web"}}}
    )
    company.wait(SEARCH_AFTER_SECONDS + 1)
    assert deliver(open_review, company.pipeline.aws.messages("ReviewTicketCreator")) == []
    assert [issue.fields.summary == "Another" for issue in company.reviews()] == [True, False]
    assert company.status() == "in_review"


def test_a_missing_required_field_is_named_in_the_ticket(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REVIEW_FIELDS", "")
    reset_functions()
    key, messages = company.drafted()
    assert len(deliver(open_review, messages)) == 1
    [told] = company.pipeline.comments(key)
    assert "Team is required." in told
