"""New pages of a space begin one after another, so that whoever begins one knows of the one before.

Two tickets about one new thing are often finished together. Each is decided on by what was read; before its page begins
it follows the beginning that was read of, and is decided on again where another has come between.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from common.clock import Clock
from common.records import ConditionFailed, Records

#: Seconds after which a page that was about to begin is on record, or does not begin: its function's timeout.
SOON = 180


@dataclass(frozen=True)
class Beginning:
    """A page that is about to begin, or has begun. ``at`` is in seconds since the epoch."""

    document_id: str
    change_id: str
    title: str
    at: int


class Beginnings:
    """The last beginning of each space, one record each in the documents table."""

    def __init__(self, records: Records, clock: Clock) -> None:
        self._records, self._clock = records, clock

    def last(self, space_id: str) -> Beginning | None:
        """Return the last beginning in a space (a consistent read)."""
        item = self._records.get(_name(space_id))
        if item is None:
            return None
        return Beginning(str(item["begins"]), str(item["change_id"]), str(item["title"]), int(item["at"]))

    def follow(
        self, space_id: str, last: Beginning | None, document_id: str, change_id: str, title: str
    ) -> bool:
        """Write which page begins after ``last``; False when another has begun since, and nothing is written."""
        values: dict[str, Any] = {"begins": document_id, "change_id": change_id, "title": title}
        values["at"] = int(self._clock())
        if last is None:
            return self._records.create({"document_id": _name(space_id), **values})
        try:
            expected = {"begins": last.document_id, "change_id": last.change_id}
            self._records.update(_name(space_id), values, expected)
        except ConditionFailed:
            return False
        return True

    def is_imminent(self, beginning: Beginning) -> bool:
        """Say whether a page that is not on record may still begin."""
        return self._clock() - beginning.at <= SOON


def _name(space_id: str) -> str:
    return f"beginning#{space_id}"
