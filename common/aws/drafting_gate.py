"""The gate before drafting: an operator's pause, and the number of changes that are drafted per day.

One record in the documents table, guarded by a version number (optimistic locking). A change that has to wait stays
``detected``; common.intake.waiting_changes publishes its event again.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from typing import Any

from common.aws.dynamodb_table import DynamoDbTable
from common.runtime.deadline import Clock
from common.runtime.errors import ConditionFailed, LeaseHeld

log = logging.getLogger(__name__)

#: Log message if changes wait for the next day; the stack's alarm filters on it. Logged about once a day.
LIMIT_REACHED = "drafts.limit_reached"
#: Why a change or revision waits, for the people in its tickets.
PAUSED = "an operator has paused drafting"
_RECORD_ID = "drafting"
#: How often the record is written again if other changes write it at the same time.
MAX_ROUNDS = 8


@dataclass(frozen=True)
class GateState:
    """The gate as it was read. ``number`` is the version; each write increases it by one.

    ``paused_at`` is when an operator paused drafting, in seconds since the epoch, 0 if it is not paused. ``admitted``
    are the changes that were drafted, or began to be, on ``day`` (UTC, "2026-12-01"). ``limit_day`` is the day whose
    limit was reached last.
    """

    number: int = 0
    paused_at: int = 0
    reason: str = ""
    day: str = ""
    admitted: tuple[str, ...] = ()
    limit_day: str = ""

    def admitted_on(self, day: str) -> tuple[str, ...]:
        """Return the changes that were admitted on a day, if it is the newest."""
        return self.admitted if self.day == day else ()


class DraftingGate:
    """The gate. ``most_per_day`` is the setting maxDraftsPerDay."""

    def __init__(self, records: DynamoDbTable, most_per_day: int, clock: Clock) -> None:
        self._records, self._most, self._clock = records, most_per_day, clock

    def read(self) -> GateState:
        """Return the gate as it is now (a consistent read)."""
        item = self._records.get(_RECORD_ID)
        if item is None:
            return GateState()
        return GateState(
            number=int(item["number"]),
            paused_at=int(item.get("paused_at", 0)),
            reason=str(item.get("reason", "")),
            day=str(item.get("day", "")),
            admitted=tuple(item.get("admitted", ())),
            limit_day=str(item.get("limit_day", "")),
        )

    def today(self) -> str:
        """Return the current day in UTC, as "2026-12-01"."""
        return time.strftime("%Y-%m-%d", time.gmtime(self._clock()))

    def free(self, state: GateState) -> int:
        """Return how many more changes are admitted today; 0 while drafting is paused."""
        return 0 if state.paused_at else max(0, self._most - len(state.admitted_on(self.today())))

    def admit(self, change_id: str, known: GateState | None = None) -> str:
        """Admit a change, or return why it waits. Idempotent: a change counts once a day.

        ``known`` is the gate as the caller read it. Raises LeaseHeld if other changes keep writing the record.
        """
        for _ in range(MAX_ROUNDS):
            state, today = known or self.read(), self.today()
            known = None
            if state.paused_at:
                return PAUSED
            if change_id in state.admitted_on(today):
                return ""
            if not self.free(state):
                self._report_limit(state, today)
                return f"at most {self._most} tickets are drafted per day, so it waits for the next day"
            if self._write(state, day=today, admitted=[*state.admitted_on(today), change_id]):
                return ""
        raise LeaseHeld("other tickets keep starting at the same moment")

    def pause(self, reason: str) -> GateState:
        """Pause drafting; return the gate. A pause that is there keeps its time and reason."""
        while not (state := self.read()).paused_at:
            self._write(state, paused_at=int(self._clock()), reason=reason or None)
        return state

    def resume(self) -> GateState:
        """End the pause; return the gate as it was before."""
        while (state := self.read()).paused_at:
            if self._write(state, paused_at=None, reason=None):
                return state
        return state

    def _report_limit(self, state: GateState, today: str) -> None:
        if state.limit_day == today:
            return
        log.warning(LIMIT_REACHED, extra={"most": self._most, "day": today})
        self._write(
            state, limit_day=today
        )  # if another change writes first, the next one that waits reports it

    def _write(self, state: GateState, **values: Any) -> bool:
        """Write attributes; return False if the record has changed since ``state`` was read."""
        values["number"] = state.number + 1
        if not state.number:
            present = {name: value for name, value in values.items() if value is not None}
            return self._records.create({"document_id": _RECORD_ID, **present})
        try:
            self._records.update(_RECORD_ID, values, {"number": state.number})
        except ConditionFailed:
            return False
        return True
