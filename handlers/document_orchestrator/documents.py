"""A document begins, is joined, is drafted: the part of the work that is exclusive per page."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace

from common import storage_format as sf
from common.atlassian_http import NotFound
from common.change import Change
from common.clock import Clock
from common.confluence import ConfluenceClient, ConfluencePage
from common.document import CLOSED, Document, DocumentKind, DocumentStatus, document_id
from common.document_records import DocumentRecords, lock_of
from common.draft import Draft
from common.draft_store import DraftStore
from common.event_bus import EventBus
from common.events import EventName
from common.jira import JiraClient
from common.model import ToolModel
from common.queue_door import GivenUp
from common.records import Busy
from common.ticket import Ticket
from handlers.document_orchestrator.chosen import Chosen
from handlers.document_orchestrator.drafting import draft_page, draft_update
from handlers.document_orchestrator.edit_page import Again, Proposal
from handlers.document_orchestrator.finding import OpenDraft

log = logging.getLogger(__name__)

#: Seconds that one invocation may work on a document alone: its function's timeout.
LEASE = 180
#: Seconds after which Confluence's search surely finds a page: a week, since a review may take days.
INDEX_LAG = 7 * 24 * 3600


@dataclass(frozen=True)
class Documents:
    """What it takes to bring a document to its next draft. ``owner`` names this invocation."""

    records: DocumentRecords
    drafts: DraftStore
    bus: EventBus
    jira: JiraClient
    confluence: ConfluenceClient
    model: ToolModel
    clock: Clock

    def bring(self, change: Change, target: Chosen, owner: str) -> str:
        """See that the change is part of a drafted document; return the document's id.

        The page's lock decides: whoever holds it is the one open document of this page, and a second change joins it.
        A page that was to be created, and that an earlier change has created meanwhile, is updated instead.
        """
        begun = self.records.get(self.identity(change, target))
        mine, joins = begun or self._begins_as(change, target), None if begun else target.joins
        while True:
            holder = joins or self.records.lock(lock_of(mine), mine.document_id)
            if holder == mine.document_id:
                if not begun and (page := self._created_meanwhile(mine)):
                    self.records.unlock(lock_of(mine), mine.document_id)
                    mine = _as_update(mine, page.page_id, page.title)
                    continue
                self._begin(mine)
            held = self.records.get(holder)
            if held is None:
                raise Busy(f"{holder} is about to begin")
            if held.document_id != mine.document_id and held.status in CLOSED:
                if joins and held.status is DocumentStatus.PUBLISHED and held.publication:
                    mine, joins = _as_update(mine, held.publication.page_id, held.publication.title), None
                    continue
                if joins:
                    raise GivenUp(
                        f'the draft "{target.title}" that this change belongs to was closed meanwhile'
                    )
                self.records.unlock(lock_of(mine), holder)
                continue
            with self.records.leased(holder, owner, LEASE):
                drafted = self._cover(self.records.require(holder), change)
            if drafted:
                # Not before the lease ends: whoever hears of the draft works on the document at once.
                self.announce(drafted)
            return holder

    def revise(self, document: Document, why_again: str) -> Document | None:
        """Draft the next revision of a document whose last one was refused or overtaken.

        The caller has its lease, and announces what is returned when it has given the lease back.
        """
        previous = self.drafts.get(document.document_id, document.revision, document.sha256)
        again = Again(sf.to_markdown(previous.storage), _feedback(document))
        return self._draft(document, again, why_again)

    def announce(self, document: Document) -> None:
        """Say on the bus that a draft is ready."""
        self.bus.publish(
            EventName.DOCUMENT_GENERATED,
            document_id=document.document_id,
            revision=document.revision,
            issue_key=document.issue_keys[-1],
        )

    def new_pages(self, space_id: str) -> tuple[tuple[OpenDraft, ...], tuple[ConfluencePage, ...]]:
        """Return the drafts of pages that are not created yet, and pages so new that a search may miss them."""
        newest = self.records.newest_pages(space_id)
        since = self.clock() - INDEX_LAG
        drafted = [d for d in newest if d.revision and d.status not in CLOSED]
        created = [d.publication.page_id for d in newest if d.publication and d.created_at >= since]
        return (
            tuple(
                OpenDraft(d.document_id, d.title, self.drafts.earlier(d.document_id, d.revision).storage)
                for d in drafted
            ),
            self.confluence.pages(created),
        )

    def identity(self, change: Change, target: Chosen) -> str:
        """Return the id of the document that this change begins for this target."""
        return document_id(change.change_id, target.page_id or f"{target.space_id}\n{target.title}")

    def _begins_as(self, change: Change, target: Chosen) -> Document:
        return Document(
            document_id=self.identity(change, target),
            kind=target.kind or DocumentKind.UPDATE,
            status=DocumentStatus.DRAFTING,
            space_id=target.space_id,
            title=target.title,
            choice=target.choice,
            created_at=int(self.clock()),
            page_id=target.page_id,
            parent_id=target.parent_id,
            created_in=target.space_id if target.kind is DocumentKind.CREATE else None,
            change_ids=(change.change_id,),
            issue_keys=(change.issue_key,),
        )

    def _created_meanwhile(self, mine: Document) -> ConfluencePage | None:
        """Return the page of ours that bears the title of a page to be created; another's is told to the reviewer."""
        if mine.kind is not DocumentKind.CREATE:
            return None
        page = self.confluence.page_by_title(mine.space_id, mine.title)
        is_ours = page and page.status == "current" and page.author_id == self.confluence.account_id()
        return page if is_ours else None

    def _begin(self, mine: Document) -> None:
        document = self.records.begin(mine)
        if document.status is DocumentStatus.FAILED:
            self.records.move(document, DocumentStatus.DRAFTING, reason="", created_in=mine.created_in)

    def _cover(self, document: Document, change: Change) -> Document | None:
        """See that the change is in a draft; return the document if that draft is to be announced."""
        if document.status in CLOSED:
            return None
        if document.status is DocumentStatus.PUBLISHING:
            raise Busy(
                f"{document.document_id} is being published; the change gets a document of its own after it"
            )
        if change.change_id not in document.change_ids:
            document = self.records.move(
                document,
                change_ids=(*document.change_ids, change.change_id),
                issue_keys=tuple(dict.fromkeys((*document.issue_keys, change.issue_key))),
            )
        if document.revision == 0:
            return self._draft(document, None, "")
        newest = self.drafts.get(document.document_id, document.revision, document.sha256)
        if change.change_id not in newest.change_ids:
            # A revision that was asked for and is not drafted yet is this one: its feedback must not be lost.
            feedback = _feedback(document) if document.status is DocumentStatus.REVISING else ""
            again = Again(sf.to_markdown(newest.storage), feedback)
            return self._draft(document, again, f"{change.issue_key} changes the same page")
        return document if document.status is DocumentStatus.DRAFTED else None

    def _draft(self, document: Document, again: Again | None, why_again: str) -> Document | None:
        """Draft the next revision; return the document, or None when the page needs no change."""
        tickets = [
            Ticket.from_rest(self.jira.issue(key), self.jira.browse_url) for key in document.issue_keys
        ]
        if document.kind is DocumentKind.UPDATE:
            page = self._page(document)
            proposal = draft_update(self.model, page, tickets, again)
        else:
            page = None
            proposal = draft_page(self.model, document.title, self._parent_title(document), tickets, again)
        if page and not proposal.edits:
            self._not_needed(document, proposal)
            return None
        draft, sha256 = self.drafts.keep(_draft_of(document, page, proposal, why_again))
        document = self.records.move(
            document, DocumentStatus.DRAFTED, revision=draft.revision, sha256=sha256, title=draft.title
        )
        log.info("draft kept", extra={"document_id": document.document_id, "revision": draft.revision})
        return document

    def _page(self, document: Document) -> ConfluencePage:
        try:
            page = self.confluence.page(document.page_id or "")
        except NotFound as error:
            raise GivenUp(
                f'the page "{document.title}" does not exist any more, or we may not see it'
            ) from error
        if page.status != "current":
            raise GivenUp(f'the page "{page.title}" is {page.status}: restore it, or name another page')
        return page

    def _parent_title(self, document: Document) -> str:
        return self.confluence.page(document.parent_id).title if document.parent_id else ""

    def _not_needed(self, document: Document, proposal: Proposal) -> None:
        if document.revision:
            raise GivenUp("the model proposes no edit at all for this revision")
        reason = proposal.summary or f'the page "{document.title}" says everything already'
        self.records.move(document, DocumentStatus.NOT_NEEDED, reason=reason)
        self.records.unlock(lock_of(document), document.document_id)


def _as_update(mine: Document, page_id: str, title: str) -> Document:
    """Return a document that was to create a page as one that updates it; its identity stays."""
    reason = f"{mine.choice.reason}; an earlier change has created the page meanwhile"
    return replace(
        mine,
        kind=DocumentKind.UPDATE,
        title=title,
        page_id=page_id,
        parent_id=None,
        created_in=None,
        choice=replace(mine.choice, reason=reason),
    )


def _feedback(document: Document) -> str:
    return document.decision.feedback if document.decision else ""


def _draft_of(document: Document, page: ConfluencePage | None, proposal: Proposal, why_again: str) -> Draft:
    return Draft(
        document_id=document.document_id,
        revision=document.revision + 1,
        kind=document.kind,
        title=page.title if page else document.title,
        space_id=page.space_id if page else document.space_id,
        summary=proposal.summary,
        storage=proposal.storage,
        change_ids=document.change_ids,
        issue_keys=document.issue_keys,
        parent_id=document.parent_id,
        page_id=page.page_id if page else None,
        base_version=page.version if page else 0,
        base=page.storage if page else "",
        edits=proposal.edits,
        why_again=why_again,
    )
