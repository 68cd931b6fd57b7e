"""The whole choice, against the simulator: people win, restricted pages stay out, the record says who decided."""

from __future__ import annotations

from dataclasses import replace

import pytest

from handlers.document_orchestrator.page_selection.llm_judge import MAX_CANDIDATES
from handlers.document_orchestrator.page_selection.select_page import select_page
from handlers.document_orchestrator.page_selection.selection import (
    CreatePage,
    NoDocument,
    UnnamedPage,
    UpdatePage,
)
from handlers.document_orchestrator.writable_spaces import WritableSpaces
from tests.retrieval.space import Docs
from tests.retrieval.test_judge import FINE, Scripted
from tests.retrieval.tickets import ticket

ABOUT = "<p>Invoices have burst limits: max_burst invoices a minute.</p>"
SUMMARY = "Add burst limits to invoices"


def url(docs: Docs, title: str, space: str = "SD") -> str:
    return f"{docs.site.browse_url}/spaces/{space}/pages/{docs.ids[title]}/x"


def test_the_model_decides_among_what_was_found_and_the_record_shows_all(docs: Docs) -> None:
    docs.page("Billing", ABOUT)
    docs.page("Invoices", ABOUT)
    choice = select_page(ticket(SUMMARY), docs.site, docs.confluence, Scripted({**FINE, "label": "B"}))
    (judgement,) = choice.judgements
    assert judgement.decided_by == "model"
    assert judgement.target == UpdatePage(judgement.candidates[1].page_id, judgement.candidates[1].title)
    assert [each.title for each in judgement.candidates] == ["Invoices", "Billing"]
    assert judgement.candidates[0].score > judgement.candidates[1].score > 0
    assert judgement.candidates[0].url.startswith(docs.site.browse_url)
    assert choice.searched == tuple(docs.confluence.searched) or set(choice.searched) == set(
        docs.confluence.searched
    )
    assert choice.tokens == (100, 10)


def test_without_a_model_the_ranking_decides_and_says_so(docs: Docs) -> None:
    page_id = docs.page("Invoices", ABOUT)
    docs.page("Onboarding", "<p>Welcome. Add your invoices here.</p>")
    (judgement,) = select_page(ticket(SUMMARY), docs.site, docs.confluence, None).judgements
    assert (judgement.decided_by, judgement.target) == ("fallback", UpdatePage(page_id, "Invoices"))
    assert "“Invoices” is nearest" in judgement.reason


def test_without_any_page_the_fallback_creates(docs: Docs) -> None:
    (judgement,) = select_page(ticket("Prometheus metrics"), docs.site, docs.confluence, None).judgements
    assert judgement.target == CreatePage("Prometheus metrics", None)


def test_a_label_wins_over_any_search_and_costs_none(docs: Docs) -> None:
    docs.page("Invoices", ABOUT)
    page_id = docs.page("Onboarding", "<p>Welcome.</p>", space="OPS")
    model = Scripted()
    choice = select_page(ticket(SUMMARY, labels=(f"docs:{page_id}",)), docs.site, docs.confluence, model)
    (judgement,) = choice.judgements
    assert (judgement.target, judgement.decided_by, judgement.confidence) == (
        UpdatePage(page_id, "Onboarding"),
        "named",
        1.0,
    )
    assert docs.confluence.searched == []
    assert model.prompts == []


def test_several_named_pages_are_several_documents(docs: Docs) -> None:
    ids = [docs.page(title, ABOUT) for title in ("One", "Two", "Three")]
    asked = ticket(SUMMARY, f"See {url(docs, 'Two')}.", labels=(f"docs:{ids[0]}",))
    choice = select_page(
        asked, docs.site, docs.confluence, None, remote_links=[url(docs, "Three"), url(docs, "Two")]
    )
    assert [judgement.target for judgement in choice.judgements] == [
        UpdatePage(ids[0], "One"),
        UpdatePage(ids[1], "Two"),
        UpdatePage(ids[2], "Three"),
    ]


def test_named_pages_that_we_may_not_edit_are_refused_with_the_reason(docs: Docs) -> None:
    good = docs.page("Invoices", ABOUT)
    secret = docs.page("Payroll", ABOUT, space="SECRET")
    store = docs.simulated.confluence
    store.set_status(store.pages[docs.page("Old", ABOUT)], "archived")
    labels = (f"docs:{good}", f"docs:{secret}", f"docs:{docs.ids['Old']}", "docs:424242", "docs:payroll")
    choice = select_page(ticket(SUMMARY, labels=labels), docs.site, docs.confluence, None)
    assert [judgement.target for judgement in choice.judgements] == [UpdatePage(good, "Invoices")]
    reasons = [refused.reason for refused in choice.refused]
    assert "outside the spaces that we may write to (SD, OPS)" in reasons[0]
    assert "is archived" in reasons[1]
    assert "there is no page 424242" in reasons[2]
    assert "names no page" in reasons[3]


def test_an_order_that_cannot_be_followed_is_not_replaced_by_a_guess(docs: Docs) -> None:
    docs.page("Invoices", ABOUT)
    secret = docs.page("Payroll", ABOUT, space="SECRET")
    choice = select_page(ticket(SUMMARY, labels=(f"docs:{secret}",)), docs.site, docs.confluence, Scripted())
    (judgement,) = choice.judgements
    assert (judgement.target, judgement.decided_by) == (NoDocument(), "named")
    assert docs.confluence.searched == []


def test_a_link_elsewhere_is_told_and_the_search_goes_on(docs: Docs) -> None:
    page_id = docs.page("Invoices", ABOUT)
    docs.page("Payroll", ABOUT, space="SECRET")
    choice = select_page(ticket(SUMMARY, url(docs, "Payroll", "SECRET")), docs.site, docs.confluence, None)
    assert choice.judgements[0].target == UpdatePage(page_id, "Invoices")
    assert len(choice.refused) == 1


def test_pages_that_not_everyone_may_view_are_no_candidates_unless_named(docs: Docs) -> None:
    open_to_all = docs.page("Billing", ABOUT)
    store, readers = docs.simulated.confluence, (docs.simulated.account("kinexus").account_id,)
    hidden = docs.page("Invoices burst limits", ABOUT)
    above = docs.page("Board papers", "<p>Confidential.</p>")
    docs.page("Invoices", ABOUT, under=above)
    for page_id in (hidden, above):
        store.pages[page_id].readers = readers
    (judgement,) = select_page(ticket(SUMMARY), docs.site, docs.confluence, None).judgements
    assert judgement.target == UpdatePage(open_to_all, "Billing")
    assert [each.page_id for each in judgement.candidates] == [open_to_all]
    (named,) = select_page(
        ticket(SUMMARY, labels=(f"docs:{hidden}",)), docs.site, docs.confluence, None
    ).judgements
    assert named.target == UpdatePage(hidden, "Invoices burst limits")


def test_a_new_page_that_was_moved_below_a_restricted_one_is_no_candidate_while_the_search_lags(
    docs: Docs,
) -> None:
    docs.simulated.confluence_search_lag = 3600.0
    store = docs.simulated.confluence
    papers = docs.page("Board papers", "<p>Confidential.</p>")
    of_2026 = docs.page("Papers of 2026", "<p>Newer.</p>", under=papers)
    new = docs.confluence.page(docs.page("Invoices", ABOUT, under=of_2026))
    assert docs.confluence.search("text ~ invoices") == ()

    def candidates() -> list[str]:
        (judgement,) = select_page(
            ticket(SUMMARY), docs.site, docs.confluence, None, just_created=[new]
        ).judgements
        return [each.page_id for each in judgement.candidates]

    assert candidates() == [new.page_id]
    store.pages[papers].readers = (docs.simulated.account("kinexus").account_id,)
    assert candidates() == []


KINDS = ("folder", "whiteboard", "database", "embed")


def trusting(docs: Docs) -> WritableSpaces:
    return replace(docs.site, trust_folders=True)


@pytest.mark.parametrize("kind", KINDS)
def test_the_best_page_below_a_folder_is_chosen_by_a_person_or_where_folders_are_trusted(
    docs: Docs, kind: str
) -> None:
    docs.page("Billing", "<p>Invoices.</p>")
    page_id = docs.page("Invoices burst limits", ABOUT, under=docs.container(kind))
    model = Scripted(FINE)
    choice = select_page(ticket(SUMMARY), docs.site, docs.confluence, model)
    (judgement,) = choice.judgements
    assert judgement.target == UnnamedPage(page_id)
    assert f"page {page_id} fits best" in judgement.reason
    assert "burst limits" not in repr(choice).replace(repr(choice.searched), "")
    assert model.prompts == []
    for site, labels in ((trusting(docs), ()), (docs.site, (f"docs:{page_id}",))):
        (judgement,) = select_page(ticket(SUMMARY, labels=labels), site, docs.confluence, None).judgements
        assert judgement.target == UpdatePage(page_id, "Invoices burst limits")


@pytest.mark.parametrize("kind", KINDS)
def test_a_restriction_above_a_folder_closes_what_is_below_even_where_folders_are_trusted(
    docs: Docs, kind: str
) -> None:
    other = docs.page("Billing", ABOUT)
    secret = docs.page("Secret", "<p>x</p>")
    page_id = docs.page(
        "Invoices burst limits", ABOUT, under=docs.container(kind, docs.container(kind, secret))
    )
    docs.restrict(secret)
    (judgement,) = select_page(ticket(SUMMARY), docs.site, docs.confluence, None).judgements
    assert judgement.target == UnnamedPage(page_id)
    model = Scripted(FINE)
    (judgement,) = select_page(ticket(SUMMARY), trusting(docs), docs.confluence, model).judgements
    assert judgement.target == UpdatePage(other, "Billing")
    assert [each.page_id for each in judgement.candidates] == [other]
    assert "Title: Invoices burst limits" not in model.prompts[0].partition("<candidates>")[2]


def test_a_live_doc_is_chosen_by_a_person_only(docs: Docs) -> None:
    page_id = docs.page("Invoices burst limits", ABOUT)
    docs.simulated.confluence.pages[page_id].is_live = True
    (judgement,) = select_page(ticket(SUMMARY), trusting(docs), docs.confluence, Scripted(FINE)).judgements
    assert judgement.target == UnnamedPage(page_id)
    assert "it is a live doc" in judgement.reason
    (judgement,) = select_page(
        ticket(SUMMARY, labels=(f"docs:{page_id}",)), docs.site, docs.confluence, None
    ).judgements
    assert judgement.target == UpdatePage(page_id, "Invoices burst limits")


def test_a_page_below_a_folder_that_is_not_the_best_is_passed_over(docs: Docs) -> None:
    best = docs.page("Invoices burst limits", ABOUT)
    docs.page("Billing", "<p>Invoices.</p>", under=docs.container("folder"))
    (judgement,) = select_page(ticket(SUMMARY), docs.site, docs.confluence, None).judgements
    assert judgement.target == UpdatePage(best, "Invoices burst limits")
    assert [each.page_id for each in judgement.candidates] == [best]


def test_a_page_below_a_folder_that_hardly_fits_hinders_no_new_page(docs: Docs) -> None:
    docs.page("Onboarding", "<p>Limits of patience.</p>", under=docs.container("folder"))
    (judgement,) = select_page(
        ticket("Zyxomatic lattice", "Zyxomatic lattice limits."), docs.site, docs.confluence, None
    ).judgements
    assert judgement.target == CreatePage("Zyxomatic lattice", None)
    assert "Onboarding" not in judgement.reason


def test_the_best_page_behind_restricted_ones_is_asked_for_and_those_are_not_told(docs: Docs) -> None:
    for number in range(7):
        docs.restrict(docs.page(f"Invoices burst limits {number}", ABOUT))
    page_id = docs.page("Invoices", ABOUT, under=docs.container("folder"))
    (judgement,) = select_page(ticket(SUMMARY), docs.site, docs.confluence, None).judgements
    assert judgement.target == UnnamedPage(page_id)
    assert not any(docs.ids[f"Invoices burst limits {number}"] in judgement.reason for number in range(7))


def test_what_is_above_candidates_is_asked_once(docs: Docs) -> None:
    above = docs.page("Finance", "<p>Money.</p>")
    for number in range(8):
        docs.page(f"Invoices {number}", ABOUT, under=above)
    select_page(ticket(SUMMARY), docs.site, docs.confluence, None)
    paths = [call.path for call in docs.simulated.calls("confluence", "kinexus")]
    assert len([path for path in paths if path.endswith("/ancestors")]) == 1
    assert len([path for path in paths if "/restriction/" in path]) == MAX_CANDIDATES + 2
