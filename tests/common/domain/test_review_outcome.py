"""How a review ended, from its record; records of older versions lack the newer attributes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from common.domain.document import (
    Announcement,
    Decision,
    Document,
    DocumentKind,
    DocumentStatus,
    Publication,
    StoredSelection,
    Verdict,
)
from common.domain.review_outcome import ReviewOutcome, hours_to_decision, review_outcome, revisions_of

AT = "2026-11-22T11:00:00.000+0000"
DECISION = Decision(Verdict.APPROVED, "a", "Rita", "11", 1, "abc", AT)
PAGE = Publication("1", 2, "", "T")
ENDED = Document(
    document_id="doc-1",
    kind=DocumentKind.UPDATE,
    status=DocumentStatus.PUBLISHED,
    space_id="1",
    title="Refunds",
    choice=StoredSelection("", 1.0, "named"),
    created_at=1,
    decision=DECISION,
    publication=PAGE,
)
REJECTION = replace(DECISION, verdict=Verdict.REJECTED)


@pytest.mark.parametrize(
    ("document", "outcome"),
    [
        (ENDED, ReviewOutcome.ACCEPTED),
        (replace(ENDED, revised=1), ReviewOutcome.REVISED),
        (replace(ENDED, sent_back=1), ReviewOutcome.REVISED),
        (
            replace(ENDED, status=DocumentStatus.REJECTED, decision=REJECTION, publication=None),
            ReviewOutcome.REJECTED,
        ),
        (replace(ENDED, status=DocumentStatus.PUBLISHING, publication=None), None),
        (replace(ENDED, status=DocumentStatus.FAILED, publication=None), None),
        (replace(ENDED, status=DocumentStatus.FAILED, decision=None, publication=None), None),
    ],
)
def test_the_outcome_of_a_review(document: Document, outcome: ReviewOutcome | None) -> None:
    assert review_outcome(document) is outcome


def test_a_small_revision_counts_as_a_revision() -> None:
    assert revisions_of(replace(ENDED, revised=2, sent_back=1)) == 2


@pytest.mark.parametrize(
    ("announced", "hours"),
    [(AT.replace("11:00", "09:30"), 1.5), (AT.replace("11:00", "11:10"), 0), ("?", None)],
)
def test_hours_are_counted_from_the_announcement(announced: str, hours: float | None) -> None:
    assert hours_to_decision(Announcement(1, "1", announced), AT) == hours


def test_hours_without_an_announcement_are_unknown() -> None:
    assert hours_to_decision(None, AT) is None
