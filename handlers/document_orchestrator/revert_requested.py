"""RevertRequested: an operator wants a published document taken back. Opens a document of its own that does that."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from common.atlassian.confluence_client import ConfluenceClient
from common.aws import event_bus
from common.aws.document_repository import DocumentRepository, lock_key
from common.aws.dynamodb_table import Held
from common.aws.event_bus import EventBus
from common.domain.document import (
    FINAL_STATUSES,
    Document,
    DocumentKind,
    DocumentStatus,
    StoredSelection,
    revert_id,
)
from common.domain.document_states import UNDRAFTED
from common.domain.events import Event
from common.runtime.deadline import Clock
from common.runtime.errors import LeaseHeld, PermanentFailure
from handlers.document_orchestrator.claim_page import LEASE_SECONDS, PageClaims
from handlers.document_orchestrator.close_without_edit import CloseWithoutEdit
from handlers.document_orchestrator.drafting.draft_revision import RevisionDrafter
from handlers.document_orchestrator.pages_read_once import PagesReadOnce

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class RevertRequested:
    """The use case of the event RevertRequested."""

    records: DocumentRepository
    confluence: ConfluenceClient
    claims: PageClaims
    drafter: RevisionDrafter
    no_edit: CloseWithoutEdit
    bus: EventBus
    clock: Clock

    def serve(self, event: Event, owner: str) -> None:
        """Draft the revert of a publication, and publish DocumentGenerated. Idempotent: there is one revert of each.

        Raises PermanentFailure, LeaseHeld (also while another document of the page is open) or the errors of the
        services.
        """
        mine = self._new_revert(event)
        known = self.records.get(mine.document_id)
        if known and _has_ended(known):
            self.no_edit.close(known)
            return
        with self._held(mine, known, owner) as held:
            document = held.record
            if UNDRAFTED.holds(document) and document.status is DocumentStatus.DRAFTING:
                document = self.drafter.draft(held, {}, PagesReadOnce(self.confluence))
            elif document.status in FINAL_STATUSES:
                self.no_edit.close(document)
        if document.status is DocumentStatus.DRAFTED:
            event_bus.publish_document_generated(self.bus, document)

    def record_failure(self, event: Event, reason: str) -> None:
        """Record that the publication cannot be taken back; `ops status` shows it to the operator."""
        log.error("work.failed", extra={"event": str(event.name), **event.detail, "reason": reason})
        document = self.records.get(revert_id(str(event.detail["document_id"])))
        if document and document.status is DocumentStatus.DRAFTING:
            self.drafter.fail_revert(document, reason)

    def notify_waiting(self, event: Event, reason: str) -> None:
        """Tell people nothing: the operator who asked sees in `ops status` that the review is not open yet."""

    def _new_revert(self, event: Event) -> Document:
        """Return a new document that takes a publication back. Raises PermanentFailure for one that updated no page."""
        reverted = self.records.get(str(event.detail["document_id"]))
        if reverted is None or reverted.publication is None or reverted.kind is not DocumentKind.UPDATE:
            raise PermanentFailure("only a published update of a page can be taken back")
        published, review = reverted.publication, reverted.review_issue_key
        reason = (
            f'Takes back version {published.version} of "{published.title}", which was reviewed in {review}. '
            f"{event.detail['requested_by']} asked for it with `python -m ops revert`"
        )
        # A page that a person named may be shown in the review although not everyone may view it
        named_by = "named" if reverted.choice.decided_by == "named" else "operator"
        return Document(
            document_id=revert_id(reverted.document_id),
            kind=DocumentKind.UPDATE,
            status=DocumentStatus.DRAFTING,
            space_id=reverted.space_id,
            title=published.title,
            choice=StoredSelection(reason, 1.0, named_by),
            created_at=int(self.clock()),
            page_id=published.page_id,
            issue_keys=reverted.issue_keys,
            author_ids=reverted.author_ids,
            reverts=reverted.document_id,
            route=reverted.route,
        )

    @contextmanager
    def _held(self, mine: Document, known: Document | None, owner: str) -> Iterator[Held[Document]]:
        """Hold the document, new or known, with its page lock; raise LeaseHeld while another document has the page."""
        self._take_page(mine, owner)
        if known is None:
            with self.records.start(mine, owner, LEASE_SECONDS) as started:
                if started is None:
                    raise LeaseHeld(f"another invocation has just started {mine.document_id}")
                yield started
            return
        with self.records.lease(mine.document_id, owner, LEASE_SECONDS) as held:
            document = held.record
            if document.status is DocumentStatus.FAILED and UNDRAFTED.holds(document):
                held = Held(self.records.restart(document, mine), held.lease)
            yield held

    def _take_page(self, mine: Document, owner: str) -> None:
        """Take the page lock, first from a document that has ended or was never recorded; raise LeaseHeld."""
        for _ in range(2):
            lock = self.records.lock(lock_key(mine), mine.document_id, int(self.clock()))
            if lock.held_by == mine.document_id:
                return
            holder = self.records.get(lock.held_by)
            if holder and holder.status in FINAL_STATUSES:
                self.claims.release_ended(lock.name, lock.held_by, owner)
            elif holder is None and (lock.taken_at or 0) < int(self.clock()) - LEASE_SECONDS:
                self.records.release_stale(lock)
            else:
                break
        raise LeaseHeld(
            "another draft of this page is under review; taking the publication back comes after it"
        )


def _has_ended(document: Document) -> bool:
    """Return whether nothing is left to do; a revert that failed before its draft is tried again."""
    may_restart = document.status is DocumentStatus.FAILED and UNDRAFTED.holds(document)
    return document.status in FINAL_STATUSES and not may_restart
