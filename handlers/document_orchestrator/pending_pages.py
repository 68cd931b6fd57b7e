"""New pages of other changes that Confluence's search may not show yet: reserved, drafted, or just created."""

from __future__ import annotations

from dataclasses import dataclass

from common.aws.document_repository import DocumentRepository
from common.aws.draft_store import DraftStore
from common.domain.change import Change
from common.domain.document import FINAL_STATUSES, Document
from common.domain.document_states import UNDRAFTED
from common.domain.status_transitions import to_epoch_seconds
from handlers.document_orchestrator.new_page_register import NewPageRegister, RegisterSnapshot, Reservation
from handlers.document_orchestrator.page_selection.candidates import OpenDraft

#: Seconds after its approval when the search surely shows a page: a week, because publishing it may be delayed.
INDEX_LAG_SECONDS = 7 * 24 * 3600


@dataclass(frozen=True)
class PendingPages:
    """What is new in a space.

    ``register`` is the register as it was read, and ``kept`` its reservations by other changes that the index of new
    pages does not show yet. ``drafts`` are pages to be created; one without a stored draft has a title but no body.
    ``created`` are the ids of pages that were approved within ``INDEX_LAG_SECONDS``.
    """

    register: RegisterSnapshot
    kept: tuple[Reservation, ...]
    drafts: tuple[OpenDraft, ...]
    created: tuple[str, ...]


def read_pending_pages(
    records: DocumentRepository,
    new_pages: NewPageRegister,
    drafts: DraftStore,
    space_id: str,
    change: Change,
    now: float,
) -> PendingPages:
    """Read what other changes add to a space; ``now`` is in seconds since the epoch."""
    register = new_pages.read(space_id)
    newest = {document.document_id: document for document in records.newest_pages(space_id)}
    kept, reserved = list[Reservation](), list[OpenDraft]()
    for reservation in register.reservations:
        if reservation.document_id in newest or reservation.change_id == change.change_id:
            continue
        # The index of new pages is eventually consistent; this read is consistent.
        document = records.get(reservation.document_id)
        if document and document.created_in is None:
            continue  # it ended, or now updates an existing page: the index never lists it
        if document:
            newest[document.document_id] = document
        elif new_pages.is_pending(reservation):
            reserved.append(OpenDraft(reservation.document_id, reservation.title, ""))
        else:
            continue
        kept.append(reservation)
    opened = (_open_draft(drafts, each) for each in newest.values() if each.status not in FINAL_STATUSES)
    created = (
        each.publication.page_id
        for each in newest.values()
        if each.publication and _decided_at(each) >= now - INDEX_LAG_SECONDS
    )
    return PendingPages(register, tuple(kept), (*opened, *reserved), tuple(created))


def _decided_at(document: Document) -> float:
    """Return when the page was approved, in seconds since the epoch: its review may have taken long."""
    return to_epoch_seconds(document.decision.decided_at) if document.decision else document.created_at


def _open_draft(drafts: DraftStore, document: Document) -> OpenDraft:
    if UNDRAFTED.holds(document):
        return OpenDraft(document.document_id, document.title, "")
    newest = drafts.get(document.document_id, document.revision, document.sha256)
    return OpenDraft(document.document_id, document.title, newest.storage)
