"""The next draft of a document: from its tickets and its page, through the model, into the bucket."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from common import storage_format as sf
from common.atlassian.confluence_client import ConfluenceClient, ConfluencePage
from common.atlassian.http_client import NotFound
from common.atlassian.jira_client import JiraClient
from common.atlassian.page_restrictions import open_title, recheck_restrictions
from common.aws.bedrock_client import BedrockClient
from common.aws.document_repository import DocumentRepository
from common.aws.draft_store import DraftStore
from common.domain.document import Document, DocumentKind, DocumentStatus, Verdict
from common.domain.draft import Draft
from common.domain.issue_security import common_security_level, security_levels
from common.domain.ticket import Ticket
from common.runtime.errors import LeaseHeld, PermanentFailure
from handlers.document_orchestrator.close_without_edit import CloseWithoutEdit
from handlers.document_orchestrator.drafting.ask_model import draft_page, draft_update
from handlers.document_orchestrator.drafting.edit_page_prompt import PreviousDraft, Proposal
from handlers.document_orchestrator.writable_spaces import WritableSpaces

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class RevisionDrafter:
    """What it takes to draft a document's next revision. The caller has the document's lease.

    A document may come with a change more than its record has: that goes on record with the draft that holds it.
    What is returned is to be announced when the lease is given back; None: the page needs no change.
    """

    records: DocumentRepository
    drafts: DraftStore
    jira: JiraClient
    confluence: ConfluenceClient
    model: BedrockClient
    no_edit: CloseWithoutEdit
    site: Callable[[], WritableSpaces]

    def newest(self, document: Document) -> Draft:
        """Return the newest draft on record."""
        return self.drafts.get(document.document_id, document.revision, document.sha256)

    def draft_initial(self, document: Document) -> Document | None:
        """Draft the first revision."""
        return self._draft(document, None, {})

    def draft_next(self, document: Document) -> Document | None:
        """Draft the revision after the newest, with what its reviewer asked for."""
        newest = self.newest(document)
        again = PreviousDraft(sf.to_markdown(newest.storage), _feedback(document))
        return self._draft(document, again, newest.levels)

    def _draft(
        self, document: Document, again: PreviousDraft | None, levels: Mapping[str, str]
    ) -> Document | None:
        known = self._tickets(document)
        tickets, levels = list(known.values()), security_levels(known, levels)
        _keep_level(document, levels)
        if document.kind is DocumentKind.UPDATE:
            page = self._page(document)
            proposal = draft_update(self.model, page, tickets, again)
        else:
            page = None
            proposal = draft_page(self.model, document.title, self._parent_title(document), tickets, again)
        if page and not proposal.edits:
            self._without_edit(document, proposal)
            return None
        draft, sha256 = self.drafts.store(_draft_of(document, page, proposal, levels))
        document = self.records.move(
            document,
            DocumentStatus.DRAFTED,
            revision=draft.revision,
            sha256=sha256,
            title=draft.title,
            change_ids=draft.change_ids,
            issue_keys=draft.issue_keys,
            author_ids=document.author_ids,
            choice=document.choice,
            reason=None,
        )
        log.info("draft.stored", extra={"document_id": document.document_id, "revision": draft.revision})
        return document

    def _tickets(self, document: Document) -> dict[str, Ticket]:
        """Return the source tickets that there still are, by the keys under which they are on record."""
        tickets = {}
        for key in document.issue_keys:
            try:
                tickets[key] = Ticket.from_rest(self.jira.issue(key), self.jira.browse_url)
            except NotFound:
                # let go: the draft is made from the tickets that are left; GivenUp is raised without any
                log.warning("source_ticket.missing", extra={"issue_key": key})
        if not tickets:
            raise PermanentFailure(
                "every ticket of this documentation is gone, or we may not see it any more"
            )
        return tickets

    def _page(self, document: Document) -> ConfluencePage:
        try:
            page = self.confluence.page(document.page_id or "")
        except NotFound as error:
            raise PermanentFailure(
                f"page {document.page_id} does not exist any more, or our account may not view it"
            ) from error
        if why_not := self.site().reason_not_writable(page):
            raise PermanentFailure(f"{why_not}: put it back, or name another page")
        if document.revision:  # the first draft is made right after its page was chosen
            self.recheck_restrictions(page.page_id, document)
        return page

    def recheck_restrictions(self, page_id: str, document: Document) -> None:
        """Raise PageRequiresLabel where a review may not show this page, unless a person has named it."""
        trust_folders = self.site().trust_folders
        recheck_restrictions({page_id: document.choice}, self.confluence, trust_folders=trust_folders)

    def _parent_title(self, document: Document) -> str:
        trust_folders = self.site().trust_folders
        return open_title(document.parent_id, self.confluence, trust_folders=trust_folders)

    def _without_edit(self, document: Document, proposal: Proposal) -> None:
        if document.revision and not is_overtaken(document):
            raise PermanentFailure("the model proposes no edit at all for this revision")
        reason = proposal.summary or f'the page "{document.title}" says everything already'
        self.no_edit.end(document, reason)


def _keep_level(document: Document, levels: Mapping[str, str]) -> None:
    """See that a ticket that a review could not show joins none, or nobody could review the others."""
    if document.review_issue_key:
        common_security_level(levels, document.review_issue_key.rpartition("-")[0])
    elif levels and len(document.issue_keys) > 1:
        raise LeaseHeld(
            f"{', '.join(levels)} has a security level, and the review that it would join is not open yet"
        )


def is_overtaken(document: Document) -> bool:
    """Say whether a revision is due because somebody edited the page where the approved draft would have."""
    decision = document.decision
    is_revising = document.status is DocumentStatus.REVISING
    return is_revising and decision is not None and decision.verdict is Verdict.APPROVED


def _feedback(document: Document) -> str:
    """Return what the reviewer asked for last; it holds for a revision that another change causes, too.

    What follows an approval is no feedback.
    """
    decision = document.decision
    return decision.feedback if decision and decision.verdict is Verdict.NEEDS_REVISION else ""


def _inputs(document: Document, levels: Mapping[str, str]) -> str:
    """Name what the next draft is made from, whatever the model makes of it this time."""
    target = (str(document.kind), document.page_id)
    parts = (
        target,
        document.sha256,
        document.change_ids,
        is_overtaken(document),
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
    )
