"""Pages of other changes that Confluence's search does not know: about to begin, being drafted, or just created."""

from __future__ import annotations

from dataclasses import dataclass

from common.atlassian.confluence_client import ConfluencePage
from common.domain.change import Change
from common.domain.document import FINAL_STATUSES, Document
from common.domain.status_transitions import to_epoch_seconds
from handlers.document_orchestrator.document_lifecycle import DocumentLifecycle
from handlers.document_orchestrator.new_page_register import RegisterSnapshot, Reservation
from handlers.document_orchestrator.page_selection.candidates import OpenDraft

#: Seconds after its approval when Confluence's search surely finds a page: a week, since publishing may be hindered.
INDEX_LAG_SECONDS = 7 * 24 * 3600


@dataclass(frozen=True)
class PendingPages:
    """What is new in a space. ``still`` are the beginnings of others among ``known`` that the index of new pages lacks.

    Of a draft that is still being written, or that is about to begin, there is only the title.
    """

    known: RegisterSnapshot
    still: tuple[Reservation, ...]
    drafted: tuple[OpenDraft, ...]
    created: tuple[ConfluencePage, ...]


def read_pending_pages(documents: DocumentLifecycle, space_id: str, change: Change) -> PendingPages:
    """Read what is new in a space, and not of this change; raises the errors of common.atlassian.http_client."""
    known = documents.beginnings.read(space_id)
    newest = {document.document_id: document for document in documents.records.newest_pages(space_id)}
    still, about_to_begin = list[Reservation](), list[OpenDraft]()
    for beginning in known.beginnings:
        if beginning.document_id in newest or beginning.change_id == change.change_id:
            continue
        # The index that lists new pages lags behind; this does not.
        document = documents.records.get(beginning.document_id)
        if document and document.created_in is None:
            continue  # it has ended, or become an edit of a page that is there: no index will list it
        if document:
            newest[document.document_id] = document
        elif documents.beginnings.is_pending(beginning):
            about_to_begin.append(OpenDraft(beginning.document_id, beginning.title, ""))
        else:
            continue
        still.append(beginning)
    since = documents.clock() - INDEX_LAG_SECONDS
    drafted = (_open_draft(documents, each) for each in newest.values() if each.status not in FINAL_STATUSES)
    created = [d.publication.page_id for d in newest.values() if d.publication and _decided_at(d) >= since]
    return PendingPages(known, tuple(still), (*drafted, *about_to_begin), documents.confluence.pages(created))


def _decided_at(document: Document) -> float:
    """Return when the page was approved: its review may have taken longer than the search lags."""
    return to_epoch_seconds(document.decision.decided_at) if document.decision else document.created_at


def _open_draft(documents: DocumentLifecycle, document: Document) -> OpenDraft:
    storage = documents.drafter.newest(document).storage if document.revision else ""
    return OpenDraft(document.document_id, document.title, storage)
