"""Folders, whiteboards, databases and embeds are part of the page tree as in Confluence, including restrictions."""

from typing import Any

import pytest

from local.atlassian import Site
from local.atlassian.confluence.containers import COLLECTIONS
from local.seed import Seed
from tests.local.atlassian import openapi
from tests.local.atlassian.conftest import Person
from tests.local.atlassian.test_pages import PAGES, change, new

V2 = "/wiki/api/v2"
needs_specifications = pytest.mark.skipif(
    not openapi.SPECIFICATIONS.is_dir(), reason="the specifications are not here"
)


def container(person: Person, seed: Seed, collection: str = "folders", **more: object) -> dict[str, Any]:
    given = {"spaceId": seed.space_id, "title": "Place", **more}
    made: dict[str, Any] = person("POST", f"{V2}/{collection}", 200, json=given)
    return made


def restriction(content_id: str) -> str:
    return f"/wiki/rest/api/content/{content_id}/restriction/byOperation/read"


def restrict(site: Site, person: Person, content_id: str, name: str) -> None:
    person("PUT", f"{restriction(content_id)}/user?accountId={site.account(name).account_id}", 200)


def above(person: Person, path: str) -> list[tuple[str, str]]:
    return [(each["type"], each["id"]) for each in person("GET", f"{V2}/{path}", 200)["results"]]


@pytest.mark.parametrize("collection", COLLECTIONS.values())
def test_a_page_below_a_container_has_its_parents_type(seed: Seed, kinexus: Person, collection: str) -> None:
    held = container(kinexus, seed, collection)
    page = new(kinexus, seed, "T", parentId=held["id"])
    assert (page["parentId"], page["parentType"]) == (held["id"], held["type"])
    assert above(kinexus, f"pages/{page['id']}/ancestors") == [
        ("page", seed.pages["home"]),
        (held["type"], held["id"]),
    ]
    assert above(kinexus, f"{collection}/{held['id']}/ancestors") == [("page", seed.pages["home"])]


def test_limited_ancestors_are_the_nearest_and_can_be_continued(seed: Seed, kinexus: Person) -> None:
    folder = container(kinexus, seed, parentId=seed.pages["operations"])
    inner = container(kinexus, seed, parentId=folder["id"])
    page = new(kinexus, seed, "T", parentId=inner["id"])
    near = above(kinexus, f"pages/{page['id']}/ancestors?limit=2")
    assert near == [("folder", folder["id"]), ("folder", inner["id"])]
    assert above(kinexus, f"folders/{folder['id']}/ancestors?limit=2") == [
        ("page", seed.pages["home"]),
        ("page", seed.pages["operations"]),
    ]
    kinexus("GET", f"{V2}/pages/{page['id']}/ancestors?limit=251", 400)


def test_restrictions_apply_through_folders_but_a_folders_own_are_hidden(
    site: Site, seed: Seed, kinexus: Person, admin: Person
) -> None:
    folder = container(admin, seed, parentId=seed.pages["operations"])
    page = new(admin, seed, "T", parentId=folder["id"])
    kinexus("GET", f"{PAGES}/{page['id']}", 200)
    restrict(site, admin, folder["id"], "reviewer")
    kinexus("GET", f"{PAGES}/{page['id']}", 404)
    kinexus("GET", f"{V2}/folders/{folder['id']}", 404)
    kinexus("GET", restriction(folder["id"]), 404)
    told = admin("GET", restriction(folder["id"]), 200)["restrictions"]
    assert told["user"]["results"] == told["group"]["results"] == []
    restrict(site, admin, folder["id"], "kinexus")
    restrict(site, admin, seed.pages["operations"], "reviewer")
    kinexus("GET", f"{PAGES}/{page['id']}", 404)


def test_v1_search_shows_no_ancestors_above_a_folder(seed: Seed, kinexus: Person) -> None:
    folder = container(kinexus, seed, parentId=seed.pages["operations"])
    page = new(kinexus, seed, "Quarnix", parentId=folder["id"])
    new(kinexus, seed, "Quarnix limits", parentId=page["id"])
    asked = {"cql": f'title ~ "quarnix" AND ancestor = {folder["id"]}', "expand": "content.ancestors"}
    found = kinexus("GET", "/wiki/rest/api/search", 200, params=asked)["results"]
    told = {each["content"]["title"]: [up["id"] for up in each["content"]["ancestors"]] for each in found}
    assert told == {"Quarnix": [], "Quarnix limits": [page["id"]]}


def test_pages_move_below_folders_and_up_on_deletion(seed: Seed, kinexus: Person) -> None:
    page = new(kinexus, seed, "T", parentId=seed.pages["operations"])
    folder = container(kinexus, seed, parentId=page["id"])
    change(kinexus, page["id"], 2, 400, parentId=folder["id"])
    other = container(kinexus, seed, parentId=seed.pages["operations"])
    kinexus("PUT", f"/wiki/rest/api/content/{page['id']}/move/append/{other['id']}", 200)
    assert kinexus("GET", f"{PAGES}/{page['id']}", 200)["parentType"] == "folder"
    children = kinexus("GET", f"{PAGES}/{seed.pages['operations']}/direct-children", 200)["results"]
    assert ("folder", other["id"]) in [(each["type"], each["id"]) for each in children]
    kinexus("DELETE", f"{V2}/folders/{other['id']}", 204)
    assert kinexus("GET", f"{PAGES}/{page['id']}", 200)["parentId"] == seed.pages["operations"]
    kinexus("GET", f"{V2}/folders/{other['id']}", 404)
    kinexus("GET", f"{V2}/whiteboards/{folder['id']}", 404)


def test_the_board_shows_pages_below_a_folder(seed: Seed, kinexus: Person) -> None:
    folder = container(kinexus, seed, parentId=seed.pages["operations"])
    page = new(kinexus, seed, "T", parentId=folder["id"])
    shown = {each["id"]: each["depth"] for each in kinexus("GET", "/board/data", 200)["pages"]}
    assert shown[page["id"]] == shown[seed.pages["operations"]] + 2
    assert folder["id"] not in shown


@needs_specifications
@pytest.mark.parametrize("collection", COLLECTIONS.values())
def test_the_answers_match_the_specification(seed: Seed, kinexus: Person, collection: str) -> None:
    held = container(kinexus, seed, collection)
    for path in (f"/{collection}/{held['id']}", f"/{collection}/{held['id']}/ancestors"):
        answer = kinexus("GET", V2 + path, 200)
        assert openapi.violations(openapi.CONFLUENCE_V2, "GET", V2 + path, 200, answer) == []
    assert openapi.violations(openapi.CONFLUENCE_V2, "POST", f"{V2}/{collection}", 200, held) == []
    answer = kinexus("GET", restriction(held["id"]), 200)
    assert openapi.violations(openapi.CONFLUENCE_V1, "GET", restriction(held["id"]), 200, answer) == []
