"""Finds open reviews whose ticket Jira no longer shows: it was deleted, or it is hidden from the Kinexus account.

Jira's answer is the same for both, so one sweep is not enough. A review counts as deleted if two successive sweeps do
not find the ticket while the Kinexus account can read the project and browse the tickets there. If more than
``MAX_MISSING_AT_ONCE`` reviews are missing at once, the Kinexus account has more likely lost a permission: none counts
as deleted, and an alarm fires.
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

#: Maximum number of missing reviews in one sweep that may count as deleted; if more are missing, none does.
MAX_MISSING_AT_ONCE = 3
#: A review counts as deleted if it is missing in two sweeps that were scheduled at least this many seconds apart. A
#: retry has the same ``swept_at``, so it is no second sweep.
MIN_SECONDS_BETWEEN_SWEEPS = 3600
#: Log message if the Kinexus account may have lost access; the stack's alarm filters on it.
ACCESS_MAY_BE_LOST = "review.access_may_be_lost"


@dataclass(frozen=True)
class MissingReviews:
    """Finds missing reviews, records since when they are missing and reports those that count as deleted."""

    jira: JiraClient
    documents: DocumentRepository
    bus: EventBus

    def record_missing(self, swept_at: int) -> Counter[str]:
        """Record which open reviews are missing in a sweep; return the number of reviews by outcome.

        ``swept_at`` is the scheduled time of the sweep, in seconds since the epoch. Publishes ReviewDeleted for reviews
        that count as deleted, in each sweep until their documents are closed. Idempotent for one sweep.
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
        """Return the documents whose review ticket is missing, and those whose ticket has reappeared."""
        documents = [each for each in self.documents.with_status(*IN_REVIEW) if each.review_issue_id]
        shown = self.jira.visible_ids([document.review_issue_id for document in documents])
        missing = [each for each in documents if each.review_issue_id not in shown]
        # The index lags: a document may be closed by now, or have another review ticket.
        fresh = [(each, self.documents.get(each.document_id)) for each in missing]
        still = [new for old, new in fresh if new and _is_same_review(old, new)]
        return still, [each for each in documents if each.review_issue_id in shown and each.missing_since]

    def _doubtful(self, missing: Sequence[Document]) -> Sequence[Document]:
        """Return the missing reviews that may only be hidden from the Kinexus account, and log them for the alarm."""
        if len(missing) > MAX_MISSING_AT_ONCE:
            _warn(f"more than {MAX_MISSING_AT_ONCE} open reviews are missing at once", missing)
            return missing
        doubtful: list[Document] = []
        projects = {document.review_issue_key.rpartition("-")[0] for document in missing}
        for project in sorted(key for key in projects if not self.jira.may_browse(key)):
            inside = [each for each in missing if each.review_issue_key.rpartition("-")[0] == project]
            _warn(f"the Kinexus account cannot read the project {project} or browse its tickets", inside)
            doubtful += inside
        return doubtful

    def _note(self, document: Document, missing_since: int | None) -> bool:
        """Record since when a review is missing (None: it is not missing). Return whether this changed the record."""
        if (missing_since or 0) == document.missing_since:
            return False
        try:
            self.documents.record_missing(document, missing_since)
        except ConditionFailed:
            return False  # another invocation has changed the document: the next sweep checks again
        return True


def _is_same_review(old: Document, new: Document) -> bool:
    return new.status in IN_REVIEW and new.review_issue_id == old.review_issue_id


def _warn(reason: str, missing: Sequence[Document]) -> None:
    reviews = ", ".join(document.review_issue_key for document in missing[:20])
    log.warning(ACCESS_MAY_BE_LOST, extra={"reason": reason, "reviews": reviews, "count": len(missing)})
