"""Certificates of Jira and Confluence are verified, by one TLS context for all clients of a process."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import trustme

from common.atlassian import http_client
from common.atlassian.errors import Unavailable
from common.atlassian.http_client import AtlassianHttp


class Answering(BaseHTTPRequestHandler):
    """Answers each request with a JSON object; an idle connection ends after a second."""

    protocol_version = "HTTP/1.1"
    timeout = 1
    connections: int = 0

    def setup(self) -> None:
        type(self).connections += 1
        super().setup()

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")


@contextmanager
def serving(host: str, authority: Path) -> Iterator[str]:
    """Serve with a certificate for a host, of a new authority that is written to a file; yield the URL."""
    issuer = trustme.CA()
    issuer.cert_pem.write_to_path(authority)
    http_client._connections.cache_clear()
    Answering.connections = 0
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    issuer.issue_cert(host).configure_cert(context)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"https://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        http_client._connections.cache_clear()


@pytest.fixture
def authority(tmp_path: Path) -> Path:
    return tmp_path / "authority.pem"


def client(url: str) -> AtlassianHttp:
    return AtlassianHttp(url, "kinexus@example.com", lambda fresh: "token")


def test_a_certificate_of_an_unknown_authority_is_refused(authority: Path) -> None:
    with serving("127.0.0.1", authority) as url, pytest.raises(Unavailable, match="SSL"):
        client(url).get("/rest/api/3/myself")


def test_a_certificate_for_another_host_is_refused(authority: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("certifi.where", lambda: str(authority))
    with serving("example.com", authority) as url, pytest.raises(Unavailable, match="SSL"):
        client(url).get("/rest/api/3/myself")


def test_two_clients_of_one_site_share_a_connection(authority: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("certifi.where", lambda: str(authority))
    with serving("127.0.0.1", authority) as url:
        for _ in range(2):
            assert client(url).get("/rest/api/3/myself") == {}
    assert Answering.connections == 1
