"""A small simulated Confluence site, searched with the pipeline's own client."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from common.atlassian.confluence_client import ConfluenceClient, ConfluencePage, SearchHit, Space
from common.atlassian.http_client import AtlassianHttp
from handlers.document_orchestrator.writable_spaces import WritableSpaces
from local import atlassian


class Watched(ConfluenceClient):
    """The pipeline's Confluence client; records searches and page reads."""

    def __init__(self, http: AtlassianHttp, browse_url: str) -> None:
        super().__init__(http, browse_url)
        self.searched: list[str] = []
        self.read: list[tuple[str, ...]] = []

    def search(self, cql: str, limit: int = 25) -> tuple[SearchHit, ...]:
        self.searched.append(cql)
        return super().search(cql, limit)

    def pages(self, page_ids: Iterable[str]) -> tuple[ConfluencePage, ...]:
        self.read.append(tuple(page_ids))
        return super().pages(self.read[-1])


@dataclass
class Docs:
    """A site with the spaces SD and OPS, which Kinexus may write to, and SECRET, which it may not."""

    simulated: atlassian.Site
    confluence: Watched
    site: WritableSpaces
    ids: dict[str, str] = field(default_factory=dict)

    def page(self, title: str, storage: str, space: str = "SD", under: str | None = None) -> str:
        """Create a page and return its id."""
        store, author = self.simulated.confluence, self.simulated.account("developer")
        held = store.space_by_key(space)
        assert held is not None
        self.ids[title] = store.create(author, held.id, title, storage, under).id
        return self.ids[title]

    def container(self, kind: str, under: str | None = None) -> str:
        """Create a folder or other container in the space SD and return its id."""
        store, author = self.simulated.confluence, self.simulated.account("developer")
        return store.add_container(author, kind, self.site.spaces[0].space_id, kind, under).id

    def restrict(self, page_id: str) -> None:
        """Restrict viewing of a page and all pages below it to Kinexus's account."""
        self.simulated.confluence.pages[page_id].readers = (self.simulated.account("kinexus").account_id,)


def open_docs(url: str, simulated: atlassian.Site) -> Docs:
    """Return a served site with three empty spaces, and a client for it."""
    author = simulated.account("developer")
    spaces = {
        key: simulated.confluence.add_space(key, f"{key} home", author) for key in ("SD", "OPS", "SECRET")
    }
    us = simulated.account("kinexus")
    browse = f"{url}/wiki"
    confluence = Watched(AtlassianHttp(browse, us.email, lambda fresh: us.token), browse)
    ours = tuple(Space(spaces[key].id, key, spaces[key].homepage_id) for key in ("SD", "OPS"))
    return Docs(simulated, confluence, WritableSpaces(ours, browse))
