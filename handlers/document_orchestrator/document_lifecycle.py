"""Starts, joins and revises documents: the part of the work that is exclusive per page (page lock and lease)."""

from __future__ import annotations

from dataclasses import dataclass, replace

from common.atlassian.confluence_client import ConfluenceClient, ConfluencePage
from common.aws import event_bus
from common.aws.change_repository import ChangeRepository
from common.aws.document_repository import DocumentRepository, lock_key
from common.aws.event_bus import EventBus
from common.domain.change import Change
from common.domain.document import (
    FINAL_STATUSES,
    Document,
    DocumentKind,
    DocumentStatus,
    StoredSelection,
    document_id,
)
from common.runtime.deadline import Clock
from common.runtime.errors import LeaseHeld
from handlers.document_orchestrator.drafting.draft_revision import RevisionDrafter
from handlers.document_orchestrator.new_page_register import NewPageRegister
from handlers.document_orchestrator.stored_targets import StoredTarget

#: Seconds that a lease on a document lasts: the timeout of this function.
LEASE_SECONDS = 180


@dataclass(frozen=True)
class DocumentLifecycle:
    """Brings documents to their next draft. ``owner`` is the id of this invocation, which holds the leases."""

    records: DocumentRepository
    new_pages: NewPageRegister
    changes: ChangeRepository
    drafter: RevisionDrafter
    bus: EventBus
    confluence: ConfluenceClient
    clock: Clock

    def attach_change(self, change: Change, target: StoredTarget, owner: str) -> str:
        """Attach the change to the page's open document, start one if there is none; return the document's id.

        Afterwards a draft of that document contains the change. Idempotent.

        The page lock decides: the document that holds it is the only open one for this page, and other changes join
        it. If another change has already created the page that this one should create, this one updates it. If the
        draft that this change should join ended without a page, this change creates the page.

        Raises LeaseHeld, PermanentFailure or the errors of the services.
        """
        existing = self.records.get(derive_document_id(change, target))
        # A document that failed before its first draft starts again; one that was drafted has ended for good.
        starts = existing is None or (existing.status is DocumentStatus.FAILED and not existing.revision)
        if existing and existing.status in FINAL_STATUSES and not starts:
            self.drafter.no_edit.close(existing)
            return existing.document_id
        mine = existing or new_document(change, target, int(self.clock()))
        joins = None if existing else target.joins
        while True:
            holder = self._joined_earlier(change, mine) or joins
            holder = holder or self.records.lock(lock_key(mine), mine.document_id, int(self.clock()))
            if holder == mine.document_id:
                if starts and (page := self._page_created_by_us(mine)):
                    self.records.unlock(lock_key(mine), mine.document_id)
                    mine = self._as_update(mine, page.page_id, page.title)
                    continue
                if not self._record_start(mine, owner):
                    continue
            held = self.records.get(holder)
            if held is None:
                if joins and (replacement := self._replace_reserved(mine, joins)):
                    mine, joins = replacement, None
                    continue
                if not joins and self.records.release_stale(
                    lock_key(mine), holder, int(self.clock()) - LEASE_SECONDS
                ):
                    continue
                raise LeaseHeld(f"another change is about to start the documentation of this page ({holder})")
            if _has_ended(held, change):
                if joins:
                    mine, joins = self._replace_ended(mine, held), None
                else:
                    self.unlock_ended(lock_key(mine), holder, owner)
                continue
            if holder != mine.document_id:
                self.changes.record_joining(change, holder)
            with self.records.lease(holder, owner, LEASE_SECONDS):
                held = self.records.require(holder)
                drafted = (
                    None if _has_ended(held, change) else self._draft_if_missing(held, change, target.choice)
                )
            if _has_ended(held, change):
                continue  # it ended while this invocation waited for the lease
            if drafted:
                event_bus.publish_document_generated(self.bus, drafted)
            return holder

    def revise(self, document: Document) -> Document | None:
        """Draft the next revision of a document that waits for one (status ``revising``); return None for any other.

        The caller holds the document's lease, and publishes DocumentGenerated for the result after releasing it.
        """
        if document.status in FINAL_STATUSES:
            self.drafter.no_edit.close(document)
        return self.drafter.draft_next(document) if document.status is DocumentStatus.REVISING else None

    def unlock_ended(self, lock: str, document_id: str, owner: str) -> None:
        """Release the page lock of a document if its status is final; raise LeaseHeld while another works on it."""
        with self.records.lease(document_id, owner, LEASE_SECONDS):
            if self.records.require(document_id).status in FINAL_STATUSES:
                self.records.unlock(lock, document_id)

    def _as_update(self, mine: Document, page_id: str, title: str) -> Document:
        """Return the document as an update of a page; raise PageRequiresLabel if a review may not show that page."""
        self.drafter.recheck_restrictions(page_id, mine)
        return convert_to_update(mine, page_id, title)

    def _replace_ended(self, mine: Document, ended: Document) -> Document:
        """Return the document that a change starts because the one that it should join has ended."""
        if ended.status is DocumentStatus.PUBLISHED and ended.publication:
            return self._as_update(mine, ended.publication.page_id, ended.publication.title)
        return convert_to_create(mine, ended)

    def _replace_reserved(self, mine: Document, awaited: str) -> Document | None:
        """Return the document that replaces a reserved page that was never started; None if it may still be started."""
        reservation = self.new_pages.read(mine.space_id).of_document(awaited)
        if reservation is None:
            return mine
        if self.new_pages.is_pending(reservation):
            return None
        return replace(mine, parent_id=reservation.parent_id)

    def _joined_earlier(self, change: Change, mine: Document) -> str | None:
        """Return the id of another change's document whose draft contains this change since an earlier delivery."""
        for document in filter(None, map(self.records.get, change.joined)):
            if change.change_id in document.change_ids and lock_key(document) == lock_key(mine):
                return document.document_id
        return None

    def _page_created_by_us(self, mine: Document) -> ConfluencePage | None:
        """Return the current page with the title of a page to be created, if the Kinexus account is its author.

        A page of this title by someone else is reported to the reviewer later, at publication.
        """
        if mine.kind is not DocumentKind.CREATE:
            return None
        page = self.confluence.page_by_title(mine.space_id, mine.title)
        is_ours = page and page.status == "current" and self.confluence.is_us(page.author_id)
        return page if is_ours else None

    def _record_start(self, mine: Document, owner: str) -> bool:
        """Record the document as started; return False if it had failed and another document took its page lock."""
        document = self.records.create_or_get(mine)
        if document.status is DocumentStatus.FAILED:
            with self.records.lease(mine.document_id, owner, LEASE_SECONDS):
                # Another invocation that saw the failure may have released the lock just now: see unlock_ended.
                if self.records.lock(lock_key(mine), mine.document_id, int(self.clock())) != mine.document_id:
                    return False
                self.records.restart(document, mine)
        return True

    def _draft_if_missing(
        self, document: Document, change: Change, choice: StoredSelection
    ) -> Document | None:
        """Make sure that a draft contains the change; return the document if this draft must still be announced."""
        if document.status in FINAL_STATUSES:
            self.drafter.no_edit.close(document)
            return None
        if document.status is DocumentStatus.PUBLISHING:
            raise LeaseHeld(
                f"another draft of this page is being published ({document.document_id}); this change comes after it"
            )
        is_in = change.change_id in document.change_ids
        if document.revision == 0:
            return self.drafter.draft_initial(document if is_in else join(document, change, choice))
        if not is_in:
            # This is also the revision that the reviewer asked for, if that is not drafted yet: it keeps the feedback.
            return self.drafter.draft_next(join(document, change, choice))
        return document if document.status is DocumentStatus.DRAFTED else None


def _has_ended(document: Document, change: Change) -> bool:
    """Return whether a document ended without this change in it."""
    return document.status in FINAL_STATUSES and change.change_id not in document.change_ids


def derive_document_id(change: Change, target: StoredTarget) -> str:
    """Return the id of the document that this change starts for this target; it never changes."""
    return document_id(change.change_id, target.page_id or f"{target.space_id}\n{target.title}")


def new_document(change: Change, target: StoredTarget, now: int) -> Document:
    """Return a new document in status ``drafting``; ``now`` is in seconds since the epoch."""
    return Document(
        document_id=derive_document_id(change, target),
        kind=target.kind or DocumentKind.UPDATE,
        status=DocumentStatus.DRAFTING,
        space_id=target.space_id,
        title=target.title,
        choice=target.choice,
        created_at=now,
        page_id=target.page_id,
        parent_id=target.parent_id,
        created_in=target.space_id if target.kind is DocumentKind.CREATE else None,
        change_ids=(change.change_id,),
        issue_keys=(change.issue_key,),
        author_ids=change.author_ids,
    )


def convert_to_update(mine: Document, page_id: str, title: str) -> Document:
    """Return a document that should create a page, changed to update an existing one; the document id stays."""
    return replace(
        mine,
        kind=DocumentKind.UPDATE,
        title=title,
        page_id=page_id,
        parent_id=None,
        created_in=None,
        choice=_with_reason(mine, "another change has already created the page"),
    )


def convert_to_create(mine: Document, ended: Document) -> Document:
    """Return a document that should join ``ended``, changed to create that page itself; the document id stays."""
    return replace(
        mine,
        title=ended.title,
        space_id=ended.space_id,
        parent_id=ended.parent_id,
        created_in=ended.space_id,
        choice=_with_reason(mine, "the draft that it should join ended without a page"),
    )


def join(document: Document, change: Change, choice: StoredSelection) -> Document:
    """Return a document with one more change. The caller must store it only together with the draft that contains it.

    Otherwise, after a crash, the record would list a change that no draft contains. ``choice`` is why the change
    belongs to this page; it replaces the document's own if a person named the page, because a named page may be edited
    where a page that was found by search may not.
    """
    return replace(
        document,
        choice=choice if choice.decided_by == "named" else document.choice,
        change_ids=(*document.change_ids, change.change_id),
        issue_keys=tuple(dict.fromkeys((*document.issue_keys, change.issue_key))),
        author_ids=tuple(dict.fromkeys((*document.author_ids, *change.author_ids))),
    )


def _with_reason(mine: Document, reason: str) -> StoredSelection:
    return replace(mine.choice, reason=f"{mine.choice.reason}; {reason}")
