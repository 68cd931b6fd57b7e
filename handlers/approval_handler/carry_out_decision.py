"""Carries out a decision: publish the page, request a new revision, or end the review."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import partial

from common.atlassian import idempotent_comments
from common.atlassian.jira_client import JiraClient
from common.aws.document_repository import DocumentRepository
from common.aws.draft_store import DraftHashMismatch, DraftStore
from common.domain.document import Decision, Document, DocumentKind, DocumentStatus, Verdict
from common.domain.route import Routes
from common.domain.small_changes import parse_small_changes, small_revision
from common.domain.version_note import version_note
from common.runtime.errors import LeaseHeld
from handlers.approval_handler import notification_texts
from handlers.approval_handler.hold_approval import ApprovalHold, SourcesChanged
from handlers.approval_handler.publisher import PageConflict, PublishBlocked, Publisher, UnpublishedChanges

log = logging.getLogger(__name__)

#: How often an approval is tried again because the approver had seen the notice that would hold it back: once for each
#: kind of notice.
MAX_NOTICES = 2


@dataclass(frozen=True)
class DecisionExecutor:
    """Carries out decisions. The caller holds the document's lease.

    ``max_revisions`` is how many drafts are made at most: the document fails when the last one is sent back.
    """

    records: DocumentRepository
    drafts: DraftStore
    jira: JiraClient
    publisher: Publisher
    approval_hold: ApprovalHold
    routes: Routes
    max_revisions: int

    def carry_out(self, document: Document, decision: Decision) -> Document:
        """Carry out a decision, or continue where an earlier delivery stopped; return the document as it is now.

        A document that has ended is ``closing``: the caller completes its end.
        """
        log.info(
            "decision.recorded", extra={"document_id": document.document_id, "verdict": str(decision.verdict)}
        )
        if decision.verdict is Verdict.REJECTED:
            return self.records.reject(document, decision)
        if decision.verdict is Verdict.NEEDS_REVISION:
            return self._send_back(document, decision)
        for _ in range(MAX_NOTICES + 1):
            if document.status is not DocumentStatus.PUBLISHING or document.decision != decision:
                document = self.records.begin_publishing(document, decision)
            try:
                draft = self.drafts.get(document.document_id, decision.revision, decision.sha256)
                may_write = partial(self.approval_hold.check_sources, document, decision)
                overriding = self.approval_hold.overriding(document, decision)
                note = version_note(draft, decision.author_name, document.review_issue_key)
                publication = self.publisher.publish(draft, note, may_write, overriding)
            except (SourcesChanged, UnpublishedChanges) as why:
                # The ticket is reopened with a notice, or the approval came after that notice
                document = self.approval_hold.hold(document, decision, why)
                if document.status is not DocumentStatus.PUBLISHING:
                    return document
            except (PageConflict, PublishBlocked, DraftHashMismatch) as obstacle:
                # The review gets a comment; the document is revised, reviewed again or ends
                return self._on_obstacle(document, decision, obstacle)
            else:
                if draft.kind is DocumentKind.CREATE:
                    labels = self.routes.current(document.route).page_labels
                    self.publisher.add_labels(publication.page_id, labels)
                return self.records.publish(document, publication)
        raise LeaseHeld(f"the page or the source tickets of {document.document_id} keep changing")

    def is_published(self, document: Document, approval: Decision) -> bool:
        """Return whether the approved draft is already on the page: then the approval can no longer be withdrawn."""
        try:
            draft = self.drafts.get(document.document_id, approval.revision, approval.sha256)
        except DraftHashMismatch:
            return False
        return self.publisher.published(draft) is not None

    def has_unreviewed_changes(self, document: Document) -> bool:
        """Return whether the current draft contains a change that no announced revision contained."""
        if document.unopened == document.revision:
            return False  # this revision cannot be shown, so rejecting it unseen is the only way to end the review
        shown = document.announcement
        # Without an announcement the review ticket was created for the first change at least.
        seen = (
            self.drafts.get_unverified(document.document_id, shown.revision).change_ids
            if shown
            else document.change_ids[:1]
        )
        return not set(document.change_ids) <= set(seen)

    def drops_all_edits(self, document: Document, decision: Decision) -> bool:
        """Return whether a feedback drops all edits of the draft, so that nothing would be left to publish."""
        changes = parse_small_changes(decision.feedback)
        if decision.verdict is not Verdict.NEEDS_REVISION or not changes:
            return False
        draft = self.drafts.get(document.document_id, decision.revision, decision.sha256)
        return changes.drops_all_of(draft)

    def needs_model(self, document: Document, decision: Decision) -> bool:
        """Return whether a feedback asks for a draft that only a model can write."""
        return decision.verdict is Verdict.NEEDS_REVISION and not self._is_small(document, decision)

    def _send_back(self, document: Document, decision: Decision) -> Document:
        if self._is_small(document, decision):
            return self.records.send_back(document, decision, counts=False)
        if document.sent_back + 1 < self.max_revisions:
            return self.records.send_back(document, decision)
        return self.records.fail_after_revisions(document, decision)

    def _is_small(self, document: Document, decision: Decision) -> bool:
        """Return whether the next revision is made without the model, from exactly what the reviewer wrote."""
        if parse_small_changes(decision.feedback) is None:
            return False
        draft = self.drafts.get(document.document_id, decision.revision, decision.sha256)
        return draft.change_ids == document.change_ids and bool(small_revision(draft, decision.feedback))

    def _on_obstacle(
        self,
        document: Document,
        approval: Decision,
        obstacle: PageConflict | PublishBlocked | DraftHashMismatch,
    ) -> Document:
        """Return the document after its approved draft could not be published, and comment in the review."""
        if isinstance(obstacle, PageConflict):
            mark = idempotent_comments.comment_key(document, "conflict")
            body = notification_texts.page_conflict(str(obstacle), obstacle.versions)
            idempotent_comments.comment_best_effort(self.jira, document.review_issue_id, mark, body)
            return self.records.revise_after_conflict(document)
        if isinstance(obstacle, DraftHashMismatch) or obstacle.final:
            return self.records.fail_publication(document, str(obstacle))
        mark = {**idempotent_comments.comment_key(document, "obstacle"), "move_id": approval.move_id}
        body = notification_texts.cannot_publish(str(obstacle))
        idempotent_comments.comment_best_effort(self.jira, document.review_issue_id, mark, body)
        return self.approval_hold.reopen(document, approval)
