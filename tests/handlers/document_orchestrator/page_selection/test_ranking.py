"""The lexical ranking: what raises a page, and what must not matter."""

from __future__ import annotations

import random
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.storage_format import Section
from handlers.document_orchestrator.page_selection.ranking import rank_pages
from tests.handlers.document_orchestrator.page_selection.tickets import ticket


@dataclass(frozen=True)
class Page:
    title: str
    sections: tuple[Section, ...] = ()
    path: tuple[str, ...] = ()


def page(title: str, *texts: str | tuple[str, str]) -> Page:
    sections = tuple(Section((), t) if isinstance(t, str) else Section((t[0],), t[1]) for t in texts)
    return Page(title, sections)


FILLER = (
    page("Onboarding", "Welcome to the team. Here is whom to ask."),
    page("Backups", "A snapshot is taken every night and kept for a month."),
    page("On-call", "The person on call answers pages within a quarter of an hour."),
)


def first(summary: str, *pages: Page, description: str = "", components: tuple[str, ...] = ()) -> str:
    asked = ticket(summary, description, components=components)
    return rank_pages(asked, [*FILLER, *pages])[0].page.title


def test_a_full_title_match_beats_a_partial_one() -> None:
    assert (
        first(
            "Add status field to Cluster",
            page("Cluster groups", "A cluster."),
            page("Clusters", "A cluster."),
        )
        == "Clusters"
    )


def test_the_changed_object_ranks_above_the_added_thing() -> None:
    """For "Add weight to racks", the page about racks ranks above the page about weights."""
    weights, racks = page("Weights", "Units of weight."), page("Racks", "Units of height.")
    assert first("Add weight to racks", weights, racks) == "Racks"


@pytest.mark.parametrize(
    "written", ["VirtualMachine", "virtual_machine", "virtual-machine", "virtual machines", "virtualmachine"]
)
@pytest.mark.parametrize("titled", ["Virtual Machines", "VirtualMachine", "Virtualmachine"])
def test_all_spellings_of_a_name_match(written: str, titled: str) -> None:
    assert (
        first(
            f"Add serial to {written}", page("Machine rooms", "Where machines stand."), page(titled, "Hosts.")
        )
        == titled
    )


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("apigateway", "API Gateway"),
        ("API gateway", "apigateway"),
        ("ApiGateway", "apigateway"),
        ("apigateways", "an API-Gateway"),
        ("datastore", "two data stores"),
        ("data store", "datastores"),
    ],
)
def test_words_written_together_match_in_text_and_headings(written: str, said: str) -> None:
    beside = page("Networks", "All traffic passes the firewall, which keeps its rules.")
    text = page("Traffic", f"All traffic passes {said}, which keeps its rules.")
    heading = page("Traffic", (said, "All traffic passes it, by its rules."))
    for asked in (f"Raise the limit of the {written}", f"{written}: higher limit"):
        assert first(asked, beside, text) == "Traffic"
        assert first(asked, beside, heading) == "Traffic"


def test_page_with_the_subject_as_a_heading_is_named() -> None:
    """Among pages that only mention the subject, the one with a section about it is first."""
    mentions = page("Orders", "Refund windows, refund windows and refund windows are mentioned.")
    section = page("Payments", ("Refund window", "It is 14 days."), "Cards and cash are accepted here.")
    ranked = rank_pages(ticket("Change refund window"), [*FILLER, mentions, section])
    assert {each.page.title: each.is_named for each in ranked[:2]} == {"Payments": True, "Orders": False}


def test_inflection_does_not_matter() -> None:
    assert (
        first("Invoice numbering per tenant", page("Numbers of invoices", "How they are numbered."))
        == "Numbers of invoices"
    )


def test_one_relevant_passage_counts_in_a_long_page() -> None:
    prose = "The service keeps orders, customers and shipments and talks to a warehouse. " * 40
    long = page("Order service", prose, ("Burst limits", "Bursts over the limit answer 429."), prose)
    short = page("Limits of liability", "The limits of what we owe.")
    assert first("Burst limits answer 429 with Retry-After", short, long) == "Order service"


def test_change_verbs_do_not_match_pages() -> None:
    about_acts = page("Adding new features", "Add, introduce, support, implement and enable new features.")
    assert (
        first("Add support for new invoices", about_acts, page("Billing", "An invoice is sent.")) == "Billing"
    )


def test_a_long_description_does_not_outweigh_the_summary() -> None:
    noise = "The snapshot taken every night is kept in the bucket. " * 50
    assert (
        first("Change webhook retries", page("Webhooks", "Retries of a webhook."), description=noise)
        == "Webhooks"
    )


def test_an_empty_summary_is_ranked_by_description_and_components() -> None:
    """A summary without content, such as "Improvements", leaves the ranking to the other fields."""
    billing = page("Invoices", "An invoice is numbered.")
    assert first("Improvements", billing, description="Invoices are numbered per tenant.") == "Invoices"
    assert first("Improvements", billing, components=("invoices",)) == "Invoices"


def test_the_scope_of_a_conventional_summary_is_a_component() -> None:
    assert first("feat(billing)!: add rounding", page("Billing", "Invoices.")) == "Billing"
    assert first("docs(api): say more (#1299)", page("1299 docs", "A page."), page("API", "All.")) == "API"


def test_links_and_issue_numbers_are_ignored() -> None:
    asked = ticket("Improvements (#1299)", "See https://tracker.test/billing/1299 and #1299.")
    assert rank_pages(asked, [page("Billing tracker 1299", "Test https.")])[0].score == 0


@pytest.mark.parametrize(
    "label", ["api-change", "breaking-change", "needs-docs", "documentation", "docs:12", "tech-debt"]
)
def test_only_topic_labels_match_pages(label: str) -> None:
    """Labels of the process (needs-docs, breaking-change …) match no page."""
    process = page("API changes, documentation and debt", "Breaking API changes need docs, 12 of them.")
    billing = page("Billing", "Invoices.")
    assert rank_pages(ticket("Improvements", labels=(label,)), [process, billing])[0].score == 0
    assert (
        rank_pages(ticket("Improvements", labels=(label, "billing")), [process, billing])[0].page is billing
    )


def test_a_ranking_explains_itself() -> None:
    (best, *_) = rank_pages(ticket("Burst limits"), [page("Limits", ("Bursts", "A burst is cut.")), *FILLER])
    assert "its title contains limits" in best.why
    assert "“Bursts”" in best.why
    assert best.nearest == (0,)
    assert best.is_named
    assert best.evidence > 1


def test_reason_names_words_and_no_single_letter() -> None:
    pages = [page("Delivery", "An e-mail is sent: e-mail with e, e, e and e to the owner."), *FILLER]
    best = rank_pages(ticket("Send an e-mail"), pages)[0]
    assert "mail" in best.why
    assert " e," not in f"{best.why},"


def test_empty_pages_and_tickets_score_zero() -> None:
    assert rank_pages(ticket("x"), []) == ()
    assert [each.score for each in rank_pages(ticket(""), FILLER)] == [0, 0, 0]
    assert rank_pages(ticket("Zebra"), [page("", ""), Page("", ())])[0].score == 0


words = st.text(alphabet="abc XY_-.é9", max_size=40)
pages = st.lists(st.builds(lambda t, h, b: page(t, (h, b), b), words, words, words), max_size=6)


@given(words, words, pages, st.randoms(use_true_random=False))
def test_scores_do_not_depend_on_the_candidate_order(
    summary: str, description: str, given: list[Page], chance: random.Random
) -> None:
    asked = ticket(summary, description)
    shuffled = chance.sample(given, len(given))
    scores = {id(each.page): each.score for each in rank_pages(asked, given)}
    again = {id(each.page): each.score for each in rank_pages(asked, shuffled)}
    assert scores == pytest.approx(again)
    for each in rank_pages(asked, given):
        assert each.score >= 0
        assert each.evidence >= 0
