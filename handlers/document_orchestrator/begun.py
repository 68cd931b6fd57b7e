"""What a change begins: a document of its own, and what becomes of it when its target changed meanwhile."""

from __future__ import annotations

from dataclasses import replace

from common.change import Change
from common.document import Choice, Document, DocumentKind, DocumentStatus, document_id
from handlers.document_orchestrator.chosen import Chosen


def identity(change: Change, target: Chosen) -> str:
    """Return the id of the document that this change begins for this target, whatever became of the target."""
    return document_id(change.change_id, target.page_id or f"{target.space_id}\n{target.title}")


def begins_as(change: Change, target: Chosen, now: int) -> Document:
    """Return the document as it begins; ``now`` is in seconds since the epoch."""
    return Document(
        document_id=identity(change, target),
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
    )


def as_update(mine: Document, page_id: str, title: str) -> Document:
    """Return a document that was to create a page as one that updates it; its identity stays."""
    return replace(
        mine,
        kind=DocumentKind.UPDATE,
        title=title,
        page_id=page_id,
        parent_id=None,
        created_in=None,
        choice=_because(mine, "an earlier change has created the page meanwhile"),
    )


def as_create(mine: Document, ended: Document) -> Document:
    """Return a document that was to join another as one that creates the page in its place; its identity stays."""
    return replace(
        mine,
        title=ended.title,
        space_id=ended.space_id,
        parent_id=ended.parent_id,
        created_in=ended.space_id,
        choice=_because(mine, "that draft ended without a page"),
    )


def joined_by(document: Document, change: Change, choice: Choice) -> Document:
    """Return a document with one more change; on record only with the draft that holds it, or nobody would miss it.

    ``choice`` is why the change belongs to this page. It becomes the document's where a person has named the page: that
    allows what a search does not.
    """
    return replace(
        document,
        choice=choice if choice.decided_by == "named" else document.choice,
        change_ids=(*document.change_ids, change.change_id),
        issue_keys=tuple(dict.fromkeys((*document.issue_keys, change.issue_key))),
        author_ids=tuple(dict.fromkeys((*document.author_ids, *change.author_ids))),
    )


def _because(mine: Document, reason: str) -> Choice:
    return replace(mine.choice, reason=f"{mine.choice.reason}; {reason}")
