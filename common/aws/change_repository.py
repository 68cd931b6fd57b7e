"""Repository of the changes table; each transition is a method, see common.domain.change_states."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from common.aws.dynamodb_codec import from_item, to_attribute, to_item
from common.aws.dynamodb_table import DynamoDbTable, Held, Lease
from common.domain import change_states as states
from common.domain.change import Change, ChangeStatus, Question
from common.domain.change_states import ChangeTransition
from common.runtime.errors import ConditionFailed

#: Index of the changes by status and time.
BY_STATUS_INDEX = "by-status"
#: Seconds for which an ignored change is kept, to look up its reason.
IGNORED_TTL_SECONDS = 90 * 24 * 3600


class ChangeRepository:
    """Change records by their derived id."""

    def __init__(self, records: DynamoDbTable) -> None:
        self._records = records

    def record(self, change: Change) -> bool:
        """Write a change that was just detected or ignored; False if it is already recorded."""
        item = to_item(change)
        if change.status is ChangeStatus.IGNORED:
            item["expires_at"] = change.detected_at + IGNORED_TTL_SECONDS
        return self._records.create(item)

    def get(self, change_id: str) -> Change | None:
        """Return the change, or None."""
        item = self._records.get(change_id)
        return from_item(Change, item) if item else None

    def with_status(self, status: ChangeStatus) -> Iterator[Change]:
        """Yield the changes in a status, oldest first, from an index that is eventually consistent."""
        for item in self._records.query_index(BY_STATUS_INDEX, "status", str(status)):
            yield from_item(Change, item)

    def asking(self, issue_id: str) -> tuple[Change, ...]:
        """Return the changes of a ticket that wait for its answer (eventually consistent, like ``with_status``)."""
        return tuple(each for each in self.with_status(ChangeStatus.ASKING) if each.issue_id == issue_id)

    @contextmanager
    def lease(self, change_id: str, owner: str, seconds: int) -> Iterator[Held[Change]]:
        """Hold the change's lease while working on it. Raises LeaseHeld, and KeyError without such a change."""
        with self._records.lease(change_id, owner, seconds) as lease:
            yield Held(from_item(Change, lease.item), lease)

    def notification_lease(self, change_id: str, seconds: int) -> AbstractContextManager[Lease]:
        """Hold the lease for notifying people of the change's failure. Raises LeaseHeld."""
        return self._records.notification_lease(change_id, seconds)

    def store_selection(self, change: Change, choice: str) -> tuple[str, bool]:
        """Return the stored page selection of the change, and whether it is ``choice``, stored by this call.

        The call that stored it is the first: no document of the change was started before.
        """
        states.STORE_SELECTION.check(change, ["choice"])
        try:
            self._records.update(change.change_id, {"choice": choice}, {"choice": None})
        except ConditionFailed:
            return str((self._records.get(change.change_id) or {})["choice"]), False
        return choice, True

    def record_joining(self, change: Change, document_id: str) -> None:
        """Record that the change is about to join the document of another change."""
        known = self.get(change.change_id) or change
        if document_id not in known.joined:
            self._step(known, states.RECORD_JOINING, joined=[*known.joined, document_id])

    def restart(self, change: Change) -> Change:
        """Record that a failed change is processed again; return it."""
        return self._step(change, states.RESTART_CHANGE, reason=change.worth, failed_by=None)

    def ask(self, change: Change, reason: str, question: Question) -> Change:
        """Record that the ticket of a change is asked which page is meant; return it."""
        asked = to_attribute(change.question or question)
        return self._step(change, states.ASK, reason=reason, failed_by=None, question=asked)

    def record_question(self, change: Change, question: Question, lease: Lease | None = None) -> None:
        """Record that the question is posted; release the lease."""
        self._step(change, states.RECORD_QUESTION, lease, question=to_attribute(question))

    def take_answer(self, change: Change) -> Change:
        """Record that the ticket answers, so the change is processed; return it."""
        return self._step(change, states.TAKE_ANSWER, reason=change.worth)

    # These end the work on a change, so the same write may release its lease.

    def ignore(self, change: Change, reason: str, lease: Lease | None = None) -> None:
        """Record that a detected change is no change to document after all."""
        self._step(change, states.IGNORE, lease, reason=reason, failed_by=None)

    def document(self, change: Change, document_ids: tuple[str, ...], lease: Lease | None = None) -> None:
        """Record that drafts of these documents contain the change."""
        ids = list(document_ids)
        self._step(change, states.DOCUMENT, lease, reason=change.worth, failed_by=None, document_ids=ids)

    def end_unneeded(
        self, change: Change, reason: str, document_ids: tuple[str, ...], lease: Lease | None = None
    ) -> None:
        """Record that no page needs to change; ``document_ids`` are documents that ended without an edit."""
        ids: dict[str, Any] = {"document_ids": list(document_ids)} if document_ids else {}
        self._step(change, states.END_UNNEEDED, lease, reason=reason, failed_by=None, **ids)

    def fail(self, change: Change, reason: str, message_id: str) -> None:
        """Record that the message of a change failed for good."""
        self._step(change, states.FAIL, reason=reason, failed_by=message_id or None)

    def _step(
        self, change: Change, transition: ChangeTransition, lease: Lease | None = None, **values: Any
    ) -> Change:
        """Take a step of the table, if the record still has the state and version of ``change``.

        Raises TransitionRefused if the table does not allow the step, ConditionFailed if the record has changed.
        """
        transition.check(change, values)
        if transition.target:
            values |= {"status": str(transition.target), "version": (change.version or 0) + 1}
        expect = {"status": str(change.status), "version": change.version}
        return from_item(Change, self._records.update(change.change_id, values, expect, lease))
