"""Processes the events of this function: a change becomes drafted documents, a revision request the next draft."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any
from uuid import uuid4

from common.atlassian import idempotent_comments
from common.atlassian.http_client import AtlassianError, NotFound
from common.atlassian.jira_client import REVIEW_PROPERTY, JiraClient
from common.atlassian.page_restrictions import recheck_restrictions
from common.aws import event_bus
from common.aws.change_repository import ChangeRepository
from common.aws.document_repository import lock_key
from common.domain.change import Change, ChangeStatus
from common.domain.change_states import FINAL_CHANGE_STATUSES
from common.domain.document import Document, DocumentStatus
from common.domain.document_states import MAY_HOLD_LOCK_UNDRAFTED, SETTLED, SHOWN
from common.domain.events import Event, EventName
from common.domain.status_transitions import last_transition_to_done, to_epoch_seconds
from common.domain.ticket import Ticket
from common.intake.detect_change import parse_change_id, transition_id
from common.runtime.errors import LeaseHeld, PermanentFailure
from common.runtime.json_access import as_dict
from handlers.document_orchestrator import notifications, stored_targets
from handlers.document_orchestrator.document_lifecycle import LEASE_SECONDS, DocumentLifecycle, new_document
from handlers.document_orchestrator.stored_targets import StoredTargets
from handlers.document_orchestrator.writable_spaces import WritableSpaces

log = logging.getLogger(__name__)

#: Seconds within which a webhook arrives. An older transition to Done was processed then, or the sweep finds it.
MAX_WEBHOOK_DELAY = 3600


@dataclass(frozen=True)
class Orchestrator:
    """Processes the events from this function's queue.

    ``site`` returns the spaces that we may write to; ``select_pages`` decides which pages there a change belongs to.
    """

    changes: ChangeRepository
    documents: DocumentLifecycle
    jira: JiraClient
    site: Callable[[], WritableSpaces]
    select_pages: Callable[[Change, Ticket, WritableSpaces], StoredTargets]

    def serve(self, event: Event, owner: str) -> None:
        """Process an event; raises PermanentFailure, LeaseHeld or the errors of the services. Idempotent."""
        if event.name is EventName.CHANGE_DETECTED:
            self._process_change(event, owner)
        elif event.name is EventName.REVISION_REQUESTED:
            self._revise(str(event.detail["document_id"]), int(event.detail["revision"]), owner)

    def record_failure(self, event: Event, reason: str) -> None:
        """Record that an event failed for good, unlock its page, and comment in its tickets."""
        log.error("work.failed", extra={"event": str(event.name), **event.detail, "reason": reason})
        if event.name is EventName.CHANGE_DETECTED:
            change = self.changes.get(str(event.detail["change_id"]))
            if change and change.status not in FINAL_CHANGE_STATUSES:
                self._fail_change(change, reason, event.message_id)
        elif event.name is EventName.REVISION_REQUESTED:
            self._fail_revision(event, reason)

    def notify_waiting(self, event: Event, reason: str) -> None:
        """Comment once that an event is deferred: in the source ticket, or for a revision in the review ticket."""
        if event.name is EventName.CHANGE_DETECTED:
            change = self.changes.get(str(event.detail["change_id"]))
            if change and change.status not in FINAL_CHANGE_STATUSES:
                with self.changes.notification_lease(change.change_id, LEASE_SECONDS):
                    idempotent_comments.comment_waiting_once(
                        self.jira, change.issue_id, change.change_id, reason
                    )
        elif event.name is EventName.REVISION_REQUESTED:
            document = self.documents.records.get(str(event.detail["document_id"]))
            revision = int(event.detail["revision"])
            if document and _awaits(document, revision):
                with self.documents.records.notification_lease(document.document_id, LEASE_SECONDS):
                    what = f"{document.document_id} after r{revision}"
                    idempotent_comments.comment_waiting_once(
                        self.jira, document.review_issue_id, what, reason
                    )

    def _process_change(self, event: Event, owner: str) -> None:
        change_id = str(event.detail["change_id"])
        with self.changes.lease(change_id, owner, LEASE_SECONDS):
            change = self.changes.get(change_id)
            if change is None or change.status in FINAL_CHANGE_STATUSES:
                return
            if change.status is ChangeStatus.FAILED and change.failed_by == event.message_id:
                raise PermanentFailure(
                    change.reason
                )  # the tickets have a comment about it already; `ops redrive` sends a new message
            if change.status is ChangeStatus.FAILED:
                change = self.changes.restart(change)
            if change.from_status_id and self.jira.is_done(change.from_status_id):
                self._ignore_later_done_status(change)
                return
            issue = self._issue(change)
            if self._is_review(change.issue_id, issue):
                # Someone removed its label, which the approval webhook filters by: pass it on from here.
                _, move_id = parse_change_id(change_id)
                event_bus.publish_review_completed(
                    self.documents.bus, change.issue_id, change.issue_key, move_id or change_id
                )
                self.changes.ignore(change, "it is one of our review tickets")
                return
            ticket = Ticket.from_rest(issue, self.jira.browse_url)
            targets = self._selected(change, ticket)
            ids = [
                self.documents.attach_change(change, target, owner)
                for target in targets.targets
                if target.kind is not None
            ]
            self._comment_refused_pages(change, targets)
            self._comment_unnamed_page(change, targets)
            self._close(change, targets, tuple(dict.fromkeys(ids)))

    def _ignore_later_done_status(self, change: Change) -> None:
        """Ignore a transition from one done status to another.

        If the ticket's first transition to Done is recent and not recorded or not processed yet, record it and publish
        its event: its webhook may have carried the later status already, and was then skipped.
        """
        move = last_transition_to_done(self.jira.status_moves(change.issue_id), cache(self.jira.is_done))
        if move and change.detected_at - to_epoch_seconds(move.at) < MAX_WEBHOOK_DELAY:
            first = replace(
                change,
                change_id=transition_id(change.issue_id, move.move_id),
                from_status_id=move.from_id,
                author_ids=tuple(dict.fromkeys((move.author_id, *change.author_ids))),
            )
            known = self.changes.get(first.change_id)
            if known is None:
                self.changes.record(first)
            if known is None or known.is_waiting:
                event_bus.publish_change_detected(self.documents.bus, first)
        self.changes.ignore(change, "the ticket was already in a done status before")

    def _issue(self, change: Change) -> Mapping[str, Any]:
        try:
            return self.jira.issue(change.issue_id, [REVIEW_PROPERTY])
        except NotFound as error:
            raise PermanentFailure(
                f"the ticket {change.issue_key} does not exist any more, or the Kinexus account may not view it"
            ) from error

    def _is_review(self, issue_id: str, issue: Mapping[str, Any]) -> bool:
        """Return whether an issue is one of our review tickets, even if its labels or properties were removed."""
        if not self.jira.is_created_by_us(issue):
            return False
        is_marked = REVIEW_PROPERTY in as_dict(issue.get("properties"))
        return is_marked or self.documents.records.document_id_reviewed_in(issue_id) is not None

    def _selected(self, change: Change, ticket: Ticket) -> StoredTargets:
        """Return the stored targets of a change; select and store them the first time."""
        if change.choice is None:
            selected = self.select_pages(change, ticket, self.site())
            return stored_targets.from_json(
                self.changes.store_selection(change, stored_targets.to_json(selected))
            )
        earlier = stored_targets.from_json(change.choice)
        choices = {target.page_id: target.choice for target in earlier.targets if target.page_id}
        trust_folders = self.site().trust_folders
        recheck_restrictions(choices, self.documents.confluence, trust_folders=trust_folders)
        return earlier

    def _close(self, change: Change, targets: StoredTargets, ids: tuple[str, ...]) -> None:
        documents = [document for document in map(self.documents.records.get, ids) if document]
        needed = [document for document in documents if document.status is not DocumentStatus.NOT_NEEDED]
        reasons = [target.choice.reason for target in targets.targets if target.kind is None]
        reasons += [
            notifications.why_not_needed(document) for document in documents if document not in needed
        ]
        if needed:
            self.changes.document(change, ids)
            return
        reason = "; ".join(dict.fromkeys(filter(None, reasons))) or "no page needs to change"
        if change.asked_by_label and not any(target.unnamed for target in targets.targets):
            mark = {"kind": "not-needed", "change_id": change.change_id}
            idempotent_comments.comment_best_effort(
                self.jira, change.issue_id, mark, notifications.not_drafted(reason)
            )
        self.changes.end_unneeded(change, reason, ids)

    def _comment_refused_pages(self, change: Change, targets: StoredTargets) -> None:
        if not targets.refused:
            return
        mark = {"kind": "refused-page", "change_id": change.change_id}
        idempotent_comments.comment_best_effort(
            self.jira, change.issue_id, mark, notifications.refused_pages(targets.refused)
        )

    def _comment_unnamed_page(self, change: Change, targets: StoredTargets) -> None:
        for target in targets.targets:
            if target.unnamed:
                url = f"{self.site().browse_url}/pages/viewpage.action?pageId={target.unnamed}"
                mark = {"kind": "unnamed-page", "change_id": change.change_id}
                comment = notifications.unnamed_page(target.unnamed, url, target.choice.reason)
                idempotent_comments.comment_best_effort(self.jira, change.issue_id, mark, comment)

    def _revise(self, document_id: str, revision: int, owner: str) -> None:
        drafted = None
        with self.documents.records.lease(document_id, owner, LEASE_SECONDS):
            document = self.documents.records.require(document_id)
            if document.revision > revision:
                drafted = document if document.status is DocumentStatus.DRAFTED else None
            else:
                drafted = self.documents.revise(document)
        if drafted:
            event_bus.publish_document_generated(self.documents.bus, drafted)

    def _fail_change(self, change: Change, reason: str, message_id: str) -> None:
        own = self._my_documents(change)
        complete = self._not_waiting(change, own)
        if len(complete) >= len(own) and any(document.status in SHOWN for document in complete):
            ids = tuple(document.document_id for document in complete)
            self.changes.document(change, ids)
            return
        self.changes.fail(change, reason, message_id)
        for mine in own:
            started = self.documents.records.get(mine.document_id)
            if started and started.status is DocumentStatus.DRAFTING:
                self.documents.records.fail_before_draft(started, reason)
            if started is None:
                self.documents.records.unlock(lock_key(mine), mine.document_id)
            elif started.status in MAY_HOLD_LOCK_UNDRAFTED:
                self._release_page(started)
        comment = notifications.not_draftable(reason)
        with self.changes.notification_lease(change.change_id, LEASE_SECONDS):
            idempotent_comments.comment_failure_once(self.jira, change.issue_id, change.change_id, comment)

    def _release_page(self, failed: Document) -> None:
        try:
            self.documents.unlock_ended(lock_key(failed), failed.document_id, uuid4().hex)
        except LeaseHeld:  # let go: another invocation starts the document again, and it keeps its page
            log.info("page_lock.kept", extra={"document_id": failed.document_id})

    def _fail_revision(self, event: Event, reason: str) -> None:
        document = self.documents.records.get(str(event.detail["document_id"]))
        revision = int(event.detail["revision"])
        if document is None or not _awaits(document, revision):
            return
        if document.status is DocumentStatus.DRAFTED:
            self.documents.records.record_unopened(document, reason)
        else:
            self.documents.records.record_stop(document, reason)
        what = f"{document.document_id} after r{revision}"
        with self.documents.records.notification_lease(document.document_id, LEASE_SECONDS):
            for issue in document.issue_keys:
                idempotent_comments.comment_failure_once(
                    self.jira, issue, what, notifications.not_draftable(reason)
                )
            comment = notifications.not_draftable(reason, notifications.HOW_TO_END_REVIEW)
            idempotent_comments.comment_failure_once(self.jira, document.review_issue_id, what, comment)
            self._reopen_review(document)

    def _not_waiting(self, change: Change, own: Sequence[Document]) -> list[Document]:
        """Return the documents that contain the change and do not wait for it; another change may have drafted them."""
        ids = dict.fromkeys((*(mine.document_id for mine in own), *change.joined))
        return [
            document
            for document in filter(None, map(self.documents.records.get, ids))
            if document.status in SETTLED and change.change_id in document.change_ids
        ]

    def _my_documents(self, change: Change) -> list[Document]:
        """Return the documents that this change starts, whether recorded or not: a page is locked before its record."""
        targets = stored_targets.from_json(change.choice).targets if change.choice else ()
        return [new_document(change, target, 0) for target in targets if target.kind is not None]

    def _reopen_review(self, document: Document) -> None:
        """Move a review ticket back from Done, unless it was moved again since the decision: that move comes first."""
        review = document.review_issue_id
        try:
            moves = self.jira.status_moves(review)
            if document.decision and moves and moves[-1].move_id == document.decision.move_id:
                self.jira.move_back(review)
        except AtlassianError:  # let go: the reviewer has the comment, and can move the ticket
            log.exception("review.reopen_failed", extra={"issue": review})


def _awaits(document: Document, revision: int) -> bool:
    """Return whether the draft after ``revision`` is still to be made, or made but not yet announced."""
    if document.status is DocumentStatus.DRAFTED:
        return document.revision > revision
    return document.status is DocumentStatus.REVISING
