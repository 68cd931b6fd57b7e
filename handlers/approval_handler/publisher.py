"""Publishes an approved draft to Confluence, idempotently.

A person's edit is never overwritten, nor are unpublished changes, unless the approver wrote APPROVED ANYWAY. The page
is checked, written and read back. A draft that is already on the page counts as published. If the blocks that the
draft edits have changed, PageConflict is raised; also if the edits no longer give the content that was reviewed.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from common import storage_format as sf
from common.atlassian.confluence_client import ConfluenceClient, ConfluencePage, PageVersion
from common.atlassian.error_answer import quotable_messages
from common.atlassian.http_client import (
    AtlassianError,
    Gone,
    NotFound,
    RequestRefused,
    Unauthorized,
    VersionConflict,
)
from common.domain.document import DocumentKind, Publication
from common.domain.draft import Draft
from common.domain.version_note import is_note_of
from handlers.approval_handler.unpublished_work import UnpublishedWork, unpublished_work

log = logging.getLogger(__name__)

#: Maximum number of attempts to write a page while other people save it at the same moment.
MAX_ATTEMPTS = 4
#: Part of Confluence's error message for a title in use in the space, lower-cased. There is no error code for it.
_TITLE_TAKEN = "a page with this title already exists"


class PageConflict(Exception):
    """Another person changed a block that the draft edits, or its edits no longer give what was reviewed.

    The message says which passage and how. ``versions`` are the versions of the page since the draft that other people
    saved, newest first.
    """

    def __init__(self, reason: str, versions: Sequence[PageVersion] = ()) -> None:
        super().__init__(reason)
        self.versions = tuple(versions)


class PublishBlocked(Exception):
    """The page cannot be written as approved. With ``final`` the review is not retried: the document fails."""

    def __init__(self, reason: str, *, final: bool = False) -> None:
        super().__init__(reason)
        self.final = final


class UnpublishedChanges(Exception):
    """The page has a person's unpublished changes, and writing the page may overwrite them."""

    def __init__(self, title: str, work: UnpublishedWork) -> None:
        super().__init__(f'"{title}" has unpublished changes')
        self.title, self.work = title, work


class PageContended(Exception):
    """Other people saved the page at the same moment in each of MAX_ATTEMPTS attempts. A later delivery retries."""


@dataclass(frozen=True)
class Publisher:
    """Writes approved drafts to Confluence."""

    confluence: ConfluenceClient

    def published(self, draft: Draft) -> Publication | None:
        """Return the page version that contains the draft, or None if it is not published."""
        if draft.kind is DocumentKind.CREATE:
            existing = self.confluence.page_by_title(draft.space_id, draft.title)
            return self._created(existing, draft) if existing else None
        try:
            page = self.confluence.page(draft.page_id or "")
        except NotFound:
            return None
        return self._find_publication(draft, page)

    def publish(
        self, draft: Draft, note: str, may_write: Callable[[], None], overriding: str = ""
    ) -> Publication:
        """Publish a draft with ``note`` as the version message, or return its publication if it is published already.

        Calls ``may_write`` before it writes the page; ``may_write`` raises if the page must not be written. Unpublished
        changes are overwritten only if their state is ``overriding``. Raises PageConflict, PublishBlocked,
        UnpublishedChanges and PageContended.
        """
        if draft.kind is DocumentKind.CREATE:
            existing = self.confluence.page_by_title(draft.space_id, draft.title)
            if existing is None:
                may_write()
            return self._create(draft, existing)
        for _ in range(MAX_ATTEMPTS):
            page = self._page(draft)
            if published := self._find_publication(draft, page):
                return published
            may_write()
            _check_location(draft, page)
            storage = self._rebased(draft, page)
            is_other = page.storage != draft.base
            on_top = is_other and sf.content_fingerprint(page.storage) != sf.content_fingerprint(draft.base)
            if storage == page.storage:
                return self._read_back(page, storage, on_top=on_top)
            self._check_unpublished(draft, page, overriding)
            try:
                return self._read_back(self._write(page, storage, note), storage, on_top=on_top)
            except VersionConflict:  # let go: the loop retries on the current page, then raises PageContended
                log.info("page.version_conflict", extra={"document_id": draft.document_id})
        raise PageContended(f'other people are editing the page "{draft.title}" right now')

    def add_labels(self, page_id: str, labels: Sequence[str]) -> None:
        """Add labels to a page; adding one again changes nothing. Best effort: the page is published already."""
        try:
            self.confluence.add_labels(page_id, labels)
        except (NotFound, Gone, RequestRefused, Unauthorized) as error:
            # let go: the token may lack the scope for labels, which nothing else needs; a revoked token is raised
            if error.status == 401 and "scope" not in error.detail:
                raise
            log.warning("labels.refused", extra={"page_id": page_id, "detail": str(error)})

    def _write(self, page: ConfluencePage, storage: str, note: str) -> ConfluencePage:
        """Write the version after ``page``; raise VersionConflict or PublishBlocked."""
        try:
            return self.confluence.update_page(page, storage, note)
        except RequestRefused as error:
            raise PublishBlocked(_refusal_text(page.title, error)) from error
        except NotFound as error:
            raise PublishBlocked(_not_found_text(page.title, "written", "edit")) from error

    def _rebased(self, draft: Draft, page: ConfluencePage) -> str:
        """Return the current page with the draft's edits. Raises PageConflict."""
        try:
            return _edited(draft, page)
        except PageConflict as conflict:
            versions = self.confluence.versions(page.page_id, draft.base_version)
            theirs = [version for version in versions if not self.confluence.is_us(version.author_id)]
            raise PageConflict(str(conflict), theirs) from conflict

    def _page(self, draft: Draft) -> ConfluencePage:
        try:
            return self.confluence.page(draft.page_id or "")
        except NotFound as error:
            raise PublishBlocked(_not_found_text(draft.title, "read", "view")) from error

    def _check_unpublished(self, draft: Draft, page: ConfluencePage, overriding: str) -> None:
        """Raise UnpublishedChanges if the page has unpublished changes, unless their state is ``overriding``."""
        try:
            work = unpublished_work(self.confluence, page, draft.base_version)
        except Unauthorized as error:
            if error.status != 403:
                raise
            raise PublishBlocked(_restricted_text(page.title)) from error
        if work and work.state != overriding:
            raise UnpublishedChanges(page.title, work)

    def _find_publication(self, draft: Draft, page: ConfluencePage) -> Publication | None:
        if page.version <= draft.base_version:
            return None
        versions = self.confluence.versions(page.page_id, draft.base_version)
        # Anyone who may edit pages can write such a version message, so its author is checked too.
        ours = (v for v in versions if is_note_of(v.message, draft) and self.confluence.is_us(v.author_id))
        return next((Publication(page.page_id, v.number, page.url, page.title) for v in ours), None)

    def _create(self, draft: Draft, existing: ConfluencePage | None) -> Publication:
        if existing is None:
            try:
                created = self.confluence.create_page(
                    draft.space_id, draft.title, draft.parent_id, draft.storage
                )
            except (RequestRefused, VersionConflict) as error:
                existing = self.confluence.page_by_title(draft.space_id, draft.title)
                if existing is None:
                    raise PublishBlocked(_refusal_text(draft.title, error)) from error
            except NotFound as error:
                raise PublishBlocked(
                    f'the page "{draft.title}" cannot be created: its parent page or its space was deleted, or the '
                    "Kinexus account may not create pages there. Fix this, then move this ticket to Done again"
                ) from error
            else:
                return self._read_back(created, draft.storage, on_top=False)
        if publication := self._created(existing, draft):
            return publication
        raise PublishBlocked(
            f'the title "{draft.title}" is already used by another page ({existing.url}). Rename that page, then move '
            "this ticket to Done again"
        )

    def _created(self, page: ConfluencePage, draft: Draft) -> Publication | None:
        """Return the publication of a draft if Kinexus created this page from it; None for any other page.

        A person may have edited the page since then, so the first version is compared too. The edit is kept.
        """
        if page.status != "current" or not self.confluence.is_us(page.author_id):
            return None
        if not sf.equivalent(page.storage, draft.storage) and not self._was_created_as(page, draft):
            return None
        return Publication(page.page_id, 1, page.url, page.title)

    def _was_created_as(self, page: ConfluencePage, draft: Draft) -> bool:
        """Return whether the first version of a page has the content of the draft; ``_created`` compares the newest."""
        if page.version == 1:
            return False
        try:
            first = self.confluence.page(page.page_id, version=1)
        except NotFound:
            return False
        return sf.equivalent(first.storage, draft.storage)

    def _read_back(self, written: ConfluencePage, storage: str, *, on_top: bool) -> Publication:
        """Return the publication of a page that was just written. Reads the page and compares the stored content.

        If a person has saved the page since then, the content is not compared.
        """
        page = self.confluence.page(written.page_id)
        differs = page.version == written.version and not sf.equivalent(page.storage, storage)
        return Publication(
            page.page_id, written.version, page.url, page.title, differs=differs, on_top=on_top
        )


def _check_location(draft: Draft, page: ConfluencePage) -> None:
    """Raise PublishBlocked if the page was archived, deleted or moved to another space after the draft."""
    if page.status != "current":
        raise PublishBlocked(
            f'the page "{page.title}" is {page.status}. Restore it, then move this ticket to Done again'
        )
    if page.space_id != draft.space_id:
        raise PublishBlocked(
            f'the page "{page.title}" was moved to another space, so this draft no longer fits it. For another draft, '
            "reopen the source ticket and close it again",
            final=True,
        )


def _not_found_text(title: str, failed: str, right: str) -> str:
    return (
        f'the page "{title}" cannot be {failed}: it was deleted, or the Kinexus account may no longer {right} it. '
        "Restore the page or give the Kinexus account access, then move this ticket to Done again. To end the review "
        "instead, comment REJECTED and move this ticket to Done"
    )


def _restricted_text(title: str) -> str:
    return (
        f'the page "{title}" is restricted. Give the Kinexus account permission to edit it, then move this ticket to '
        "Done again"
    )


def _refusal_text(title: str, error: AtlassianError) -> str:
    log.warning(
        "page.refused",
        extra={"title": title, "status": error.status, "detail": error.detail[:500]},
    )
    if error.status == 403:
        return _restricted_text(title)
    if error.status == 400 and _TITLE_TAKEN in error.detail.casefold():
        return (
            f'the title "{title}" is already used by a page that the Kinexus account cannot see. Rename that page, or '
            "give the Kinexus account access to it, then move this ticket to Done again"
        )
    said = quotable_messages(error.detail)
    return (
        f'Confluence refused to store the page "{title}" (status {error.status}'
        + (f', in its words: "{said}"' if said else "")
        + "; the log of the approval handler has its full answer). When the cause is fixed, move this ticket to Done "
        "again. To have the draft changed instead, comment NEEDS REVISION with what to change, and move it to Done"
    )


def _edited(draft: Draft, page: ConfluencePage) -> str:
    """Return the page with the edits of a draft; raise PageConflict if they no longer make the reviewed content.

    The reviewer approved ``draft.storage``. The edits of a draft that another version of Kinexus stored may have
    another meaning now.
    """
    try:
        base = sf.parse(draft.base)
        reviewed = sf.apply(base, draft.edits).storage
        merged = sf.rebase(draft.edits, base, sf.parse(page.storage))
    except sf.MalformedStorage as error:
        raise PageConflict(f"the current content of the page is not valid: {error}") from error
    except sf.InvalidEdit as error:
        raise PageConflict(f"an edit of this draft can no longer be applied: {error}") from error
    if reviewed != draft.storage:
        raise PageConflict("the edits of this draft no longer give the content that was reviewed")
    if isinstance(merged, sf.EditConflict):
        raise PageConflict("; ".join(dict.fromkeys(reason for _, reason in merged.reasons)))
    return merged.storage
