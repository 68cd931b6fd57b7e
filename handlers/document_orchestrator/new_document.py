"""The document that a change starts, and how it changes with what other changes did meanwhile. Pure functions."""

from __future__ import annotations

from dataclasses import replace

from common.domain.change import Change
from common.domain.document import Document, DocumentKind, DocumentStatus, StoredSelection, document_id
from handlers.document_orchestrator.stored_targets import StoredTarget


def derive_document_id(change: Change, target: StoredTarget) -> str:
    """Return the id of the document that this change starts for this target; it never changes."""
    return document_id(change.change_id, target.page_id or f"{target.space_id}\n{target.title}")


def new_document(change: Change, target: StoredTarget, now: int) -> Document:
    """Return a new document in status ``drafting``; ``now`` is in seconds since the epoch."""
    return Document(
        document_id=derive_document_id(change, target),
        kind=target.kind or DocumentKind.UPDATE,
        status=DocumentStatus.DRAFTING,
        space_id=target.space_id,
        title=target.title,
        choice=target.choice,
        created_at=now,
        page_id=target.page_id,
        parent_id=target.parent_id,
        created_in=target.space_id if target.kind is DocumentKind.CREATE else None,
        change_ids=(change.change_id,),
        issue_keys=(change.issue_key,),
        author_ids=change.author_ids,
        route=target.route,
    )


def convert_to_update(mine: Document, page_id: str, title: str) -> Document:
    """Return a document that should create a page, changed to update an existing one; the document id stays."""
    return replace(
        mine,
        kind=DocumentKind.UPDATE,
        title=title,
        page_id=page_id,
        parent_id=None,
        created_in=None,
        choice=_with_reason(mine, "another change has already created the page"),
    )


def convert_to_create(mine: Document, ended: Document) -> Document:
    """Return a document that should join ``ended``, changed to create that page itself; the document id stays."""
    return replace(
        mine,
        title=ended.title,
        space_id=ended.space_id,
        parent_id=ended.parent_id,
        created_in=ended.space_id,
        choice=_with_reason(mine, "the draft that it should join ended without a page"),
    )


def join(document: Document, change: Change, choice: StoredSelection) -> Document:
    """Return a document with one more change. The caller must store it only together with the draft that contains it.

    Otherwise, after a crash, the record would list a change that no draft contains. ``choice`` is why the change
    belongs to this page; it replaces the document's own if a person named the page, because a named page may be edited
    where a page that was found by search may not.
    """
    return replace(
        document,
        choice=choice if choice.decided_by == "named" else document.choice,
        change_ids=(*document.change_ids, change.change_id),
        issue_keys=tuple(dict.fromkeys((*document.issue_keys, change.issue_key))),
        author_ids=tuple(dict.fromkeys((*document.author_ids, *change.author_ids))),
    )


def _with_reason(mine: Document, reason: str) -> StoredSelection:
    return replace(mine.choice, reason=f"{mine.choice.reason}; {reason}")
