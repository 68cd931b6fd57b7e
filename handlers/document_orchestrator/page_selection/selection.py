"""What was decided about a change: which page it belongs to, why, and who decided it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

DecidedBy = Literal["named", "model", "fallback"]


@dataclass(frozen=True)
class UpdatePage:
    """An existing page is to be edited."""

    page_id: str
    title: str


@dataclass(frozen=True)
class JoinDraft:
    """Another change's page, drafted but not published yet, is where this change belongs too."""

    document_id: str
    title: str


@dataclass(frozen=True)
class CreatePage:
    """No page covers the change: ``title`` is a hint for the draft, ``parent_id`` None means the homepage."""

    title: str
    parent_id: str | None
    parent_title: str = ""


@dataclass(frozen=True)
class NoDocument:
    """The change needs no documentation, or none that we may write; the judgement's reason says which."""


@dataclass(frozen=True)
class UnnamedPage:
    """An existing page fits best, and only a person may choose it, by its name; nothing is drafted until then."""

    page_id: str


Target = UpdatePage | JoinDraft | CreatePage | NoDocument | UnnamedPage


@dataclass(frozen=True)
class ConsideredPage:
    """A candidate as it is kept on record: its lexical ``score`` (higher is nearer) and why, in words."""

    page_id: str
    title: str
    url: str
    score: float
    why: str


@dataclass(frozen=True)
class TargetDecision:
    """One target for one change. ``confidence`` is 0..1; ``reason`` is one sentence for the review ticket."""

    target: Target
    confidence: float
    reason: str
    decided_by: DecidedBy
    candidates: tuple[ConsideredPage, ...] = ()


@dataclass(frozen=True)
class RefusedExplicitPage:
    """A page that somebody named and that we may not edit: ``reason`` is written for the ticket."""

    reference: str
    reason: str


@dataclass(frozen=True)
class Selection:
    """Everything that was found out about where a change belongs.

    ``judgements`` holds one per document, at least one. ``searched`` are the CQL queries that were sent, and
    ``tokens`` what the model read and wrote, (0, 0) when it was not asked.
    """

    judgements: tuple[TargetDecision, ...]
    refused: tuple[RefusedExplicitPage, ...] = ()
    searched: tuple[str, ...] = ()
    tokens: tuple[int, int] = (0, 0)

    @property
    def creates(self) -> bool:
        """Say whether a page is to be created."""
        return any(isinstance(judgement.target, CreatePage) for judgement in self.judgements)
