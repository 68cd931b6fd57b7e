"""Page selection without a model: the lexical ranking decides alone.

The best page is updated, unless the evidence for it is weak: its title shares no word with the ticket's subject, and
its score is lower than that of a page that mentions each word of the subject once. Then a page is created beside it.
Words alone cannot tell a new subject from a change to an old one, so this rarely decides to create a page.
"""

from __future__ import annotations

from collections.abc import Sequence

from common.domain.ticket import Ticket
from handlers.document_orchestrator.page_selection.candidates import Candidate
from handlers.document_orchestrator.page_selection.llm_judge import JudgeAnswer, target_of
from handlers.document_orchestrator.page_selection.ranking import Ranked
from handlers.document_orchestrator.page_selection.selection import CreatePage

WEAK_EVIDENCE = 1.0
_MOST_CONFIDENCE = 0.9


def decide_by_ranking(ticket: Ticket, ranked: Sequence[Ranked[Candidate]]) -> JudgeAnswer:
    """Return the decision of the ranking: update its first page, or create one."""
    best = ranked[0] if ranked and ranked[0].score > 0 else None
    title = " ".join(ticket.summary.split())[:255]
    if best is None:
        return JudgeAnswer(CreatePage(title, None), 0.5, "no page shares a word with the ticket", "fallback")
    if best.evidence < WEAK_EVIDENCE and not best.is_named:
        reason = f"no page is about this; the nearest is “{best.page.title}” ({best.why})"
        beside = CreatePage(title, best.page.parent_id)
        return JudgeAnswer(beside, round(1 - best.evidence / 2, 2), reason, "fallback")
    runner_up = ranked[1].score if len(ranked) > 1 else 0.0
    lead = 1 - runner_up / best.score
    confidence = min(_MOST_CONFIDENCE, 0.4 * min(1.0, best.evidence / 2) + lead)
    reason = f"the words of “{best.page.title}” match the ticket best: {best.why}"
    return JudgeAnswer(target_of(best.page), round(confidence, 2), reason, "fallback")
