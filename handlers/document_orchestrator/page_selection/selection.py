"""The result of page selection: the target of a change, the reason, and who decided."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from common.domain.model_use import ModelUse

#: Below this confidence the ticket is asked which page is meant. Calibrated in docs/quality.md.
ASK_BELOW = 0.55

DecidedBy = Literal["named", "model", "fallback"]


@dataclass(frozen=True)
class UpdatePage:
    """Edit an existing page."""

    page_id: str
    title: str


@dataclass(frozen=True)
class JoinDraft:
    """Join another change's draft of a new page that is not published yet."""

    document_id: str
    title: str


@dataclass(frozen=True)
class CreatePage:
    """Create a page. ``title`` is a proposal; ``parent_id`` None means below the homepage of the space."""

    title: str
    parent_id: str | None
    parent_title: str = ""


@dataclass(frozen=True)
class NoDocument:
    """Write nothing: no documentation is needed, or none that we may write. The decision's reason says which."""


@dataclass(frozen=True)
class UnnamedPage:
    """Ask a person: the best page may be edited only if a ticket names it. Nothing is drafted until then."""

    page_id: str


Target = UpdatePage | JoinDraft | CreatePage | NoDocument | UnnamedPage


def unsure_page(target: Target, confidence: float | None) -> UpdatePage | None:
    """Return the page of a decision that is less sure than ``ASK_BELOW``; None if no person needs to be asked.

    An unknown confidence asks no one. Neither does a new page: its title and place are decided in its review.
    """
    is_unsure = confidence is not None and confidence < ASK_BELOW
    return target if is_unsure and isinstance(target, UpdatePage) else None


@dataclass(frozen=True)
class ConsideredPage:
    """A candidate as it is recorded: its lexical ``score`` (higher is nearer) and, for people, the reason.

    A page that the search found but that cannot be a candidate has the reason as ``left_out``.
    """

    page_id: str
    title: str
    url: str
    score: float
    why: str
    left_out: str = ""


@dataclass(frozen=True)
class TargetDecision:
    """One target for one change; ``reason`` is one sentence for the review ticket.

    ``confidence`` is 0..1, None if unknown.
    """

    target: Target
    confidence: float | None
    reason: str
    decided_by: DecidedBy
    candidates: tuple[ConsideredPage, ...] = ()


@dataclass(frozen=True)
class RefusedExplicitPage:
    """A page that a ticket names but Kinexus may not edit; ``reason`` is shown in the ticket."""

    reference: str
    reason: str


@dataclass(frozen=True)
class Selection:
    """Everything that was decided about where a change belongs.

    ``judgements`` holds one decision per document, at least one. ``searched`` holds the CQL queries that were sent.
    ``use`` records the model that was asked, None if none was.
    """

    judgements: tuple[TargetDecision, ...]
    refused: tuple[RefusedExplicitPage, ...] = ()
    searched: tuple[str, ...] = ()
    use: ModelUse | None = None

    @property
    def unsure(self) -> UpdatePage | None:
        """The page that was found, if that is less sure than ``ASK_BELOW``; None if no person needs to be asked."""
        doubtful = (unsure_page(each.target, each.confidence) for each in self.judgements)
        return next(filter(None, doubtful), None)

    @property
    def creates(self) -> bool:
        """Whether a page must be created."""
        return any(isinstance(judgement.target, CreatePage) for judgement in self.judgements)
