"""Where a change belongs, as things stand while it is being decided: other changes begin pages at the same time."""

from __future__ import annotations

from common.ticket import Ticket
from handlers.document_orchestrator.documents import Documents
from handlers.document_orchestrator.finding import Site, choose
from handlers.document_orchestrator.judgement import Choice


def find(documents: Documents, ticket: Ticket, site: Site) -> Choice:
    """Decide which page, or pages, a ticket belongs to; raises the errors of common.atlassian_http.

    Where a page is to be created and another change has begun one since the candidates were read, it is decided again:
    that one may be about the same.
    """
    drafter, home = documents.drafter, site.spaces[0].space_id
    links = drafter.jira.remote_links(ticket.issue_id)
    newest = documents.records.newest_pages(home)
    while True:
        drafted, created = documents.new_pages(newest)
        found = choose(
            ticket,
            site,
            documents.confluence,
            drafter.model,
            remote_links=links,
            just_created=created,
            open_drafts=drafted,
        )
        if not found.creates:
            return found
        known = {document.document_id for document in newest}
        newest = documents.records.newest_pages(home)
        if all(document.document_id in known for document in newest):
            return found
