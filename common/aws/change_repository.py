"""The changes table."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

from common.aws.dynamodb_codec import from_item, to_item
from common.aws.dynamodb_table import DynamoDbTable
from common.domain.change import Change, ChangeStatus
from common.runtime.errors import ConditionFailed

#: An ignored change is kept this long, in seconds, so that its reason can be looked up.
IGNORED_TTL_SECONDS = 90 * 24 * 3600


class ChangeRepository:
    """Changes by their derived id."""

    def __init__(self, records: DynamoDbTable) -> None:
        self._records = records

    def record(self, change: Change) -> bool:
        """Write a change that was just detected or ignored; False when it is on record already."""
        item = to_item(change)
        if change.status is ChangeStatus.IGNORED:
            item["expires_at"] = change.detected_at + IGNORED_TTL_SECONDS
        return self._records.create(item)

    def get(self, change_id: str) -> Change | None:
        """Return the change, or None."""
        item = self._records.get(change_id)
        return from_item(Change, item) if item else None

    def lease(self, change_id: str, owner: str, seconds: int) -> AbstractContextManager[dict[str, Any]]:
        """Work on the change alone; raises Busy."""
        return self._records.lease(change_id, owner, seconds)

    def notification_lease(self, change_id: str, seconds: int) -> AbstractContextManager[dict[str, Any]]:
        """Tell people of the change's failure alone; raises Busy."""
        return self._records.notification_lease(change_id, seconds)

    def store_selection(self, change_id: str, choice: str) -> str:
        """Store which pages the change belongs to, once: what was first there wins, and is returned."""
        try:
            return str(self._records.update(change_id, {"choice": choice}, {"choice": None})["choice"])
        except ConditionFailed:
            return str((self._records.get(change_id) or {})["choice"])

    def record_joining(self, change: Change, document_id: str) -> None:
        """Store that the change is about to become part of another change's document."""
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
        """Record what became of the change."""
        values: dict[str, Any] = {"status": str(status), "reason": reason, "failed_by": failed_by or None}
        if document_ids:
            values["document_ids"] = list(document_ids)
        self._records.update(change_id, values)
