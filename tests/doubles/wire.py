"""Requests served in this process, without a socket: addresses of the simulators lead to their WSGI applications.

The seam is urllib3's connection pool, below requests and botocore, so that their retries, time-outs and errors are real.
What a socket alone can show (answers byte by byte, a host that does not answer) is tested over sockets, in tests/faults.
"""

from __future__ import annotations

import io
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes, urlsplit

import pytest
from urllib3 import HTTPHeaderDict, HTTPResponse
from urllib3.connectionpool import HTTPConnectionPool
from urllib3.exceptions import ProtocolError, ReadTimeoutError
from urllib3.util import Timeout

from local.atlassian.fault_injection import ConnectionDropped

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


class Wire:
    """The applications by their port on 127.0.0.1."""

    def __init__(self) -> None:
        self._applications: dict[int, WSGIApplication] = {}

    def connect(self, monkeypatch: pytest.MonkeyPatch) -> Wire:
        """Serve requests to known addresses from here; all others go over sockets."""
        over_sockets: Callable[..., Any] = HTTPConnectionPool._make_request
        applications = self._applications

        def made(
            pool: HTTPConnectionPool, conn: Any, method: str, url: str, *rest: Any, **options: Any
        ) -> Any:
            application = applications.get(pool.port or 0) if pool.host == "127.0.0.1" else None
            if application is None:
                return over_sockets(pool, conn, method, url, *rest, **options)
            return _served(application, pool, method, url, **options)

        monkeypatch.setattr(HTTPConnectionPool, "_make_request", made)
        return self

    def serve(self, port: int, application: WSGIApplication) -> str:
        """Serve an application; return its address, without a slash at its end.

        Use ports that nothing listens on (1, 2, …), the same for each test, so that clients can be cached.
        """
        self._applications[port] = application
        return f"http://127.0.0.1:{port}"


def _served(
    application: WSGIApplication,
    pool: HTTPConnectionPool,
    method: str,
    url: str,
    *,
    body: Any = None,
    headers: Mapping[str, str] | None = None,
    timeout: Any = None,
    retries: Any = None,
    response_conn: Any = None,
    preload_content: bool = True,
    decode_content: bool = True,
    **_: Any,
) -> HTTPResponse:
    given = body if body is not None else b""
    data = (
        given.encode()
        if isinstance(given, str)
        else given
        if isinstance(given, bytes)
        else bytes(given.read())
    )
    limit = timeout.read_timeout if isinstance(timeout, Timeout) else None
    started = time.monotonic()
    try:
        status, answered, content = call(application, pool.port or 0, method, url, headers or {}, data)
    except ConnectionDropped as error:
        if isinstance(limit, int | float) and time.monotonic() - started >= limit:
            raise _timed_out(pool, url, limit) from error
        raise ProtocolError("Connection aborted.", ConnectionResetError(104, "dropped")) from error
    if isinstance(limit, int | float) and time.monotonic() - started >= limit:
        raise _timed_out(pool, url, limit)
    return HTTPResponse(
        body=io.BytesIO(content),
        headers=HTTPHeaderDict(answered),
        status=int(status.split()[0]),
        reason=status.partition(" ")[2],
        version=11,
        preload_content=preload_content,
        decode_content=decode_content,
        pool=pool,
        connection=response_conn,
        retries=retries,
        request_method=method,
        request_url=url,
    )


def _timed_out(pool: HTTPConnectionPool, url: str, limit: float) -> ReadTimeoutError:
    return ReadTimeoutError(pool, url, f"Read timed out. (read timeout={limit})")


def call(
    application: WSGIApplication, port: int, method: str, url: str, headers: Mapping[str, str], body: bytes
) -> tuple[str, list[tuple[str, str]], bytes]:
    """Call a WSGI application with one request; return its status line, headers and body."""
    target = urlsplit(url)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(target.path).decode("latin-1"),
        "QUERY_STRING": target.query,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": str(port),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "REQUEST_URI": url,
        "RAW_URI": url,
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in headers.items():
        text = value.decode("latin-1") if isinstance(value, bytes) else str(value)
        key = name.upper().replace("-", "_")
        if key == "CONTENT_TYPE":
            environ[key] = text
        elif key != "CONTENT_LENGTH":
            environ[f"HTTP_{key}"] = text
    environ.setdefault("HTTP_HOST", f"127.0.0.1:{port}")
    answered: list[Any] = []

    def start_response(
        status: str, fields: list[tuple[str, str]], _info: object = None
    ) -> Callable[[bytes], object]:
        answered[:] = [status, fields]
        return lambda chunk: None

    chunks: Iterable[bytes] = application(environ, start_response)
    content = b"".join(chunks)
    if hasattr(chunks, "close"):
        chunks.close()
    status, fields = answered
    return status, fields, b"" if method == "HEAD" else content
