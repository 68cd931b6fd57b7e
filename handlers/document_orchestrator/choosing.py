"""Where a change belongs, as things stand while it is being decided: other changes begin pages at the same time."""

from __future__ import annotations

from common.change import Change
from common.document import DocumentKind
from common.ticket import Ticket
from handlers.document_orchestrator import chosen
from handlers.document_orchestrator.begun import identity
from handlers.document_orchestrator.chosen import AllChosen
from handlers.document_orchestrator.documents import Documents
from handlers.document_orchestrator.finding import Site, choose
from handlers.document_orchestrator.write_page import unique_title


def choose_pages(documents: Documents, change: Change, ticket: Ticket, site: Site) -> AllChosen:
    """Decide which page, or pages, a change belongs to; raises the errors of common.atlassian_http.

    Where a page is to be created and another change has begun one since the candidates were read, it is decided again:
    that one may be about the same.
    """
    drafter, home = documents.drafter, site.spaces[0].space_id
    links = drafter.jira.remote_links(ticket.issue_id)

    def is_taken(title: str) -> bool:
        return documents.confluence.page_by_title(home, title) is not None

    while True:
        last = documents.beginnings.last(home)
        drafted, created = documents.new_pages(home, last, change)
        found = choose(
            ticket,
            site,
            documents.confluence,
            drafter.model,
            remote_links=links,
            just_created=created,
            open_drafts=drafted,
        )
        settled = chosen.settle(found, home, lambda hint: unique_title(hint, ticket, is_taken))
        new = next(
            (each for each in settled.targets if each.kind is DocumentKind.CREATE and not each.joins), None
        )
        if new is None or documents.beginnings.follow(
            home, last, identity(change, new), change.change_id, new.title
        ):
            return settled
