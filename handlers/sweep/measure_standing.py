"""Measures, once for each published page, how much of the approved text is still there after two weeks."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from common import storage_format as sf
from common.atlassian.confluence_client import ConfluenceClient
from common.atlassian.http_client import NotFound, RequestRefused, Unauthorized
from common.aws.document_repository import DocumentRepository
from common.aws.draft_store import DraftStore
from common.domain.document import Decision, Document, DocumentStatus, Publication
from common.domain.status_transitions import to_epoch_seconds
from common.runtime.deadline import remaining_seconds
from common.runtime.errors import ConditionFailed
from handlers.sweep.standing_text import standing_share

log = logging.getLogger(__name__)

#: Seconds after the approval at which a page is measured (14 days), and after which it is not measured any more (60).
MEASURED_AFTER, MEASURED_UNTIL = 14 * 24 * 3600, 60 * 24 * 3600
#: Pages measured in one sweep, and the seconds that the rest of the sweep keeps.
MAX_MEASURED, RESERVE_SECONDS = 100, 30


@dataclass(frozen=True)
class StandingText:
    """Compares approved drafts with their pages as they are now, and records the share that still stands."""

    confluence: ConfluenceClient
    documents: DocumentRepository
    drafts: DraftStore

    def measure(self, now: float) -> int:
        """Measure the pages that are due at ``now``, in seconds since the epoch; return how many. Idempotent.

        Raises the errors of the services, except for a page that is gone or refused.
        """
        measured = 0
        for document in self.documents.with_status(DocumentStatus.PUBLISHED):
            if measured == MAX_MEASURED or remaining_seconds() < RESERVE_SECONDS:
                break  # the next sweep measures the others
            decision, publication = document.decision, document.publication
            if decision and publication and _is_due(document, decision, now):
                measured += self._measure(document, decision, publication)
        return measured

    def _measure(self, document: Document, decision: Decision, publication: Publication) -> bool:
        share = self._share(document, decision, publication)
        if share is None:
            return False
        try:
            self.documents.record_standing(document, share)
        except ConditionFailed:  # let go: another sweep has recorded it
            log.info("standing.recorded_already", extra={"document_id": document.document_id})
        return True

    def _share(self, document: Document, decision: Decision, publication: Publication) -> float | None:
        """Return the share that still stands; 0 for a page in the trash, None if the page cannot be read."""
        try:
            page = self.confluence.page(publication.page_id)
        except (NotFound, RequestRefused, Unauthorized) as error:
            if error.status == 401:
                raise
            log.warning("standing.unknown", extra={"document_id": document.document_id, "detail": str(error)})
            return None
        if page.status != "current":
            return 0.0
        draft = self.drafts.get_unverified(document.document_id, decision.revision)
        try:
            return round(standing_share(draft, page.storage), 3)
        except sf.MalformedStorage as error:
            log.warning("standing.unknown", extra={"document_id": document.document_id, "detail": str(error)})
            return None


def _is_due(document: Document, decision: Decision, now: float) -> bool:
    """Return whether a page is to be measured now; a revert is no draft of a model, so its text is not."""
    if document.still_stands is not None or document.reverts or document.closing:
        return False
    try:
        passed = now - to_epoch_seconds(decision.decided_at)
    except ValueError:
        return False
    return MEASURED_AFTER <= passed <= MEASURED_UNTIL
