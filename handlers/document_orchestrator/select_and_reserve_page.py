"""Selects the pages of a change and reserves a new one, while other changes may do the same."""

from __future__ import annotations

from dataclasses import dataclass

from common.atlassian.page_restrictions import recheck_restrictions
from common.aws.bedrock_client import BedrockClient
from common.aws.change_repository import ChangeRepository
from common.aws.document_repository import DocumentRepository
from common.aws.draft_store import DraftStore
from common.domain.change import Change, Question
from common.domain.document import DocumentKind
from common.domain.route import Route
from common.domain.ticket import Ticket
from common.runtime.deadline import Clock
from common.runtime.errors import LeaseHeld
from handlers.document_orchestrator import pending_pages, stored_targets
from handlers.document_orchestrator.drafting.new_page_prompt import unique_title
from handlers.document_orchestrator.new_document import derive_document_id
from handlers.document_orchestrator.new_page_register import NewPageRegister, Reservation
from handlers.document_orchestrator.page_selection.select_page import select_by_search, select_named
from handlers.document_orchestrator.pages_read_once import PagesReadOnce
from handlers.document_orchestrator.pending_pages import PendingPages
from handlers.document_orchestrator.stored_targets import StoredTargets
from handlers.document_orchestrator.writable_spaces import WritableSpaces

#: How often the pages are selected within one invocation, if other changes keep reserving new ones. Each time may call
#: the model, and one call of the attempt is kept for the draft.
MAX_ROUNDS = 2


@dataclass(frozen=True)
class PageSelection:
    """Selects pages for changes."""

    changes: ChangeRepository
    records: DocumentRepository
    new_pages: NewPageRegister
    drafts: DraftStore
    model: BedrockClient
    clock: Clock

    def select(
        self, change: Change, ticket: Ticket, site: WritableSpaces, route: Route, pages: PagesReadOnce
    ) -> tuple[StoredTargets, bool] | Question:
        """Return the page or pages that a change belongs to, as stored, and whether this call has stored them.

        If it is unsure which page is meant, returns the question to the ticket instead, and stores nothing.
        ``site`` has the spaces of ``route``, the route of the ticket. Reserves the page if one must be created.
        They are selected and stored once; later deliveries check that a review may still show them. If another change
        reserved a new page since the candidates were read, the selection is made again, because that page may be about
        the same subject. Raises LeaseHeld after ``MAX_ROUNDS`` rounds, PageRequiresLabel, and the errors of
        common.atlassian.http_client.
        """
        if change.choice is not None:
            earlier = stored_targets.from_json(change.choice)
            choices = {target.page_id: target.choice for target in earlier.targets if target.page_id}
            recheck_restrictions(choices, pages, trust_folders=site.trust_folders)
            return earlier, False
        home = site.spaces[0].space_id
        named = select_named(ticket, site, pages, [link.url for link in ticket.links])
        if named.selection:
            return self._store(change, stored_targets.from_selection(named.selection, home, str, route))
        for _ in range(MAX_ROUNDS):
            now = self.clock()
            pending = pending_pages.read_pending_pages(
                self.records, self.new_pages, self.drafts, home, change, now
            )
            created = pages.pages(pending.created)
            selection = select_by_search(
                ticket,
                site,
                pages,
                self.model,
                named.refused,
                just_created=created,
                open_drafts=pending.drafts,
            )
            if unsure := selection.unsure:
                return Question(unsure.page_id, unsure.title)
            reserved = pending.register.of_change(change.change_id)

            def title_for(hint: str, reserved: Reservation | None = reserved) -> str:
                # A reserved page keeps its title: other changes may already plan to join it.
                return reserved.title if reserved else unique_title(hint, ticket, is_taken)

            def is_taken(title: str) -> bool:
                return pages.page_by_title(home, title) is not None

            targets = stored_targets.from_selection(selection, home, title_for, route)
            if self._reserve(change, targets, pending, int(now)):
                return self._store(change, targets)
        raise LeaseHeld(
            "other tickets keep starting new pages in this space, so no page could be selected yet"
        )

    def _store(self, change: Change, targets: StoredTargets) -> tuple[StoredTargets, bool]:
        stored, is_new = self.changes.store_selection(change, stored_targets.to_json(targets))
        return stored_targets.from_json(stored), is_new

    def _reserve(self, change: Change, targets: StoredTargets, pending: PendingPages, now: int) -> bool:
        """Reserve the page if one must be created; return False if another change has changed the register since."""
        for target in targets.targets:
            if target.kind is DocumentKind.CREATE and not target.joins:
                document_id = derive_document_id(change, target)
                mine = Reservation(document_id, change.change_id, target.title, target.parent_id, now)
                return self.new_pages.try_reserve(target.space_id, pending.register, pending.kept, mine)
        return True
