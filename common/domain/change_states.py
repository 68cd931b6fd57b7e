"""The life of a change as one table: its flags, and every transition with what it requires and sets.

common.aws.change_repository has a typed method for each transition, and refuses all others. Each is a conditional write
on the state and the version of the record. The state diagram in docs/architecture.md is generated from this table.
"""

from __future__ import annotations

from types import MappingProxyType

from common.domain.change import Change, ChangeStatus
from common.domain.transitions import Flag, Transition

ChangeFlag = Flag[Change]
ChangeTransition = Transition[Change, ChangeStatus]

_S = ChangeStatus

#: States in which a change is not processed any more.
FINAL_CHANGE_STATUSES = frozenset({_S.DOCUMENTED, _S.NOT_NEEDED, _S.IGNORED})

UNSELECTED = ChangeFlag("unselected", "no page selection is stored yet", lambda change: change.choice is None)
#: The named flags; what a record's state alone does not tell.
CHANGE_FLAGS = (UNSELECTED,)


def _transition(
    name: str,
    sources: tuple[ChangeStatus, ...],
    target: ChangeStatus | None,
    sets: str,
    when: str,
    *requires: ChangeFlag,
) -> ChangeTransition:
    flags = MappingProxyType(dict.fromkeys(sources, requires))
    return ChangeTransition(name, flags, target, frozenset(sets.split()), when)


STORE_SELECTION = _transition(
    "store_selection", (_S.DETECTED,), None, "choice", "its pages are selected, once", UNSELECTED
)
RECORD_JOINING = _transition(
    "record_joining", (_S.DETECTED,), None, "joined", "it is about to join another change's document"
)
RECORD_QUESTION = _transition(
    "record_question", (_S.ASKING,), None, "question", "the question is posted in its ticket"
)
ASK = _transition(
    "ask",
    (_S.DETECTED,),
    _S.ASKING,
    "reason failed_by question",
    "which page is meant is unsure, so its ticket is asked",
    UNSELECTED,
)
TAKE_ANSWER = _transition(
    "take_answer", (_S.ASKING,), _S.DETECTED, "reason", "a label or link in its ticket names the page"
)
IGNORE = _transition(
    "ignore",
    (_S.DETECTED,),
    _S.IGNORED,
    "reason failed_by",
    "the ticket was in a done status before, or is one of our review tickets",
)
DOCUMENT = _transition(
    "document",
    (_S.DETECTED, _S.FAILED),
    _S.DOCUMENTED,
    "reason failed_by document_ids",
    "a draft of each of its pages contains it",
)
END_UNNEEDED = _transition(
    "end_unneeded",
    (_S.DETECTED, _S.ASKING),
    _S.NOT_NEEDED,
    "reason failed_by document_ids",
    "no page needs to change, or its ticket did not answer",
)
FAIL = _transition(
    "fail",
    (_S.DETECTED, _S.ASKING, _S.FAILED),
    _S.FAILED,
    "reason failed_by",
    "its message failed for good",
)
RESTART_CHANGE = _transition(
    "restart", (_S.FAILED,), _S.DETECTED, "reason failed_by", "an operator sends it again"
)

#: Every allowed step of a change.
CHANGE_TRANSITIONS: tuple[ChangeTransition, ...] = (
    ASK,
    TAKE_ANSWER,
    IGNORE,
    DOCUMENT,
    END_UNNEEDED,
    FAIL,
    RESTART_CHANGE,
    STORE_SELECTION,
    RECORD_JOINING,
    RECORD_QUESTION,
)
