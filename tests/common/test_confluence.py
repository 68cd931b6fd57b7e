"""Confluence's client over real HTTP to the simulator."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from common.atlassian_http import AtlassianHttp
from common.confluence import ConfluenceClient
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

    found = list(client.version_messages(page_id, after=4))
    assert found == [(number, f"save {number}") for number in range(122, 4, -1)]
