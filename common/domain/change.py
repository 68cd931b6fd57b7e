"""A change: one closing of one ticket, as a record of the changes table."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ChangeStatus(StrEnum):
    """The status of a change."""

    IGNORED = "ignored"
    DETECTED = "detected"
    ASKING = "asking"
    DOCUMENTED = "documented"
    NOT_NEEDED = "not_needed"
    FAILED = "failed"


@dataclass(frozen=True)
class Question:
    """The question to a source ticket which page it documents: the page that Kinexus would take.

    ``asked_at`` is when the comment was posted, in seconds since the epoch; 0 until that is known.
    """

    page_id: str
    title: str
    asked_at: int = 0


@dataclass(frozen=True)
class Change:
    """One record of the changes table. Times are seconds since the epoch.

    ``reason`` explains the current status, ``worth`` why the ticket was eligible for documentation. ``choice`` is the
    page selection (JSON), which is stored once and never changed. ``question`` is what its ticket was asked, if the
    selection was unsure. ``document_ids`` are the documents created for the change, ``joined`` those of other changes
    that it joins. ``failed_by`` is the id of the queue message that failed for good and is not retried. ``author_ids``
    are the accounts of the person who closed the ticket and of its assignee at that time. ``version`` counts its
    changes of state; None before the first one.

    What it may become is in common.domain.change_states.
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
    question: Question | None = None
    document_ids: tuple[str, ...] = ()
    joined: tuple[str, ...] = ()
    failed_by: str | None = None
    version: int | None = None

    @property
    def is_waiting(self) -> bool:
        """Whether it is not processed yet."""
        return self.status is ChangeStatus.DETECTED and not self.choice
