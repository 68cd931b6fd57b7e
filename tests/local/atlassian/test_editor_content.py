"""The simulator's conversion to ADF, and strict mode: it refuses what the new editor cannot hold."""

import json
from typing import Any

import pytest

import local.seed
from local.atlassian import Site
from local.atlassian.confluence.storage_adf import to_adf, unsupported_shapes
from local.atlassian.documents.adf_check import CONFLUENCE_CHILDREN, check_document
from tests.local.atlassian.conftest import Person

PAGES = "/wiki/api/v2/pages"
TABLE_IN_LIST = "<ul><li>a<table><tbody><tr><td>1</td></tr></tbody></table></li></ul>"


def put(person: Person, page: dict[str, Any], storage: str, expect: int) -> Any:
    number = person("GET", f"{PAGES}/{page['id']}", 200)["version"]["number"] + 1
    body = {"representation": "storage", "value": storage}
    given = {"id": page["id"], "status": "current", "title": page["title"], "body": body}
    return person("PUT", f"{PAGES}/{page['id']}", expect, json={**given, "version": {"number": number}})


@pytest.fixture
def page(developer: Person, seed: local.seed.Seed) -> Any:
    given = {"spaceId": seed.space_id, "status": "current", "title": "Shapes"}
    body = {"representation": "storage", "value": TABLE_IN_LIST}
    return developer("POST", PAGES, 200, json={**given, "body": body})


def test_strict_mode_refuses_new_shapes_only(site: Site, kinexus: Person, page: dict[str, Any]) -> None:
    put(kinexus, page, TABLE_IN_LIST + "<dl><dt>t</dt></dl>", 200)
    site.confluence.strict = True
    answer = put(kinexus, page, TABLE_IN_LIST + TABLE_IN_LIST, 400)
    assert answer["errors"][0]["title"].endswith("table in listItem")
    put(kinexus, page, "<p>new</p>" + TABLE_IN_LIST, 200)


def test_what_the_editor_cannot_hold_is_a_macro_in_adf(kinexus: Person, page: dict[str, Any]) -> None:
    shown = kinexus("GET", f"{PAGES}/{page['id']}?body-format=atlas_doc_format", 200)
    document = json.loads(shown["body"]["atlas_doc_format"]["value"])
    check_document(document, CONFLUENCE_CHILDREN)
    wrapped = document["content"][0]["content"][0]["content"][1]
    assert wrapped["attrs"]["extensionKey"] == "legacy-content"


def test_expands_within_expands_and_cells_are_nested() -> None:
    expand = '<ac:structured-macro ac:name="expand"><ac:rich-text-body>{}</ac:rich-text-body></ac:structured-macro>'
    within = to_adf(expand.format(expand.format("<p>a</p>")))
    assert within["content"][0]["content"][0]["type"] == "nestedExpand"
    cell = f"<table><tbody><tr><td>{expand.format('<p>a</p>')}</td></tr></tbody></table>"
    assert not unsupported_shapes(cell)
    assert unsupported_shapes(expand.format(expand.format(cell)))
