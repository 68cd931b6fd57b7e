"""A document begins, or is joined, and is drafted: the part of the work that is exclusive per page."""

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

#: Seconds that one invocation may work on a document alone: its function's timeout.
LEASE_SECONDS = 180


@dataclass(frozen=True)
class DocumentLifecycle:
    """What it takes to bring a document to its next draft. ``owner`` names this invocation."""

    records: DocumentRepository
    beginnings: NewPageRegister
    changes: ChangeRepository
    drafter: RevisionDrafter
    bus: EventBus
    confluence: ConfluenceClient
    clock: Clock

    def attach_change(self, change: Change, target: StoredTarget, owner: str) -> str:
        """See that the change is part of a drafted document; return the document's id.

        The page's lock decides: whoever holds it is the one open document of this page, and a second change joins it.
        A page that was to be created, and that an earlier change has created meanwhile, is updated instead. A draft
        that was to be joined, and that ended without a page, leaves the page to this change.
        """
        begun = self.records.get(derive_document_id(change, target))
        # One that failed while it was drafted is begun again; one that was drafted once ended for good.
        begins = begun is None or (begun.status is DocumentStatus.FAILED and not begun.revision)
        if begun and begun.status in FINAL_STATUSES and not begins:
            self.drafter.no_edit.close(begun)
            return begun.document_id
        mine = begun or new_document(change, target, int(self.clock()))
        joins = None if begun else target.joins
        while True:
            holder = self._joined(change, mine) or joins
            holder = holder or self.records.lock(lock_key(mine), mine.document_id, int(self.clock()))
            if holder == mine.document_id:
                if begins and (page := self._created_meanwhile(mine)):
                    self.records.unlock(lock_key(mine), mine.document_id)
                    mine = self._as_update(mine, page.page_id, page.title)
                    continue
                if not self._begin(mine, owner):
                    continue
            held = self.records.get(holder)
            if held is None:
                if joins and (instead := self._instead_of(mine, joins)):
                    mine, joins = instead, None
                    continue
                if not joins and self.records.release_stale(
                    lock_key(mine), holder, int(self.clock()) - LEASE_SECONDS
                ):
                    continue
                raise LeaseHeld(f"{holder} is about to begin")
            if _is_over(held, change):
                if joins:
                    mine, joins = self._instead(mine, held), None
                else:
                    self.unlock_over(lock_key(mine), holder, owner)
                continue
            if holder != mine.document_id:
                self.changes.record_joining(change, holder)
            with self.records.lease(holder, owner, LEASE_SECONDS):
                held = self.records.require(holder)
                drafted = (
                    None if _is_over(held, change) else self._draft_if_missing(held, change, target.choice)
                )
            if _is_over(held, change):
                continue  # it ended just before
            if drafted:
                event_bus.publish_document_generated(self.bus, drafted)
            return holder

    def revise(self, document: Document) -> Document | None:
        """Draft the next revision of a document whose last one was refused or overtaken, if it still waits for one.

        The caller has its lease, and announces what is returned when it has given the lease back.
        """
        if document.status in FINAL_STATUSES:
            self.drafter.no_edit.close(document)
        return self.drafter.draft_next(document) if document.status is DocumentStatus.REVISING else None

    def unlock_over(self, lock: str, document_id: str, owner: str) -> None:
        """Give back the lock of a document that is over, unless it begins again; Busy while that is decided."""
        with self.records.lease(document_id, owner, LEASE_SECONDS):
            if self.records.require(document_id).status in FINAL_STATUSES:
                self.records.unlock(lock, document_id)

    def _as_update(self, mine: Document, page_id: str, title: str) -> Document:
        """Return a document that was to create a page as one that updates it. Raises PageRequiresLabel."""
        self.drafter.recheck_restrictions(page_id, mine)
        return convert_to_update(mine, page_id, title)

    def _instead(self, mine: Document, ended: Document) -> Document:
        """Return what a change begins in place of the draft that it was to join."""
        if ended.status is DocumentStatus.PUBLISHED and ended.publication:
            return self._as_update(mine, ended.publication.page_id, ended.publication.title)
        return convert_to_create(mine, ended)

    def _instead_of(self, mine: Document, awaited: str) -> Document | None:
        """Return what a change begins in place of a page that was about to begin and will not; None if it still may."""
        beginning = self.beginnings.read(mine.space_id).of(awaited)
        if beginning is None:
            return mine
        if self.beginnings.is_pending(beginning):
            return None
        return replace(mine, parent_id=beginning.parent_id)

    def _joined(self, change: Change, mine: Document) -> str | None:
        """Return the document of another change whose draft holds this one already, since an earlier delivery."""
        for document in filter(None, map(self.records.get, change.joined)):
            if change.change_id in document.change_ids and lock_key(document) == lock_key(mine):
                return document.document_id
        return None

    def _created_meanwhile(self, mine: Document) -> ConfluencePage | None:
        """Return the page of ours that bears the title of a page to be created; another's is told to the reviewer."""
        if mine.kind is not DocumentKind.CREATE:
            return None
        page = self.confluence.page_by_title(mine.space_id, mine.title)
        is_ours = page and page.status == "current" and self.confluence.is_us(page.author_id)
        return page if is_ours else None

    def _begin(self, mine: Document, owner: str) -> bool:
        """Put the document on record as begun; False if its lock has gone to another before it could begin again."""
        document = self.records.create_or_get(mine)
        if document.status is DocumentStatus.FAILED:
            with self.records.lease(mine.document_id, owner, LEASE_SECONDS):
                # Whoever saw that it had failed may have given its lock back just now: see unlock_over.
                if self.records.lock(lock_key(mine), mine.document_id, int(self.clock())) != mine.document_id:
                    return False
                self.records.restart_failed(document, mine)
        return True

    def _draft_if_missing(
        self, document: Document, change: Change, choice: StoredSelection
    ) -> Document | None:
        """See that the change is in a draft; return the document if that draft is to be announced."""
        if document.status in FINAL_STATUSES:
            self.drafter.no_edit.close(document)
            return None
        if document.status is DocumentStatus.PUBLISHING:
            raise LeaseHeld(
                f"{document.document_id} is being published; the change gets a document of its own after it"
            )
        is_in = change.change_id in document.change_ids
        if document.revision == 0:
            return self.drafter.draft_initial(document if is_in else join(document, change, choice))
        if not is_in:
            # A revision that was asked for and is not drafted yet is this one: its feedback must not be lost.
            return self.drafter.draft_next(join(document, change, choice))
        return document if document.status is DocumentStatus.DRAFTED else None


def _is_over(document: Document, change: Change) -> bool:
    """Say whether a document ended before the change became part of it."""
    return document.status in FINAL_STATUSES and change.change_id not in document.change_ids


def derive_document_id(change: Change, target: StoredTarget) -> str:
    """Return the id of the document that this change begins for this target, whatever became of the target."""
    return document_id(change.change_id, target.page_id or f"{target.space_id}\n{target.title}")


def new_document(change: Change, target: StoredTarget, now: int) -> Document:
    """Return the document as it begins; ``now`` is in seconds since the epoch."""
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
    """Return a document that was to create a page as one that updates it; its identity stays."""
    return replace(
        mine,
        kind=DocumentKind.UPDATE,
        title=title,
        page_id=page_id,
        parent_id=None,
        created_in=None,
        choice=_because(mine, "an earlier change has created the page meanwhile"),
    )


def convert_to_create(mine: Document, ended: Document) -> Document:
    """Return a document that was to join another as one that creates the page in its place; its identity stays."""
    return replace(
        mine,
        title=ended.title,
        space_id=ended.space_id,
        parent_id=ended.parent_id,
        created_in=ended.space_id,
        choice=_because(mine, "that draft ended without a page"),
    )


def join(document: Document, change: Change, choice: StoredSelection) -> Document:
    """Return a document with one more change; on record only with the draft that holds it, or nobody would miss it.

    ``choice`` is why the change belongs to this page. It becomes the document's where a person has named the page: that
    allows what a search does not.
    """
    return replace(
        document,
        choice=choice if choice.decided_by == "named" else document.choice,
        change_ids=(*document.change_ids, change.change_id),
        issue_keys=tuple(dict.fromkeys((*document.issue_keys, change.issue_key))),
        author_ids=tuple(dict.fromkeys((*document.author_ids, *change.author_ids))),
    )


def _because(mine: Document, reason: str) -> StoredSelection:
    return replace(mine.choice, reason=f"{mine.choice.reason}; {reason}")
