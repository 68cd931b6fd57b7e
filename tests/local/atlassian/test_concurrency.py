"""Concurrent requests: of two equal updates one wins, no history is lost, and no answer is an internal error."""

from concurrent.futures import ThreadPoolExecutor

import requests

from local.atlassian import Site, serve
from local.seed import Seed
from tests.local.atlassian.conftest import words


def test_of_many_updates_with_one_number_exactly_one_wins(site: Site, seed: Seed) -> None:
    page, me = seed.pages["webhooks"], site.account("kinexus")
    with serve(site) as running:

        def save(number: int) -> int:
            body = {
                "id": page,
                "status": "current",
                "title": "Webhooks for merchants",
                "version": {"number": 6},
                "body": {"representation": "storage", "value": f"<p>{number}</p>"},
            }
            return requests.put(
                f"{running.url}/wiki/api/v2/pages/{page}", json=body, auth=(me.email, me.token), timeout=30
            ).status_code

        with ThreadPoolExecutor(8) as pool:
            statuses = sorted(pool.map(save, range(8)))
    assert statuses == [200] + [409] * 7
    assert site.confluence.pages[page].current.number == 6


def test_concurrent_comments_and_searches_lose_nothing(site: Site, seed: Seed) -> None:
    me = site.account("developer")
    with serve(site) as running:

        def work(number: int) -> int:
            auth = (me.email, me.token)
            if number % 3 == 0:
                return requests.get(
                    f"{running.url}/wiki/rest/api/search",
                    params={"cql": 'text ~ "payout"'},
                    auth=auth,
                    timeout=30,
                ).status_code
            return requests.post(
                f"{running.url}/rest/api/3/issue/PAY2-1/comment",
                json={"body": words(str(number))},
                auth=auth,
                timeout=30,
            ).status_code

        with ThreadPoolExecutor(8) as pool:
            statuses = set(pool.map(work, range(45)))
    assert statuses == {200, 201}
    comments = site.jira.get("PAY2-1").comments
    assert len({comment.id for comment in comments}) == len({comment.created for comment in comments}) == 30
