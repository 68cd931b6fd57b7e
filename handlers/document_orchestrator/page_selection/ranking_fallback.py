"""Page selection without a model: the lexical ranking decides alone.

A page is created where the ticket adds a thing and the pages beside it are each about one such thing
(``sibling_slots``). Otherwise the best page is updated, unless the evidence for it is weak: its title shares no word
with the ticket's subject, and its score is lower than that of a page that mentions each word of the subject once. Then
a page is created beside it, if the ticket does not only change something that is there or add a part to it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from common.domain.ticket import Ticket
from handlers.document_orchestrator.page_selection.candidates import Candidate
from handlers.document_orchestrator.page_selection.llm_judge import JudgeAnswer, target_of
from handlers.document_orchestrator.page_selection.new_subject import adds_part, changes_existing
from handlers.document_orchestrator.page_selection.ranking import Ranked
from handlers.document_orchestrator.page_selection.selection import CreatePage
from handlers.document_orchestrator.page_selection.sibling_slots import sibling_slot

WEAK_EVIDENCE = 1.0
SLOT_CONFIDENCE = 0.6
_MOST_CONFIDENCE = 0.9
#: The probability that the first page is right, by a logistic regression: a constant, the lead over the second page
#: (0 to 1), and the evidence, of which more than ``_MUCH_EVIDENCE`` does not help. docs/quality.md says how it was
#: fitted.
_SURE_BASE, _SURE_BY_LEAD, _SURE_BY_EVIDENCE, _MUCH_EVIDENCE = -0.75, 2.6, 0.24, 5.0


def decide_by_ranking(ticket: Ticket, ranked: Sequence[Ranked[Candidate]]) -> JudgeAnswer:
    """Return the decision of the ranking: update its first page, or create one."""
    best = ranked[0] if ranked and ranked[0].score > 0 else None
    title = " ".join(ticket.summary.split())[:255]
    if best is None:
        return JudgeAnswer(CreatePage(title, None), 0.5, "no page shares a word with the ticket", "fallback")
    if slot := sibling_slot(ticket.summary, ranked):
        reason = (
            f"“{slot.title}” is new, and pages such as “{slot.sibling.title}” are each about one such thing"
        )
        target = CreatePage(slot.title, slot.parent_id)
        return JudgeAnswer(target, SLOT_CONFIDENCE, reason, "fallback", beside=slot.sibling.page_id)
    is_weak = best.evidence < WEAK_EVIDENCE and not best.is_named
    if is_weak and not changes_existing(ticket.summary) and not adds_part(ticket.summary):
        reason = f"no page is about this; the nearest is “{best.page.title}” ({best.why})"
        beside = CreatePage(title, best.page.parent_id)
        return JudgeAnswer(beside, round(1 - best.evidence / 2, 2), reason, "fallback")
    runner_up = ranked[1].score if len(ranked) > 1 else 0.0
    lead = 1 - runner_up / best.score
    confidence = min(_MOST_CONFIDENCE, first_is_right(lead, best.evidence))
    reason = f"the words of “{best.page.title}” match the ticket best: {best.why}"
    return JudgeAnswer(target_of(best.page), round(confidence, 2), reason, "fallback")


def first_is_right(lead: float, evidence: float) -> float:
    """Return how probable it is that the first page of the ranking is the right one, from 0 to 1."""
    logit = _SURE_BASE + _SURE_BY_LEAD * lead + _SURE_BY_EVIDENCE * min(evidence, _MUCH_EVIDENCE)
    return 1 / (1 + math.exp(-logit))
