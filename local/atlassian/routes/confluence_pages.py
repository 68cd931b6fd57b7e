"""Confluence v2: listing, reading, creating, updating and trashing pages."""

import base64
import binascii
import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from werkzeug.wrappers import Response

from local.atlassian.confluence.lossy_conversion import without
from local.atlassian.confluence.page_json import (
    draft_json,
    label_json,
    page_json,
    property_json,
    version_json,
)
from local.atlassian.confluence.pages import StoredPage, StoredVersion, UnpublishedDraft
from local.atlassian.confluence.storage_adf import to_adf
from local.atlassian.confluence.storage_html import storage_to_html
from local.atlassian.errors import ConfluenceRefusal
from local.atlassian.routing import Call, Routes, answer, nothing

routes = Routes()
API = "/wiki/api/v2"
PAGE = f"{API}/pages/<page_id>"


def list_response(call: Call, values: Sequence[Any], *, default: int = 25, most: int = 250) -> Response:
    """Return one page of a list, with the cursor to the next in `_links.next` and the Link header."""
    given = call.argument("limit") or str(default)
    if not given.isdigit() or not 1 <= int(given) <= most:
        raise ConfluenceRefusal(
            400,
            f"Provided value {{{given}}} for 'limit' is not the correct type. Expected an "
            f"integer between 1 and {most}",
        )
    start, size = _cursor_start(call.argument("cursor")), int(given)
    links, headers = {"base": f"{call.base}/wiki"}, {}
    if start + size < len(values):
        cursor = base64.urlsafe_b64encode(f"kx:{start + size}".encode()).decode()
        query = [(name, value) for name, value in call.request.args.items(multi=True) if name != "cursor"]
        following = f"{call.request.path}?{urlencode([*query, ('cursor', cursor)])}"
        links["next"] = following
        headers["Link"] = f'<{following}>; rel="next", <{call.base}/wiki>; rel="base"'
    return answer({"results": list(values[start : start + size]), "_links": links}, headers=headers)


def _cursor_start(cursor: str) -> int:
    if not cursor:
        return 0
    try:
        mark, _, number = base64.urlsafe_b64decode(cursor).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        mark, number = "", ""
    if mark != "kx" or not number.isdigit():
        raise ConfluenceRefusal(400, "Invalid cursor")
    return int(number)


def body_json(call: Call, version: StoredVersion | UnpublishedDraft) -> dict[str, Any]:
    """Return a version's body in the requested `body-format`; empty when none is requested."""
    wanted = call.argument("body-format")
    if not wanted:
        return {}
    if wanted == "storage":
        value = version.storage
    elif wanted in {"view", "export_view", "styled_view", "anonymous_export_view"}:
        value = storage_to_html(version.storage)
    elif wanted == "atlas_doc_format":
        lost = version.lost if isinstance(version, StoredVersion) else frozenset()
        value = json.dumps(without(to_adf(version.storage), lost), ensure_ascii=False)
    else:
        raise ConfluenceRefusal(
            400, f"body-format {wanted} is not simulated: ask for storage, view or atlas_doc_format"
        )
    return {wanted: {"representation": wanted, "value": value}}


@routes.on("GET", f"{API}/pages", f"{API}/spaces/<space_id>/pages")
def pages(call: Call, space_id: str = "") -> Response:
    """List pages by id, space, exact title, subtype and status (default: current and archived)."""
    store = call.site.confluence
    ids = call.arguments("id")
    spaces = [space_id] if space_id else call.arguments("space-id")
    statuses = call.arguments("status") or ["current", "archived"]
    title = call.request.args.get("title")
    subtype = call.argument("subtype")
    if len(ids) > 250:
        raise ConfluenceRefusal(400, "At most 250 ids are allowed")
    if any(not each.isdigit() for each in ids + spaces):
        raise ConfluenceRefusal(400, "Provided value for 'id' is not the correct type. Expected type is Long")
    found = [
        page
        for page in store.visible_to(call.account)
        if (not ids or page.id in ids)
        and (not spaces or page.space_id in spaces)
        and page.status in statuses
        and subtype in ("", "live" if page.is_live else "page")
        and (title is None or page.title.casefold() == title.casefold())
    ]
    order = call.argument("sort") or "id"
    keys = {
        "id": lambda page: int(page.id),
        "title": lambda page: page.title.casefold(),
        "created-date": lambda page: page.created,
        "modified-date": lambda page: page.current.created,
    }
    if order.removeprefix("-") not in keys:
        raise ConfluenceRefusal(400, f"Cannot sort by {order}")
    found.sort(key=keys[order.removeprefix("-")], reverse=order.startswith("-"))
    return list_response(call, [page_json(page, store, body_json(call, page.current)) for page in found])


@routes.on("POST", f"{API}/pages")
def create(call: Call) -> Response:
    """Create a page; the status is 200."""
    given = call.object()
    if given.get("status", "current") != "current":
        raise ConfluenceRefusal(400, "Only current pages can be created here")
    space_id, title = given.get("spaceId"), given.get("title")
    if not isinstance(space_id, (str, int)) or not str(space_id).isdigit():
        raise ConfluenceRefusal(400, "spaceId is required")
    if not isinstance(title, str):
        raise ConfluenceRefusal(400, "title is required")
    parent = given.get("parentId")
    if given.get("subtype") not in (None, "live"):
        raise ConfluenceRefusal(400, "subtype can only be live")
    page = call.site.confluence.create(
        call.account, str(space_id), title, _storage(given, required=False), str(parent) if parent else None
    )
    page.is_live = given.get("subtype") == "live"
    return _single(call, page, {"storage": {"representation": "storage", "value": page.current.storage}})


def _storage(given: dict[str, Any], *, required: bool = True) -> str:
    body = given.get("body")
    if isinstance(body, dict) and isinstance(body.get("storage"), dict):
        body = {"representation": "storage", **body["storage"]}
    if body is None and not required:
        return ""
    if not isinstance(body, dict) or not isinstance(body.get("value"), str):
        raise ConfluenceRefusal(400, "body is required, with representation and value")
    if body.get("representation") != "storage":
        raise ConfluenceRefusal(
            400, f"representation {body.get('representation')!r} is not simulated: send storage"
        )
    return str(body["value"])


def _single(
    call: Call, page: StoredPage, body: dict[str, Any], version: StoredVersion | None = None
) -> Response:
    return _whole(call, page, page_json(page, call.site.confluence, body, version))


def _whole(call: Call, page: StoredPage, result: dict[str, Any]) -> Response:
    result["_links"]["base"] = f"{call.base}/wiki"
    for name, values in (
        ("labels", [label_json(each) for each in page.labels]),
        ("properties", [property_json(each) for each in page.properties]),
        ("versions", [version_json(each) for each in reversed(page.versions)]),
    ):
        if call.argument(f"include-{name}") == "true":
            result[name] = {
                "results": values,
                "meta": {"hasMore": False},
                "_links": {"self": f"{API}/pages/{page.id}/{name}"},
            }
    return answer(result)


@routes.on("GET", PAGE)
def read(call: Call, page_id: str) -> Response:
    """Return a page; with `version` an older version, with `get-draft` the draft, or the page when there is none."""
    page = call.site.confluence.get(page_id, call.account)
    if call.argument("get-draft") == "true" and page.draft:
        body = body_json(call, page.draft)
        return _whole(call, page, draft_json(page, page.draft, call.site.confluence, body))
    wanted = call.arguments("status")
    if wanted and page.status not in wanted and "any" not in wanted:
        raise ConfluenceRefusal(404, f"Cannot find content with id '{page_id}' in the given status")
    version = None
    if call.argument("version"):
        version = version_of(page, call.argument("version"))
    return _single(call, page, body_json(call, version or page.current), version)


def version_of(page: StoredPage, number: str) -> StoredVersion:
    """Return one version of a page; raises 404 if there is none with this number."""
    for version in page.versions:
        if str(version.number) == number:
            return version
    raise ConfluenceRefusal(404, f"Cannot find version {number} of content {page.id}")


@routes.on("PUT", PAGE)
def update(call: Call, page_id: str) -> Response:  # noqa: C901 one refusal per rule of the endpoint
    """Save a new version, or with status `draft` the page's draft; id, status, title, body and version are required.

    A draft's version number is always 1, so concurrent edits of a draft are not detected.
    """
    page, given, store = call.site.confluence.get(page_id, call.account), call.object(), call.site.confluence
    for name in ("id", "status", "title", "body", "version"):
        if given.get(name) in (None, "", {}):
            raise ConfluenceRefusal(400, f"{name} is required")
    if str(given["id"]) != page.id:
        raise ConfluenceRefusal(400, "The id in the body does not match the id in the path")
    is_draft = given["status"] == "draft"
    if (
        given["status"] not in ("current", "draft")
        or page.status == "archived"
        or (is_draft and page.status != "current")
    ):
        raise ConfluenceRefusal(400, "Only current content can be updated; restore archived content first")
    if given.get("spaceId") not in (None, page.space_id):
        raise ConfluenceRefusal(400, "The space of a page cannot be changed by an update")
    version = given["version"]
    number = version.get("number") if isinstance(version, dict) else None
    if not isinstance(number, int) or isinstance(number, bool):
        raise ConfluenceRefusal(400, "version.number is required and must be a number")
    message = version.get("message") or ""
    if not isinstance(message, str):
        raise ConfluenceRefusal(400, "version.message must be a string")
    if is_draft:
        if number != 1:
            raise ConfluenceRefusal(400, "The version number of a draft must be 1")
        draft = store.keep_draft(call.account, page, str(given["title"]), _storage(given))
        body = {"storage": {"representation": "storage", "value": draft.storage}}
        return _whole(call, page, draft_json(page, draft, store, body))
    if page.status == "trashed":
        store.set_status(page, "current")
    store.update(call.account, page, str(given["title"]), _storage(given), number, message)
    parent = given.get("parentId")
    if parent and str(parent) != page.parent_id:
        store.move(page, str(parent), call.account)
    return _single(call, page, {"storage": {"representation": "storage", "value": page.current.storage}})


@routes.on("PUT", f"{PAGE}/title")
def retitle(call: Call, page_id: str) -> Response:
    """Change the title only."""
    page, given = call.site.confluence.get(page_id, call.account), call.object()
    if given.get("status") != "current" or not isinstance(given.get("title"), str):
        raise ConfluenceRefusal(400, "status and title are required")
    call.site.confluence.retitle(call.account, page, given["title"])
    return _single(call, page, {})


@routes.on("DELETE", PAGE)
def delete(call: Call, page_id: str) -> Response:
    """Move a page to the trash; `purge=true` deletes a trashed page for good, `draft=true` deletes the draft only."""
    page = call.site.confluence.get(page_id, call.account)
    if call.argument("draft") == "true":
        call.site.confluence.discard_draft(call.account, page)
        return nothing()
    if not call.site.confluence.may_edit(page, call.account):
        raise ConfluenceRefusal(403, f"User does not have permission to delete content with id '{page_id}'")
    if call.argument("purge") == "true":
        if page.status != "trashed":
            raise ConfluenceRefusal(400, "Only trashed content can be purged")
        call.site.confluence.purge(page)
    elif page.status == "trashed":
        raise ConfluenceRefusal(404, f"Cannot find current content with id '{page_id}'")
    else:
        call.site.confluence.set_status(page, "trashed")
    return nothing()
