"""Repository of the changes table."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

from common.aws.dynamodb_codec import from_item, to_item
from common.aws.dynamodb_table import DynamoDbTable
from common.domain.change import Change, ChangeStatus
from common.runtime.errors import ConditionFailed

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

    def lease(self, change_id: str, owner: str, seconds: int) -> AbstractContextManager[dict[str, Any]]:
        """Hold the change's lease while working on it. Raises LeaseHeld."""
        return self._records.lease(change_id, owner, seconds)

    def notification_lease(self, change_id: str, seconds: int) -> AbstractContextManager[dict[str, Any]]:
        """Hold the lease for notifying people of the change's failure. Raises LeaseHeld."""
        return self._records.notification_lease(change_id, seconds)

    def store_selection(self, change_id: str, choice: str) -> str:
        """Return the stored page selection of the change. If there is none yet, ``choice`` is stored and returned."""
        try:
            return str(self._records.update(change_id, {"choice": choice}, {"choice": None})["choice"])
        except ConditionFailed:
            return str((self._records.get(change_id) or {})["choice"])

    def record_joining(self, change: Change, document_id: str) -> None:
        """Record that the change is about to join the document of another change."""
        known = self.get(change.change_id) or change
        if document_id not in known.joined:
            self._records.update(change.change_id, {"joined": [*known.joined, document_id]})

    def close(
        self,
        change_id: str,
        status: ChangeStatus,
        reason: str,
        document_ids: tuple[str, ...] = (),
        failed_by: str = "",
    ) -> None:
        """Record the final status of the change, and why."""
        values: dict[str, Any] = {"status": str(status), "reason": reason, "failed_by": failed_by or None}
        if document_ids:
            values["document_ids"] = list(document_ids)
        self._records.update(change_id, values)
