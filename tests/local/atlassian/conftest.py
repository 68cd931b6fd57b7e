"""A seeded site in this process, and people who use its REST API."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests

import local.seed
from local.atlassian import Site, in_process


@pytest.fixture
def site() -> Iterator[Site]:
    """A site whose searches have no lag."""
    site = Site(search_lag=0)
    yield site
    site.close()


@pytest.fixture
def seed(site: Site) -> local.seed.Seed:
    return local.seed.load(site)


class Person:
    """A person with a session on the site; paths are relative to it."""

    def __init__(self, site: Site, name: str) -> None:
        self.base, self.session = site.base_url, in_process(site, name)

    def __call__(self, method: str, path: str, expect: int | None = None, **options: Any) -> Any:
        """Send a request; with `expect` check the status and return the JSON body, else the response."""
        response: requests.Response = self.session.request(method, self.base + path, **options)
        if expect is None:
            return response
        assert response.status_code == expect, response.text
        return response.json() if response.content else None


@pytest.fixture
def people(site: Site) -> Callable[[str], Person]:
    return lambda name: Person(site, name)


@pytest.fixture
def developer(site: Site, seed: local.seed.Seed) -> Person:
    return Person(site, "developer")


@pytest.fixture
def kinexus(site: Site, seed: local.seed.Seed) -> Person:
    return Person(site, "kinexus")


@pytest.fixture
def admin(site: Site, seed: local.seed.Seed) -> Person:
    return Person(site, "admin")


def words(text: str) -> dict[str, Any]:
    """A document of one paragraph."""
    return {
        "type": "doc",
        "version": 1,
        "content": [{"type": "paragraph", "content": [{"type": "text", "text": text}]}],
    }
