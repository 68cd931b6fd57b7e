"""Pages that a ticket names: by `docs:` label or by any form of page link on our Confluence."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.document_orchestrator.page_selection.explicit_pages import explicit_pages
from tests.handlers.document_orchestrator.page_selection.tickets import ticket

SITE = "https://acme.atlassian.net/wiki"


def ids(description: str = "", *links: str, labels: tuple[str, ...] = ()) -> list[str | None]:
    return [named.page_id for named in explicit_pages(ticket("x", description, labels=labels), links, SITE)]


@pytest.mark.parametrize(
    "url",
    [
        f"{SITE}/spaces/SD/pages/98311/Rate+limits",
        f"{SITE}/spaces/SD/pages/98311",
        f"{SITE}/spaces/~712020abc/pages/98311/Notes?focusedCommentId=5#Limits",
        f"{SITE}/spaces/SD/pages/edit-v2/98311?draftShareId=1",
        f"{SITE}/pages/viewpage.action?pageId=98311",
        f"{SITE}/pages/viewpage.action?spaceKey=SD&pageId=98311&src=x#top",
        "https://ACME.atlassian.net:443/wiki/spaces/SD/pages/98311/Rate",
        f"{SITE}/x/B4AB",
    ],
)
def test_every_form_of_page_link_is_recognised(url: str) -> None:
    assert ids(f"See {url} please") == ["98311"]
    assert ids("", url) == ["98311"]


@pytest.mark.parametrize(
    "around", ["({})", "[the page|{}]", "<{}>", "{}.", '"{}",', "see {}, then", "{}\n", "[{}]"]
)
def test_punctuation_around_a_link_is_ignored(around: str) -> None:
    assert ids(around.format(f"{SITE}/pages/viewpage.action?pageId=98311")) == ["98311"]


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/wiki/spaces/SD/pages/98311/x",
        "https://acme.atlassian.net.evil.example/wiki/spaces/SD/pages/98311",
        "https://acme.atlassian.net@evil.example/wiki/spaces/SD/pages/98311",
        "https://acme.atlassian.net/browse/SD-98311",
        f"{SITE}/spaces/SD/overview",
        f"{SITE}/spaces/SD/pages/",
        f"{SITE}/spaces/SD/pages/0x17",
        f"{SITE}/pages/viewpage.action?pageId=98311%27",
        f"{SITE}/pages/viewpage.action?title=Rate",
        "https://[broken",
        "ftp://acme.atlassian.net/wiki/spaces/SD/pages/98311",
    ],
)
def test_other_links_name_no_page(url: str) -> None:
    assert ids(url, url) == []


def test_named_pages_are_unique_and_labels_come_first() -> None:
    """The order is labels, description, links; a page that is named twice counts once."""
    url = f"{SITE}/spaces/SD/pages"
    described = f"{url}/3/C and {url}/1/A, again {url}/3/Other-title"
    assert ids(described, f"{url}/4/D", labels=("docs:2", "needs-docs", "DOCS:1")) == ["2", "1", "3", "4"]


@pytest.mark.parametrize("label", ["docs:", "docs:rate-limits", "docs:12x", "docs:-5", "docs:0"])
def test_a_docs_label_without_an_id_is_reported(label: str) -> None:
    (named,) = explicit_pages(ticket("x", labels=(label,)), (), SITE)
    assert (named.page_id, named.is_order, label in named.reference) == (None, True, True)


@pytest.mark.parametrize("label", ["docs", "mydocs:12", "documentation", "docs-12"])
def test_other_labels_name_no_page(label: str) -> None:
    assert ids(labels=(label,)) == []


@given(st.text(max_size=200), st.lists(st.text(max_size=60), max_size=3))
def test_any_text_is_accepted_and_ids_are_numeric(text: str, links: list[str]) -> None:
    for named in explicit_pages(ticket("x", f"{SITE}/{text} https://{text}", labels=(text,)), links, SITE):
        assert named.page_id is None or named.page_id.isdigit()
