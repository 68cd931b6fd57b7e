"""Page selection against the simulator: labels win, restricted pages stay out, the record says who decided."""

from __future__ import annotations

from dataclasses import replace

import pytest

from handlers.document_orchestrator.page_selection.select_page import select_page
from handlers.document_orchestrator.page_selection.selection import (
    CreatePage,
    NoDocument,
    UnnamedPage,
    UpdatePage,
)
from handlers.document_orchestrator.writable_spaces import WritableSpaces
from tests.handlers.document_orchestrator.page_selection.space import Docs
from tests.handlers.document_orchestrator.page_selection.test_judge import FINE, Scripted
from tests.handlers.document_orchestrator.page_selection.tickets import ticket

ABOUT = "<p>Invoices have burst limits: max_burst invoices a minute.</p>"
SUMMARY = "Add burst limits to invoices"


def url(docs: Docs, title: str, space: str = "SD") -> str:
    return f"{docs.site.browse_url}/spaces/{space}/pages/{docs.ids[title]}/x"


def test_the_model_decides_and_all_candidates_are_recorded(docs: Docs) -> None:
    """The record holds the candidates with their scores, the searches and the tokens."""
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
    assert choice.use is not None
    assert (choice.use.input_tokens, choice.use.output_tokens) == (100, 10)


def test_without_a_model_the_ranking_decides(docs: Docs) -> None:
    """The record says that it was the fallback, and why."""
    page_id = docs.page("Invoices", ABOUT)
    docs.page("Onboarding", "<p>Welcome. Add your invoices here.</p>")
    (judgement,) = select_page(ticket(SUMMARY), docs.site, docs.confluence, None).judgements
    assert (judgement.decided_by, judgement.target) == ("fallback", UpdatePage(page_id, "Invoices"))
    assert "“Invoices” match the ticket best" in judgement.reason


def test_without_any_page_the_fallback_creates_one(docs: Docs) -> None:
    (judgement,) = select_page(ticket("Prometheus metrics"), docs.site, docs.confluence, None).judgements
    assert judgement.target == CreatePage("Prometheus metrics", None)


def test_a_label_wins_without_any_search(docs: Docs) -> None:
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


def test_each_named_page_gets_a_decision(docs: Docs) -> None:
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


def test_named_pages_we_cannot_edit_are_refused_with_a_reason(docs: Docs) -> None:
    good = docs.page("Invoices", ABOUT)
    secret = docs.page("Payroll", ABOUT, space="SECRET")
    store = docs.simulated.confluence
    store.set_status(store.pages[docs.page("Old", ABOUT)], "archived")
    labels = (f"docs:{good}", f"docs:{secret}", f"docs:{docs.ids['Old']}", "docs:424242", "docs:payroll")
    choice = select_page(ticket(SUMMARY, labels=labels), docs.site, docs.confluence, None)
    assert [judgement.target for judgement in choice.judgements] == [UpdatePage(good, "Invoices")]
    reasons = [refused.reason for refused in choice.refused]
    assert "outside the spaces that Kinexus may write to (SD, OPS)" in reasons[0]
    assert "is archived" in reasons[1]
    assert "the page 424242 does not exist" in reasons[2]
    assert "not a page id" in reasons[3]


def test_a_refused_label_does_not_start_a_search(docs: Docs) -> None:
    """If a label names a page that cannot be edited, no other page is guessed."""
    docs.page("Invoices", ABOUT)
    secret = docs.page("Payroll", ABOUT, space="SECRET")
    choice = select_page(ticket(SUMMARY, labels=(f"docs:{secret}",)), docs.site, docs.confluence, Scripted())
    (judgement,) = choice.judgements
    assert (judgement.target, judgement.decided_by) == (NoDocument(), "named")
    assert docs.confluence.searched == []


def test_a_refused_link_is_reported_and_the_search_continues(docs: Docs) -> None:
    """A link to a page that cannot be edited is no order, unlike a label."""
    page_id = docs.page("Invoices", ABOUT)
    docs.page("Payroll", ABOUT, space="SECRET")
    choice = select_page(ticket(SUMMARY, url(docs, "Payroll", "SECRET")), docs.site, docs.confluence, None)
    assert choice.judgements[0].target == UpdatePage(page_id, "Invoices")
    assert len(choice.refused) == 1


def test_restricted_pages_are_candidates_only_if_named(docs: Docs) -> None:
    """A page with view restrictions, its own or inherited, is used only if a person names it."""
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


def test_a_new_page_below_a_restricted_one_is_skipped(
    docs: Docs,
) -> None:
    """A new page that was moved below a restricted page is no candidate, even while the search index lags."""
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
def test_a_page_below_a_folder_needs_a_person_or_trust(docs: Docs, kind: str) -> None:
    """The restrictions of a folder are unknown: a person names the page, or the setting trusts folders."""
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
def test_a_restriction_above_a_folder_also_applies_with_trusted_folders(docs: Docs, kind: str) -> None:
    """A page below it is no candidate and does not appear in the prompt."""
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


def test_only_a_person_can_choose_a_live_doc(docs: Docs) -> None:
    page_id = docs.page("Invoices burst limits", ABOUT)
    docs.simulated.confluence.pages[page_id].is_live = True
    (judgement,) = select_page(ticket(SUMMARY), trusting(docs), docs.confluence, Scripted(FINE)).judgements
    assert judgement.target == UnnamedPage(page_id)
    assert "it is a live doc" in judgement.reason
    (judgement,) = select_page(
        ticket(SUMMARY, labels=(f"docs:{page_id}",)), docs.site, docs.confluence, None
    ).judgements
    assert judgement.target == UpdatePage(page_id, "Invoices burst limits")


def test_a_lower_ranked_page_below_a_folder_is_skipped(docs: Docs) -> None:
    """It is only asked for if it would have been the best match."""
    best = docs.page("Invoices burst limits", ABOUT)
    docs.page("Billing", "<p>Invoices.</p>", under=docs.container("folder"))
    (judgement,) = select_page(ticket(SUMMARY), docs.site, docs.confluence, None).judgements
    assert judgement.target == UpdatePage(best, "Invoices burst limits")
    assert [each.page_id for each in judgement.candidates] == [best]


def test_a_weak_match_below_a_folder_allows_a_new_page(docs: Docs) -> None:
    """A page below a folder that hardly matches does not keep the fallback from creating a page."""
    docs.page("Onboarding", "<p>Limits of patience.</p>", under=docs.container("folder"))
    (judgement,) = select_page(
        ticket("Zyxomatic lattice", "Zyxomatic lattice limits."), docs.site, docs.confluence, None
    ).judgements
    assert judgement.target == CreatePage("Zyxomatic lattice", None)
    assert "Onboarding" not in judgement.reason


def test_restricted_pages_are_not_mentioned_when_asking_for_a_name(docs: Docs) -> None:
    """A ticket is asked to name the page below a folder; restricted pages that rank higher stay unmentioned."""
    for number in range(7):
        docs.restrict(docs.page(f"Invoices burst limits {number}", ABOUT))
    page_id = docs.page("Invoices", ABOUT, under=docs.container("folder"))
    (judgement,) = select_page(ticket(SUMMARY), docs.site, docs.confluence, None).judgements
    assert judgement.target == UnnamedPage(page_id)
    assert not any(docs.ids[f"Invoices burst limits {number}"] in judgement.reason for number in range(7))


def test_ancestors_and_restrictions_take_two_requests(docs: Docs) -> None:
    above = docs.page("Finance", "<p>Money.</p>")
    for number in range(8):
        docs.page(f"Invoices {number}", ABOUT, under=above)
    choice = select_page(ticket(SUMMARY), docs.site, docs.confluence, None)
    paths = [call.path for call in docs.simulated.calls("confluence", "kinexus")]
    assert not [path for path in paths if path.endswith("/ancestors") or "/restriction/" in path]
    assert len([path for path in paths if path.endswith("/search")]) == len(choice.searched) + 1
    assert len([path for path in paths if path.endswith("/pages")]) == 2, (
        "the bodies, and the places of all ancestors"
    )
