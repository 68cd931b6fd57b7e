"""Requests over real HTTP to the simulator: what is retried, what is not, and which error each failure raises."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from common.atlassian.http_client import (
    AtlassianHttp,
    Gone,
    NotFound,
    RequestRefused,
    Unauthorized,
    Unavailable,
    VersionConflict,
)
from local.atlassian import Fault, Running, Site, serve
from tests.secrets_in_use import WRONG_API_TOKEN


@pytest.fixture
def running() -> Iterator[Running]:
    with serve(Site(search_lag=0)) as running:
        yield running


@pytest.fixture
def http(running: Running) -> AtlassianHttp:
    account = running.site.account("kinexus")
    return AtlassianHttp(running.url, account.email, lambda fresh: account.token)


def calls(running: Running) -> list[int]:
    return [request.status for request in running.site.calls("jira", "")]


def test_an_answer_is_its_json(http: AtlassianHttp, running: Running) -> None:
    assert http.get("/rest/api/3/myself")["accountId"] == running.site.account("kinexus").account_id


def test_requests_name_kinexus_as_user_agent(http: AtlassianHttp, running: Running) -> None:
    http.get("/rest/api/3/myself")
    http.post_query("/rest/api/3/issue/bulkfetch", {"issueIdsOrKeys": ["1"]})
    assert [request.user_agent for request in running.site.calls()] == ["Kinexus", "Kinexus"]


@pytest.mark.parametrize("status", [429, 500, 502, 503])
def test_a_get_is_retried_when_the_service_is_busy(
    http: AtlassianHttp, running: Running, status: int
) -> None:
    running.site.faults.add(Fault("status", status=status, retry_after=0, count=2))
    assert http.get("/rest/api/3/myself")
    assert len(running.site.calls()) == 3


def test_a_post_is_never_repeated_blindly(http: AtlassianHttp, running: Running) -> None:
    running.site.faults.add(Fault("status", status=503, count=5))
    with pytest.raises(Unavailable, match="503"):
        http.post("/rest/api/3/issue", {"fields": {}})
    assert len(running.site.calls()) == 1


def test_a_post_that_only_reads_is_retried_like_a_get(http: AtlassianHttp, running: Running) -> None:
    running.site.faults.add(Fault("status", status=503, retry_after=0, count=5))
    with pytest.raises(Unavailable, match="503"):
        http.post_query("/rest/api/3/issue/bulkfetch", {})
    assert len(running.site.calls()) == 4


def test_a_service_that_stays_down_is_unavailable(http: AtlassianHttp, running: Running) -> None:
    running.site.faults.add(Fault("status", status=503, retry_after=0, count=99))
    with pytest.raises(Unavailable):
        http.get("/rest/api/3/myself")
    assert len(running.site.calls()) == 4


def test_a_refused_connection_is_unavailable() -> None:
    nobody = AtlassianHttp("http://127.0.0.1:9", "a@example.com", lambda fresh: "token")
    with pytest.raises(Unavailable, match="no answer"):
        nobody.get("/rest/api/3/myself")


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (404, NotFound),
        (410, Gone),
        (409, VersionConflict),
        (400, RequestRefused),
        (403, Unauthorized),
        (413, RequestRefused),
    ],
)
def test_each_error_status_has_its_exception(
    http: AtlassianHttp, running: Running, status: int, error: type[Exception]
) -> None:
    running.site.faults.add(Fault("status", status=status))
    with pytest.raises(error):
        http.get("/rest/api/3/myself")


@pytest.mark.parametrize("kind", ["html", "truncate"])
def test_a_body_that_is_not_json_is_unavailable(http: AtlassianHttp, running: Running, kind: str) -> None:
    running.site.faults.add(Fault(kind, count=9))
    with pytest.raises(Unavailable):
        http.get("/rest/api/3/myself")


def test_after_a_401_the_token_is_read_again_once(running: Running) -> None:
    account = running.site.account("kinexus")
    asked: list[bool] = []

    def token(fresh: bool) -> str:
        asked.append(fresh)
        return account.token if fresh else "the old one"

    assert AtlassianHttp(running.url, account.email, token).get("/rest/api/3/myself")
    assert asked == [False, True]


def test_a_token_that_is_wrong_twice_is_refused(running: Running) -> None:
    wrong = AtlassianHttp(running.url, "kinexus@example.com", lambda fresh: "wrong")
    with pytest.raises(Unauthorized, match="401"):
        wrong.get("/rest/api/3/myself")


def test_the_token_is_in_no_error(running: Running) -> None:
    running.site.faults.add(Fault("status", status=400))
    with pytest.raises(RequestRefused) as raised:
        AtlassianHttp(running.url, "kinexus@example.com", lambda fresh: WRONG_API_TOKEN).get(
            "/rest/api/3/myself"
        )
    assert WRONG_API_TOKEN not in str(raised.value)
