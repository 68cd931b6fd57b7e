"""Open reviews whose ticket Jira does not show any more: it was deleted, or it is hidden from our account.

Jira answers alike for both, so one look proves nothing. A review counts as deleted when two sweeps running did not find
it, each time while our account could read its project and had the right to see the tickets in it. Where more than
``MOST_AT_ONCE`` are missing at once, our account has more likely lost a right: none is counted, and an alarm tells.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from common.atlassian.jira_client import JiraClient
from common.aws import event_bus
from common.aws.document_repository import DocumentRepository
from common.aws.event_bus import EventBus
from common.domain.document import IN_REVIEW, Document
from common.runtime.errors import ConditionFailed

log = logging.getLogger(__name__)

#: So many reviews may be deleted between two sweeps.
MAX_MISSING_AT_ONCE = 3
#: Seconds that lie at least between two sweeps; a sweep that is repeated begins at the same time, or soon after.
MIN_SECONDS_BETWEEN_SWEEPS = 3600
#: What is logged where our account may have lost its access: the stack's alarm filters on it.
ACCESS_MAY_BE_LOST = "review.access_may_be_lost"


@dataclass(frozen=True)
class MissingReviews:
    """Finds them, and counts in how many sweeps running they were missing."""

    jira: JiraClient
    documents: DocumentRepository
    bus: EventBus

    def record_missing(self, swept_at: int) -> Counter[str]:
        """Note which open reviews are missing in the sweep that began at ``swept_at``, in seconds since the epoch.

        Those that count as deleted are announced, each time until their documents are closed. Returns how often what
        came of a review that is, or was, missing. Doing it twice for one sweep does nothing more.
        """
        missing, found = self.find()
        outcomes: Counter[str] = Counter()
        for document in found:
            outcomes["back"] += self._note(document, None)
        doubtful = self._doubtful(missing)
        for document in missing:
            if document in doubtful:
                outcomes["in doubt"] += 1
                self._note(document, None)
            elif not document.missing_since:
                outcomes["missing"] += self._note(document, swept_at)
            elif swept_at - document.missing_since < MIN_SECONDS_BETWEEN_SWEEPS:
                outcomes["missing"] += 1
            else:
                outcomes["deleted"] += 1
                event_bus.publish_review_deleted(self.bus, document)
        return +outcomes

    def find(self) -> tuple[Sequence[Document], Sequence[Document]]:
        """Return the documents whose review ticket is missing, and those whose ticket was missing and is back."""
        documents = [each for each in self.documents.with_status(*IN_REVIEW) if each.review_issue_id]
        shown = self.jira.visible_ids([document.review_issue_id for document in documents])
        missing = [each for each in documents if each.review_issue_id not in shown]
        # The index lags: a document may have come to its end, or to another review ticket.
        fresh = [(each, self.documents.get(each.document_id)) for each in missing]
        still = [new for old, new in fresh if new and _is_same_review(old, new)]
        return still, [each for each in documents if each.review_issue_id in shown and each.missing_since]

    def _doubtful(self, missing: Sequence[Document]) -> Sequence[Document]:
        """Return those that may be there after all, hidden from our account; an alarm tells of them."""
        if len(missing) > MAX_MISSING_AT_ONCE:
            _doubt(f"more than {MAX_MISSING_AT_ONCE} open reviews are missing at once", missing)
            return missing
        doubtful: list[Document] = []
        projects = {document.review_issue_key.rpartition("-")[0] for document in missing}
        for project in sorted(key for key in projects if not self.jira.may_browse(key)):
            inside = [each for each in missing if each.review_issue_key.rpartition("-")[0] == project]
            _doubt(f"our account cannot read the project {project}, or not see its tickets", inside)
            doubtful += inside
        return doubtful

    def _note(self, document: Document, missing_since: int | None) -> bool:
        """Write since when a review is missing; say whether that is new."""
        if (missing_since or 0) == document.missing_since:
            return False
        try:
            self.documents.move(document, missing_since=missing_since)
        except ConditionFailed:
            return False  # somebody moved it meanwhile: the next sweep looks again
        return True


def _is_same_review(old: Document, new: Document) -> bool:
    return new.status in IN_REVIEW and new.review_issue_id == old.review_issue_id


def _doubt(reason: str, missing: Sequence[Document]) -> None:
    reviews = ", ".join(document.review_issue_key for document in missing[:20])
    log.warning(ACCESS_MAY_BE_LOST, extra={"reason": reason, "reviews": reviews, "count": len(missing)})
