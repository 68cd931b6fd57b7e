"""OAuth 2.0 client credentials over real HTTP to the simulator: cached for an hour, fetched again after a 401."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from common.atlassian.client_credentials import ClientCredentials
from common.atlassian.http_client import AtlassianHttp, Unauthorized, Unavailable
from local.atlassian import Running, Site, serve
from tests.secrets_in_use import API_TOKEN, WRONG_API_TOKEN


@pytest.fixture
def running() -> Iterator[Running]:
    with serve(Site(search_lag=0)) as running:
        yield running


def credentials(running: Running, secret: str = API_TOKEN) -> ClientCredentials:
    return ClientCredentials(f"{running.url}/oauth/token", "client-of-kinexus", lambda fresh: secret)


def test_requests_carry_a_bearer_token_that_is_fetched_once(running: Running) -> None:
    token = credentials(running)
    jira = AtlassianHttp(running.url, "", token.access_token)
    confluence = AtlassianHttp(f"{running.url}/wiki", "", token.access_token)
    us = running.site.account("kinexus").account_id
    assert jira.get("/rest/api/3/myself")["accountId"] == us
    assert confluence.get("/rest/api/user/current")["accountId"] == us
    assert token.access_token(False) == token.access_token(False)


def test_an_expired_token_is_replaced_after_a_401(running: Running) -> None:
    http = AtlassianHttp(running.url, "", credentials(running).access_token)
    assert http.get("/rest/api/3/myself")
    running.site.clock.advance(3601)
    assert http.get("/rest/api/3/myself")
    assert [call.status for call in running.site.calls("jira")] == [200, 401, 200]


def test_a_token_is_replaced_before_it_expires(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    token, now = credentials(running), time.time()
    first = token.access_token(False)
    monkeypatch.setattr(time, "time", lambda: now + 3600 - 59)
    assert token.access_token(False) != first


def test_wrong_client_credentials_are_unauthorized(running: Running) -> None:
    with pytest.raises(Unauthorized, match="not accepted") as refused:
        credentials(running, WRONG_API_TOKEN).access_token(False)
    assert WRONG_API_TOKEN not in str(refused.value)


def test_an_unreachable_token_url_is_unavailable() -> None:
    unreachable = ClientCredentials("http://127.0.0.1:9/oauth/token", "client", lambda fresh: API_TOKEN)
    with pytest.raises(Unavailable, match="token URL"):
        unreachable.access_token(False)
