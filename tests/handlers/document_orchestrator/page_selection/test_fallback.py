"""Decisions of the ranking fallback: update the nearest page, or create one if the evidence is weak."""

from __future__ import annotations

from common.storage_format import Section
from handlers.document_orchestrator.page_selection.candidates import Candidate
from handlers.document_orchestrator.page_selection.llm_judge import JudgeAnswer
from handlers.document_orchestrator.page_selection.ranking import rank_pages
from handlers.document_orchestrator.page_selection.ranking_fallback import decide_by_ranking
from handlers.document_orchestrator.page_selection.selection import CreatePage, JoinDraft, UpdatePage
from tests.handlers.document_orchestrator.page_selection.tickets import ticket


def candidate(title: str, text: str, document_id: str | None = None) -> Candidate:
    page_id = "" if document_id else title
    return Candidate(page_id, title, "", "the-parent", (), (Section((), text),), document_id)


PAGES = (
    candidate("Rate limits", "Requests over the limit are answered with 429. Orders may wait."),
    candidate("Payouts", "Merchants are paid daily."),
    candidate("Onboarding", "Welcome. Here is whom to ask."),
)


def decided(summary: str, *more: Candidate) -> JudgeAnswer:
    asked = ticket(summary)
    return decide_by_ranking(asked, rank_pages(asked, [*PAGES, *more]))


def test_a_page_named_by_title_is_updated() -> None:
    verdict = decided("Later cut-off for payouts")
    assert (verdict.target, verdict.decided_by) == (UpdatePage("Payouts", "Payouts"), "fallback")
    assert "its title contains payouts" in verdict.reason


def test_a_page_about_the_subject_is_updated() -> None:
    """The ticket names no title, but the text of the page is about its subject."""
    assert decided("Answer 429 to requests").target == UpdatePage("Rate limits", "Rate limits")


def test_a_new_subject_gets_a_page_beside_the_nearest() -> None:
    """If pages hardly mention the subject, the fallback creates a page under the parent of the nearest one."""
    verdict = decided("Let shoppers split orders into monthly instalments")
    assert verdict.target == CreatePage("Let shoppers split orders into monthly instalments", "the-parent")
    assert "no page is about this; the nearest is “Rate limits”" in verdict.reason


def test_an_open_draft_is_joined() -> None:
    draft = candidate("Instalments", "Shoppers pay in monthly instalments.", document_id="doc-1")
    assert decided("Add six months to instalments", draft).target == JoinDraft("doc-1", "Instalments")


def test_confidence_falls_with_a_close_runner_up() -> None:
    """Confidence is between 0 and 1, and lower if the second page is close."""
    alone = decided("Later cut-off for payouts")
    beside = decided(
        "Later cut-off for payouts", candidate("Payouts of partners", "Partners are paid daily.")
    )
    assert 0 < (beside.confidence or 0) < (alone.confidence or 0) <= 0.9
    assert 0.5 <= (decided("Let shoppers split orders into monthly instalments").confidence or 0) <= 1
