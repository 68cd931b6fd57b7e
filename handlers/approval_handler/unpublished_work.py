"""Find a person's unpublished changes of a page, which writing the page may overwrite.

PUT /pages/{id}: the new content "may entirely override what was previously in the draft". Confluence keeps the draft
after it was published or discarded, so a draft counts only if its content is in no recent version of the page. A draft
that a person begins between this read and the write is not found, because Confluence has no conditional write for
that. So the draft is read last, just before the write.
https://developer.atlassian.com/cloud/confluence/rest/v2/api-group-page/#api-pages-id-put
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from common import storage_format as sf
from common.atlassian.confluence_client import ConfluenceClient, ConfluencePage, PageDraft
from common.atlassian.http_client import NotFound


@dataclass(frozen=True)
class UnpublishedWork:
    """Unpublished changes of a page; ``state`` is a hash of their content.

    ``author_id`` and ``saved_at`` (ISO 8601) are empty if Confluence does not return them. ``author_id`` is also empty
    for the Kinexus account.
    """

    state: str
    author_id: str
    saved_at: str


def unpublished_work(
    confluence: ConfluenceClient, page: ConfluencePage, base_version: int
) -> UnpublishedWork | None:
    """Return a page's unpublished changes, or None.

    A draft with the content of ``page``, or of any version from the one before ``base_version`` on, has no changes.
    """
    draft = confluence.draft(page.page_id)
    if draft is None:
        return None
    state = _state(draft)
    if state == _state(page) or any(
        state == _state(each) for each in _versions(confluence, page, base_version)
    ):
        return None
    author_id = "" if confluence.is_us(draft.author_id) else draft.author_id
    return UnpublishedWork(state, author_id, draft.saved_at)


def _versions(
    confluence: ConfluenceClient, page: ConfluencePage, base_version: int
) -> Iterator[ConfluencePage]:
    """Yield the versions of a page from the newest, read again, down to the one before ``base_version``."""
    newest = confluence.page(page.page_id)
    yield newest
    for number in range(newest.version - 1, max(base_version - 2, 0), -1):
        try:
            yield confluence.page(page.page_id, number)
        except NotFound:  # let go: an administrator deleted this version, so the draft cannot be a copy of it
            continue


def _state(page: ConfluencePage | PageDraft) -> str:
    """Return a hash of the title and content of a page or its draft."""
    meaning = f"{page.title.strip()}\n{sf.content_fingerprint(page.storage)}"
    return hashlib.sha256(meaning.encode("utf-8", "surrogatepass")).hexdigest()[:16]
