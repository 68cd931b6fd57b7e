"""How the review of a document ended, and what it took: the figures of drafts in production."""

from __future__ import annotations

from enum import StrEnum

from common.domain.document import Announcement, Document, Verdict
from common.domain.status_transitions import to_epoch_seconds


class ReviewOutcome(StrEnum):
    """What became of the drafts of a document that people decided on."""

    ACCEPTED = "accepted"
    """The first draft that a person decided on was published."""
    REVISED = "revised"
    """A later draft was published, after a person asked for a revision."""
    REJECTED = "rejected"
    """A person rejected it, or sent too many drafts back."""


def review_outcome(document: Document) -> ReviewOutcome | None:
    """Return how a review ended; None while it is open, and if it ended for another reason than a person's decision."""
    decision = document.decision
    if decision is None or not document.is_final:
        return None
    if decision.verdict is not Verdict.APPROVED:
        return ReviewOutcome.REJECTED
    if document.publication is None:
        return None
    return ReviewOutcome.REVISED if revisions_of(document) else ReviewOutcome.ACCEPTED


def revisions_of(document: Document) -> int:
    """Return how often a person asked for a revision; records of older versions count those that a model wrote."""
    return max(document.revised, document.sent_back)


def hours_to_decision(announcement: Announcement | None, decided_at: str) -> float | None:
    """Return the hours from the announcement of a revision to the decision on it, by Jira's clock; None if unknown."""
    if announcement is None:
        return None
    try:
        seconds = to_epoch_seconds(decided_at) - to_epoch_seconds(announcement.at)
    except ValueError:
        return None
    return round(max(seconds, 0) / 3600, 2)
