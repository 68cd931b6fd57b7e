"""Gathers the candidate pages of a ticket: parallel searches, then one request for the bodies of the best hits."""

from __future__ import annotations

import logging
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol

from common import storage_format as sf
from common.atlassian.confluence_client import ConfluencePage, SearchHit
from common.runtime.deadline import propagate_deadline
from handlers.document_orchestrator.page_selection.cql_queries import CqlQuery
from handlers.document_orchestrator.page_selection.excluded_pages import reason_to_exclude

log = logging.getLogger(__name__)

MAX_BODIES = 50
#: Search hits among which a page that cannot be a candidate is still shown to people.
MAX_LEFT_OUT = 10
# Constant of reciprocal rank fusion: low ranks in several results outweigh one high rank in a single result.
_FUSION = 10


class PageSearch(Protocol):
    """The Confluence calls used here, as common.atlassian.confluence_client.ConfluenceClient implements them."""

    def search(self, cql: str, limit: int = 25) -> tuple[SearchHit, ...]:
        """Return the first pages of a CQL query, best first."""

    def pages(self, page_ids: Iterable[str]) -> tuple[ConfluencePage, ...]:
        """Return the pages of these ids that exist, with bodies."""


@dataclass(frozen=True)
class OpenDraft:
    """A page to be created whose draft is not published yet; a candidate, so two tickets do not create it twice.

    ``storage`` is the draft's body in storage format, ``""`` while it is being written.
    """

    document_id: str
    title: str
    storage: str


@dataclass(frozen=True)
class Candidate:
    """A page, or with ``document_id`` an open draft of a new page, as ranking and judge read it.

    ``path`` and ``ancestor_ids`` hold the titles and ids of its ancestors as the search returned them, top first. A
    draft has ``""`` as ``page_id`` and ``space_id``. A page with a reason in ``left_out`` is shown to people, but never
    selected.
    """

    page_id: str
    title: str
    url: str
    parent_id: str | None
    path: tuple[str, ...]
    sections: tuple[sf.Section, ...]
    document_id: str | None = None
    space_id: str = ""
    is_live: bool = False
    left_out: str = ""
    ancestor_ids: tuple[str, ...] = ()


def gather_candidates(
    search: PageSearch,
    planned: Sequence[CqlQuery],
    space_ids: Sequence[str],
    just_created: Sequence[ConfluencePage] = (),
    open_drafts: Sequence[OpenDraft] = (),
) -> tuple[Candidate, ...]:
    """Return the candidates, best search hit first, drafts last; raises the errors of common.atlassian.http_client.

    Pages outside ``space_ids`` are dropped, even if a search returns them. Of the best hits, those that cannot be
    candidates are returned with the reason in ``left_out``.
    """
    answers = _all_at_once(search, planned)
    hits = {hit.page_id: hit for answer in answers for hit in answer if hit.page_id}
    best = _fused(planned, answers)[:MAX_BODIES]
    pages = {page.page_id: page for page in just_created}
    pages |= {page.page_id: page for page in search.pages(best)} if best else {}
    known = [
        page for page_id in (*best, *(p.page_id for p in just_created)) if (page := pages.pop(page_id, None))
    ]
    nearest = set(best[:MAX_LEFT_OUT])
    found = [
        candidate
        for page in known
        if page.space_id in space_ids
        and (candidate := _candidate(page, hits.get(page.page_id)))
        and (not candidate.left_out or (page.status == "current" and page.page_id in nearest))
    ]
    drafts = [
        Candidate("", draft.title, "", None, (), _sections(draft.storage, draft.title), draft.document_id)
        for draft in open_drafts
    ]
    return (*found, *drafts)


def _all_at_once(search: PageSearch, planned: Sequence[CqlQuery]) -> list[tuple[SearchHit, ...]]:
    if not planned:
        return []
    with ThreadPoolExecutor(max_workers=len(planned)) as threads:
        return list(
            threads.map(propagate_deadline(lambda query: search.search(query.cql, query.limit)), planned)
        )


def _fused(planned: Sequence[CqlQuery], answers: Sequence[Sequence[SearchHit]]) -> list[str]:
    """Merge the search results into one list of page ids by reciprocal rank fusion, best first."""
    scores: defaultdict[str, float] = defaultdict(float)
    for query, answer in zip(planned, answers, strict=True):
        for place, hit in enumerate(answer):
            if hit.page_id:
                scores[hit.page_id] += query.weight / (_FUSION + place)
    return sorted(scores, key=lambda page_id: -scores[page_id])


def _candidate(page: ConfluencePage, hit: SearchHit | None) -> Candidate:
    path = hit.path if hit else ()
    reason = reason_to_exclude(page, path) or ""
    if reason:
        log.info("candidate.excluded", extra={"page_id": page.page_id, "reason": reason})
    return Candidate(
        page_id=page.page_id,
        title=page.title,
        url=page.url,
        parent_id=page.parent_id,
        path=path,
        sections=() if reason else _sections(page.storage, page.title),
        space_id=page.space_id,
        is_live=page.is_live,
        left_out=reason,
        ancestor_ids=hit.ancestor_ids if hit else (),
    )


def _sections(storage: str, title: str) -> tuple[sf.Section, ...]:
    try:
        return sf.sections(storage)
    except sf.MalformedStorage:
        # Rank it by its plain words: if it is selected, drafting fails with a comment instead of skipping it silently.
        return (sf.Section((title,), re.sub(r"<[^>]*>", " ", storage)),)
