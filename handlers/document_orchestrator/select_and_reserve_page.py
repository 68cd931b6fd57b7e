"""Selects the pages of a change and reserves a new one, while other changes may do the same."""

from __future__ import annotations

from common.domain.change import Change
from common.domain.document import DocumentKind
from common.domain.ticket import Ticket
from common.runtime.errors import LeaseHeld
from handlers.document_orchestrator import pending_pages, stored_targets
from handlers.document_orchestrator.document_lifecycle import DocumentLifecycle, derive_document_id
from handlers.document_orchestrator.drafting.new_page_prompt import unique_title
from handlers.document_orchestrator.new_page_register import Reservation
from handlers.document_orchestrator.page_selection.select_page import select_page
from handlers.document_orchestrator.pending_pages import PendingPages
from handlers.document_orchestrator.stored_targets import StoredTargets
from handlers.document_orchestrator.writable_spaces import WritableSpaces

#: How often the pages are selected within one invocation, if other changes keep reserving new ones. Each time may call
#: the model, and one call of the attempt is kept for the draft.
MAX_ROUNDS = 2


def select_pages(
    documents: DocumentLifecycle, change: Change, ticket: Ticket, site: WritableSpaces
) -> StoredTargets:
    """Select the page or pages that a change belongs to; reserve the page if one must be created.

    If another change reserved a new page since the candidates were read, the selection is made again, because that
    page may be about the same subject. Raises LeaseHeld after ``MAX_ROUNDS`` rounds, and the errors of
    common.atlassian.http_client.
    """
    drafter, home = documents.drafter, site.spaces[0].space_id
    links = drafter.jira.remote_links(ticket.issue_id)

    def is_taken(title: str) -> bool:
        return documents.confluence.page_by_title(home, title) is not None

    for _ in range(MAX_ROUNDS):
        pending = pending_pages.read_pending_pages(documents, home, change)
        selection = select_page(
            ticket,
            site,
            documents.confluence,
            drafter.model,
            remote_links=links,
            just_created=pending.created,
            open_drafts=pending.drafts,
        )
        reserved = pending.register.of_change(change.change_id)

        def title_for(hint: str, reserved: Reservation | None = reserved) -> str:
            # A reserved page keeps its title: other changes may already plan to join it.
            return reserved.title if reserved else unique_title(hint, ticket, is_taken)

        targets = stored_targets.from_selection(selection, home, title_for)
        if _reserve(documents, change, targets, pending):
            return targets
    raise LeaseHeld("other tickets keep starting new pages in this space, so no page could be selected yet")


def _reserve(
    documents: DocumentLifecycle, change: Change, targets: StoredTargets, pending: PendingPages
) -> bool:
    """Reserve the page if one must be created; return False if another change has changed the register since."""
    for target in targets.targets:
        if target.kind is DocumentKind.CREATE and not target.joins:
            now = int(documents.clock())
            mine = Reservation(
                derive_document_id(change, target), change.change_id, target.title, target.parent_id, now
            )
            return documents.new_pages.try_reserve(target.space_id, pending.register, pending.kept, mine)
    return True
