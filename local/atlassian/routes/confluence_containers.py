"""Confluence v2: folders, whiteboards, databases and embeds, and the ancestors of containers and pages."""

from typing import Any

from werkzeug.wrappers import Response

from local.atlassian.clock import confluence_time
from local.atlassian.confluence.containers import COLLECTIONS, StoredContainer
from local.atlassian.confluence.pages import PageStore, Place
from local.atlassian.errors import ConfluenceRefusal
from local.atlassian.routes.confluence_pages import API, PAGE
from local.atlassian.routing import Call, Routes, answer, nothing

routes = Routes()
_KINDS = {collection: kind for kind, collection in COLLECTIONS.items()}
_CONTAINERS = f"{API}/<any({','.join(_KINDS)}):collection>"
_CONTAINER = f"{_CONTAINERS}/<container_id>"


def container_json(held: StoredContainer, store: PageStore) -> dict[str, Any]:
    """Return a container in v2 format."""
    return {
        "id": held.id,
        "type": held.kind,
        "status": held.status,
        "title": held.title,
        "parentId": held.parent_id,
        "parentType": store.kind_of(held.parent_id),
        "position": held.position,
        "authorId": held.author.account_id,
        "ownerId": held.author.account_id,
        "createdAt": confluence_time(held.created),
        "spaceId": held.space_id,
        "version": {
            "number": 1,
            "message": "",
            "minorEdit": False,
            "authorId": held.author.account_id,
            "createdAt": confluence_time(held.created),
        },
        "_links": {"webui": f"/spaces/{store.spaces[held.space_id].key}/{held.kind}/{held.id}"},
    }


@routes.on("POST", _CONTAINERS)
def create(call: Call, collection: str) -> Response:
    """Create a folder, whiteboard, database or embed; the status is 200."""
    given = call.object()
    space_id, parent = given.get("spaceId"), given.get("parentId")
    if not isinstance(space_id, (str, int)) or not str(space_id).isdigit():
        raise ConfluenceRefusal(400, "spaceId is required")
    store = call.site.confluence
    held = store.add_container(
        call.account,
        _KINDS[collection],
        str(space_id),
        str(given.get("title") or "Untitled"),
        str(parent) if parent else None,
    )
    return answer(container_json(held, store))


@routes.on("GET DELETE", _CONTAINER)
def container(call: Call, collection: str, container_id: str) -> Response:
    """Return a container, or delete it."""
    store = call.site.confluence
    held = store.container(container_id, _KINDS[collection], call.account)
    if call.request.method == "DELETE":
        store.remove_container(held)
        return nothing()
    return answer(container_json(held, store))


@routes.on("GET", f"{_CONTAINER}/ancestors")
def ancestors_of_container(call: Call, collection: str, container_id: str) -> Response:
    """List the ancestors of a container, the highest first."""
    return _ancestors(call, call.site.confluence.container(container_id, _KINDS[collection], call.account))


@routes.on("GET", f"{PAGE}/ancestors")
def ancestors_of_page(call: Call, page_id: str) -> Response:
    """List the ancestors of a page, the highest first."""
    return _ancestors(call, call.site.confluence.get(page_id, call.account))


def _ancestors(call: Call, place: Place) -> Response:
    """Return the nearest `limit` ancestors. There is no cursor; to continue, ask for those of the highest one."""
    given = call.argument("limit") or "25"
    if not given.isdigit() or not 1 <= int(given) <= 250:
        raise ConfluenceRefusal(400, f"Provided value {{{given}}} for 'limit' is not between 1 and 250")
    store = call.site.confluence
    above = store.ancestors(place)[-int(given) :]
    results = [{"id": each.id, "type": store.kind_of(each.id)} for each in above]
    return answer({"results": results, "_links": {"base": f"{call.base}/wiki"}})
