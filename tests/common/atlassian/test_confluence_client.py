"""Confluence's client over real HTTP to the simulator."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from common.atlassian import confluence_client
from common.atlassian.confluence_client import COLLECTIONS, Ancestor, ConfluenceClient, PageVersion
from common.atlassian.http_client import AtlassianHttp, NotFound, Unavailable
from local.atlassian import Running, Site, serve
from local.atlassian.confluence.attachments import StoredAttachment


@pytest.fixture
def running() -> Iterator[Running]:
    with serve(Site(search_lag=0)) as running:
        yield running


def test_all_versions_after_the_base_are_listed_newest_first(running: Running) -> None:
    site, admin = running.site, running.site.account("admin")
    space = site.confluence.add_space("SD", "Software", admin)
    page_id = site.confluence.create(admin, space.id, "Refunds", "<p>0</p>", None).id
    http = AtlassianHttp(f"{running.url}/wiki", admin.email, lambda fresh: admin.token)
    client = ConfluenceClient(http, running.url)
    page = client.page(page_id)
    for number in range(2, 123):
        page = client.update_page(page, f"<p>{number}</p>", f"save {number}")

    found = list(client.versions(page_id, after=4))
    ours = client.account_id()
    assert found == [PageVersion(number, ours, f"save {number}") for number in range(122, 4, -1)]


def test_an_older_version_is_read_with_its_own_body(running: Running) -> None:
    site, kinexus = running.site, running.site.account("kinexus")
    space = site.confluence.add_space("SD", "Software", kinexus)
    page_id = site.confluence.create(kinexus, space.id, "Refunds", "<p>first</p>", None).id
    client = ConfluenceClient(
        AtlassianHttp(f"{running.url}/wiki", kinexus.email, lambda fresh: kinexus.token), running.url
    )
    client.update_page(client.page(page_id), "<p>second</p>", "")
    assert [client.page(page_id, version).storage for version in (1, None)] == [
        "<p>first</p>",
        "<p>second</p>",
    ]


@pytest.fixture
def client(running: Running) -> ConfluenceClient:
    us = running.site.account("kinexus")
    return ConfluenceClient(
        AtlassianHttp(f"{running.url}/wiki", us.email, lambda fresh: us.token), running.url
    )


@pytest.mark.parametrize("most", [1, 2, 3, 250])
def test_all_ancestors_are_read_however_few_one_answer_holds(
    running: Running, client: ConfluenceClient, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    store, us = running.site.confluence, running.site.account("kinexus")
    space = store.add_space("SD", "Software", us)
    above = [Ancestor(space.homepage_id, "page")]
    for kind in (*COLLECTIONS, "page"):
        parent = above[-1].content_id
        place = (
            store.create(us, space.id, f"Page {len(above)}", "<p>x</p>", parent)
            if kind == "page"
            else store.add_container(us, kind, space.id, kind, parent)
        )
        above.append(Ancestor(place.id, kind))
    monkeypatch.setattr(confluence_client, "MAX_RESULTS", most)
    assert client.ancestors(above[-1].content_id) == tuple(above[:-1])


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"restrictions": {"user": {"results": []}, "group": {"results": []}}}, False),
        ({"restrictions": {"user": {"results": []}, "group": {"results": [{"id": "1"}]}}}, True),
        ({"restrictions": {"user": {"results": [{}]}}}, True),
        ({"restrictions": {"user": {"results": []}}}, None),
        ({"restrictions": {}}, None),
        ({"restrictions": None}, None),
        ({}, None),
        ([], None),
    ],
)
def test_an_unclear_restriction_answer_never_counts_as_open(answer: object, said: bool | None) -> None:
    class Answers(AtlassianHttp):
        def get(self, path: str, params: object = None) -> object:
            return answer

    client = ConfluenceClient(Answers("https://site.test", "a@b.c", lambda fresh: ""), "https://site.test")
    assert client.is_restricted("1") is said


def test_restrictions_of_hidden_folders_and_pages_are_not_found(
    running: Running, client: ConfluenceClient
) -> None:
    store, admin = running.site.confluence, running.site.account("admin")
    space = store.add_space("SD", "Software", admin)
    folder = store.add_container(admin, "folder", space.id, "Board")
    folder.readers = (running.site.account("kinexus").account_id,)
    page = store.create(admin, space.id, "Papers", "<p>x</p>", folder.id)
    assert (client.is_restricted(folder.id), client.is_restricted(page.id)) == (False, False)
    folder.readers = (admin.account_id,)
    for content_id in (folder.id, page.id):
        with pytest.raises(NotFound):
            client.is_restricted(content_id)
    with pytest.raises(NotFound):
        client.ancestors(page.id)


def test_all_current_pages_of_a_space_are_listed(
    running: Running, client: ConfluenceClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(confluence_client, "MAX_RESULTS", 2)
    store, us = running.site.confluence, running.site.account("kinexus")
    space = store.add_space("SD", "Software", us)
    folder = store.add_container(us, "folder", space.id, "Board")
    for number in range(4):
        store.create(us, space.id, f"Page {number}", "<p>x</p>", folder.id if number else None)
    live = store.create(us, space.id, "Live", "<p>x</p>", None)
    live.is_live = True
    store.set_status(store.create(us, space.id, "Old", "<p>x</p>", None), "archived")
    told = {page.title: (page.parent_type, page.is_live) for page in client.pages_in(space.id)}
    assert told == {
        "Software": ("", False),
        "Page 0": ("page", False),
        **{f"Page {number}": ("folder", False) for number in range(1, 4)},
        "Live": ("page", True),
    }


def test_a_cursor_that_repeats_ends_the_paging(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    admin = running.site.account("admin")
    http = AtlassianHttp(f"{running.url}/wiki", admin.email, lambda fresh: admin.token)
    again = {"results": [], "_links": {"next": "/wiki/api/v2/spaces/1/pages?cursor=abc"}}
    monkeypatch.setattr(http, "get", lambda *_: again)
    with pytest.raises(Unavailable, match="continuation token"):
        list(ConfluenceClient(http, running.url).pages_in("1"))


def test_the_names_of_all_attachments_of_a_page_are_listed(running: Running) -> None:
    site, kinexus = running.site, running.site.account("kinexus")
    space = site.confluence.add_space("SD", "Software", kinexus)
    page, other = (site.confluence.create(kinexus, space.id, title, "<p>x</p>", None).id for title in "ab")
    for number in range(260):
        where = page if number else other
        held = StoredAttachment(
            f"att{number}", where, f"image {number}.png", "image/png", b"", "", kinexus, site.clock.now()
        )
        site.confluence.attachments[held.id] = held
    client = ConfluenceClient(
        AtlassianHttp(f"{running.url}/wiki", kinexus.email, lambda fresh: kinexus.token), running.url
    )
    assert client.attachment_names(page) == {f"image {number}.png" for number in range(1, 260)}
