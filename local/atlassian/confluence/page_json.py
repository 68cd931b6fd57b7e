"""JSON of pages, versions, spaces and labels (Confluence v2, and v1 for search)."""

from typing import Any

from local.atlassian.accounts import Account
from local.atlassian.clock import confluence_time
from local.atlassian.confluence.pages import (
    PageStore,
    StoredPage,
    StoredSpace,
    StoredVersion,
    UnpublishedDraft,
)
from local.atlassian.confluence.properties import Property

Json = dict[str, Any]


def version_json(version: StoredVersion) -> Json:
    """Return a version's metadata."""
    return {
        "number": version.number,
        "message": version.message,
        "minorEdit": version.minor,
        "authorId": version.author.account_id,
        "createdAt": confluence_time(version.created),
    }


def webui(page: StoredPage, store: PageStore) -> str:
    """Return the browser path of a page, below /wiki."""
    words = "".join(sign if sign.isalnum() else "+" for sign in page.title)
    return f"/spaces/{store.spaces[page.space_id].key}/pages/{page.id}/{words}"


def page_json(
    page: StoredPage, store: PageStore, body: Json | None = None, version: StoredVersion | None = None
) -> Json:
    """Return a page in v2 format; `version` selects an older version."""
    shown = version or page.current
    status = page.status if shown is page.current else "historical"
    result: Json = {
        "id": page.id,
        "status": status,
        "title": shown.title,
        "spaceId": page.space_id,
        "parentId": page.parent_id,
        "parentType": store.kind_of(page.parent_id),
        "position": page.position,
        "authorId": page.author.account_id,
        "ownerId": page.author.account_id,
        "lastOwnerId": None,
        "createdAt": confluence_time(page.created),
        "version": version_json(shown),
        "_links": {
            "webui": webui(page, store),
            "editui": f"/pages/resumedraft.action?draftId={page.id}",
            "tinyui": f"/x/{int(page.id):x}",
        },
    }
    if page.is_live:
        result["subtype"] = "live"
    result["body"] = body or {}
    return result


def draft_json(page: StoredPage, draft: UnpublishedDraft, store: PageStore, body: Json) -> Json:
    """Return a page's draft in v2 format; its version is always 1, however often it was saved."""
    version = StoredVersion(1, draft.saved, draft.author, "", False, draft.title, draft.storage)
    return {**page_json(page, store, body, version), "status": "draft"}


def space_json(space: StoredSpace) -> Json:
    """Return a space in v2 format."""
    return {
        "id": space.id,
        "key": space.key,
        "name": space.name,
        "type": space.kind,
        "status": "current",
        "authorId": space.author.account_id,
        "createdAt": confluence_time(space.created),
        "homepageId": space.homepage_id,
        "description": None,
        "icon": None,
        "currentActiveAlias": space.key,
        "_links": {"webui": f"/spaces/{space.key}"},
    }


def property_json(held: Property) -> Json:
    """Return a content property."""
    return {
        "id": held.id,
        "key": held.key,
        "value": held.value,
        "version": {
            "number": held.number,
            "message": held.message,
            "minorEdit": False,
            "authorId": held.author.account_id,
            "createdAt": confluence_time(held.created),
        },
    }


def label_id(name: str) -> str:
    """Return a label's id, a number derived from its name."""
    return str(1000 + sum(ord(sign) * (place + 1) for place, sign in enumerate(name)))


def label_json(name: str, *, v1: bool = False) -> Json:
    """Return a label."""
    label = {"id": label_id(name), "name": name, "prefix": "global"}
    return {**label, "label": name} if v1 else label


def space_v1(space: StoredSpace, base: str) -> Json:
    """Return a space in v1 format."""
    return {
        "id": int(space.id),
        "key": space.key,
        "name": space.name,
        "type": space.kind,
        "status": "current",
        "_expandable": {},
        "_links": {"webui": f"/spaces/{space.key}", "self": f"{base}/wiki/rest/api/space/{space.key}"},
    }


def content_v1(page: StoredPage, store: PageStore, base: str, expand: list[str]) -> Json:
    """Return a page in the format of v1's search; with `space`, `version` and `ancestors` when expanded."""
    body: Json = {
        "id": page.id,
        "type": "page",
        "status": page.status,
        "title": page.title,
        "macroRenderedOutput": {},
        "extensions": {"position": page.position},
        "_expandable": {"container": f"/rest/api/space/{store.spaces[page.space_id].key}"},
        "_links": {
            "webui": webui(page, store),
            "tinyui": f"/x/{int(page.id):x}",
            "self": f"{base}/wiki/rest/api/content/{page.id}",
        },
    }
    names = {each.removeprefix("content.") for each in expand}
    if "space" in names:
        body["space"] = space_v1(store.spaces[page.space_id], base)
    if "version" in names:
        body["version"] = {
            "by": user_v1(page.current.author, base),
            "when": confluence_time(page.current.created),
            "friendlyWhen": confluence_time(page.current.created),
            "number": page.current.number,
            "message": page.current.message,
            "minorEdit": page.current.minor,
        }
    if "ancestors" in names:
        body["ancestors"] = [content_v1(each, store, base, []) for each in _pages_above(page, store)]
    return body


def _pages_above(page: StoredPage, store: PageStore) -> list[StoredPage]:
    """Return a page's ancestors as v1 does: only pages, up to the nearest folder or other container."""
    above: list[StoredPage] = []
    for each in reversed(store.ancestors(page)):
        if not isinstance(each, StoredPage):
            break
        above.insert(0, each)
    return above


def user_v1(account: Account, base: str) -> Json:
    """Return an account in the format of v1's User."""
    return {
        "type": "known",
        "accountId": account.account_id,
        "accountType": account.account_type,
        "email": account.email,
        "publicName": account.display_name,
        "displayName": account.display_name,
        "profilePicture": {"path": "/wiki/aa-avatar/default", "width": 48, "height": 48, "isDefault": True},
        "timeZone": "Etc/UTC",
        "isExternalCollaborator": False,
        "isGuest": False,
        "_expandable": {"operations": "", "personalSpace": ""},
        "_links": {"self": f"{base}/wiki/rest/api/user?accountId={account.account_id}"},
    }
