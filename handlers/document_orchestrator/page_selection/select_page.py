"""Selects the page of a change: named pages first, then search, ranking and the judge."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from common.atlassian import page_restrictions
from common.atlassian.confluence_client import ConfluencePage
from common.atlassian.page_restrictions import Access, Restrictions, label_required_reason
from common.domain.ticket import Ticket
from handlers.document_orchestrator.page_selection.candidates import (
    Candidate,
    OpenDraft,
    PageSearch,
    gather_candidates,
)
from handlers.document_orchestrator.page_selection.cql_queries import CqlQuery, cql_queries
from handlers.document_orchestrator.page_selection.explicit_pages import (
    ExplicitPage,
    explicit_pages,
    limit_explicit_pages,
)
from handlers.document_orchestrator.page_selection.llm_judge import MAX_CANDIDATES, JudgeModel, judge
from handlers.document_orchestrator.page_selection.ranking import Ranked, rank_pages
from handlers.document_orchestrator.page_selection.ranking_fallback import decide_by_ranking
from handlers.document_orchestrator.page_selection.search_terms import search_terms
from handlers.document_orchestrator.page_selection.selection import (
    ConsideredPage,
    CreatePage,
    NoDocument,
    RefusedExplicitPage,
    Selection,
    Target,
    TargetDecision,
    UnnamedPage,
    UpdatePage,
)
from handlers.document_orchestrator.writable_spaces import WritableSpaces

__all__ = [
    "OpenDraft",
    "SelectionSources",
    "WritableSpaces",
    "select_by_search",
    "select_named",
    "select_page",
]


_MOST_LEFT_OUT = 3


class SelectionSources(PageSearch, page_restrictions.RestrictionReader, Protocol):
    """The Confluence calls used here, as common.atlassian.confluence_client.ConfluenceClient implements them."""


@dataclass(frozen=True)
class NamedPages:
    """The pages that a ticket names: a selection if they decide, and those that are refused."""

    selection: Selection | None
    refused: tuple[RefusedExplicitPage, ...]


def select_page(
    ticket: Ticket,
    site: WritableSpaces,
    confluence: SelectionSources,
    model: JudgeModel | None,
    *,
    remote_links: Sequence[str] = (),
    just_created: Sequence[ConfluencePage] = (),
    open_drafts: Sequence[OpenDraft] = (),
) -> Selection:
    """Select the page or pages that a closed ticket belongs to: named ones, or else by search."""
    named = select_named(ticket, site, confluence, remote_links)
    return named.selection or select_by_search(
        ticket, site, confluence, model, named.refused, just_created=just_created, open_drafts=open_drafts
    )


def select_named(
    ticket: Ticket, site: WritableSpaces, confluence: SelectionSources, remote_links: Sequence[str]
) -> NamedPages:
    """Return the pages that a ticket names by labels and links; ``remote_links`` are the URLs of its remote links.

    A label that names a page decides, even if that page is refused. Raises the errors of common.atlassian.http_client.
    """
    named = explicit_pages(ticket, remote_links, site.browse_url)
    judgements, refused, is_ordered = _named(named, site, confluence)
    if judgements:
        return NamedPages(Selection(judgements, refused), refused)
    if is_ordered:
        reason = "; ".join(f"{each.reference}: {each.reason}" for each in refused)
        decision = TargetDecision(NoDocument(), 1.0, reason, "named")
        return NamedPages(Selection((decision,), refused), refused)
    return NamedPages(None, refused)


def _named(
    named: Sequence[ExplicitPage], site: WritableSpaces, confluence: SelectionSources
) -> tuple[tuple[TargetDecision, ...], tuple[RefusedExplicitPage, ...], bool]:
    """Return the decisions for pages that we may edit, the refused pages, and whether a label named one of these."""
    named, too_many = limit_explicit_pages(named)
    ids = [each.page_id for each in named if each.page_id]
    pages = {page.page_id: page for page in confluence.pages(ids)} if ids else {}
    judgements: list[TargetDecision] = []
    refused: list[RefusedExplicitPage] = []
    is_ordered = False
    for each in named:
        page = pages.get(each.page_id) if each.page_id else None
        reason = _refusal(each, page, site)
        if page is None or reason:
            refused.append(RefusedExplicitPage(each.reference, reason))
            is_ordered = is_ordered or each.is_order
        else:
            why = f"the ticket names the page “{page.title}” ({each.reference})"
            judgements.append(TargetDecision(UpdatePage(page.page_id, page.title), 1.0, why, "named"))
    refused += [RefusedExplicitPage(which, reason) for which, reason in too_many.items()]
    return tuple(judgements), tuple(refused), is_ordered


def _refusal(named: ExplicitPage, page: ConfluencePage | None, site: WritableSpaces) -> str:
    if named.page_id is None:
        return "this is not a page id: write docs: followed by the number of the page, such as docs:123456"
    if page is None:
        return f"the page {named.page_id} does not exist, or the Kinexus account may not view it"
    return site.reason_not_writable(page)


def select_by_search(
    ticket: Ticket,
    site: WritableSpaces,
    confluence: SelectionSources,
    model: JudgeModel | None,
    refused: tuple[RefusedExplicitPage, ...] = (),
    *,
    just_created: Sequence[ConfluencePage] = (),
    open_drafts: Sequence[OpenDraft] = (),
) -> Selection:
    """Select the page by search, ranking and the judge.

    ``just_created`` are pages that Kinexus created and that the search index may not contain yet. Without a ``model``,
    or if the model fails, the ranking decides. Raises the errors of common.atlassian.http_client.
    """
    planned = plan_queries(ticket, site)
    space_ids = [space.space_id for space in site.spaces]
    found = gather_candidates(confluence, planned, space_ids, just_created, open_drafts)
    left_out = [page for page in found if page.left_out][:_MOST_LEFT_OUT]
    rest = list(rank_pages(ticket, [page for page in found if not page.left_out]))
    chosen = _Usable()
    known = Restrictions(confluence, trust_folders=site.trust_folders)
    # The pages that are left out are shown, so their restrictions are read together with the first candidates'.
    nearest = [*(each.page for each in rest[: chosen.missing]), *left_out]
    known.of(nearest, {page_id for page in nearest for page_id in page.ancestor_ids})
    while rest and chosen.missing:
        batch, rest = rest[: chosen.missing], rest[chosen.missing :]
        above = {page_id for each in batch for page_id in each.page.ancestor_ids}
        chosen.sort_in(batch, known.of([each.page for each in batch], above))
    best, unnamed = tuple(chosen.best), chosen.unnamed
    asked = tuple(query.cql for query in planned)
    if unnamed and isinstance(decide_by_ranking(ticket, [unnamed.ranked]).target, UpdatePage):
        return Selection((unnamed.judgement(),), refused, asked)
    decision = decide_by_ranking(ticket, best)
    if model is not None:
        decision = judge(ticket, best, model, decision)
    considered = tuple(
        ConsideredPage(each.page.page_id, each.page.title, each.page.url, each.score, each.why)
        for each in best
    ) + _shown_left_out(left_out, known)
    target = _with_parent_in_space(decision.target, best, site.spaces[0].space_id)
    judgement = TargetDecision(target, decision.confidence, decision.reason, decision.decided_by, considered)
    return Selection((judgement,), refused, asked, decision.use)


def _with_parent_in_space(target: Target, candidates: Sequence[Ranked[Candidate]], space_id: str) -> Target:
    """Return the target, without its parent page if that is not in the space of new pages.

    Confluence does not allow a parent page in another space.
    """
    if not isinstance(target, CreatePage) or not target.parent_id:
        return target
    around = (
        each.page for each in candidates if target.parent_id in (each.page.page_id, each.page.parent_id)
    )
    is_in_space = any(page.space_id == space_id for page in around)
    return target if is_in_space else CreatePage(target.title, None)


def search_and_decide(
    ticket: Ticket,
    site: WritableSpaces,
    confluence: PageSearch,
    just_created: Sequence[ConfluencePage] = (),
    open_drafts: Sequence[OpenDraft] = (),
) -> tuple[tuple[CqlQuery, ...], tuple[Ranked[Candidate], ...], tuple[Candidate, ...]]:
    """Search and rank: return the queries that were sent, the candidates, nearest first, and what was left out."""
    planned = plan_queries(ticket, site)
    space_ids = [space.space_id for space in site.spaces]
    found = gather_candidates(confluence, planned, space_ids, just_created, open_drafts)
    ranked = rank_pages(ticket, [page for page in found if not page.left_out])
    return planned, ranked, tuple(page for page in found if page.left_out)


def plan_queries(ticket: Ticket, site: WritableSpaces) -> tuple[CqlQuery, ...]:
    """Return the queries for a ticket in the spaces that we may write to."""
    return cql_queries(search_terms(ticket), [space.key for space in site.spaces])


@dataclass(frozen=True)
class _Unnamed:
    """The best page, which Kinexus edits only if a person names it, and the reason for that."""

    ranked: Ranked[Candidate]
    reason: str

    def judgement(self) -> TargetDecision:
        """Return the decision to ask a person; its reason has no page title, which may be secret."""
        page_id = self.ranked.page.page_id
        reason = (
            f"page {page_id} fits best, but Kinexus edits it only if a person names it, because {self.reason}"
        )
        return TargetDecision(UnnamedPage(page_id), 1.0, reason, "fallback")


def _shown_left_out(left_out: Sequence[Candidate], known: Restrictions) -> tuple[ConsideredPage, ...]:
    """Return the nearest pages that were left out and that everyone may view, each with the reason."""
    nearest = left_out[:_MOST_LEFT_OUT]
    return tuple(
        ConsideredPage(page.page_id, page.title, page.url, 0.0, "", page.left_out)
        for page, access in zip(nearest, known.of(nearest) if nearest else (), strict=True)
        if access is Access.OPEN
    )


@dataclass
class _Usable:
    """The best pages that need no name from a person, and the page that does if it ranks above all of them."""

    best: list[Ranked[Candidate]] = field(default_factory=list)
    unnamed: _Unnamed | None = None

    @property
    def missing(self) -> int:
        """How many more pages the judge may read."""
        return MAX_CANDIDATES - len(self.best)

    def sort_in(self, batch: Sequence[Ranked[Candidate]], accesses: Sequence[Access]) -> None:
        """Take the next pages in; pages that are known to be restricted are skipped without a comment."""
        for each, access in zip(batch, accesses, strict=True):
            reason = label_required_reason(access, is_live=each.page.is_live)
            if not reason:
                self.best.append(each)
            elif access is not Access.RESTRICTED and not self.best and self.unnamed is None:
                self.unnamed = _Unnamed(each, reason)
