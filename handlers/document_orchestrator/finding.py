"""Where a finished change belongs: pages that people named win, then search, ranking and the judge."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol

from common.confluence import ConfluencePage, Space
from common.ticket import Ticket
from common.time_limit import carried
from handlers.document_orchestrator import restrictions
from handlers.document_orchestrator.candidates import Candidate, OpenDraft, Search, gather
from handlers.document_orchestrator.fallback import decide
from handlers.document_orchestrator.judge import SHOWN, Model, judge
from handlers.document_orchestrator.judgement import (
    Choice,
    Considered,
    CreatePage,
    Judgement,
    NoDocument,
    RefusedName,
    Target,
    UpdatePage,
)
from handlers.document_orchestrator.named_pages import NamedPage, bounded, named_pages
from handlers.document_orchestrator.queries import Query, queries
from handlers.document_orchestrator.ranking import Ranked, rank
from handlers.document_orchestrator.search_terms import search_terms

__all__ = ["Confluence", "OpenDraft", "Site", "choose"]


class Confluence(Search, restrictions.Confluence, Protocol):
    """What finding a page asks of Confluence; common.confluence.ConfluenceClient gives it."""


@dataclass(frozen=True)
class Site:
    """Where we may write: the configured spaces (the first takes new pages) and the browse URL of Confluence."""

    spaces: tuple[Space, ...]
    browse_url: str

    def why_not(self, page: ConfluencePage) -> str:
        """Say why we do not edit a page, ``""`` where we may; not its title, which not everybody may know."""
        if page.space_id not in {space.space_id for space in self.spaces}:
            keys = ", ".join(space.key for space in self.spaces)
            return f"the page {page.page_id} is outside the spaces that we may write to ({keys})"
        return "" if page.status == "current" else f"the page {page.page_id} is {page.status}"


def choose(
    ticket: Ticket,
    site: Site,
    confluence: Confluence,
    model: Model | None,
    *,
    remote_links: Sequence[str] = (),
    just_created: Sequence[ConfluencePage] = (),
    open_drafts: Sequence[OpenDraft] = (),
) -> Choice:
    """Decide which page, or pages, a finished ticket belongs to.

    ``remote_links`` are the URLs of the issue's remote links. ``just_created`` are pages of ours that the search
    index may not hold yet. Without a ``model`` the documented fallback decides. Raises the errors of
    common.atlassian_http when Confluence does not answer; a model that fails only means the fallback.
    """
    named = named_pages(ticket, remote_links, site.browse_url)
    judgements, refused, is_ordered = _named(named, site, confluence)
    if judgements:
        return Choice(judgements, refused)
    if is_ordered:
        reason = "; ".join(f"{each.reference}: {each.reason}" for each in refused)
        return Choice((Judgement(NoDocument(), 1.0, reason, "named"),), refused)
    return _searched(ticket, site, confluence, model, just_created, open_drafts, refused)


def _named(
    named: Sequence[NamedPage], site: Site, confluence: Confluence
) -> tuple[tuple[Judgement, ...], tuple[RefusedName, ...], bool]:
    """Return the judgements of the named pages that we may edit, the others, and whether a label named one of those."""
    named, too_many = bounded(named)
    ids = [each.page_id for each in named if each.page_id]
    pages = {page.page_id: page for page in confluence.pages(ids)} if ids else {}
    judgements: list[Judgement] = []
    refused: list[RefusedName] = []
    is_ordered = False
    for each in named:
        page = pages.get(each.page_id) if each.page_id else None
        reason = _refusal(each, page, site)
        if page is None or reason:
            refused.append(RefusedName(each.reference, reason))
            is_ordered = is_ordered or each.is_order
        else:
            said = f"the ticket names the page “{page.title}” ({each.reference})"
            judgements.append(Judgement(UpdatePage(page.page_id, page.title), 1.0, said, "named"))
    refused += [RefusedName(which, reason) for which, reason in too_many.items()]
    return tuple(judgements), tuple(refused), is_ordered


def _refusal(named: NamedPage, page: ConfluencePage | None, site: Site) -> str:
    if named.page_id is None:
        return "this names no page: write docs: and the page's id, a number"
    if page is None:
        return f"there is no page {named.page_id}, or we may not see it"
    return site.why_not(page)


def _searched(
    ticket: Ticket,
    site: Site,
    confluence: Confluence,
    model: Model | None,
    just_created: Sequence[ConfluencePage],
    open_drafts: Sequence[OpenDraft],
    refused: tuple[RefusedName, ...],
) -> Choice:
    planned, ranked = searched(ticket, site, confluence, just_created, open_drafts)
    best = _open_to_all(ranked, confluence)
    verdict = decide(ticket, best)
    if model is not None:
        verdict = judge(ticket, best, model, verdict)
    considered = tuple(
        Considered(each.page.page_id, each.page.title, each.page.url, each.score, each.why) for each in best
    )
    target = _at_home(verdict.target, best, site.spaces[0].space_id)
    judgement = Judgement(target, verdict.confidence, verdict.reason, verdict.decided_by, considered)
    return Choice((judgement,), refused, tuple(query.cql for query in planned), verdict.tokens)


def _at_home(target: Target, candidates: Sequence[Ranked[Candidate]], home: str) -> Target:
    """Return a target whose parent is in the space in which new pages are created, or that has none.

    Confluence puts no page below one of another space.
    """
    if not isinstance(target, CreatePage) or not target.parent_id:
        return target
    around = (
        each.page for each in candidates if target.parent_id in (each.page.page_id, each.page.parent_id)
    )
    is_at_home = any(page.space_id == home for page in around)
    return target if is_at_home else CreatePage(target.title, None)


def searched(
    ticket: Ticket,
    site: Site,
    confluence: Search,
    just_created: Sequence[ConfluencePage] = (),
    open_drafts: Sequence[OpenDraft] = (),
) -> tuple[tuple[Query, ...], tuple[Ranked[Candidate], ...]]:
    """Search and rank: return the queries that were sent and the candidates, nearest first."""
    planned = queries(search_terms(ticket), [space.key for space in site.spaces])
    space_ids = [space.space_id for space in site.spaces]
    return planned, rank(ticket, gather(confluence, planned, space_ids, just_created, open_drafts))


def _open_to_all(
    ranked: Sequence[Ranked[Candidate]], confluence: Confluence
) -> tuple[Ranked[Candidate], ...]:
    """Return the best pages that everyone may view; a restriction of a page above counts for those below it."""
    known: dict[str, bool] = {"": False}
    best: list[Ranked[Candidate]] = []
    rest = list(ranked)
    with ThreadPoolExecutor(max_workers=2 * SHOWN) as threads:
        while rest and len(best) < SHOWN:
            batch, rest = rest[: SHOWN - len(best)], rest[SHOWN - len(best) :]
            places = [(each, (each.page.page_id, *_above(each.page, confluence))) for each in batch]
            asked = {id_ for _, ids in places for id_ in ids} - known.keys()
            known |= zip(asked, threads.map(carried(confluence.is_restricted), asked), strict=True)
            best += [each for each, ids in places if not any(known[id_] for id_ in ids)]
    return tuple(best)


def _above(page: Candidate, confluence: Confluence) -> tuple[str, ...]:
    return restrictions.above(page.parent_id, confluence) if page.above is None else page.above
