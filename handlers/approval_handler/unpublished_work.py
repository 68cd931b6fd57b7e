"""Work that people keep in a page's draft and have not published: writing the page may override it.

PUT /pages/{id}: the new content "may entirely override what was previously in the draft". Confluence keeps the draft
when it is published or discarded, so a draft is work only where it says something that no recent version says. A person
who begins a draft between our read and our write is not seen: Confluence has no condition for that. So the draft is
read last of all, just before the write.
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
    """A draft that is not published; ``state`` names what it says.

    ``author_id`` and ``saved_at`` (ISO 8601) are empty where Confluence does not tell them, or names our account.
    """

    state: str
    author_id: str
    saved_at: str


def unpublished_work(
    confluence: ConfluenceClient, page: ConfluencePage, base_version: int
) -> UnpublishedWork | None:
    """Return the work in a page's draft; None where it says what ``page`` or a version since the base's last says."""
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
    """Yield the versions of a page from the newest, which may have come meanwhile, down to the one before the base."""
    newest = confluence.page(page.page_id)
    yield newest
    for number in range(newest.version - 1, max(base_version - 2, 0), -1):
        try:
            yield confluence.page(page.page_id, number)
        except (
            NotFound
        ):  # let go: an administrator may delete a version, which a draft then cannot be a copy of
            continue


def _state(said: ConfluencePage | PageDraft) -> str:
    """Return a short name for what a page or its draft says, its title included."""
    meaning = f"{said.title.strip()}\n{sf.content_fingerprint(said.storage)}"
    return hashlib.sha256(meaning.encode("utf-8", "surrogatepass")).hexdigest()[:16]
