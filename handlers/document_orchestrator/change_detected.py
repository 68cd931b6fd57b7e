"""ChangeDetected: a closed ticket is worth documenting. Afterwards a draft of each of its pages contains the change."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from common.atlassian.confluence_client import ConfluenceClient
from common.atlassian.http_client import AtlassianError, NotFound
from common.atlassian.jira_client import JiraClient
from common.aws import event_bus
from common.aws.change_repository import ChangeRepository
from common.aws.document_repository import DocumentRepository
from common.aws.drafting_gate import PAUSED, DraftingGate
from common.aws.dynamodb_table import Held
from common.aws.event_bus import EventBus
from common.domain.change import Change, ChangeStatus, Question
from common.domain.change_states import FINAL_CHANGE_STATUSES
from common.domain.document import FINAL_STATUSES, Document, DocumentStatus
from common.domain.document_states import UNDRAFTED
from common.domain.events import Event
from common.domain.route import route_of
from common.domain.status_transitions import last_transition_to_done, to_epoch_seconds
from common.domain.ticket import Ticket
from common.intake.detect_change import parse_change_id, transition_id
from common.runtime.errors import PermanentFailure
from handlers.document_orchestrator import failed_change, notifications
from handlers.document_orchestrator.ask_for_page import PageQuestions
from handlers.document_orchestrator.claim_page import LEASE_SECONDS, Claim, PageAwaitsReview, PageClaims
from handlers.document_orchestrator.close_without_edit import CloseWithoutEdit
from handlers.document_orchestrator.drafting.draft_revision import RevisionDrafter
from handlers.document_orchestrator.new_document import join
from handlers.document_orchestrator.notifications import comment_on_targets
from handlers.document_orchestrator.pages_read_once import PagesReadOnce
from handlers.document_orchestrator.select_and_reserve_page import PageSelection
from handlers.document_orchestrator.source_issue import is_review, read_issue
from handlers.document_orchestrator.stored_targets import StoredTargets
from handlers.document_orchestrator.ticket_reader import TicketReader
from handlers.document_orchestrator.writable_spaces import RoutedSpaces

log = logging.getLogger(__name__)

#: Seconds within which a webhook arrives. An older transition to Done was processed then, or the sweep finds it.
MAX_WEBHOOK_DELAY = 3600


@dataclass(frozen=True)
class ChangeDetected:
    """The use case of the event ChangeDetected. ``site`` has the spaces that we may write to."""

    changes: ChangeRepository
    records: DocumentRepository
    jira: JiraClient
    tickets: TicketReader
    confluence: ConfluenceClient
    selection: PageSelection
    claims: PageClaims
    drafter: RevisionDrafter
    no_edit: CloseWithoutEdit
    bus: EventBus
    gate: DraftingGate
    questions: PageQuestions
    site: RoutedSpaces

    def serve(self, event: Event, owner: str) -> None:
        """Bring a draft of each page of the change; raise PermanentFailure, LeaseHeld or the errors of the services.

        If it is unsure which page is meant, the ticket is asked instead.
        Idempotent: the selection is stored once, the page lock and leases make the work on a page exclusive, and a
        draft is recorded together with the changes that it contains.
        """
        gate = self.gate.read()
        with self.changes.lease(str(event.detail["change_id"]), owner, LEASE_SECONDS) as held:
            change = self._to_process(held.record, event)
            if change is None or (gate.paused_at and self._waits(change, PAUSED)):
                return
            pages = PagesReadOnce(self.confluence)
            ready = self._ready(Held(change, held.lease), pages)
            if ready is None or self._waits(ready[0], self.gate.admit(change.change_id, gate)):
                return
            change, ticket = ready
            route = route_of(ticket, self.site.routes)
            spaces = self.site.of(route)
            selected = self.selection.select(change, ticket, spaces, route, pages)
            if isinstance(selected, Question):
                self.questions.ask(Held(change, held.lease), selected, spaces)
                return
            targets, is_new = selected
            documents = []
            for target in targets.targets:
                if target.kind is not None:
                    claim = Claim(change, target, is_first=is_new)
                    read = {change.issue_key: ticket}
                    try:
                        documents.append(self._bring_to_draft(claim, owner, read, pages))
                    except PageAwaitsReview as awaited:  # let go: the change stays detected for a sweep
                        self._waits(change, str(awaited))
                        return
            comment_on_targets(self.jira, change, targets, spaces.browse_url)
            self._close(Held(change, held.lease), targets, documents)

    def record_failure(self, event: Event, reason: str) -> None:
        """Record that a change failed for good, unlock its pages, and comment in its ticket."""
        log.error("work.failed", extra={"event": str(event.name), **event.detail, "reason": reason})
        change = self.changes.get(str(event.detail["change_id"]))
        if change and change.status not in FINAL_CHANGE_STATUSES:
            failed_change.record_failed(
                change, reason, event.message_id, self.changes, self.records, self.claims, self.jira
            )

    def notify_waiting(self, event: Event, reason: str) -> None:
        """Comment once in the source ticket that its documentation is deferred."""
        change = self.changes.get(str(event.detail["change_id"]))
        if change and change.status not in FINAL_CHANGE_STATUSES:
            with self.changes.notification_lease(change.change_id, LEASE_SECONDS):
                notifications.comment_waiting(self.jira, change.issue_id, change.change_id, reason)

    def _ready(self, held: Held[Change], pages: PagesReadOnce) -> tuple[Change, Ticket] | None:
        """Return a change whose pages are to be selected, and its ticket; None if it ended, or its ticket is asked."""
        change = held.record
        if change.status is ChangeStatus.ASKING:
            return self._answered(held, pages)
        if change.from_status_id and self.jira.is_done(change.from_status_id):
            self._record_first_transition(change)
            self.changes.ignore(change, "the ticket was already in a done status before", held.lease)
            return None
        issue = read_issue(self.tickets, change)
        if is_review(self.jira, self.records, change.issue_id, issue):
            self._pass_on_review(change)
            self.changes.ignore(change, "it is one of our review tickets", held.lease)
            return None
        return change, self.tickets.ticket(issue)

    def _answered(self, held: Held[Change], pages: PagesReadOnce) -> tuple[Change, Ticket] | None:
        """Return an asked change and its ticket if the ticket answers now; otherwise None."""
        try:
            issue = self.tickets.issue(held.record.issue_id)
        except NotFound:
            self.questions.end_deleted(held)
            return None
        ticket = self.tickets.ticket(issue)
        spaces = self.site.of(route_of(ticket, self.site.routes))
        change = self.questions.answered(held, issue, ticket, spaces, pages)
        return (change, ticket) if change else None

    def _to_process(self, change: Change, event: Event) -> Change | None:
        """Return the change if it is to be processed now, restarted if it had failed; None if it is processed."""
        if change.status in FINAL_CHANGE_STATUSES:
            return None
        if change.status is not ChangeStatus.FAILED:
            return change
        if change.failed_by == event.message_id:
            # The tickets have a comment about it already; `ops redrive` sends a new message.
            raise PermanentFailure(change.reason)
        return self.changes.restart(change)

    def _waits(self, change: Change, reason: str) -> bool:
        """Return whether a change waits, for a ``reason``; its ticket is told once. It stays ``detected``."""
        if not reason:
            return False
        if change.status is ChangeStatus.ASKING:
            return True  # it was asked already, and its answer is found after the pause
        log.info("change.waits", extra={"change_id": change.change_id, "reason": reason})
        try:
            notifications.comment_waiting(self.jira, change.issue_id, change.change_id, reason)
        except (
            AtlassianError
        ) as error:  # let go: the change is recorded, and waits with or without the comment
            log.warning("comment.failed", extra={"issue": change.issue_id, "detail": str(error)})
        return True

    def _record_first_transition(self, change: Change) -> None:
        """Record the ticket's first transition to Done, if it is recent and not recorded or not processed yet.

        Its webhook may have carried the later status already, and was then skipped.
        """
        move = last_transition_to_done(self.jira.status_moves(change.issue_id), cache(self.jira.is_done))
        if move is None or change.detected_at - to_epoch_seconds(move.at) >= MAX_WEBHOOK_DELAY:
            return
        first = replace(
            change,
            change_id=transition_id(change.issue_id, move.move_id),
            from_status_id=move.from_id,
            author_ids=tuple(dict.fromkeys((move.author_id, *change.author_ids))),
            version=None,
        )
        known = self.changes.get(first.change_id)
        if known is None:
            self.changes.record(first)
        if known is None or known.is_waiting:
            event_bus.publish_change_detected(self.bus, first)

    def _pass_on_review(self, change: Change) -> None:
        """Report a closed review; someone removed its label, which the approval webhook filters by."""
        _, move_id = parse_change_id(change.change_id)
        event_bus.publish_review_completed(
            self.bus, change.issue_id, change.issue_key, move_id or change.change_id
        )

    def _bring_to_draft(
        self, claim: Claim, owner: str, tickets: Mapping[str, Ticket], pages: PagesReadOnce
    ) -> Document:
        """Make sure that a draft of the target's document contains the change; return the document."""
        change = claim.change
        trust_folders = self.site.of(claim.target.route).trust_folders
        with self.claims.hold(claim, owner, trust_folders=trust_folders) as held:
            document = held.record
            if document.status in FINAL_STATUSES:
                self.no_edit.close(document)
                return document
            is_in = change.change_id in document.change_ids
            if is_in and not UNDRAFTED.holds(document):
                drafted = document
            else:
                # This is also the revision that a reviewer asked for, if it is not drafted yet: it keeps the feedback.
                joined = document if is_in else join(document, change, claim.target.choice)
                drafted = self.drafter.draft(Held(joined, held.lease), tickets, pages)
        if drafted.status is DocumentStatus.DRAFTED:
            event_bus.publish_document_generated(self.bus, drafted)
        return drafted

    def _close(self, held: Held[Change], targets: StoredTargets, documents: Sequence[Document]) -> None:
        """Record how the change ended, and release it."""
        change, ids = held.record, tuple(dict.fromkeys(document.document_id for document in documents))
        needed = [document for document in documents if document.status is not DocumentStatus.NOT_NEEDED]
        if needed:
            self.changes.document(change, ids, held.lease)
            return
        reasons = [target.choice.reason for target in targets.targets if target.kind is None]
        reasons += map(notifications.why_not_needed, documents)
        reason = "; ".join(dict.fromkeys(filter(None, reasons))) or "no page needs to change"
        if change.asked_by_label and not any(target.unnamed for target in targets.targets):
            notifications.comment_not_drafted(self.jira, change, reason)
        self.changes.end_unneeded(change, reason, ids, held.lease)
