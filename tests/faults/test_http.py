"""Each fault of Jira or Confluence for one request, over real sockets: how often it is sent, what is raised.

The clock is simulated: pauses are recorded, not slept. What happens to the message is in test_services.py.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from email.utils import formatdate
from types import SimpleNamespace

import pytest
import urllib3.util.retry

from common.atlassian import http_client
from common.atlassian.http_client import (
    SETTLE_SECONDS,
    AtlassianError,
    AtlassianHttp,
    Gone,
    NotFound,
    RequestRefused,
    Unauthorized,
    Unavailable,
    VersionConflict,
)
from common.atlassian.retry_policy import (
    MAX_PAUSES_SECONDS,
    MAX_RETRIES,
    MAX_RETRY_AFTER_SECONDS,
    retry_after_seconds,
)
from common.runtime.deadline import within_deadline
from local.atlassian import Fault, Running, Site, serve
from tests.faults.claims import claims

ONCE, THRICE = 1, 1 + MAX_RETRIES
READ, WRITE, CREATE = "read (GET)", "write (PUT)", "create (POST)"
NEW_PAGE = "create a page (POST)"
TITLE = {"status": "current", "title": "One"}
#: A page to create; the fixture sets its space.
NEW: dict[str, object] = {
    "status": "current",
    "title": "Two",
    "body": {"representation": "storage", "value": "<p>Two.</p>"},
}
ISSUE = {"project": {"key": "PAY2"}, "issuetype": {"name": "Task"}, "summary": "A task"}
CALLS: dict[str, Callable[[AtlassianHttp, str], object]] = {
    READ: lambda http, page: http.get(f"/wiki/api/v2/pages/{page}"),
    WRITE: lambda http, page: http.put(f"/wiki/api/v2/pages/{page}/title", TITLE),
    CREATE: lambda http, page: http.post("/rest/api/3/issue", {"fields": ISSUE}),
    NEW_PAGE: lambda http, page: http.post("/wiki/api/v2/pages", NEW),
}


@dataclass(frozen=True)
class Case:
    """A lasting fault, what it raises, and how often a repeatable request is sent."""

    fault: Fault
    raises: type[AtlassianError]
    sent: int = ONCE


def status(code: int, raises: type[AtlassianError] = Unavailable, sent: int = THRICE) -> Case:
    return Case(Fault("status", status=code), raises, sent)


LASTING = {
    "429 with `Retry-After`": Case(Fault("status", status=429, retry_after=7), Unavailable, THRICE),
    "503 with `Retry-After`": Case(Fault("status", status=503, retry_after=7), Unavailable, THRICE),
    **{
        f"{code} with a longer `Retry-After`": Case(
            Fault("status", status=code, retry_after=MAX_RETRY_AFTER_SECONDS + 1), Unavailable
        )
        for code in (429, 503)
    },
    "429 without `Retry-After`": status(429),
    **{str(code): status(code) for code in (408, 425, 500, 502, 503, 504)},
    "connection reset": Case(Fault("drop"), Unavailable, THRICE),
    "time-out": Case(Fault("hang", seconds=0.3), Unavailable, THRICE),
    "truncated JSON": Case(Fault("truncate"), Unavailable),
    "HTML instead of JSON": Case(Fault("html"), Unavailable),
    "401": status(401, Unauthorized, 2),
    **{str(code): status(code, RequestRefused, ONCE) for code in (400, 403, 413)},
    "404": status(404, NotFound, ONCE),
    "410": status(410, Gone, ONCE),
    "409": status(409, VersionConflict, ONCE),
}
#: A POST is sent only once, except with a new token and after 429, which means that nothing was processed.
SENT_ONCE = {
    name: case if "429" in name else replace(case, sent=min(case.sent, ONCE + (name == "401")))
    for name, case in LASTING.items()
}
#: Not even reading is allowed: that is about our account, not about one page.
READING = {**LASTING, "403": status(403, Unauthorized, ONCE)}
EXPECTED = {READ: READING, WRITE: LASTING, CREATE: SENT_ONCE, NEW_PAGE: SENT_ONCE}
EACH = [(name, call, EXPECTED[call][name]) for name in LASTING for call in CALLS]


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses of a simulated clock."""
    made: list[float] = []
    clock = SimpleNamespace(sleep=made.append, time=lambda: 0.0)
    monkeypatch.setattr(urllib3.util.retry, "time", clock)
    return made


@pytest.fixture(scope="module")
def running() -> Iterator[Running]:
    site = Site(search_lag=0)
    admin = site.account("admin")
    site.jira.add_project("PAY2", "Payments")
    home = site.confluence.add_space("SD", "Software", admin, "<p>Welcome.</p>")
    NEW["spaceId"] = home.id
    with serve(site) as running:
        site.confluence.create(admin, home.id, "One", "<p>One.</p>", None)
        yield running


@pytest.fixture
def http(running: Running) -> AtlassianHttp:
    running.site.faults.clear()
    account = running.site.account("admin")
    return AtlassianHttp(running.url, account.email, lambda fresh: account.token)


@pytest.fixture
def page(running: Running) -> str:
    return next(page.id for page in running.site.confluence.pages.values() if page.title == "One")


def sent(running: Running, since: int, expected: int) -> int:
    """Count the new requests; a hanging one is recorded shortly after its client disconnected."""
    for _ in range(100):
        if len(running.site.calls()) - since >= expected:
            break
        threading.Event().wait(0.02)
    return len(running.site.calls()) - since


@claims((name, call) for name, call, _ in EACH)
@pytest.mark.parametrize(("call", "case"), [each[1:] for each in EACH], ids=[f"{n}-{c}" for n, c, _ in EACH])
def test_a_lasting_fault(
    http: AtlassianHttp,
    running: Running,
    page: str,
    pauses: list[float],
    monkeypatch: pytest.MonkeyPatch,
    call: str,
    case: Case,
) -> None:
    monkeypatch.setattr(http_client, "TIMEOUT", (1.0, 0.1))
    running.site.faults.add(replace(case.fault, count=99))
    before = len(running.site.calls())
    with pytest.raises(case.raises):
        CALLS[call](http, page)
    assert sent(running, before, case.sent) == case.sent
    assert len(pauses) == (case.sent - 1 if case.raises is Unavailable else 0)
    assert sum(pauses) < MAX_PAUSES_SECONDS


@claims(("connection refused", call) for call in CALLS)
@pytest.mark.parametrize("call", CALLS)
def test_a_refused_connection(pauses: list[float], call: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    nobody = AtlassianHttp(f"http://127.0.0.1:{port}", "a@example.com", lambda fresh: "token")
    with pytest.raises(Unavailable, match="no answer"):
        CALLS[call](nobody, "1")
    assert len(pauses) == MAX_RETRIES, "nothing was sent, so even a POST may be tried again"


@claims(("slow drip", call) for call in CALLS)
@pytest.mark.parametrize("call", CALLS)
def test_a_slow_drip_is_waited_for(call: str) -> None:
    body = b'{"whole": true}'
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=_drip, args=(server, body), daemon=True).start()
        http = AtlassianHttp(
            f"http://127.0.0.1:{server.getsockname()[1]}", "a@example.com", lambda fresh: "token"
        )
        assert CALLS[call](http, "1") == {"whole": True}


def _drip(server: socket.socket, body: bytes) -> None:
    connection, _ = server.accept()
    with connection:
        connection.recv(65536)
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body)
        for byte in head[:20] + head[20:] + body:
            connection.sendall(bytes([byte]))
            threading.Event().wait(0.002)


def test_pauses_grow_and_differ_between_requests(
    http: AtlassianHttp, running: Running, pauses: list[float]
) -> None:
    running.site.faults.add(Fault("status", status=503, count=99))
    for _ in range(2):
        with pytest.raises(Unavailable):
            http.get("/rest/api/3/myself")
    first, second = pauses[:MAX_RETRIES], pauses[MAX_RETRIES:]
    for made in (first, second):
        assert all(0.4 * 2**n <= pause <= 0.8 * 2**n for n, pause in enumerate(made))
    assert set(first).isdisjoint(second)


def test_no_retry_comes_before_retry_after(
    http: AtlassianHttp, running: Running, pauses: list[float]
) -> None:
    running.site.faults.add(Fault("status", status=429, retry_after=7, count=2))
    assert http.get("/rest/api/3/myself")
    assert all(7 <= pause <= 8 for pause in pauses)
    assert len(set(pauses)) == 2, "with jitter, so that not all come back at once"


def test_an_unreadable_retry_after_is_ignored(
    http: AtlassianHttp, running: Running, pauses: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    running.site.faults.add(Fault("status", status=503, retry_after=0, count=1))
    running.site.faults.add(Fault("status", status=429, count=1))
    assert http.get("/rest/api/3/myself")
    assert len(pauses) == 2
    assert max(pauses) < 2


@pytest.mark.parametrize(("call", "asked"), [(CREATE, 2), (CREATE, None), (NEW_PAGE, 2)])
def test_a_rate_limited_post_is_retried(
    http: AtlassianHttp,
    running: Running,
    pauses: list[float],
    monkeypatch: pytest.MonkeyPatch,
    call: str,
    asked: float | None,
) -> None:
    # A request that an earlier test abandoned may still create its page.
    monkeypatch.setitem(NEW, "title", "Created after a limit")
    running.site.faults.add(Fault("status", status=429, retry_after=asked, count=2))
    assert CALLS[call](http, "")
    assert len(pauses) == 2
    assert min(pauses) >= (asked or 0.4)


@pytest.mark.parametrize(
    ("fault", "asked"),
    [
        (Fault("status", status=429, retry_after=600), 600),
        (Fault("status", status=503, retry_after=5), 5),
        (Fault("status", status=503), 0),
        (Fault("status", status=500), 0),
        (Fault("status", status=504), SETTLE_SECONDS),
        (Fault("drop"), SETTLE_SECONDS),
    ],
)
def test_an_unrepeated_post_says_when_it_may_be_retried(
    http: AtlassianHttp, running: Running, pauses: list[float], fault: Fault, asked: float
) -> None:
    """Without an answer it may still take effect later; only then can its mark be found."""
    running.site.faults.add(replace(fault, count=1))
    with pytest.raises(Unavailable) as raised:
        CALLS[CREATE](http, "")
    assert (raised.value.retry_after, pauses) == (asked, [])


def test_no_pause_outlasts_the_invocation(http: AtlassianHttp, running: Running, pauses: list[float]) -> None:
    running.site.faults.add(Fault("status", status=429, retry_after=9, count=1))
    with within_deadline(8), pytest.raises(Unavailable) as raised:
        http.get("/rest/api/3/myself")
    assert (raised.value.retry_after, pauses) == (9, [])


@pytest.mark.parametrize("named", ["soon", "-5", "", "1.5"])
def test_an_unreadable_pause_is_none(named: str) -> None:
    assert retry_after_seconds({"Retry-After": named}) == 0


def test_a_pause_may_be_named_as_a_date() -> None:
    at = formatdate(time.time() + 90, usegmt=True)
    assert 85 <= retry_after_seconds({"Retry-After": at}) <= 90
