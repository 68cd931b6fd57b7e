"""Per-space register of pages about to be created, guarded by a version number (optimistic locking).

Two tickets about the same new thing are often closed together. Each reserves its new page before starting it. If
another change reserved a page since the register was read, the reservation fails and the page is selected again.
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
    """A page that a change is about to create, or is creating. ``at`` is in seconds since the epoch."""

    document_id: str
    change_id: str
    title: str
    parent_id: str | None
    at: int


@dataclass(frozen=True)
class RegisterSnapshot:
    """The reservations of a space as they were read. ``number`` is the version; each write increases it by one."""

    number: int
    reservations: tuple[Reservation, ...]

    def of_document(self, document_id: str) -> Reservation | None:
        """Return the reservation of a document, or None."""
        return next((each for each in self.reservations if each.document_id == document_id), None)

    def of_change(self, change_id: str) -> Reservation | None:
        """Return the reservation of a change, or None."""
        return next((each for each in self.reservations if each.change_id == change_id), None)


class NewPageRegister:
    """The register of each space: one record in the documents table."""

    def __init__(self, records: DynamoDbTable, changes: ChangeRepository, clock: Clock) -> None:
        self._records, self._changes, self._clock = records, changes, clock

    def read(self, space_id: str) -> RegisterSnapshot:
        """Return the register of a space (a consistent read); version 0 and empty if there is none yet."""
        item = self._records.get(_record_id(space_id))
        if item is None:
            return RegisterSnapshot(0, ())
        found = (Reservation(**{**each, "at": int(each["at"])}) for each in item["beginnings"])
        return RegisterSnapshot(int(item["number"]), tuple(found))

    def try_reserve(
        self, space_id: str, known: RegisterSnapshot, kept: Sequence[Reservation], mine: Reservation
    ) -> bool:
        """Add the reservation ``mine`` to the register; return whether it was added.

        Returns False and writes nothing if the register changed since ``known`` was read. ``kept`` are the reservations
        of other changes that remain, because the index of new pages does not show their documents yet. All other
        reservations are removed.
        """
        values = {"number": known.number + 1, "beginnings": [asdict(each) for each in (*kept, mine)]}
        if not known.number:
            return self._records.create({"document_id": _record_id(space_id), **values})
        try:
            self._records.update(_record_id(space_id), values, {"number": known.number})
        except ConditionFailed:
            return False
        return True

    def is_pending(self, reservation: Reservation) -> bool:
        """Return whether the page of a reservation may still be drafted, although it has no document record yet.

        True while the change is ``detected`` and the reservation is at most ``MAX_DEFER_SECONDS`` old.
        """
        if self._clock() - reservation.at > MAX_DEFER_SECONDS:
            return False
        change = self._changes.get(reservation.change_id)
        return change is not None and change.status is ChangeStatus.DETECTED


def _record_id(space_id: str) -> str:
    """Return the id of the record in the documents table that holds the register of a space."""
    return f"beginnings#{space_id}"
