"""Confluence v2: versions, children, labels and properties of a page; and the spaces."""

from werkzeug.wrappers import Response

from local.atlassian.confluence.page_json import label_json, property_json, space_json, version_json
from local.atlassian.confluence.pages import StoredSpace
from local.atlassian.confluence.properties import Property
from local.atlassian.errors import ConfluenceRefusal
from local.atlassian.routes.confluence_pages import API, PAGE, body_json, list_response, version_of
from local.atlassian.routing import Call, Routes, answer, nothing

routes = Routes()
_ATTACHMENTS = f"{API}/attachments"


@routes.on("GET", f"{PAGE}/versions")
def versions(call: Call, page_id: str) -> Response:
    """List versions, the newest first; with `body-format` each includes its body."""
    page = call.site.confluence.get(page_id, call.account)
    shown = sorted(
        page.versions, key=lambda each: each.number, reverse=call.argument("sort") != "modified-date"
    )
    results = []
    for each in shown:
        body = version_json(each)
        if call.argument("body-format"):
            body["page"] = {"id": page.id, "title": each.title, "body": body_json(call, each)}
        results.append(body)
    return list_response(call, results)


@routes.on("GET", f"{PAGE}/versions/<int:number>")
def one_version(call: Call, page_id: str, number: int) -> Response:
    """Return one version's details."""
    page = call.site.confluence.get(page_id, call.account)
    version = version_of(page, str(number))
    body = {
        **version_json(version),
        "contentTypeModified": False,
        "collaborators": [version.author.account_id],
    }
    if number > 1:
        body["prevVersion"] = number - 1
    if number < page.current.number:
        body["nextVersion"] = number + 1
    return answer(body)


@routes.on("GET", f"{PAGE}/direct-children", f"{PAGE}/children")
def children(call: Call, page_id: str) -> Response:
    """List the child pages; `direct-children` also lists folders and other containers."""
    store = call.site.confluence
    page = store.get(page_id, call.account)
    all_kinds = call.request.path.endswith("direct-children")
    return list_response(
        call,
        [
            {
                "id": each.id,
                "status": each.status,
                "title": each.title,
                **({"type": store.kind_of(each.id)} if all_kinds else {}),
                "spaceId": each.space_id,
                "childPosition": each.position,
            }
            for each in (store.below(page) if all_kinds else store.children(page))
            if store.may_view(each, call.account)
        ],
    )


@routes.on("GET", f"{PAGE}/labels")
def labels(call: Call, page_id: str) -> Response:
    """List the labels."""
    page = call.site.confluence.get(page_id, call.account)
    return list_response(call, [label_json(each) for each in page.labels])


def _properties(call: Call, content_id: str) -> list[Property]:
    """Return the content properties of the page or attachment in the path; raises 404 if it is not visible."""
    store = call.site.confluence
    if not call.request.path.startswith(_ATTACHMENTS):
        return store.get(content_id, call.account).properties
    held = store.attachments.get(content_id)
    if held is None:
        raise ConfluenceRefusal(404, f"Cannot find the attachment with id '{content_id}'")
    store.get(held.page_id, call.account)
    return held.properties


@routes.on("GET POST", f"{PAGE}/properties", f"{_ATTACHMENTS}/<page_id>/properties")
def properties(call: Call, page_id: str) -> Response:
    """List content properties, or add one."""
    held, store = _properties(call, page_id), call.site.confluence
    if call.request.method == "GET":
        wanted = call.argument("key")
        return list_response(call, [property_json(each) for each in held if wanted in ("", each.key)])
    given = call.object()
    key = given.get("key")
    if not isinstance(key, str) or not key or "value" not in given:
        raise ConfluenceRefusal(400, "key and value are required")
    if any(each.key == key for each in held):
        raise ConfluenceRefusal(409, f"A property with the key '{key}' already exists")
    made = Property(store.new_id(), key, given["value"], 1, store.clock.now(), call.account)
    held.append(made)
    return answer(property_json(made))


@routes.on(
    "GET PUT DELETE",
    f"{PAGE}/properties/<property_id>",
    f"{_ATTACHMENTS}/<page_id>/properties/<property_id>",
)
def one_property(call: Call, page_id: str, property_id: str) -> Response:
    """Read, replace (with the next version number) or remove a content property."""
    every, store = _properties(call, page_id), call.site.confluence
    held = next((each for each in every if each.id == property_id), None)
    if held is None:
        raise ConfluenceRefusal(404, f"Cannot find the property with id '{property_id}'")
    if call.request.method == "DELETE":
        every.remove(held)
        return nothing()
    if call.request.method == "PUT":
        given = call.object()
        version = given.get("version")
        if given.get("key") != held.key or "value" not in given or not isinstance(version, dict):
            raise ConfluenceRefusal(400, "key, value and version are required")
        if version.get("number") != held.number + 1:
            raise ConfluenceRefusal(
                409, f"Version must be incremented on update. Current version is: {held.number}"
            )
        held.value, held.number, held.created = given["value"], held.number + 1, store.clock.now()
        held.author, held.message = call.account, str(version.get("message") or "")
    return answer(property_json(held))


@routes.on("GET", f"{API}/spaces")
def spaces(call: Call) -> Response:
    """List spaces by key, id and type."""
    keys, ids = {each.upper() for each in call.arguments("keys")}, call.arguments("ids")
    return list_response(
        call,
        [
            space_json(each)
            for each in call.site.confluence.spaces.values()
            if (not keys or each.key.upper() in keys)
            and (not ids or each.id in ids)
            and call.argument("type") in ("", each.kind)
        ],
    )


def _space(call: Call, space_id: str) -> StoredSpace:
    held = call.site.confluence.spaces.get(space_id)
    if held is None:
        raise ConfluenceRefusal(404, f"Cannot find space with id '{space_id}'")
    return held


@routes.on("GET", f"{API}/spaces/<space_id>/operations")
def space_operations(call: Call, space_id: str) -> Response:
    """List what the account may do in a space."""
    operations = [("use", "space"), ("read", "space")]
    if _space(call, space_id).takes_pages_of(call.account):
        operations += [("create", kind) for kind in ("page", "blogpost", "comment", "attachment")]
    return answer({"operations": [{"operation": done, "targetType": to} for done, to in operations]})


@routes.on("GET", f"{API}/spaces/<space_id>")
def space(call: Call, space_id: str) -> Response:
    """Return a space."""
    held = _space(call, space_id)
    body = {name: value for name, value in space_json(held).items() if name != "currentActiveAlias"}
    return answer({**body, "_links": {**body["_links"], "base": f"{call.base}/wiki"}})
