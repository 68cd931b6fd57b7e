"""The documented fallback: what the lexical ranking decides when no model does.

The best page is updated, unless the evidence for it is weak: it speaks of less than ``FEWEST_KNOWN`` of what the
ticket's summary is about. Then a page is to be created, beside the best one if there is any.
"""

from __future__ import annotations

from collections.abc import Sequence

from common.ticket import Ticket
from handlers.document_orchestrator.candidates import Candidate
from handlers.document_orchestrator.judge import Verdict, target_of
from handlers.document_orchestrator.judgement import CreatePage
from handlers.document_orchestrator.ranking import Ranked

FEWEST_KNOWN = 0.35
_MOST_CONFIDENCE = 0.9


def decide(ticket: Ticket, ranked: Sequence[Ranked[Candidate]]) -> Verdict:
    """Return what the ranking says: update its first page, or create one."""
    best = ranked[0] if ranked and ranked[0].score > 0 else None
    title = " ".join(ticket.summary.split())[:255]
    if best is None:
        return Verdict(CreatePage(title, None), 0.5, "no page shares a word with the ticket", "fallback")
    if best.known < FEWEST_KNOWN:
        beside = CreatePage(title, best.page.parent_id)
        known = f"the nearest page, “{best.page.title}”, speaks of only {best.known:.0%} of what the ticket is about"
        return Verdict(beside, round(1 - best.known, 2), known, "fallback")
    runner_up = ranked[1].score if len(ranked) > 1 else 0.0
    lead = 1 - runner_up / best.score
    confidence = min(_MOST_CONFIDENCE, 0.5 * best.known + lead)
    reason = f"by its words “{best.page.title}” is nearest to the ticket: {best.why}"
    return Verdict(target_of(best.page), round(confidence, 2), reason, "fallback")
