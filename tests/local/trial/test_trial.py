"""Tickets of a site are tried through the handlers; the site's record shows nothing but reads.

The simulator is the site, and its record the proof. Handlers, gateway and site run in this process.
"""

from __future__ import annotations

import io
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import boto3
import pytest
import requests
from rich.console import Console

from handlers.jira_webhook_handler.handler import handle as notice_change
from local.atlassian import Fault
from local.trial import gateway, report
from local.trial.closings import Tickets, asking_labels
from local.trial.gateway import Gateway
from local.trial.made_up_site import MadeUpSite
from local.trial.play import Outcome, Stage
from local.trial.read_only_site import (
    Login,
    ReadOnlySite,
    SiteAddress,
    SiteRefused,
    check_site,
    is_read,
)
from tests.doubles import Wire
from tests.handlers.aws import REGION
from tests.handlers.conftest import aws, pipeline  # noqa: F401 (fixtures)
from tests.handlers.pipeline import Pipeline, reset_functions
from tests.secrets_in_use import WEBHOOK_SECRET

SUMMARY = "Give merchants a weekend to repair a broken webhook endpoint"
TEXT = "A webhook notification is attempted 12 times over 72 hours, instead of 8 times over 24 hours."
TOKEN_OF_THE_GATEWAY = "made-up-token-of-the-trial"


@dataclass
class Trial:
    """A trial on the simulated site."""

    pipeline: Pipeline
    site: ReadOnlySite
    made_up: MadeUpSite
    stage: Stage
    tickets: Tickets
    url: str

    def play(self, key: str) -> Outcome:
        return self.stage.play(self.tickets.closing(key))


@pytest.fixture
def trial(pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch) -> Trial:  # noqa: F811
    for hook in pipeline.jira("admin", "GET", "/rest/webhooks/1.0/webhook"):
        pipeline.jira("admin", "DELETE", hook["self"].removeprefix(pipeline.url))
    login = Login("admin@example.com", pipeline.site.account("admin").token)
    site = ReadOnlySite(SiteAddress(pipeline.url, f"{pipeline.url}/wiki", login, login))
    space = next(iter(pipeline.site.confluence.spaces.values())).key
    made_up = MadeUpSite(check_site(site, space))
    between = Gateway(site, made_up, TOKEN_OF_THE_GATEWAY)
    url = Wire().connect(monkeypatch).serve(4, between.application)
    for name, value in {
        "JIRA_BASE_URL": url,
        "CONFLUENCE_URL": f"{url}/wiki",
        "JIRA_EMAIL": gateway.EMAIL,
        "CONFLUENCE_EMAIL": gateway.EMAIL,
    }.items():
        monkeypatch.setenv(name, value)
    _use_token(TOKEN_OF_THE_GATEWAY)
    reset_functions()

    def notice_and_run(event: dict[str, Any], context: Any) -> dict[str, Any]:
        answer: dict[str, Any] = notice_change(event, context)
        pipeline.run()
        return answer

    pipeline.gateway.routes["/webhooks/jira"] = notice_and_run
    outputs = {
        "jiraWebhookUrl": f"{pipeline.gateway.url}/webhooks/jira",
        "changesTable": pipeline.aws.environment["CHANGES_TABLE"],
        "documentsTable": pipeline.aws.environment["DOCUMENTS_TABLE"],
        "logGroups": {},
    }
    client: Any = boto3.client
    stage = Stage(made_up, lambda name: client(name, region_name=REGION), outputs, WEBHOOK_SECRET, seconds=5)
    return Trial(pipeline, site, made_up, stage, Tickets(site, asking_labels()), url)


def _use_token(token: str) -> None:
    boto3.client("secretsmanager", region_name=REGION).put_secret_value(
        SecretId=os.environ["JIRA_API_TOKEN_SECRET_ARN"], SecretString=json.dumps({"apiToken": token})
    )


def closed_ticket(trial: Trial, summary: str, text: str, *labels: str) -> str:
    """Create and close a ticket at the site, before the trial."""
    key = trial.pipeline.create_ticket(summary, text, list(labels))
    trial.pipeline.finish(key)
    return key


@contextmanager
def only_reads(trial: Trial) -> Iterator[None]:
    """Check by the site's own record that the requests inside only read, and that nothing at the site changed."""
    site = trial.pipeline.site
    first, before = len(site.calls()), contents(trial)
    yield
    made = site.calls()[first:]
    assert len(made) > 5, "the functions read the site"
    assert [each for each in made if not is_read(each.method, each.path)] == []
    assert {each.account for each in made} == {"admin"}, "the gateway logs in with the person's own account"
    assert contents(trial) == before


def contents(trial: Trial) -> tuple[Any, ...]:
    """Return what the site holds: tickets with their comments, links and properties, and page versions."""
    site = trial.pipeline.site
    return (
        {key: repr(issue) for key, issue in site.jira.issues.items()},
        {page_id: repr(page) for page_id, page in site.confluence.pages.items()},
    )


def test_an_update_is_proposed_and_only_reads_reach_the_site(trial: Trial) -> None:
    key = closed_ticket(trial, SUMMARY, TEXT, "needs-docs")
    with only_reads(trial):
        outcome = trial.play(key)
    assert outcome.status == "documented"
    assert outcome.closing.as_if == ""
    [proposal] = outcome.proposals
    assert (proposal.kind, proposal.status) == ("update", "in_review")
    assert proposal.why
    assert proposal.considered
    assert any(proposal.title in each for each in proposal.considered)
    assert proposal.review_page is not None
    assert "<ins" in proposal.review_page
    assert proposal.review_ticket is not None
    assert proposal.review_ticket.sources == [key]
    assert any("Documentation drafted" in each for each in outcome.comments)


def test_a_new_page_is_proposed_and_only_reads_reach_the_site(trial: Trial) -> None:
    key = closed_ticket(
        trial, "Zyxomatic lattice for quibble gardeners", "Gardeners plant a zyxomatic lattice.", "needs-docs"
    )
    with only_reads(trial):
        outcome = trial.play(key)
    [proposal] = outcome.proposals
    assert (proposal.kind, proposal.status) == ("create", "in_review")
    assert "yxomatic" in proposal.title


def test_a_ticket_without_the_label_is_tried_as_if_it_had_it(trial: Trial) -> None:
    key = closed_ticket(trial, SUMMARY, TEXT)
    with only_reads(trial):
        outcome = trial.play(key)
    assert outcome.closing.as_if == "as if it had the label needs-docs"
    assert outcome.status == "documented"


def test_an_open_ticket_is_tried_as_if_it_was_closed(trial: Trial) -> None:
    key = trial.pipeline.create_ticket(SUMMARY, TEXT, ["needs-docs"])
    with only_reads(trial):
        outcome = trial.play(key)
    assert outcome.closing.as_if.startswith("as if it was closed now (its status is ")
    assert outcome.status == "documented"


def test_a_declined_ticket_says_why(trial: Trial) -> None:
    outcome = trial.play(closed_ticket(trial, "Tidy the tests", "Only tests.", "tech-debt"))
    assert (outcome.status, outcome.reason) == ("ignored", 'the label "tech-debt" declines documentation')
    assert outcome.proposals == ()


def test_tickets_do_not_meet_each_others_reviews(trial: Trial) -> None:
    first, second = (closed_ticket(trial, SUMMARY, TEXT, "needs-docs") for _ in range(2))
    with only_reads(trial):
        outcomes = [trial.play(key) for key in (first, second, first)]
    tickets = [proposal.review_ticket for outcome in outcomes for proposal in outcome.proposals]
    assert [ticket.sources for ticket in tickets if ticket] == [[first], [second], [first]]


def test_finished_tickets_of_the_last_days_are_found(trial: Trial) -> None:
    keys = [closed_ticket(trial, f"Ticket {number}", TEXT, "needs-docs") for number in range(3)]
    still_open = trial.pipeline.create_ticket("Open", TEXT, ["needs-docs"])
    found = trial.tickets.closed_since(30, 20)
    assert set(keys) <= set(found)
    assert still_open not in found
    assert len(trial.tickets.closed_since(30, 2)) == 2
    assert trial.tickets.closed_since(30, 20, f"key = {keys[0]}") == [keys[0]]


def test_pages_are_saved_and_explained(trial: Trial, tmp_path: Path) -> None:
    outcome = trial.play(closed_ticket(trial, SUMMARY, TEXT))
    [file] = report.save(outcome, tmp_path)
    beside = file.with_name(f"{file.stem}-ticket.html")
    ticket = beside.read_text()
    assert "<ins" in file.read_text()
    assert f'href="{beside.name}"' in file.read_text(), "the made-up ticket exists only here"
    assert f'href="{file.name}"' in ticket, "the link of the review ends with the trial"
    assert "/reviews/" not in ticket
    assert "Considered" in ticket
    assert "How to decide" in ticket
    said = io.StringIO()
    console = Console(file=said, width=200)
    report.print_outcome(console, outcome, [file])
    for part in (outcome.proposals[0].title, "why this page: ", "considered ", str(file), "as if it had"):
        assert part in said.getvalue()
    report.print_table(console, [(outcome, [file])])
    assert f"update of “{outcome.proposals[0].title}”" in said.getvalue()


def test_without_the_gateways_token_nothing_passes(trial: Trial) -> None:
    first = len(trial.pipeline.site.calls())
    for login in (None, (gateway.EMAIL, "wrong"), ("admin@example.com", trial.site.address.jira.token)):
        answer = requests.get(f"{trial.url}/rest/api/3/myself", auth=login, timeout=5)
        assert answer.status_code == 401
    assert len(trial.pipeline.site.calls()) == first


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/rest/api/3/issue/bulk"),
        ("POST", "/rest/api/3/search/jql/"),
        ("POST", "/rest/api/3/search/jql/../../issue"),
        ("POST", "/rest/api/3/something/new"),
        ("PATCH", "/rest/api/3/issue/PAY2-1"),
        ("DELETE", "/wiki/api/v2/pages/1"),
        ("PUT", "/wiki/api/v2/pages/1"),
        ("POST", "/wiki/api/v2/pages"),
        ("PURGE", "/rest/api/3/myself"),
        ("GET", "/secure/DeleteIssue.jspa"),
        ("GET", "/rest/api/3/../../secure/Logout"),
    ],
)
def test_what_is_not_known_to_read_is_answered_here(trial: Trial, method: str, path: str) -> None:
    first = len(trial.pipeline.site.requests)
    request = requests.Request(method, trial.url, json={"a": 1}, auth=(gateway.EMAIL, TOKEN_OF_THE_GATEWAY))
    prepared = request.prepare()
    prepared.url = trial.url + path
    with requests.Session() as session:
        answer = session.send(prepared, timeout=5)
    assert answer.status_code in (200, 201, 204, 404)
    assert len(trial.pipeline.site.requests) == first
    with pytest.raises(ValueError, match="is not a read"):
        trial.site.send(method, path)


def test_no_header_can_turn_a_read_into_a_write(trial: Trial) -> None:
    key = trial.pipeline.create_ticket(SUMMARY, TEXT, [])
    before = contents(trial)
    for header in ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"):
        requests.get(
            f"{trial.url}/rest/api/3/issue/{key}",
            headers={header: "DELETE"}, auth=(gateway.EMAIL, TOKEN_OF_THE_GATEWAY), timeout=5,
        )  # fmt: skip
    assert contents(trial) == before


def test_a_made_up_ticket_can_be_read_again(trial: Trial) -> None:
    """As the functions do when a message is delivered again."""
    outcome = trial.play(closed_ticket(trial, SUMMARY, TEXT, "needs-docs"))
    ticket = outcome.proposals[0].review_ticket
    assert ticket is not None
    auth = (gateway.EMAIL, TOKEN_OF_THE_GATEWAY)
    issue = requests.get(f"{trial.url}/rest/api/3/issue/{ticket.issue_id}", auth=auth, timeout=5).json()
    assert (issue["key"], issue["fields"]["creator"]["accountId"]) == (
        ticket.key, trial.pipeline.site.account("admin").account_id,
    )  # fmt: skip
    listed = requests.get(f"{trial.url}/rest/api/3/issue/{ticket.key}/comment", auth=auth, timeout=5).json()
    ids = [int(each["id"]) for each in listed["comments"]]
    marks = requests.post(
        f"{trial.url}/rest/api/3/comment/list", json={"ids": ids}, auth=auth, timeout=5
    ).json()
    assert any(mark["key"] == "kinexus.comment" for each in marks["values"] for mark in each["properties"])
    found = requests.post(
        f"{trial.url}/rest/api/3/issue/bulkfetch", json={"issueIdsOrKeys": [ticket.key]}, auth=auth, timeout=5
    ).json()
    assert found["issues"][0]["properties"]["kinexus.review"]["document_id"]
    missing = requests.get(f"{trial.url}/rest/api/3/issue/{ticket.key}/properties/x", auth=auth, timeout=5)
    assert missing.status_code == 404


def test_an_outage_of_the_site_is_an_outage_for_the_functions(trial: Trial) -> None:
    trial.pipeline.site.faults.add(Fault("status", status=429, retry_after=7))
    answer = requests.get(
        f"{trial.url}/rest/api/3/myself", auth=(gateway.EMAIL, TOKEN_OF_THE_GATEWAY), timeout=5
    )
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "7")


def test_a_webhook_that_is_not_accepted_fails_its_ticket_only(trial: Trial) -> None:
    closing = trial.tickets.closing(closed_ticket(trial, SUMMARY, TEXT, "needs-docs"))
    broken = replace(trial.stage, webhook_secret="another").play(closing)
    assert broken.status == "failed"
    assert "401" in broken.reason
    assert trial.stage.play(closing).status == "documented"


def test_a_model_that_fails_is_an_outcome_with_its_reason(trial: Trial) -> None:
    trial.pipeline.model.fail_share("tool-choice", 1.0)
    trial.pipeline.gateway.routes["/webhooks/jira"] = notice_change
    stage = replace(trial.stage, seconds=0.2)
    outcome = stage.play(trial.tickets.closing(closed_ticket(trial, SUMMARY, TEXT, "needs-docs")))
    assert (outcome.status, outcome.reason) == ("unfinished", "not finished after 0 s")


def test_a_ticket_moved_on_from_done_is_tried_by_its_first_closing(trial: Trial) -> None:
    """An automation often closes what is done; only the move into the category done is the closing."""
    key = closed_ticket(trial, SUMMARY, TEXT, "needs-docs")
    before = json.loads(trial.tickets.closing(key).body)["changelog"]
    offered = trial.pipeline.jira("developer", "GET", f"/rest/api/3/issue/{key}/transitions")["transitions"]
    further = [each for each in offered if each["to"]["statusCategory"]["key"] == "done"]
    for each in further[:1]:
        body = {"transition": {"id": each["id"]}}
        trial.pipeline.jira("developer", "POST", f"/rest/api/3/issue/{key}/transitions", body)
    assert json.loads(trial.tickets.closing(key).body)["changelog"] == before
    assert trial.play(key).status == "documented"


def test_what_is_wrong_with_the_log_in_is_said_plainly(trial: Trial) -> None:
    address = trial.site.address
    wrong = ReadOnlySite(replace(address, jira=Login("admin@example.com", "wrong")))
    with pytest.raises(SiteRefused, match="the e-mail address or the API token is wrong") as told:
        check_site(wrong, "SD")
    assert "wrong-" not in str(told.value)
    with pytest.raises(SiteRefused, match="There is no space NOWHERE in Confluence"):
        check_site(trial.site, "SD, NOWHERE")
    with pytest.raises(SiteRefused, match="has no ticket PAY2-9999"):
        trial.tickets.closing("PAY2-9999")


def test_a_token_is_sent_encrypted_and_never_shown() -> None:
    login = Login("a@example.com", "secret-token")
    with pytest.raises(SiteRefused, match="so that the token is encrypted"):
        SiteAddress("http://example.atlassian.net", "https://example.atlassian.net/wiki", login, login)
    site = SiteAddress("https://example.atlassian.net", "https://example.atlassian.net/wiki", login, login)
    assert "secret-token" not in repr(site)
