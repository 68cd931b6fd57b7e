"""Each seeded ticket goes to the page that a person would choose, and its draft is what a person would accept."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from benchmarks.corpus import ticket_of
from benchmarks.drafts.cases import Case
from benchmarks.drafts.drafters import MODEL, CaseClient, standin
from common import storage_format as sf
from common.atlassian.confluence_client import ConfluenceClient, Space
from common.atlassian.http_client import AtlassianHttp
from common.aws.bedrock_client import BedrockClient
from common.domain.ticket import Ticket
from common.markup import adf
from handlers.document_orchestrator.drafting.ask_model import draft_page, draft_update
from handlers.document_orchestrator.drafting.edit_page_prompt import PreviousDraft, Proposal
from handlers.document_orchestrator.page_selection.select_page import select_page
from handlers.document_orchestrator.page_selection.selection import CreatePage, NoDocument, UpdatePage
from handlers.document_orchestrator.writable_spaces import WritableSpaces
from local import atlassian, seed
from local.seed.ticket_text import to_document

TICKETS = json.loads((Path(seed.__file__).parent / "tickets.json").read_text("utf-8"))
PAGES = {
    "Search the dashboard by amount": "Merchant dashboard",
    "CSV export shows the byte-order mark in the first column": "Exports and reports",
    "Give merchants a weekend to repair a broken endpoint": "Webhooks for merchants",
    "Sandbox quotas as generous as production": "Rate limits",
    "Later deadline for same-day transfers in pounds": "Payouts",
    "Dispute deadline is shown in local time without saying so": "Disputes and chargebacks",
}


class Seeded:
    """The seeded site, with the pipeline's own client and the stand-in as its model."""

    def __init__(self, url: str, site: atlassian.Site) -> None:
        loaded = seed.load(site)
        account, browse = site.account("kinexus"), f"{url}/wiki"
        held = site.confluence.space_by_key(loaded.space_key)
        assert held is not None
        self.confluence = ConfluenceClient(
            AtlassianHttp(browse, account.email, lambda fresh: account.token), browse
        )
        self.spaces = WritableSpaces((Space(held.id, held.key, held.homepage_id),), browse)
        self.model = BedrockClient(CaseClient(standin(), Case("seed", "", "", "", ())), MODEL)

    def target(self, ticket: Ticket) -> object:
        selection = select_page(ticket, self.spaces, self.confluence, self.model)
        assert selection.unsure is None, "a newcomer's first ticket is not asked about its page"
        [judgement] = selection.judgements
        return judgement.target

    def proposed(self, ticket: Ticket, again: PreviousDraft | None = None) -> tuple[str, Proposal]:
        """The page that a ticket is drafted for, and the edits."""
        target = self.target(ticket)
        assert isinstance(target, UpdatePage)
        page = self.confluence.page(target.page_id)
        return page.storage, draft_update(self.model, page, [ticket], again)

    def drafted(self, ticket: Ticket, again: PreviousDraft | None = None) -> tuple[str, str]:
        """The page that a ticket is drafted for, as Markdown before and after."""
        before, proposal = self.proposed(ticket, again)
        return sf.to_markdown(before), sf.to_markdown(proposal.storage)


@pytest.fixture(scope="module")
def seeded() -> Iterator[Seeded]:
    site = atlassian.Site(search_lag=0.0)
    with atlassian.serve(site) as running:
        yield Seeded(running.url, site)


def ticket(given: dict[str, Any]) -> Ticket:
    """A seeded ticket, without a label that names its page."""
    labels = [label for label in given["labels"] if not label.startswith("docs:")]
    return ticket_of({**given, "description": adf.adf_to_text(to_document(given["text"])), "labels": labels})


def named(role: str) -> Ticket:
    return ticket(next(given for given in TICKETS if given.get("role") == role))


@pytest.mark.parametrize("given", TICKETS, ids=lambda given: given["summary"])
def test_ticket_goes_to_the_page_a_person_would_choose(seeded: Seeded, given: dict[str, Any]) -> None:
    target = seeded.target(ticket(given))
    if given.get("role") == "create":
        parent = seeded.confluence.page(getattr(target, "parent_id", ""))
        assert target == CreatePage("Instalments", parent.page_id, "API guide")
        assert parent.title == "API guide"
    elif given["summary"] in PAGES:
        assert isinstance(target, UpdatePage)
        assert target.title == PAGES[given["summary"]]
    else:
        assert target == NoDocument()


def test_values_are_replaced_in_the_sentence(seeded: Seeded) -> None:
    _, after = seeded.drafted(named("update"))
    for fact in ("12 times over 72 hours", "ten seconds to eight hours", "disable the endpoint", "e-mail"):
        assert fact in after
    for stale in ("8 times", "over 24 hours", "the event is dropped", "instead of"):
        assert stale not in after


def test_values_are_replaced_in_the_table(seeded: Seeded) -> None:
    before, after = seeded.drafted(named("revision"))
    for row in (
        "| Reading anything | 100 | 100 |",
        "| Creating payments | 50 | 50 |",
        "| Creating refunds | 20 | 20 |",
    ):
        assert row in after
    assert len(before.splitlines()) == len(after.splitlines())
    _, payouts = seeded.drafted(named("conflict"))
    assert "| GBP | Faster Payments | 19:30 | the same day |" in payouts
    assert "17:00" not in payouts


def test_feedback_is_followed_and_not_pasted(seeded: Seeded) -> None:
    feedback = "Please name the daily ceiling under “Asking for more”."
    before, after = seeded.drafted(named("revision"), PreviousDraft("", feedback))
    assert "Test keys also have a daily ceiling" in after.partition("Asking for more")[2]
    assert "lease name" not in after
    assert before != after


@pytest.mark.parametrize("role", ["update", "revision", "conflict"])
def test_other_feedback_changes_the_recorded_draft(seeded: Seeded, role: str) -> None:
    """What the first draft got right stays, and one sentence is added."""
    _, first = seeded.drafted(named(role))
    _, proposal = seeded.proposed(
        named(role), PreviousDraft("", "Please mention that sandbox accounts are next.")
    )
    after = sf.to_markdown(proposal.storage)
    assert " Sandbox accounts are next." in after
    assert after.replace(" Sandbox accounts are next.", "") == first
    assert "changed for the feedback by rules" in proposal.summary
    _, unclear = seeded.proposed(named(role), PreviousDraft("", "This reads badly."))
    assert sf.to_markdown(unclear.storage) == first
    assert "no rule of the stand-in can follow the feedback" in unclear.summary


def test_feedback_says_where_to_write_and_what_to_leave_out(seeded: Seeded) -> None:
    feedback = "Please add that we answer in a day under “When you hit one”."
    _, placed = seeded.drafted(named("revision"), PreviousDraft("", feedback))
    assert "We answer in a day." in placed.partition("When you hit one")[2].partition("Asking for more")[0]
    _, without = seeded.drafted(named("revision"), PreviousDraft("", "Please leave out the daily ceiling."))
    assert "daily ceiling" not in without
    assert "| Reading anything | 100 | 100 |" in without


def test_new_page_follows_feedback(seeded: Seeded) -> None:
    again = PreviousDraft("", "Please mention that sandbox accounts are next.")
    page = sf.to_markdown(draft_page(seeded.model, "Instalments", "", [named("create")], again).storage)
    assert "Sandbox accounts are next." in page
    assert "Offering instalments" in page


@pytest.mark.parametrize(
    "given", [given for given in TICKETS if given["summary"] in PAGES], ids=lambda given: given["summary"]
)
@pytest.mark.parametrize("feedback", ["", "Please name the daily ceiling under “Asking for more”."])
def test_each_edit_quotes_the_ticket_in_whole_clauses(
    seeded: Seeded, given: dict[str, Any], feedback: str
) -> None:
    asked = ticket(given)
    _, proposal = seeded.proposed(asked, PreviousDraft("", feedback) if feedback else None)
    assert len(proposal.because) == len(proposal.edits)
    for reason in proposal.because:
        assert reason.source
        [line] = [line for line in asked.said.splitlines() if reason.quote in line]
        assert line.partition(reason.quote)[2][:1] in ("", ",", ";", ":", ".")
    assert not proposal.unsourced


def test_new_page_has_all_facts_of_the_ticket(seeded: Seeded) -> None:
    asked = named("create")
    page = sf.to_markdown(draft_page(seeded.model, "Instalments", "", [asked], None).storage)
    for fact in (
        "DE, AT and NL",
        "three or six",
        "credit risk",
        "Settings → Instalments",
        "60 EUR",
        '"count": 6',
        "late",
    ):
        assert fact in page
    assert asked.summary not in page


def test_recorded_answer_says_so_and_serves_only_its_ticket(seeded: Seeded) -> None:
    page = seeded.confluence.page(getattr(seeded.target(named("conflict")), "page_id", ""))
    proposal = draft_update(seeded.model, page, [named("conflict")], None)
    assert "a recorded answer" in proposal.summary
    other = ticket_of({"summary": named("conflict").summary, "description": "Until 20:15 UTC."})
    assert "without a model" in draft_update(seeded.model, page, [other], None).summary
