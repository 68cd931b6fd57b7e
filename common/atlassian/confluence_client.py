"""Client for Confluence Cloud: pages by REST v2; search and restrictions by v1 endpoints without a v2 counterpart.

https://developer.atlassian.com/cloud/confluence/rest/v2/api-group-page/
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any
from urllib.parse import parse_qs, urlsplit

from common.atlassian.continuation import Continuation
from common.atlassian.http_client import AtlassianHttp, NotFound
from common.runtime.json_access import as_dict, as_list, as_str

#: The v2 collection of each kind of content in the page tree.
COLLECTIONS = {
    "page": "pages",
    "folder": "folders",
    "whiteboard": "whiteboards",
    "database": "databases",
    "embed": "embeds",
}
#: Maximum number of results in one answer: pages, and ancestors of a page.
MAX_RESULTS = 250
#: How many attachments of a page are read at most.
MAX_ATTACHMENTS = 1_000
#: Maximum number of results of a search with expanded restrictions.
_MAX_EXPANDED = 50
#: Whom a restriction names.
_RESTRICTED_TO = ("user", "group")


@dataclass(frozen=True)
class ConfluencePage:
    """One version of a page. ``storage`` is its body in storage format; ``url`` is for people.

    ``parent_type`` is the kind of its parent (see COLLECTIONS). ``subtype`` is "live" for a live doc; lists of pages
    always contain it, the endpoint for a single page may not.
    """

    page_id: str
    title: str
    space_id: str
    parent_id: str | None
    status: str
    version: int
    author_id: str
    storage: str
    url: str
    parent_type: str = ""
    subtype: str = ""
    owner_id: str = ""

    @property
    def is_live(self) -> bool:
        """Whether it is a live doc, which has no publishing step: each edit is public at once."""
        return self.subtype == "live"


@dataclass(frozen=True)
class PageVersion:
    """One entry of a page's version history: its number, its author's account id and its message."""

    number: int
    author_id: str
    message: str


@dataclass(frozen=True)
class EditorVersion:
    """One version of a page as the new editor holds it: an Atlassian document (ADF), and who saved it."""

    document: Mapping[str, Any]
    saved: PageVersion


@dataclass(frozen=True)
class PageDraft:
    """The unpublished copy of a page that people edit. Confluence keeps it after it is published.

    ``author_id`` and ``saved_at`` (ISO 8601) are empty if Confluence does not return them.
    """

    title: str
    storage: str
    author_id: str
    saved_at: str


@dataclass(frozen=True)
class Ancestor:
    """An ancestor of a page; ``kind`` is one of COLLECTIONS, or a newer one that Atlassian has added."""

    content_id: str
    kind: str


@dataclass(frozen=True)
class SearchHit:
    """One page found by a CQL query.

    ``path`` and ``ancestor_ids`` hold the titles and the ids of the ancestors that the search returned, top first.
    """

    page_id: str
    title: str
    space_key: str
    score: float
    path: tuple[str, ...] = ()
    ancestor_ids: tuple[str, ...] = ()


@dataclass(frozen=True)
class Space:
    """A space; ``homepage_id`` is the parent of new pages without another one."""

    space_id: str
    key: str
    homepage_id: str | None


class ConfluenceClient:
    """The requests to Confluence that the pipeline needs. Raises the errors of common.atlassian.http_client."""

    def __init__(self, http: AtlassianHttp, browse_url: str) -> None:
        self._http, self._browse_url = http, browse_url.rstrip("/")
        self._account_id = ""

    def page(self, page_id: str, version: int | None = None) -> ConfluencePage:
        """Return a version of a page, by default the newest, with its body.

        Raises NotFound if it does not exist or is hidden from the Kinexus account.
        """
        params: dict[str, Any] = {"body-format": "storage"}
        if version:
            params["version"] = version
        return self._read(self._http.get(f"/api/v2/pages/{page_id}", params))

    def editor_version(self, page_id: str, version: int) -> EditorVersion | None:
        """Return a version of a page in ADF, or None if Confluence returns no document for it.

        Raises NotFound if the page or the version does not exist or is hidden from the Kinexus account.
        https://developer.atlassian.com/cloud/confluence/rest/v2/api-group-page/#api-pages-id-get
        """
        params = {"body-format": "atlas_doc_format", "version": version}
        answer = as_dict(self._http.get(f"/api/v2/pages/{page_id}", params))
        try:
            body = as_dict(as_dict(answer.get("body")).get("atlas_doc_format"))
            document = as_dict(json.loads(as_str(body.get("value"))))
        except ValueError:
            return None
        return EditorVersion(document, _version(as_dict(answer.get("version")))) if document else None

    def draft(self, page_id: str) -> PageDraft | None:
        """Return the page's draft; without one Confluence may return the page itself, or nothing (None).

        https://developer.atlassian.com/cloud/confluence/rest/v2/api-group-page/#api-pages-id-get
        """
        params = {"body-format": "storage", "get-draft": "true"}
        try:
            answer = as_dict(self._http.get(f"/api/v2/pages/{page_id}", params))
        except NotFound:
            return None
        held, version = self._read(answer), as_dict(answer.get("version"))
        return PageDraft(
            held.title, held.storage, as_str(version.get("authorId")), as_str(version.get("createdAt"))
        )

    def pages(self, page_ids: Iterable[str]) -> tuple[ConfluencePage, ...]:
        """Return the pages of these ids that exist, with bodies, in one request (at most 250)."""
        wanted = ",".join(page_ids)
        if not wanted:
            return ()
        answer = self._http.get(
            "/api/v2/pages", {"id": wanted, "body-format": "storage", "limit": MAX_RESULTS}
        )
        return tuple(self._read(page) for page in as_list(as_dict(answer).get("results")))

    def places(self, page_ids: Iterable[str]) -> tuple[ConfluencePage, ...]:
        """Return the pages of these ids that exist, without bodies: where they are in the page tree. At most 250."""
        wanted = ",".join(page_ids)
        if not wanted:
            return ()
        answer = self._http.get("/api/v2/pages", {"id": wanted, "limit": MAX_RESULTS})
        return tuple(self._read(page) for page in as_list(as_dict(answer).get("results")))

    def pages_in(self, space_id: str) -> Iterator[ConfluencePage]:
        """Yield every current page of a space that the Kinexus account may see, without bodies, 250 per request."""
        return map(
            self._read,
            self._listed(f"/api/v2/spaces/{space_id}/pages", {"status": "current", "limit": MAX_RESULTS}),
        )

    def attachment_names(self, page_id: str) -> frozenset[str]:
        """Return the file names of a page's attachments, at most `MAX_ATTACHMENTS` of them.

        https://developer.atlassian.com/cloud/confluence/rest/v2/api-group-attachment/
        """
        listed = self._listed(f"/api/v2/pages/{page_id}/attachments", {"limit": MAX_RESULTS})
        return frozenset(as_str(each.get("title")) for each in islice(listed, MAX_ATTACHMENTS))

    def page_by_title(self, space_id: str, title: str) -> ConfluencePage | None:
        """Return the page with this title, archived ones included, without the search index's lag.

        Titles are unique in a space, ignoring case.
        """
        params = {
            "space-id": space_id,
            "title": title,
            "status": "current,archived",
            "body-format": "storage",
        }
        answer = self._http.get("/api/v2/pages", params)
        found = [self._read(page) for page in as_list(as_dict(answer).get("results"))]
        return next((page for page in found if page.title.casefold() == title.casefold()), None)

    def search(self, cql: str, limit: int = 25) -> tuple[SearchHit, ...]:
        """Return the first ``limit`` pages of a CQL query, best first.

        https://developer.atlassian.com/cloud/confluence/rest/v1/api-group-search/#api-wiki-rest-api-search-get
        """
        answer = self._http.get(
            "/rest/api/search", {"cql": cql, "limit": limit, "expand": "content.ancestors"}
        )
        return tuple(_hit(result) for result in as_list(as_dict(answer).get("results")))

    def spaces(self, keys: Iterable[str]) -> tuple[Space, ...]:
        """Return the spaces with these keys that the Kinexus account may see."""
        answer = self._http.get("/api/v2/spaces", {"keys": ",".join(keys), "limit": 250})
        return tuple(
            Space(as_str(s.get("id")), as_str(s.get("key")), as_str(s.get("homepageId")) or None)
            for s in map(as_dict, as_list(as_dict(answer).get("results")))
        )

    def create_page(self, space_id: str, title: str, parent_id: str | None, storage: str) -> ConfluencePage:
        """Create a current page. Raises RequestRefused with status 400 if the title is in use."""
        body: dict[str, Any] = {
            "spaceId": space_id,
            "status": "current",
            "title": title,
            "body": {"representation": "storage", "value": storage},
        }
        if parent_id:
            body["parentId"] = parent_id
        return self._read(self._http.post("/api/v2/pages", body))

    def update_page(self, page: ConfluencePage, storage: str, message: str) -> ConfluencePage:
        """Write the version after ``page``. Raises VersionConflict if the page has a newer version."""
        body = {
            "id": page.page_id,
            "status": "current",
            "title": page.title,
            "body": {"representation": "storage", "value": storage},
            "version": {"number": page.version + 1, "message": message},
        }
        return self._read(self._http.put(f"/api/v2/pages/{page.page_id}", body))

    def add_labels(self, page_id: str, labels: Sequence[str]) -> None:
        """Add labels to a page; one that it has already stays.

        https://developer.atlassian.com/cloud/confluence/rest/v1/api-group-content-labels/ (v2 only reads labels)
        """
        if labels:
            body = [{"prefix": "global", "name": label} for label in labels]
            self._http.do("POST", f"/rest/api/content/{page_id}/label", body)

    def versions(self, page_id: str, after: int) -> Iterator[PageVersion]:
        """Yield every version after version ``after``, newest first."""
        path = f"/api/v2/pages/{page_id}/versions"
        for version in self._listed(path, {"limit": 50, "sort": "-modified-date"}):
            found = _version(version)
            if found.number <= after:
                return
            yield found

    def ancestors(self, page_id: str) -> tuple[Ancestor, ...]:
        """Return all ancestors of a page, the highest first. Raises NotFound if one is hidden from the Kinexus account.

        One answer holds the nearest ones only; the ancestors of the highest of them are then requested.
        https://developer.atlassian.com/cloud/confluence/rest/v2/api-group-ancestors/
        """
        found: tuple[Ancestor, ...] = ()
        asked = Ancestor(page_id, "page")
        while asked.kind in COLLECTIONS:
            path = f"/api/v2/{COLLECTIONS[asked.kind]}/{asked.content_id}/ancestors"
            results = as_list(as_dict(self._http.get(path, {"limit": MAX_RESULTS})).get("results"))
            part = tuple(
                Ancestor(as_str(each.get("id")), as_str(each.get("type"))) for each in map(as_dict, results)
            )
            found = part + found
            if len(part) < MAX_RESULTS:
                break
            asked = part[0]
        return found

    def is_restricted(self, content_id: str) -> bool | None:
        """Return whether viewing a page is restricted to some people or groups; None if the answer does not say.

        Restrictions of its ancestors are not included. For folders and the like, the service never returns any
        restrictions. Raises NotFound if the page is hidden from the Kinexus account.
        https://developer.atlassian.com/cloud/confluence/rest/v1/api-group-content-restrictions/
        """
        answer = self._http.get(f"/rest/api/content/{content_id}/restriction/byOperation/read")
        return _is_restricted(as_dict(as_dict(answer).get("restrictions")))

    def restricted(self, page_ids: Sequence[str]) -> dict[str, bool]:
        """Return whether viewing each page is restricted, by the pages' ids, in one request for 50 pages.

        Restrictions of ancestors are not included. A page that the search does not return, or returns without the
        expanded restrictions, is left out: ``is_restricted`` has to be asked about it.
        https://developer.atlassian.com/cloud/confluence/rest/v1/api-group-search/#api-wiki-rest-api-search-get
        """
        found: dict[str, bool] = {}
        for start in range(0, len(page_ids), _MAX_EXPANDED):
            asked = [page_id for page_id in page_ids[start : start + _MAX_EXPANDED] if page_id.isdecimal()]
            if not asked:
                continue
            params = {
                "cql": f"type = page AND id in ({','.join(asked)})",
                "limit": len(asked),
                "expand": ",".join(
                    f"content.restrictions.read.restrictions.{kind}" for kind in _RESTRICTED_TO
                ),
            }
            answer = as_dict(self._http.get("/rest/api/search", params))
            for content in (as_dict(as_dict(each).get("content")) for each in as_list(answer.get("results"))):
                read = as_dict(as_dict(content.get("restrictions")).get("read"))
                said = _is_restricted(as_dict(read.get("restrictions")))
                if said is not None and as_str(content.get("id")) in asked:
                    found[as_str(content.get("id"))] = said
        return found

    def is_us(self, account_id: str) -> bool:
        """Return whether this is the id of the Kinexus account."""
        return bool(account_id) and account_id == self.account_id()

    def account_id(self) -> str:
        """Return the id of the Kinexus account in Confluence, cached."""
        if not self._account_id:
            answer = self._http.get("/rest/api/user/current")
            self._account_id = as_str(as_dict(answer).get("accountId"))
        return self._account_id

    def _listed(self, path: str, params: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        """Yield all results of a paginated v2 list."""
        asked = dict(params)
        continuation = Continuation("GET", path)
        while True:
            answer = as_dict(self._http.get(path, asked))
            yield from map(as_dict, as_list(answer.get("results")))
            cursor = parse_qs(urlsplit(as_str(as_dict(answer.get("_links")).get("next"))).query).get("cursor")
            if not continuation.advance(cursor[0] if cursor else ""):
                return
            asked["cursor"] = continuation.token

    def _read(self, page: Any) -> ConfluencePage:
        page = as_dict(page)
        version = as_dict(page.get("version"))
        links = as_dict(page.get("_links"))
        page_id = as_str(page.get("id"))
        return ConfluencePage(
            page_id=page_id,
            title=as_str(page.get("title")),
            space_id=as_str(page.get("spaceId")),
            parent_id=as_str(page.get("parentId")) or None,
            status=as_str(page.get("status")),
            version=int(version.get("number") or 0),
            author_id=as_str(page.get("authorId")),
            storage=as_str(as_dict(as_dict(page.get("body")).get("storage")).get("value")),
            url=self._browse_url + (as_str(links.get("webui")) or f"/pages/viewpage.action?pageId={page_id}"),
            parent_type=as_str(page.get("parentType")),
            subtype=as_str(page.get("subtype")),
            owner_id=as_str(page.get("ownerId")),
        )


def _version(version: Mapping[str, Any]) -> PageVersion:
    number = int(version.get("number") or 0)
    return PageVersion(number, as_str(version.get("authorId")), as_str(version.get("message")))


def _is_restricted(restrictions: Mapping[str, Any]) -> bool | None:
    """Return whether a restriction names people or groups; None if the answer does not say."""
    lists = [as_dict(restrictions.get(kind)).get("results") for kind in _RESTRICTED_TO]
    if any(map(as_list, lists)):
        return True
    return False if all(isinstance(each, list) for each in lists) else None


def _hit(result: object) -> SearchHit:
    found: Mapping[str, Any] = as_dict(result)
    content = as_dict(found.get("content"))
    container = as_dict(found.get("resultGlobalContainer"))
    in_url = re.search(r"/spaces/([^/?#]+)", as_str(container.get("displayUrl")))
    return SearchHit(
        page_id=as_str(content.get("id")),
        title=as_str(content.get("title")),
        space_key=as_str(as_dict(content.get("space")).get("key")) or (in_url[1] if in_url else ""),
        score=float(found.get("score") or 0.0),
        path=tuple(as_str(above.get("title")) for above in map(as_dict, as_list(content.get("ancestors")))),
        ancestor_ids=tuple(
            as_str(above.get("id")) for above in map(as_dict, as_list(content.get("ancestors")))
        ),
    )
