"""Remaining endpoints of Confluence v1: CQL search, labels, users, restrictions, move, archive; others return 410."""

import base64
import binascii
import re
import time
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from werkzeug.wrappers import Response

from local.atlassian.clock import confluence_time
from local.atlassian.confluence import cql
from local.atlassian.confluence.page_json import content_v1, label_json, space_v1, user_v1, webui
from local.atlassian.confluence.pages import Place, StoredPage
from local.atlassian.confluence.search_index import stem
from local.atlassian.errors import ConfluenceRefusal, ConfluenceV1Refusal
from local.atlassian.query_tokenizer import QueryError
from local.atlassian.routing import Call, Routes, answer, nothing

routes = Routes()
API = "/wiki/rest/api"
CONTENT = f"{API}/content/<page_id>"
_EXCERPT = 300


def _page(call: Call, page_id: str) -> StoredPage:
    try:
        return call.site.confluence.get(page_id, call.account)
    except ConfluenceRefusal as refusal:
        raise ConfluenceV1Refusal(404, f"No content found with id: ContentId{{id={page_id}}}") from refusal


def _found(call: Call) -> cql.Results:
    site, query = call.site, call.argument("cql")
    if not query.strip():
        raise ConfluenceV1Refusal(400, "A CQL query is required in the 'cql' parameter")
    try:
        return cql.search(
            site.confluence,
            call.account,
            query,
            now=site.clock.peek(),
            indexed_until=site.indexed_until(site.confluence_search_lag),
        )
    except QueryError as error:
        raise ConfluenceV1Refusal(400, f"Could not parse cql : {query} ({error})") from error


def _slice(call: Call, found: Sequence[cql.Match], path: str) -> tuple[Sequence[cql.Match], dict[str, Any]]:
    size = call.number("limit", 25, 250) or 25
    start = call.number("start", 0, 1_000_000)
    if call.argument("cursor"):
        try:
            start = int(base64.urlsafe_b64decode(call.argument("cursor")).decode().removeprefix("kx:"))
        except (binascii.Error, ValueError) as error:
            raise ConfluenceV1Refusal(400, "Invalid cursor") from error
    links: dict[str, Any] = {
        "base": f"{call.base}/wiki",
        "context": "/wiki",
        "self": f"{call.base}{API}/{path}?{urlencode({'cql': call.argument('cql')})}",
    }
    if start + size < len(found):
        cursor = base64.urlsafe_b64encode(f"kx:{start + size}".encode()).decode()
        query = [
            (name, value)
            for name, value in call.request.args.items(multi=True)
            if name not in {"cursor", "start"}
        ]
        links["next"] = f"/rest/api/{path}?{urlencode([*query, ('cursor', cursor)])}"
    shown = found[start : start + size]
    return shown, {"start": start, "limit": size, "size": len(shown), "_links": links}


@routes.on("GET", f"{API}/search")
def search(call: Call) -> Response:
    """Search by CQL with scores and excerpts."""
    started = time.perf_counter()
    found = _found(call)
    shown, frame = _slice(call, found.matches, "search")
    results = [_result(call, match, found.stems) for match in shown]
    return answer(
        {
            "results": results,
            **frame,
            "totalSize": len(found.matches),
            "cqlQuery": call.argument("cql"),
            "searchDuration": int((time.perf_counter() - started) * 1000),
            "archivedResultCount": 0,
        }
    )


def _result(call: Call, match: cql.Match, stems: frozenset[str]) -> dict[str, Any]:
    store, page = call.site.confluence, match.page
    space = store.spaces[page.space_id]
    mark = call.argument("excerpt", "highlight") in {"highlight", ""}
    excerpt = (
        _excerpt(store.index.texts.get(page.id, ""), stems) if call.argument("excerpt") != "none" else ""
    )
    body: dict[str, Any] = {
        "content": _content(call, page),
        "title": _highlighted(page.title, stems) if mark else page.title,
        "excerpt": _highlighted(excerpt, stems) if mark else excerpt,
        "url": webui(page, store),
        "resultGlobalContainer": {"title": space.name, "displayUrl": f"/spaces/{space.key}"},
        "breadcrumbs": [],
        "entityType": "content",
        "iconCssClass": "aui-icon content-type-page",
        "lastModified": confluence_time(page.current.created),
        "friendlyLastModified": f"{page.current.created:%b %d, %Y}",
        "score": match.score,
    }
    if "space" in call.arguments("expand"):
        body["space"] = space_v1(space, call.base)
    return body


def _content(call: Call, page: StoredPage) -> dict[str, Any]:
    """Return a found page; with its own restrictions, as far as they are expanded."""
    body = content_v1(page, call.site.confluence, call.base, call.arguments("expand"))
    names = {each.removeprefix("content.") for each in call.arguments("expand")}
    for operation in ("read", "update"):
        prefix = f"restrictions.{operation}.restrictions."
        kinds = {name.removeprefix(prefix) for name in names if name.startswith(prefix)}
        if kinds:
            held = _operation(call, page, operation)
            shown = {kind: held["restrictions"][kind] for kind in ("user", "group") if kind in kinds}
            body.setdefault("restrictions", {})[operation] = {**held, "restrictions": shown}
    return body


def _excerpt(text: str, stems: frozenset[str]) -> str:
    """Return the text around the first matching word."""
    flat = " ".join(text.split())
    first = next(
        (match.start() for match in re.finditer(r"\w+", flat[:20_000]) if stem(match[0]) in stems), 0
    )
    start = max(0, first - _EXCERPT // 3)
    return flat[start : start + _EXCERPT]


def _highlighted(text: str, stems: frozenset[str]) -> str:
    return re.sub(r"\w+", lambda m: f"@@@hl@@@{m[0]}@@@endhl@@@" if stem(m[0]) in stems else m[0], text)


@routes.on("GET", f"{API}/content/search")
def content_search(call: Call) -> Response:
    """Search by CQL for content, without scores."""
    shown, frame = _slice(call, _found(call).matches, "content/search")
    return answer(
        {
            "results": [_content(call, match.page) for match in shown],
            **frame,
        }
    )


@routes.on("GET", f"{API}/user/current")
def current_user(call: Call) -> Response:
    """Return the account whose token is used."""
    return answer(user_v1(call.account, call.base))


@routes.on("GET", f"{API}/user")
def user(call: Call) -> Response:
    """Return an account by its id."""
    account = call.site.people.by_id(call.argument("accountId"))
    if account is None:
        raise ConfluenceV1Refusal(404, f"No user found with accountId: {call.argument('accountId')}")
    return answer(user_v1(account, call.base))


@routes.on("POST DELETE", f"{CONTENT}/label", f"{CONTENT}/label/<name>")
def labels(call: Call, page_id: str, name: str = "") -> Response:
    """Add labels, or remove one."""
    page = _page(call, page_id)
    if call.request.method == "DELETE":
        name = name or call.argument("name")
        if name not in page.labels:
            raise ConfluenceV1Refusal(404, f"No label found with name: {name}")
        page.labels.remove(name)
        call.site.confluence.reindex(page)
        return nothing()
    given = call.json()
    for each in given if isinstance(given, list) else [given]:
        label = each.get("name") if isinstance(each, dict) else None
        if not isinstance(label, str) or not label or re.search(r"[\s:;,.?&\[\]()#^*@!]", label):
            raise ConfluenceV1Refusal(400, f"Label contains invalid characters: {label}")
        if label.lower() not in page.labels:
            page.labels.append(label.lower())
    call.site.confluence.reindex(page)
    shown = [label_json(each, v1=True) for each in page.labels]
    return answer(
        {
            "results": shown,
            "start": 0,
            "limit": 200,
            "size": len(shown),
            "_links": {
                "self": f"{call.base}{API}/content/{page.id}/label",
                "base": f"{call.base}/wiki",
                "context": "/wiki",
            },
        }
    )


def _place(call: Call, content_id: str) -> Place:
    try:
        return call.site.confluence.place(content_id, call.account)
    except ConfluenceRefusal as refusal:
        raise ConfluenceV1Refusal(404, f"No content found with id: ContentId{{id={content_id}}}") from refusal


@routes.on("GET", f"{CONTENT}/restriction/byOperation")
def restrictions(call: Call, page_id: str) -> Response:
    """Return who may read and update a page; empty lists mean everyone. For folders the lists are always empty."""
    held = _place(call, page_id)
    return answer(
        {
            "read": _operation(call, held, "read"),
            "update": _operation(call, held, "update"),
            "_links": {"self": f"{call.base}{API}/content/{held.id}/restriction/byOperation"},
        }
    )


@routes.on("GET", f"{CONTENT}/restriction/byOperation/<operation>")
def restriction(call: Call, page_id: str, operation: str) -> Response:
    """Return who may read or update the page."""
    if operation not in {"read", "update"}:
        raise ConfluenceV1Refusal(400, f"Unknown operation {operation}")
    return answer(_operation(call, _place(call, page_id), operation))


def _operation(call: Call, held: Place, operation: str) -> dict[str, Any]:
    """Return a page's own restriction; for a folder or other container it is empty (CONFCLOUD-82920)."""
    allowed: tuple[str, ...] = ()
    if isinstance(held, StoredPage):
        allowed = held.readers if operation == "read" else held.editors
    users = [user_v1(account, call.base) for account in call.site.people.all if account.account_id in allowed]
    return {
        "operation": operation,
        "_expandable": {"content": f"/rest/api/content/{held.id}"},
        "_links": {"self": f"{call.base}{API}/content/{held.id}/restriction/byOperation/{operation}"},
        "restrictions": {
            "user": {"results": users, "start": 0, "limit": 200, "size": len(users), "totalSize": len(users)},
            "group": {"results": [], "start": 0, "limit": 200, "size": 0},
            "_expandable": {},
        },
    }


@routes.on("PUT DELETE", f"{CONTENT}/restriction/byOperation/<operation>/user")
def restrict(call: Call, page_id: str, operation: str) -> Response:
    """Add or remove a person in the read or update restriction of a page."""
    page, account = _place(call, page_id), call.site.people.by_id(call.argument("accountId"))
    if operation not in {"read", "update"} or account is None:
        raise ConfluenceV1Refusal(400, "operation must be read or update, and accountId a known account")
    if not call.site.confluence.may_edit(page, call.account):
        raise ConfluenceV1Refusal(403, "Only those who may edit a page restrict it")
    held = page.readers if operation == "read" else page.editors
    changed = tuple(each for each in held if each != account.account_id)
    if call.request.method == "PUT":
        changed = (*changed, account.account_id)
    if operation == "read":
        page.readers = changed
    else:
        page.editors = changed
    return Response(b"", 200)


@routes.on("PUT", f"{CONTENT}/move/<any(append):position>/<target_id>")
def move(call: Call, page_id: str, position: str, target_id: str) -> Response:
    """Move a page below another page or a folder, also in another space."""
    page, target, store = _page(call, page_id), _place(call, target_id), call.site.confluence
    try:
        if page.space_id == target.space_id:
            store.move(page, target.id, call.account)
        else:
            store.transfer(page, target)
    except ConfluenceRefusal as refusal:
        raise ConfluenceV1Refusal(refusal.status, refusal.message) from refusal
    return answer({"pageId": page.id})


@routes.on("POST", f"{API}/content/archive")
def archive(call: Call) -> Response:
    """Archive pages; Confluence does this in a background task, the simulator does it immediately."""
    given = call.object().get("pages") or []
    pages = [_page(call, str(each.get("id"))) for each in given]
    for page in pages:
        call.site.confluence.set_status(page, "archived")
    task = call.site.confluence.new_id()
    return answer({"id": task, "links": {"status": f"/rest/api/longtask/{task}"}}, 202)


@routes.on("GET POST", f"{API}/content")
@routes.on("GET PUT DELETE", CONTENT)
@routes.on(
    "GET",
    f"{CONTENT}/<any(child,history,descendant,property):rest>",
    f"{CONTENT}/label",
    f"{API}/space",
    f"{API}/space/<space_key>",
)
def gone(call: Call, **_: str) -> Response:
    """Return 410, as Confluence does since v1's content resources were removed."""
    raise ConfluenceV1Refusal(410, "This deprecated endpoint has been removed.")
