"""Where a finished change belongs: pages that people named win, then search, ranking and the judge."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from common.confluence import ConfluencePage, SearchHit, Space
from common.model import Answer, Tool
from common.ticket import Ticket
from handlers.document_orchestrator.judgement import Choice


class Confluence(Protocol):
    """What finding a page asks of Confluence; common.confluence.ConfluenceClient gives it."""

    def search(self, cql: str, limit: int = 25) -> tuple[SearchHit, ...]:
        """Return the first pages of a CQL query, best first."""

    def pages(self, page_ids: Sequence[str]) -> tuple[ConfluencePage, ...]:
        """Return the pages of these ids that exist, with bodies."""

    def is_restricted(self, page_id: str) -> bool:
        """Say whether only some people may read the page."""


class Model(Protocol):
    """What the judge asks of a model; common.model.ToolModel gives it."""

    def ask(
        self, system: str, prompt: str, tool: Tool, earlier: Sequence[tuple[Answer, str]] = ()
    ) -> Answer:
        """Return the tool's input, or raise ModelFailure."""


@dataclass(frozen=True)
class OpenDraft:
    """A page to be created that is under review: a candidate, so that two tickets do not create it twice."""

    document_id: str
    title: str
    storage: str


@dataclass(frozen=True)
class Site:
    """Where we may write: the configured spaces (the first takes new pages) and the browse URL of Confluence."""

    spaces: tuple[Space, ...]
    browse_url: str


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
    raise NotImplementedError
