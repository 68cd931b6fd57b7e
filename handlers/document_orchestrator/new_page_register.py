"""New pages of a space begin one after another, so that whoever begins one knows of those before.

Two tickets about one new thing are often finished together. Each is decided on by what was read; before its page begins
it follows the beginnings that were read, and is decided on again where another has come between.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from common.aws.change_repository import ChangeRepository
from common.aws.dynamodb_table import DynamoDbTable
from common.aws.sqs_source_queue import MAX_DEFER_SECONDS
from common.domain.change import ChangeStatus
from common.runtime.deadline import Clock
from common.runtime.errors import ConditionFailed


@dataclass(frozen=True)
class Reservation:
    """A page that a change is about to begin, or has begun. ``at`` is in seconds since the epoch."""

    document_id: str
    change_id: str
    title: str
    parent_id: str | None
    at: int


@dataclass(frozen=True)
class RegisterSnapshot:
    """The beginnings of a space as they were read; ``number`` counts how often they were written."""

    number: int
    beginnings: tuple[Reservation, ...]

    def of(self, document_id: str) -> Reservation | None:
        """Return the beginning of a document."""
        return next((each for each in self.beginnings if each.document_id == document_id), None)

    def by(self, change_id: str) -> Reservation | None:
        """Return what a change has said to begin."""
        return next((each for each in self.beginnings if each.change_id == change_id), None)


class NewPageRegister:
    """The beginnings of each space, one record in the documents table."""

    def __init__(self, records: DynamoDbTable, changes: ChangeRepository, clock: Clock) -> None:
        self._records, self._changes, self._clock = records, changes, clock

    def read(self, space_id: str) -> RegisterSnapshot:
        """Return what has begun in a space (a consistent read)."""
        item = self._records.get(_name(space_id))
        if item is None:
            return RegisterSnapshot(0, ())
        found = (Reservation(**{**each, "at": int(each["at"])}) for each in item["beginnings"])
        return RegisterSnapshot(int(item["number"]), tuple(found))

    def try_reserve(
        self, space_id: str, known: RegisterSnapshot, still: Sequence[Reservation], mine: Reservation
    ) -> bool:
        """Write that a page begins; False when another has begun since ``known`` was read, and nothing is written.

        ``still`` are those of other changes that somebody may not know of yet.
        """
        values = {"number": known.number + 1, "beginnings": [asdict(each) for each in (*still, mine)]}
        if not known.number:
            return self._records.create({"document_id": _name(space_id), **values})
        try:
            self._records.update(_name(space_id), values, {"number": known.number})
        except ConditionFailed:
            return False
        return True

    def is_pending(self, beginning: Reservation) -> bool:
        """Say whether a page that is not on record may still begin: its change has come to no end, nor is it lost."""
        if self._clock() - beginning.at > MAX_DEFER_SECONDS:
            return False
        change = self._changes.get(beginning.change_id)
        return change is not None and change.status is ChangeStatus.DETECTED


def _name(space_id: str) -> str:
    return f"beginnings#{space_id}"
