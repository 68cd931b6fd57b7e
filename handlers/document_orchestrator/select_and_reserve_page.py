"""Where a change belongs, as things stand while it is being decided: other changes begin pages at the same time."""

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

#: How often it is decided again within one invocation.
MAX_ROUNDS = 3


def select_pages(
    documents: DocumentLifecycle, change: Change, ticket: Ticket, site: WritableSpaces
) -> StoredTargets:
    """Decide which page, or pages, a change belongs to; raises the errors of common.atlassian.http_client.

    Where a page is to be created and another change has begun one since the candidates were read, it is decided again:
    that one may be about the same. Raises Busy where that does not end.
    """
    drafter, home = documents.drafter, site.spaces[0].space_id
    links = drafter.jira.remote_links(ticket.issue_id)

    def is_taken(title: str) -> bool:
        return documents.confluence.page_by_title(home, title) is not None

    for _ in range(MAX_ROUNDS):
        new = pending_pages.read_pending_pages(documents, home, change)
        found = select_page(
            ticket,
            site,
            documents.confluence,
            drafter.model,
            remote_links=links,
            just_created=new.created,
            open_drafts=new.drafted,
        )
        begun = new.known.by(change.change_id)

        def title_for(hint: str, begun: Reservation | None = begun) -> str:
            # What was said to begin keeps its title: others may have been told to join it.
            return begun.title if begun else unique_title(hint, ticket, is_taken)

        settled = stored_targets.from_selection(found, home, title_for)
        if _may_begin(documents, change, settled, new):
            return settled
    raise LeaseHeld("other changes begin pages all the time")


def _may_begin(
    documents: DocumentLifecycle, change: Change, settled: StoredTargets, new: PendingPages
) -> bool:
    """Say that the chosen page begins, if one is to be created; False where another page has begun since."""
    for target in settled.targets:
        if target.kind is DocumentKind.CREATE and not target.joins:
            now = int(documents.clock())
            mine = Reservation(
                derive_document_id(change, target), change.change_id, target.title, target.parent_id, now
            )
            return documents.beginnings.try_reserve(target.space_id, new.known, new.still, mine)
    return True
