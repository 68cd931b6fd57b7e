"""A change: one finishing of one ticket, as a record."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ChangeStatus(StrEnum):
    """Where a change stands."""

    IGNORED = "ignored"
    DETECTED = "detected"
    DOCUMENTED = "documented"
    NOT_NEEDED = "not_needed"
    FAILED = "failed"


@dataclass(frozen=True)
class Change:
    """One record of the changes table. Times are seconds since the epoch.

    ``reason`` says why it stands where it stands, ``worth`` why it was worth documenting, whatever came later.
    ``choice`` is the stored decision on which pages it belongs to (JSON), made once; ``document_ids`` the documents
    that came of it, ``joined`` those of other changes whose drafts it was to be put in. ``failed_by`` is the id of the
    queue message that failed for good, which is not tried again. ``author_ids`` are the accounts whose change it is:
    whoever finished the ticket, and its assignee of that moment.
    """

    change_id: str
    issue_id: str
    issue_key: str
    status: ChangeStatus
    reason: str
    detected_at: int
    from_status_id: str = ""
    asked_by_label: bool = False
    author_ids: tuple[str, ...] = ()
    worth: str = ""
    choice: str | None = None
    document_ids: tuple[str, ...] = ()
    joined: tuple[str, ...] = ()
    failed_by: str | None = None

    @property
    def is_waiting(self) -> bool:
        """Whether nobody took it up yet."""
        return self.status is ChangeStatus.DETECTED and not self.choice
