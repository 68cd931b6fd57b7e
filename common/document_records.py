"""The documents table: documents, and the locks that make work on a page exclusive."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any

from common.document import Document, DocumentStatus
from common.item_shape import from_item, to_attribute, to_item
from common.records import Records

#: The index of documents that create a page: by space (`created_in`), ordered by `created_at`.
CREATED_PAGES = "created-pages"


def page_lock(page_id: str) -> str:
    """Name the lock of an existing page."""
    return f"lock#page#{page_id}"


def title_lock(space_id: str, title: str) -> str:
    """Name the lock of a page to be created: titles are unique in a space whatever their case."""
    return f"lock#title#{space_id}#{' '.join(title.split()).casefold()}"


def lock_of(document: Document) -> str:
    """Name the lock that an open document holds."""
    if document.page_id:
        return page_lock(document.page_id)
    return title_lock(document.space_id, document.title)


class DocumentRecords:
    """Documents by their derived id."""

    def __init__(self, records: Records) -> None:
        self._records = records

    def begin(self, document: Document) -> Document:
        """Write a document that begins, unless it is on record; return what is there."""
        self._records.create(to_item(document))
        return self.require(document.document_id)

    def get(self, document_id: str) -> Document | None:
        """Return the document, or None."""
        item = self._records.get(document_id)
        return from_item(Document, item) if item else None

    def require(self, document_id: str) -> Document:
        """Return the document; KeyError when there is none."""
        document = self.get(document_id)
        if document is None:
            raise KeyError(document_id)
        return document

    def newest_pages(self, space_id: str, limit: int = 20) -> tuple[Document, ...]:
        """Return the newest documents that create a page in a space: open, or published not long ago."""
        items = self._records.newest(CREATED_PAGES, "created_in", space_id, limit)
        return tuple(from_item(Document, item) for item in items)

    def move(self, document: Document, status: DocumentStatus | None = None, **values: Any) -> Document:
        """Write ``values`` (and a new status) if the record still has this document's status and revision.

        Raises ConditionFailed when somebody else moved it.
        """
        attributes = {name: to_attribute(value) for name, value in values.items()}
        if status:
            attributes["status"] = str(status)
        expect: Mapping[str, Any] = {"status": str(document.status), "revision": document.revision}
        return from_item(Document, self._records.update(document.document_id, attributes, expect))

    def leased(self, document_id: str, owner: str, seconds: int) -> AbstractContextManager[dict[str, Any]]:
        """Work on the document alone; raises Busy."""
        return self._records.leased(document_id, owner, seconds)

    def lock(self, name: str, document_id: str) -> str:
        """Take a lock for a document if it is free; return the id of the document that holds it."""
        if self._records.create({"document_id": name, "held_by": document_id}):
            return document_id
        item = self._records.get(name)
        return str(item["held_by"]) if item else self.lock(name, document_id)

    def unlock(self, name: str, document_id: str) -> None:
        """Give a lock back, if this document holds it."""
        self._records.delete(name, {"held_by": document_id})
