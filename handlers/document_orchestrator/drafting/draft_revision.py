"""Makes the next draft of a document from its tickets and its page, and stores it in the bucket."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Protocol

from common import storage_format as sf
from common.atlassian.confluence_client import ConfluencePage
from common.atlassian.http_client import NotFound, RequestRefused, Unauthorized
from common.atlassian.page_restrictions import RestrictionReader, open_title, recheck_restrictions
from common.aws.bedrock_client import BedrockClient
from common.aws.document_repository import DocumentRepository, lock_key
from common.aws.draft_store import DraftStore
from common.aws.dynamodb_table import Held
from common.domain.document import Document, DocumentKind, Verdict
from common.domain.document_states import OVERTAKEN, UNDRAFTED
from common.domain.draft import Draft
from common.domain.issue_security import common_security_level, security_levels
from common.domain.small_changes import small_revision
from common.domain.ticket import Ticket
from common.runtime.errors import LeaseHeld, PermanentFailure
from handlers.document_orchestrator.close_without_edit import CloseWithoutEdit
from handlers.document_orchestrator.drafting.ask_model import draft_page, draft_update
from handlers.document_orchestrator.drafting.draft_revert import (
    CannotRevert,
    NothingToRevert,
    VersionReader,
    draft_revert,
)
from handlers.document_orchestrator.drafting.edit_page_prompt import PreviousDraft, Proposal
from handlers.document_orchestrator.drafting.new_page_prompt import Sample
from handlers.document_orchestrator.drafting.style_sample import style_sample
from handlers.document_orchestrator.style_guide import StyleGuide
from handlers.document_orchestrator.ticket_reader import TicketReader
from handlers.document_orchestrator.writable_spaces import RoutedSpaces

log = logging.getLogger(__name__)


class PageReader(RestrictionReader, VersionReader, Protocol):
    """The reads of Confluence in this invocation: handlers.document_orchestrator.pages_read_once.PagesReadOnce."""

    def page(self, page_id: str) -> ConfluencePage:
        """Return a page; raise NotFound."""

    def known(self, page_ids: Iterable[str]) -> tuple[ConfluencePage, ...]:
        """Return those of these pages that were read already in this invocation."""

    def attachment_names(self, page_id: str) -> frozenset[str]:
        """Return the file names of a page's attachments."""


@dataclass(frozen=True)
class RevisionDrafter:
    """Drafts the next revision of a document that the caller holds."""

    records: DocumentRepository
    drafts: DraftStore
    tickets: TicketReader
    model: BedrockClient
    no_edit: CloseWithoutEdit
    site: RoutedSpaces
    guide: StyleGuide

    def draft(self, held: Held[Document], read: Mapping[str, Ticket], pages: PageReader) -> Document:
        """Draft the first revision, or the next one with the feedback of its reviewer; return the document.

        The document may have one change more than its record: this change is recorded together with the draft, in the
        write that also releases the lease. The document is ``drafted``, or ``not_needed`` if the page needs no change.
        The caller publishes DocumentGenerated after that. ``read`` holds tickets that were read already, by key.
        """
        document = held.record
        if small := self._small_revision(document):
            return self._store(held, small)
        if document.reverts:
            return self._draft_revert(held, pages)
        again, levels = self._previous(document)
        known = self._tickets(document, read)
        tickets, levels = list(known.values()), security_levels(known, levels)
        _check_security_levels(document, levels)
        titles = [candidate.title for candidate in document.choice.candidates]
        if document.kind is DocumentKind.UPDATE:
            page = self._page(document, pages)
            attached = partial(_attached, pages, page.page_id)
            proposal = draft_update(self.model, page, tickets, again, titles, attached, self.guide.text())
        else:
            page = None
            parent = self._parent_title(document, pages)
            sample = None if again else self._sample(document, pages, is_parent_open=bool(parent))
            proposal = draft_page(
                self.model, document.title, parent, tickets, again, titles, sample, self.guide.text()
            )
        if page and not proposal.edits:
            return self._without_edit(document, proposal)
        return self._store(held, _draft_of(document, page, proposal, levels))

    def fail_revert(self, document: Document, reason: str) -> Document:
        """End a revert without a draft and release its page; return the document. It can be asked for again."""
        log.warning("revert.failed", extra={"document_id": document.document_id, "reason": reason})
        failed = self.records.fail_before_draft(document, reason)
        self.records.unlock(lock_key(failed), failed.document_id)
        return failed

    def _draft_revert(self, held: Held[Document], pages: PageReader) -> Document:
        """Draft the revert of a publication by program, never by a model, or end the document; return it."""
        document = held.record
        if document.revision and not OVERTAKEN.holds(document):
            raise PermanentFailure("a review that takes a publication back can only leave out edits: drop 2")
        reverted = self.records.require(document.reverts)
        decision, publication = reverted.decision, reverted.publication
        if decision is None or publication is None:
            raise PermanentFailure(f"{document.reverts} has no publication")
        taken = self.drafts.get_unverified(reverted.document_id, decision.revision)
        page = self._page(document, pages)
        try:
            draft = draft_revert(document, page, taken, publication, pages)
        except CannotRevert as why:
            is_first = UNDRAFTED.holds(document)
            return (self.fail_revert if is_first else self.no_edit.end)(document, str(why))
        except NothingToRevert as why:
            return self.no_edit.end(document, str(why))
        return self._store(held, replace(draft, inputs=_inputs(document, draft.levels)))

    def _store(self, held: Held[Document], draft: Draft) -> Document:
        draft, sha256 = self.drafts.store(draft)
        document = self.records.store_draft(held.record, draft, sha256, held.lease)
        log.info("draft.stored", extra={"document_id": document.document_id, "revision": draft.revision})
        return document

    def _small_revision(self, document: Document) -> Draft | None:
        """Return the next draft if the reviewer's feedback says exactly what to change; None if it needs the model.

        The draft keeps its base: what else changed on the page is found when it is published.
        """
        decision = document.decision
        if UNDRAFTED.holds(document) or decision is None or decision.revision != document.revision:
            return None
        newest = self.drafts.get(document.document_id, document.revision, document.sha256)
        if newest.change_ids != document.change_ids:
            return None  # another ticket joined: its change is drafted too
        small = small_revision(newest, _feedback(document))
        if small is None:
            return None
        log.info("draft.small_changes", extra={"document_id": document.document_id})
        return replace(
            small,
            revision=document.revision + 1,
            follows=document.revision,
            inputs=_inputs(document, newest.levels),
            model=newest.model.without_tokens() if newest.model else None,
        )

    def _previous(self, document: Document) -> tuple[PreviousDraft | None, Mapping[str, str]]:
        """Return the newest draft with its reviewer's feedback, and the security levels of its tickets."""
        if UNDRAFTED.holds(document):
            return None, {}
        newest = self.drafts.get(document.document_id, document.revision, document.sha256)
        changed = "\n\n".join(sf.to_markdown(change.after) for change in newest.changes() if change.after)
        previous = PreviousDraft(sf.to_markdown(newest.storage), _feedback(document), changed)
        return previous, newest.levels

    def _tickets(self, document: Document, read: Mapping[str, Ticket]) -> dict[str, Ticket]:
        """Return the source tickets that still exist, by their recorded keys; raise PermanentFailure if none does."""
        tickets = {}
        for key in document.issue_keys:
            try:
                tickets[key] = read.get(key) or self.tickets.read(key)
            except NotFound:
                # let go: the draft is made from the other tickets; PermanentFailure is raised if there are none
                log.warning("source_ticket.missing", extra={"issue_key": key})
        if not tickets:
            raise PermanentFailure(
                "no ticket of this documentation exists any more, or the Kinexus account may not view them"
            )
        return tickets

    def _page(self, document: Document, pages: PageReader) -> ConfluencePage:
        try:
            page = pages.page(document.page_id or "")
        except NotFound as error:
            raise PermanentFailure(
                f"the page {document.page_id} does not exist any more, or the Kinexus account may not view it"
            ) from error
        if why_not := self.site.of(document.route).reason_not_writable(page):
            raise PermanentFailure(
                f"{why_not}. Restore the page or move it back, or add the label docs:PAGE-ID of another page to the "
                "source ticket, reopen it and close it again"
            )
        # The first draft is made right after its page was chosen, except for a revert
        if document.revision or document.reverts:
            choices = {page.page_id: document.choice}
            trust_folders = self.site.of(document.route).trust_folders
            recheck_restrictions(choices, pages, trust_folders=trust_folders)
        return page

    def _sample(self, document: Document, pages: PageReader, *, is_parent_open: bool) -> Sample | None:
        trust_folders = self.site.of(document.route).trust_folders
        return style_sample(document, pages, is_parent_open=is_parent_open, trust_folders=trust_folders)

    def _parent_title(self, document: Document, pages: PageReader) -> str:
        trust_folders = self.site.of(document.route).trust_folders
        return open_title(document.parent_id, pages, trust_folders=trust_folders)

    def _without_edit(self, document: Document, proposal: Proposal) -> Document:
        if document.revision and not OVERTAKEN.holds(document):
            raise PermanentFailure("the model proposed no edit for this revision")
        reason = proposal.summary or f'the page "{document.title}" is already up to date'
        return self.no_edit.end(document, reason)


def _attached(pages: PageReader, page_id: str) -> frozenset[str]:
    try:
        return pages.attachment_names(page_id)
    except (NotFound, RequestRefused, Unauthorized) as error:
        # Without the scope for attachments, an image that the page does not show becomes words.
        log.warning("attachments.refused", extra={"page_id": page_id, "detail": str(error)})
        return frozenset()


def _check_security_levels(document: Document, levels: Mapping[str, str]) -> None:
    """Raise if the tickets' security levels do not fit the review; LeaseHeld while its ticket is not open yet.

    ``levels`` holds the levels by ticket key. See common.domain.issue_security.common_security_level.
    """
    if document.review_issue_key:
        common_security_level(levels, document.review_issue_key.rpartition("-")[0])
    elif levels and len(document.issue_keys) > 1:
        raise LeaseHeld(
            f"the review ticket is not open yet; a ticket with a security level can join only after that: "
            f"{', '.join(levels)}"
        )


def _feedback(document: Document) -> str:
    """Return the reviewer's last feedback, ``""`` if the last decision did not ask for a revision.

    It also applies to a revision that another change causes.
    """
    decision = document.decision
    return decision.feedback if decision and decision.verdict is Verdict.NEEDS_REVISION else ""


def _inputs(document: Document, levels: Mapping[str, str]) -> str:
    """Return a hash of everything that the next draft is made from, which does not depend on the model's answer."""
    target = (str(document.kind), document.page_id)
    parts = (
        target,
        document.sha256,
        document.change_ids,
        OVERTAKEN.holds(document),
        _feedback(document),
        levels,
    )
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _draft_of(
    document: Document, page: ConfluencePage | None, proposal: Proposal, levels: Mapping[str, str]
) -> Draft:
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
        follows=document.revision,
        inputs=_inputs(document, levels),
        levels=levels,
        model=proposal.model,
        because=proposal.because,
        unsourced=proposal.unsourced,
    )
