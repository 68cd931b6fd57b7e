"""Repository of the documents table: document records, and locks that allow one open document per page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from typing import Any

from common.aws.dynamodb_codec import from_item, to_attribute, to_item
from common.aws.dynamodb_table import DynamoDbTable
from common.domain.document import Document, DocumentKind, DocumentStatus
from common.runtime.errors import ConditionFailed

#: Index of documents by status.
BY_STATUS_INDEX = "by-status"
#: Index of documents that create a page: by space (`created_in`), ordered by `created_at`.
CREATED_PAGES_INDEX = "created-pages"
#: Number of documents read from that index. At ten new pages a day, an open review is no longer found after ten days.
MAX_NEWEST_PAGES = 100


def page_lock_key(page_id: str) -> str:
    """Return the key of the lock of an existing page."""
    return f"lock#page#{page_id}"


def title_lock_key(space_id: str, title: str) -> str:
    """Return the key of the lock of a page to be created: titles are unique in a space, ignoring case."""
    return f"lock#title#{space_id}#{' '.join(title.split()).casefold()}"


def _review_key(issue_id: str) -> str:
    return f"review#{issue_id}"


def lock_key(document: Document) -> str:
    """Return the key of the lock that an open document holds."""
    if document.page_id:
        return page_lock_key(document.page_id)
    return title_lock_key(document.space_id, document.title)


class DocumentRepository:
    """Document records by their derived id."""

    def __init__(self, records: DynamoDbTable) -> None:
        self._records = records

    def create_or_get(self, document: Document) -> Document:
        """Write a new document, unless it is already recorded; return the recorded one."""
        self._records.create(to_item(document))
        return self.require(document.document_id)

    def restart_failed(self, failed: Document, mine: Document) -> Document:
        """Restart a document that failed before its first draft, with the target of ``mine``: its page may exist now.

        Raises ConditionFailed if another invocation has changed it.
        """
        is_new = mine.kind is DocumentKind.CREATE
        return self.move(
            failed,
            DocumentStatus.DRAFTING,
            kind=str(mine.kind),
            title=mine.title,
            page_id=mine.page_id,
            parent_id=mine.parent_id,
            choice=mine.choice,
            created_in=mine.space_id if is_new else None,
            reason="",
        )

    def get(self, document_id: str) -> Document | None:
        """Return the document, or None."""
        item = self._records.get(document_id)
        return from_item(Document, item) if item else None

    def require(self, document_id: str) -> Document:
        """Return the document. Raises KeyError if it does not exist."""
        document = self.get(document_id)
        if document is None:
            raise KeyError(document_id)
        return document

    def find_by_review_ticket(self, issue_id: str) -> Document | None:
        """Return the document that is reviewed in a ticket, open or closed; None if it is not one of our reviews."""
        document_id = self.document_id_reviewed_in(issue_id)
        document = self.get(document_id) if document_id else None
        return document if document and document.review_issue_id == issue_id else None

    def document_id_reviewed_in(self, issue_id: str) -> str | None:
        """Return the id of the document that a review ticket was created for, or None."""
        item = self._records.get(_review_key(issue_id))
        return str(item["reviews"]) if item else None

    def set_review_ticket(self, document: Document, issue_id: str, key: str) -> Document:
        """Record the review ticket of a document, so that each can be found by the other.

        Raises ConditionFailed if the ticket reviews another document.
        """
        is_new = self._records.create({"document_id": _review_key(issue_id), "reviews": document.document_id})
        if not is_new and self.document_id_reviewed_in(issue_id) != document.document_id:
            raise ConditionFailed(f"{key} reviews another document")
        if (document.review_issue_id, document.review_issue_key) == (issue_id, key):
            return document
        return self.move(
            document,
            review_issue_id=issue_id,
            review_issue_key=key,
            missing_since=None,
            creating_since=None,
        )

    def with_status(self, *statuses: DocumentStatus) -> Iterator[Document]:
        """Yield all documents in one of these statuses, from an index that is eventually consistent."""
        for status in statuses:
            for item in self._records.query_index(BY_STATUS_INDEX, "status", str(status)):
                yield from_item(Document, item)

    def newest_pages(self, space_id: str) -> tuple[Document, ...]:
        """Return the newest documents that create a page in a space and are open or published.

        At most ``MAX_NEWEST_PAGES``.
        """
        items = self._records.query_newest(CREATED_PAGES_INDEX, "created_in", space_id, MAX_NEWEST_PAGES)
        return tuple(from_item(Document, item) for item in items)

    def move(self, document: Document, status: DocumentStatus | None = None, **values: Any) -> Document:
        """Write ``values`` (and a new status) if the record still has this document's status and revision.

        Raises ConditionFailed if another invocation has changed either.
        """
        attributes = {name: to_attribute(value) for name, value in values.items()}
        if status:
            attributes["status"] = str(status)
        expect: Mapping[str, Any] = {"status": str(document.status), "revision": document.revision}
        return from_item(Document, self._records.update(document.document_id, attributes, expect))

    def lease(self, document_id: str, owner: str, seconds: int) -> AbstractContextManager[dict[str, Any]]:
        """Hold the document's lease while working on it. Raises LeaseHeld."""
        return self._records.lease(document_id, owner, seconds)

    def notification_lease(self, document_id: str, seconds: int) -> AbstractContextManager[dict[str, Any]]:
        """Hold the lease for notifying people of the document's failure. Raises LeaseHeld."""
        return self._records.notification_lease(document_id, seconds)

    def lock(self, name: str, document_id: str, now: int) -> str:
        """Take a lock for a document if it is free; return the id of the document that holds it.

        ``now``, in seconds since the epoch, is recorded as the time at which it was taken: see ``release_stale``.
        """
        if self._records.create({"document_id": name, "held_by": document_id, "taken_at": now}):
            return document_id
        item = self._records.get(name)
        if item is None:
            return self.lock(name, document_id, now)
        if item["held_by"] == document_id:
            try:
                self._records.update(name, {"taken_at": now}, {"held_by": document_id})
            except ConditionFailed:
                return self.lock(name, document_id, now)  # released as stale, and taken by another document
        return str(item["held_by"])

    def release_stale(self, name: str, document_id: str, before: int) -> bool:
        """Release the lock of a document that has no record, if it was taken before ``before``.

        Returns whether the lock may be free. A process may die or fail for good after taking the lock and before
        writing the record. Nothing else would ever release that lock.
        """
        item = self._records.get(name)
        if item is None or item["held_by"] != document_id:
            return True
        if int(item.get("taken_at", 0)) >= before:
            return False
        self._records.delete(name, {key: item[key] for key in ("held_by", "taken_at") if key in item})
        return True

    def unlock(self, name: str, document_id: str) -> None:
        """Release a lock, if this document holds it."""
        self._records.delete(name, {"held_by": document_id})
