"""Confluence's client over real HTTP to the simulator."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from common.atlassian_http import AtlassianHttp
from common.confluence import ConfluenceClient, PageVersion
from local.atlassian import Running, Site, serve


@pytest.fixture
def running() -> Iterator[Running]:
    with serve(Site(search_lag=0)) as running:
        yield running


def test_a_version_is_found_however_many_came_after_it_down_to_the_base(running: Running) -> None:
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
