"""Carries out what ``claim`` decides, until the change holds the document of its page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from common.atlassian.confluence_client import ConfluenceClient, ConfluencePage
from common.atlassian.page_restrictions import recheck_restrictions
from common.aws.change_repository import ChangeRepository
from common.aws.document_repository import DocumentRepository, PageLock, lock_key
from common.aws.dynamodb_table import Held
from common.domain.change import Change
from common.domain.document import FINAL_STATUSES, Document, DocumentKind, DocumentStatus
from common.domain.route import Routes
from common.runtime.deadline import Clock
from common.runtime.errors import LeaseHeld
from handlers.document_orchestrator.claim import (
    Action,
    Holder,
    Standing,
    claim,
    has_ended_without,
    standing_of,
)
from handlers.document_orchestrator.new_document import (
    convert_to_create,
    convert_to_update,
    derive_document_id,
    new_document,
)
from handlers.document_orchestrator.new_page_register import NewPageRegister
from handlers.document_orchestrator.stored_targets import StoredTarget

#: Seconds that a lease on a document lasts: the timeout of this function.
LEASE_SECONDS = 180
#: How often a change looks at its page, while other changes take and release it.
MAX_LOOKS = 8


class PageAwaitsReview(Exception):
    """A review takes back a publication of the page, or other people decide in it: the change comes after it."""


@dataclass(frozen=True)
class Claim:
    """A change that claims the page of one of its targets.

    ``is_first`` says that this invocation has just stored the target, so no document of the change was started before.
    """

    change: Change
    target: StoredTarget
    is_first: bool = False


@dataclass(frozen=True)
class _Claimant:
    """The document that a change starts if it must, and the id of the open draft that it would rather join."""

    change: Change
    mine: Document
    awaited: str | None


@dataclass(frozen=True)
class _Sight:
    """What a change saw of its page: who holds it, that document's record, and a page with the title to be created."""

    holder: Holder
    document_id: str
    document: Document | None
    lock: PageLock | None
    created: ConfluencePage | None = None
    is_stale: bool = False
    replacement: Document | None = None
    may_join: bool = True

    def action(self, change: Change) -> Action:
        """Return what the change does."""
        return claim(
            self.holder,
            standing_of(self.document),
            includes=self.document is not None and change.change_id in self.document.change_ids,
            is_created=self.created is not None,
            is_stale=self.is_stale,
            may_start=self.replacement is None,
            is_revert=self.document is not None and bool(self.document.reverts),
            may_join=self.may_join,
        )


@dataclass(frozen=True)
class PageClaims:
    """Claims pages for changes: the part of the work that is exclusive per page (page lock and lease)."""

    records: DocumentRepository
    changes: ChangeRepository
    new_pages: NewPageRegister
    confluence: ConfluenceClient
    routes: Routes
    clock: Clock

    @contextmanager
    def hold(self, claimed: Claim, owner: str, *, trust_folders: bool) -> Iterator[Held[Document]]:
        """Hold the document of a change's page: an open one, or a new one. One that has ended contains the change.

        Raises LeaseHeld, PageAwaitsReview, PageRequiresLabel or the errors of the services.
        """
        change, target = claimed.change, claimed.target
        known = None if claimed.is_first else self.records.get(derive_document_id(change, target))
        mine = known or new_document(change, target, int(self.clock()))
        claimant = _Claimant(change, mine, None if known else target.joins)
        for look in range(MAX_LOOKS):
            sight = self._look(claimant, known if look == 0 else self.records.get(mine.document_id))
            action = sight.action(change)
            if action is Action.WAIT_FOR_REVIEW and sight.document:
                raise PageAwaitsReview(_reviewed_by_others(sight.document))
            if action is Action.WAIT:
                raise _waiting(sight)
            if action in (Action.START, Action.RESTART, Action.WORK):
                with self._worked_on(action, claimant, sight, owner) as held:
                    if held:
                        yield held
                        return
            else:
                claimant = self._step(action, claimant, sight, owner, trust_folders=trust_folders)
        raise LeaseHeld(f"other changes keep taking the page of {mine.document_id}")

    def release_ended(self, lock: str, document_id: str, owner: str) -> None:
        """Release the page lock of a document if its status is final; raise LeaseHeld while another works on it."""
        with self.records.lease(document_id, owner, LEASE_SECONDS) as held:
            if held.record.status in FINAL_STATUSES:
                self.records.unlock(lock, document_id)

    def _look(self, claimant: _Claimant, recorded: Document | None) -> _Sight:
        """Take the page lock if it is free, and look at who holds the page. ``recorded`` is the record of ``mine``."""
        mine = claimant.mine
        if joined := self._joined_earlier(claimant):
            return _Sight(Holder.JOINED, joined.document_id, joined, None)
        if awaited := claimant.awaited:
            document = self.records.get(awaited)
            replacement = None if document else self._replacement(mine, awaited)
            may_join = self._has_same_approvers(mine, document)
            return _Sight(Holder.AWAITED, awaited, document, None, replacement=replacement, may_join=may_join)
        lock = self.records.lock(lock_key(mine), mine.document_id, int(self.clock()))
        if lock.held_by == mine.document_id:
            starts = standing_of(recorded) in (Standing.ABSENT, Standing.UNDRAFTED)
            created = self._page_created_by_us(mine) if starts else None
            return _Sight(Holder.MINE, mine.document_id, recorded, lock, created)
        is_stale = (lock.taken_at or 0) < int(self.clock()) - LEASE_SECONDS
        other = self.records.get(lock.held_by)
        may_join = self._has_same_approvers(mine, other)
        return _Sight(Holder.OTHER, lock.held_by, other, lock, is_stale=is_stale, may_join=may_join)

    def _has_same_approvers(self, mine: Document, other: Document | None) -> bool:
        """Return whether the same people may decide on both documents; True for one without a record."""
        if other is None:
            return True
        return self.routes.current(mine.route).has_same_approvers(self.routes.current(other.route))

    @contextmanager
    def _worked_on(
        self, action: Action, claimant: _Claimant, sight: _Sight, owner: str
    ) -> Iterator[Held[Document] | None]:
        """Hold the document to work on; None if its situation has changed meanwhile, so that the change looks again."""
        mine = claimant.mine
        if action is Action.START:
            with self.records.start(mine, owner, LEASE_SECONDS) as started:
                yield started
            return
        if sight.holder is not Holder.MINE:
            self.changes.record_joining(claimant.change, sight.document_id)
        with self.records.lease(sight.document_id, owner, LEASE_SECONDS) as held:
            if action is Action.RESTART:
                yield self._restarted(held, mine)
            else:
                is_free = standing_of(held.record) is not Standing.PUBLISHING
                yield held if is_free and not has_ended_without(held.record, claimant.change) else None

    def _restarted(self, held: Held[Document], mine: Document) -> Held[Document] | None:
        """Restart a failed document; None if it does not hold its page any more, or was restarted by another."""
        # Another invocation that saw the failure may have released the lock just now: see ``release_ended``.
        lock = self.records.lock(lock_key(mine), mine.document_id, int(self.clock()))
        if lock.held_by != mine.document_id or held.record.status is not DocumentStatus.FAILED:
            return None
        return Held(self.records.restart(held.record, mine), held.lease)

    def _step(
        self, action: Action, claimant: _Claimant, sight: _Sight, owner: str, *, trust_folders: bool
    ) -> _Claimant:
        """Do what is needed before the change looks again."""
        mine = claimant.mine
        if action is Action.UPDATE_CREATED and sight.created:
            self.records.unlock(lock_key(mine), mine.document_id)
            updating = self._as_update(
                mine, sight.created.page_id, sight.created.title, trust_folders=trust_folders
            )
            return replace(claimant, mine=updating)
        if action is Action.REPLACE_ENDED and sight.document:
            mine = self._replaced(mine, sight.document, trust_folders=trust_folders)
            return replace(claimant, mine=mine, awaited=None)
        if action is Action.REPLACE_RESERVED and sight.replacement:
            return replace(claimant, mine=sight.replacement, awaited=None)
        if action is Action.TAKE_OVER and sight.lock:
            self.records.release_stale(sight.lock)
        elif action is Action.FREE:
            self.release_ended(lock_key(mine), sight.document_id, owner)
        return claimant

    def _as_update(self, mine: Document, page_id: str, title: str, *, trust_folders: bool) -> Document:
        """Return the document as an update of a page; raise PageRequiresLabel if a review may not show that page."""
        recheck_restrictions({page_id: mine.choice}, self.confluence, trust_folders=trust_folders)
        return convert_to_update(mine, page_id, title)

    def _replaced(self, mine: Document, ended: Document, *, trust_folders: bool) -> Document:
        """Return the document that a change starts because the one that it should join has ended."""
        if ended.status is DocumentStatus.PUBLISHED and (page := ended.publication):
            return self._as_update(mine, page.page_id, page.title, trust_folders=trust_folders)
        return convert_to_create(mine, ended)

    def _replacement(self, mine: Document, awaited: str) -> Document | None:
        """Return the document that replaces a reserved page that was never started; None if it may still be started."""
        reservation = self.new_pages.read(mine.space_id).of_document(awaited)
        if reservation is None:
            return mine
        return (
            None if self.new_pages.is_pending(reservation) else replace(mine, parent_id=reservation.parent_id)
        )

    def _joined_earlier(self, claimant: _Claimant) -> Document | None:
        """Return another change's document for the same page that contains this change since an earlier delivery."""
        change, lock = claimant.change, lock_key(claimant.mine)
        for document in filter(None, map(self.records.get, change.joined)):
            if change.change_id in document.change_ids and lock_key(document) == lock:
                return document
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


def _waiting(sight: _Sight) -> LeaseHeld | PageAwaitsReview:
    """Return the error that says what a change waits for."""
    document = sight.document
    if document and document.reverts and document.status is not DocumentStatus.PUBLISHING:
        review = document.review_issue_key or "its review is not open yet"
        return PageAwaitsReview(
            f"a publication of its page may be taken back ({review}), and this ticket comes after that decision"
        )
    return LeaseHeld(_waiting_for(sight))


def _reviewed_by_others(document: Document) -> str:
    review = f" in {document.review_issue_key}" if document.review_issue_key else ""
    return (
        f"its page is under review{review} for a ticket of another route, where other people decide, and this ticket "
        "comes after that decision"
    )


def _waiting_for(sight: _Sight) -> str:
    if sight.document is None:
        return f"another change is about to start the documentation of this page ({sight.document_id})"
    return f"another draft of this page is being published ({sight.document_id}); this change comes after it"
