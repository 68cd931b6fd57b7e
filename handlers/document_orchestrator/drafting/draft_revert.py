"""Drafts the revert of a publication by program: the earlier bytes of exactly the blocks that it changed.

The edits come from two versions of the page: the one that Kinexus published and the one before. They are moved to the
current version; what people edited elsewhere since then stays.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from common import storage_format as sf
from common.atlassian.confluence_client import ConfluencePage, PageVersion
from common.atlassian.http_client import NotFound
from common.domain.document import Document, Publication
from common.domain.draft import Draft
from common.domain.version_note import is_note_of


class VersionReader(Protocol):
    """The reads of Confluence that a revert needs: handlers.document_orchestrator.pages_read_once.PagesReadOnce."""

    def version(self, page_id: str, number: int) -> ConfluencePage:
        """Return an earlier version of a page; raise NotFound."""

    def versions(self, page_id: str, after: int) -> Iterator[PageVersion]:
        """Yield every version after version ``after``, newest first."""


class CannotRevert(Exception):
    """The publication cannot be taken back by program. The message says why, as the end of a sentence."""


class NothingToRevert(Exception):
    """The page has the content from before the publication already."""


def draft_revert(
    document: Document,
    page: ConfluencePage,
    reverted: Draft,
    publication: Publication,
    versions: VersionReader,
) -> Draft:
    """Return the next draft of a document that takes back ``publication``, the draft ``reverted``.

    ``page`` is the current version. Raises CannotRevert and NothingToRevert. The caller sets ``inputs``.
    """
    before, published = _two_versions(reverted, publication, versions)
    if sf.content_fingerprint(page.storage) == sf.content_fingerprint(before.storage):
        raise NothingToRevert(f'the page "{page.title}" has its earlier content already')
    edits = _moved_edits(before, published, page)
    if not edits:
        raise NothingToRevert(f"version {publication.version} changed nothing that a reader sees")
    return Draft(
        document_id=document.document_id,
        revision=document.revision + 1,
        kind=document.kind,
        title=page.title,
        space_id=page.space_id,
        summary=f"{document.choice.reason}. What is taken back: {reverted.summary}",
        storage=sf.apply(sf.parse(page.storage), edits).storage,
        change_ids=document.change_ids,
        issue_keys=document.issue_keys,
        page_id=page.page_id,
        base_version=page.version,
        base=page.storage,
        edits=edits,
        follows=document.revision,
        levels=reverted.levels,
    )


def _two_versions(
    reverted: Draft, publication: Publication, versions: VersionReader
) -> tuple[ConfluencePage, ConfluencePage]:
    """Return the version before a publication, and its own; raise CannotRevert if they are not there any more."""
    number = publication.version
    noted = (each for each in versions.versions(publication.page_id, number - 1) if each.number == number)
    note = next(noted, None)
    if note is None or not is_note_of(note.message, reverted):
        raise CannotRevert(
            f"version {number} of the page is not the one that Kinexus wrote: it wrote none because the page had that "
            "content already, or versions were deleted since"
        )
    try:
        return (
            versions.version(publication.page_id, number - 1),
            versions.version(publication.page_id, number),
        )
    except NotFound as error:
        raise CannotRevert(f"version {number - 1} or {number} of the page was deleted") from error


def _moved_edits(
    before: ConfluencePage, published: ConfluencePage, page: ConfluencePage
) -> tuple[sf.Restore, ...]:
    """Return the edits that take a publication back, as edits of the current page; raise CannotRevert."""
    try:
        base, current = sf.parse(published.storage), sf.parse(page.storage)
        edits = sf.rebase_restores(sf.restores(sf.parse(before.storage), base), base, current)
    except sf.MalformedStorage as error:
        raise CannotRevert(f"a version of the page is not valid: {error}") from error
    if isinstance(edits, sf.EditConflict):
        reasons = "; ".join(dict.fromkeys(reason for _, reason in edits.reasons))
        raise CannotRevert(f"the same part of the page was edited since then: {reasons}")
    return edits
