"""Exactly what was approved becomes a page version, once, and never over a person's edit, published or not.

Check the remote base, write, read back. What is there already counts as done; a page whose target blocks moved on is
a conflict, never a guess.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

from common import storage_format as sf
from common.atlassian.confluence_client import ConfluenceClient, ConfluencePage
from common.atlassian.http_client import (
    AtlassianError,
    NotFound,
    RequestRefused,
    Unauthorized,
    VersionConflict,
)
from common.domain.document import DocumentKind, Publication
from common.domain.draft import Draft
from handlers.approval_handler.unpublished_work import UnpublishedWork, unpublished_work

log = logging.getLogger(__name__)

#: How often a write is tried against people who save the same page at the same moment.
MAX_ATTEMPTS = 4
#: Confluence's words, in small letters, where a title is in use in the space: it has no other sign for that.
_TITLE_TAKEN = "a page with this title already exists"


class PageConflict(Exception):
    """A block that the draft edits was changed by somebody else meanwhile; the message says which and how."""


class PublishBlocked(Exception):
    """The page cannot be written as approved. ``final``: a person cannot clear the way, the document is over."""

    def __init__(self, reason: str, *, final: bool = False) -> None:
        super().__init__(reason)
        self.final = final


class Unpublished(Exception):
    """The page has a draft that a person has not published, and writing the page may override it."""

    def __init__(self, title: str, work: UnpublishedWork) -> None:
        super().__init__(f'"{title}" has unpublished changes')
        self.title, self.work = title, work


class PageContended(Exception):
    """Others saved the page at the same moment, again and again; a later delivery tries anew."""


@dataclass(frozen=True)
class Publisher:
    """Writes approved drafts to Confluence."""

    confluence: ConfluenceClient

    def published(self, draft: Draft) -> Publication | None:
        """Return the version that carries a draft, or None while nothing of it is in Confluence."""
        if draft.kind is DocumentKind.CREATE:
            existing = self.confluence.page_by_title(draft.space_id, draft.title)
            return self._created(existing, draft) if existing else None
        try:
            page = self.confluence.page(draft.page_id or "")
        except NotFound:
            return None
        return self._carrying(draft, page)

    def publish(self, draft: Draft, may_write: Callable[[], None], overriding: str = "") -> Publication:
        """Publish a draft, or find that it is published; raise PageConflict, Obstacle, Unpublished or TooBusy.

        ``may_write`` is called before anything is written, and raises where nothing may be. ``overriding`` is the state
        of the unpublished work that may be lost.
        """
        if draft.kind is DocumentKind.CREATE:
            return self._create(draft, may_write)
        for _ in range(MAX_ATTEMPTS):
            try:
                return self._update(draft, may_write, overriding)
            except (
                VersionConflict
            ):  # let go: the loop tries again on the page as it is now, then raises TooBusy
                log.info("page.version_conflict", extra={"document_id": draft.document_id})
        raise PageContended(f'"{draft.title}" is being edited by others right now')

    def _update(self, draft: Draft, may_write: Callable[[], None], overriding: str) -> Publication:
        page = self._page(draft)
        if written := self._carrying(draft, page):
            return written
        may_write()
        _check(draft, page)
        is_other = page.storage != draft.base
        storage = _rebased(draft, page) if is_other else draft.storage
        on_top = is_other and sf.content_fingerprint(page.storage) != sf.content_fingerprint(draft.base)
        if storage != page.storage:
            self._keep_unpublished(draft, page, overriding)
            try:
                page = self.confluence.update_page(
                    page, storage, f"{version_message_mark(draft)}: {draft.summary}"[:255]
                )
            except RequestRefused as error:
                raise PublishBlocked(_refusal(page.title, error)) from error
            except NotFound as error:
                raise PublishBlocked(_out_of_reach(page.title, "written", "edit")) from error
        return self._read_back(page, storage, on_top=on_top)

    def _page(self, draft: Draft) -> ConfluencePage:
        try:
            return self.confluence.page(draft.page_id or "")
        except NotFound as error:
            raise PublishBlocked(_out_of_reach(draft.title, "read", "view")) from error

    def _keep_unpublished(self, draft: Draft, page: ConfluencePage, overriding: str) -> None:
        """Raise Unpublished where the page's draft holds other work than the one that may be overridden."""
        try:
            work = unpublished_work(self.confluence, page, draft.base_version)
        except Unauthorized as error:
            if error.status != 403:
                raise
            raise PublishBlocked(_restricted(page.title)) from error
        if work and work.state != overriding:
            raise Unpublished(page.title, work)

    def _carrying(self, draft: Draft, page: ConfluencePage) -> Publication | None:
        if page.version <= draft.base_version:
            return None
        versions = self.confluence.versions(page.page_id, draft.base_version)
        # Whoever edits pages can write such a message, so its author counts too.
        ours = (
            v
            for v in versions
            if v.message.startswith(version_message_mark(draft) + ":") and self.confluence.is_us(v.author_id)
        )
        return next((Publication(page.page_id, v.number, page.url, page.title) for v in ours), None)

    def _create(self, draft: Draft, may_write: Callable[[], None]) -> Publication:
        existing = self.confluence.page_by_title(draft.space_id, draft.title)
        if existing is None:
            may_write()
            try:
                created = self.confluence.create_page(
                    draft.space_id, draft.title, draft.parent_id, draft.storage
                )
            except (RequestRefused, VersionConflict) as error:
                existing = self.confluence.page_by_title(draft.space_id, draft.title)
                if existing is None:
                    raise PublishBlocked(_refusal(draft.title, error)) from error
            except NotFound as error:
                raise PublishBlocked(
                    f'Confluence has no place for the page "{draft.title}": its parent or its space is gone, or our '
                    "account may not create pages there; once that is put right, move this ticket to done again"
                ) from error
            else:
                return self._read_back(created, draft.storage, on_top=False)
        if made := self._created(existing, draft):
            return made
        raise PublishBlocked(
            f'another page has the title "{draft.title}" already ({existing.url}): rename it, then move this '
            "ticket to done again"
        )

    def _created(self, page: ConfluencePage, draft: Draft) -> Publication | None:
        """Return the publication if a page of the draft's title is the one that publishing it made, else None.

        People may have edited it since: the version that it began with tells, and what they wrote stays.
        """
        if page.status != "current" or not self.confluence.is_us(page.author_id):
            return None
        if not sf.equivalent(page.storage, draft.storage) and not self._began_as(page, draft):
            return None
        return Publication(page.page_id, 1, page.url, page.title)

    def _began_as(self, page: ConfluencePage, draft: Draft) -> bool:
        if page.version == 1:
            return False  # it is the version that was looked at already
        try:
            first = self.confluence.page(page.page_id, version=1)
        except NotFound:
            return False
        return sf.equivalent(first.storage, draft.storage)

    def _read_back(self, written: ConfluencePage, storage: str, *, on_top: bool) -> Publication:
        """Return what became of a page that was just written; what a person saved since is not ours to judge."""
        page = self.confluence.page(written.page_id)
        differs = page.version == written.version and not sf.equivalent(page.storage, storage)
        return Publication(
            page.page_id, written.version, page.url, page.title, differs=differs, on_top=on_top
        )


def version_message_mark(draft: Draft) -> str:
    """Return how the message of a page version names the draft that it carries."""
    return f"Kinexus {draft.document_id} r{draft.revision}"


def _check(draft: Draft, page: ConfluencePage) -> None:
    """Raise Obstacle where a page was put away since it was drafted on."""
    if page.status != "current":
        raise PublishBlocked(
            f'the page "{page.title}" is {page.status}: restore it, then move this ticket to done again'
        )
    if page.space_id != draft.space_id:
        raise PublishBlocked(f'the page "{page.title}" was moved to another space', final=True)


def _out_of_reach(title: str, done: str, right: str) -> str:
    return (
        f'the page "{title}" cannot be {done}: it was deleted, or our account may no longer {right} it. Restore it '
        "or give our account access, then move this ticket to done again. To end the review instead, comment REJECTED "
        "and do the same"
    )


def _restricted(title: str) -> str:
    return f'the page "{title}" is restricted: let our account edit it, then move this ticket to done again'


def _refusal(title: str, error: AtlassianError) -> str:
    log.warning(
        "page.refused",
        extra={"title": title, "status": error.status, "detail": error.detail[:500]},
    )
    if error.status == 403:
        return _restricted(title)
    if error.status == 400 and _TITLE_TAKEN in error.detail.casefold():
        return (
            f'a page that our account may not see has the title "{title}" already: have it renamed, or let our '
            "account see it, then move this ticket to done again"
        )
    return (
        f'Confluence refused to store the page "{title}" (status {error.status}; the log of this function has its '
        "words): once the cause is gone, move this ticket to done again"
    )


def _rebased(draft: Draft, page: ConfluencePage) -> str:
    try:
        merged = sf.rebase(list(draft.edits), sf.parse(draft.base), sf.parse(page.storage))
    except sf.MalformedStorage as error:
        raise PageConflict(f"the page cannot be read any more: {error}") from error
    if isinstance(merged, sf.EditConflict):
        raise PageConflict("; ".join(dict.fromkeys(reason for _, reason in merged.reasons)))
    return merged.storage
