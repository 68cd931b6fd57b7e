"""Which pages become candidates, with searches by the simulator's CQL."""

from __future__ import annotations

import threading
from collections.abc import Iterable

import pytest

from common.atlassian.confluence_client import ConfluencePage, SearchHit
from handlers.document_orchestrator.page_selection.candidates import OpenDraft, gather_candidates
from handlers.document_orchestrator.page_selection.cql_queries import CqlQuery
from handlers.document_orchestrator.page_selection.select_page import search_and_decide, select_page
from tests.handlers.document_orchestrator.page_selection.space import Docs
from tests.handlers.document_orchestrator.page_selection.tickets import ticket

ASK = ticket("Add burst limits to invoices", "Bursts of invoices are cut at max_burst.")
ABOUT = "<p>Invoices have burst limits: max_burst invoices a minute.</p>"


def found(docs: Docs, **options: object) -> list[str]:
    _, ranked, _ = search_and_decide(ASK, docs.site, docs.confluence, **options)  # type: ignore[arg-type]
    return [each.page.title for each in ranked]


def test_four_searches_and_one_request_for_bodies(docs: Docs) -> None:
    for number in range(60):
        docs.page(f"Invoices {number}", ABOUT)
    found(docs)
    assert len(docs.confluence.searched) == 4
    assert len(docs.confluence.read) == 1
    assert len(docs.confluence.read[0]) <= 50


def test_searches_run_concurrently() -> None:
    together = threading.Barrier(4, timeout=5)

    class Slow:
        def search(self, cql: str, limit: int = 25) -> tuple[SearchHit, ...]:
            together.wait()
            return ()

        def pages(self, page_ids: Iterable[str]) -> tuple[ConfluencePage, ...]:
            raise AssertionError("nothing was found, nothing is to be read")

    assert gather_candidates(Slow(), [CqlQuery("type = page", 5, 1.0)] * 4, ["1"]) == ()


@pytest.mark.parametrize(
    ("title", "storage"),
    [
        ("Template: invoices with burst limits", ABOUT),
        ("[Template] Invoices burst limits", ABOUT),
        ("2026-03-02 Invoices burst limits", ABOUT),
        ("Invoices meeting notes, 3 March", ABOUT),
        ("Release notes 2.4 invoices burst limits", ABOUT),
        ("Retrospective: invoices, sprint 12", ABOUT),
        ("What's new in invoices, October", ABOUT),
        ("All about invoices and bursts", '<p>Invoices</p><ac:structured-macro ac:name="children" />'),
        (
            "Index of invoices",
            "<ul>"
            + "".join(
                f'<li><a href="https://x.test/{n}">Invoices burst limits {n}</a></li>' for n in range(9)
            )
            + "</ul>",
        ),
    ],
)
def test_templates_notes_and_link_lists_are_not_candidates(docs: Docs, title: str, storage: str) -> None:
    docs.page("Billing", ABOUT)
    docs.page(title, storage)
    assert found(docs) == ["Billing"]


def test_left_out_pages_are_shown_with_their_reason_unless_restricted(docs: Docs) -> None:
    docs.page("Billing", ABOUT)
    docs.page("Release notes 2.4 invoices burst limits", ABOUT)
    docs.restrict(docs.page("[Template] Invoices burst limits", ABOUT))
    [judgement] = select_page(ASK, docs.site, docs.confluence, None).judgements
    shown = {page.title: page.left_out for page in judgement.candidates}
    assert shown == {
        "Billing": "",
        "Release notes 2.4 invoices burst limits": "its title has a date or version, so it is a record that is not "
        "kept up to date",
    }


@pytest.mark.parametrize(
    ("title", "storage"),
    [
        ("Invoice templates", ABOUT),
        ("Invoices and limits", f"{ABOUT}<p><ac:placeholder>Write about invoices</ac:placeholder></p>"),
        ("Release notes of invoices", ABOUT),
        ("How we write meeting notes about invoices", ABOUT),
        ("Changelog of invoices", ABOUT),
        ("Invoices overview", f'{ABOUT * 9}<ac:structured-macro ac:name="children" />'),
        (
            "Invoices and links",
            ABOUT * 9 + '<p>See <a href="https://x.test">limits</a> for more.</p>' * 5,
        ),
    ],
)
def test_pages_about_templates_or_with_some_links_are_candidates(
    docs: Docs, title: str, storage: str
) -> None:
    docs.page(title, storage)
    assert found(docs) == [title]


def test_archived_trashed_and_foreign_pages_are_not_candidates(docs: Docs) -> None:
    docs.page("Billing", ABOUT)
    docs.page("Billing operations", ABOUT, space="OPS")
    docs.page("Secret billing", ABOUT, space="SECRET")
    store = docs.simulated.confluence
    for title, status in (("Old billing", "archived"), ("Gone billing", "trashed")):
        store.set_status(store.pages[docs.page(title, ABOUT)], status)
    assert sorted(found(docs)) == ["Billing", "Billing operations"]


def test_search_results_outside_our_spaces_or_archived_are_dropped(docs: Docs) -> None:
    """Even if a search returned such pages: the check is made again on what was read."""
    ours = docs.page("Billing", ABOUT)
    foreign = docs.page("Secret billing", ABOUT, space="SECRET")
    archived = docs.page("Old billing", ABOUT)
    docs.simulated.confluence.set_status(docs.simulated.confluence.pages[archived], "archived")

    class AnswersAnything:
        def search(self, cql: str, limit: int = 25) -> tuple[SearchHit, ...]:
            return tuple(SearchHit(page_id, "", "", 1.0) for page_id in (foreign, archived, ours))

        def pages(self, page_ids: Iterable[str]) -> tuple[ConfluencePage, ...]:
            return docs.confluence.pages(page_ids)

    space_ids = [space.space_id for space in docs.site.spaces]
    found = gather_candidates(AnswersAnything(), [CqlQuery("type = page", 5, 1.0)], space_ids)
    assert [candidate.page_id for candidate in found] == [ours]


def test_pages_below_a_templates_page_are_not_candidates(docs: Docs) -> None:
    folder = docs.page("Templates", "<p>For copying.</p>")
    docs.page("Invoices", ABOUT, under=folder)
    assert found(docs) == []


def test_a_candidate_has_its_path_and_parent(docs: Docs) -> None:
    above = docs.page("Finance", "<p>Money.</p>")
    docs.page("Billing", ABOUT, under=above)
    _, (best, *_), _ = search_and_decide(ASK, docs.site, docs.confluence)
    assert (best.page.path, best.page.parent_id) == (("SD home", "Finance"), above)


def test_a_new_page_is_found_while_the_index_lags(docs: Docs) -> None:
    """Pages that were just created are passed to the search, and appear once when the index has them too."""
    docs.simulated.confluence_search_lag = 3600.0
    created = docs.confluence.page(docs.page("Billing", ABOUT))
    assert found(docs) == []
    assert found(docs, just_created=[created]) == ["Billing"]
    docs.simulated.confluence_search_lag = 0.0
    assert found(docs, just_created=[created]) == ["Billing"]


def test_an_open_draft_is_a_candidate(docs: Docs) -> None:
    docs.page("Onboarding", "<p>Welcome, this page has no invoices.</p>")
    draft = OpenDraft("doc-1", "Burst limits of invoices", ABOUT)
    assert found(docs, open_drafts=[draft])[0] == "Burst limits of invoices"
