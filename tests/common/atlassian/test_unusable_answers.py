"""Unusable answers of Jira or Confluence: a redirect and a body that is not JSON are errors, never an empty result.

Over real sockets, with answers written byte for byte that the simulator would not send.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator

import pytest

from common.atlassian.http_client import AtlassianHttp, Unavailable

CALLS: dict[str, Callable[[AtlassianHttp], object]] = {
    "read": lambda http: http.get("/rest/api/3/issue/PAY-1"),
    "write": lambda http: http.put("/wiki/api/v2/pages/1", {}),
    "create": lambda http: http.post("/rest/api/3/issue", {}),
}
MOVED = "Location: https://newname.example.net/login?token=s3cret\r\n"


class FixedAnswer:
    """A service that gives every request the same answer."""

    def __init__(self) -> None:
        self._server = socket.create_server(("127.0.0.1", 0))
        self.answer = b""
        self.url = f"http://127.0.0.1:{self._server.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def fixed_answer(self, status: str, body: str = "", headers: str = "") -> AtlassianHttp:
        self.answer = f"HTTP/1.1 {status}\r\n{headers}Content-Length: {len(body)}\r\nConnection: close\r\n\r\n{body}".encode()
        return AtlassianHttp(self.url, "kinexus@example.com", lambda fresh: "token")

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._server.accept()
            except OSError:
                return
            with connection:
                connection.recv(65536)
                connection.sendall(self.answer)

    def close(self) -> None:
        self._server.close()


@pytest.fixture
def service() -> Iterator[FixedAnswer]:
    service = FixedAnswer()
    yield service
    service.close()


@pytest.mark.parametrize("status", ["301 Moved Permanently", "302 Found", "307 Temporary Redirect"])
@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_a_redirect_is_an_error_that_names_its_target(
    service: FixedAnswer, call: Callable[[AtlassianHttp], object], status: str
) -> None:
    with pytest.raises(Unavailable, match=r"newname\.example\.net") as raised:
        call(service.fixed_answer(status, headers=MOVED))
    assert "s3cret" not in str(raised.value), "only the host"


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_an_empty_body_where_json_is_expected_is_an_error(
    service: FixedAnswer, call: Callable[[AtlassianHttp], object]
) -> None:
    with pytest.raises(Unavailable, match="not JSON"):
        call(service.fixed_answer("200 OK"))


def test_json_nested_too_deeply_is_an_error(service: FixedAnswer) -> None:
    with pytest.raises(Unavailable, match="not JSON"):
        service.fixed_answer("200 OK", "[" * 100_000 + "]" * 100_000).get("/rest/api/3/myself")


def test_where_an_empty_answer_is_allowed_redirects_and_html_fail(service: FixedAnswer) -> None:
    path = "/rest/api/3/issue/PAY-1/transitions"
    for empty in ("", "{}"):
        service.fixed_answer("200 OK", empty).do("POST", path, {})
    with pytest.raises(Unavailable, match="redirected"):
        service.fixed_answer("302 Found", headers=MOVED).do("POST", path, {})
    with pytest.raises(Unavailable, match="not JSON"):
        service.fixed_answer("200 OK", "<p>Please log in.</p>").do("POST", path, {})
