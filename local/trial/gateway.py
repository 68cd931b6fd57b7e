"""The gateway between the functions and the real site: passes reads, answers writes itself.

The functions know only the gateway's address and a token that is made up for each run; without it, no request passes.
"""

import base64
import hmac
import json
import secrets
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import requests
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from local.trial.made_up_site import Answer, MadeUpSite
from local.trial.read_only_site import ReadOnlySite, is_read

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

#: Headers of the site's answers that the functions read.
_PASSED = ("Content-Type", "Retry-After", "X-RateLimit-Reset", "Location")
EMAIL = "trial@example.com"


@dataclass
class Gateway:
    """The WSGI application; `token` is what the functions log in with, as `EMAIL`."""

    site: ReadOnlySite
    made_up: MadeUpSite
    token: str = field(default_factory=lambda: secrets.token_hex(24), repr=False)

    def application(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer one WSGI request."""
        return Request.application(self._answer)(environ, start_response)

    def _answer(self, request: Request) -> Response:
        expected = "Basic " + base64.b64encode(f"{EMAIL}:{self.token}".encode()).decode()
        if not hmac.compare_digest(request.headers.get("Authorization", "").encode(), expected.encode()):
            return _json(401, {"message": "This gateway is only for the functions of this trial."})
        # The raw target is used, because a decoded path would lose the caller's escapes.
        target = str(
            request.environ.get("RAW_URI") or request.environ.get("REQUEST_URI") or request.full_path
        )
        path, _, query = target.partition("?")
        raw = request.get_data()
        body = _parsed(raw)
        if is_read(request.method, path):
            answer = self.made_up.read(request.method, path, body)
            return _json(*answer) if answer else self._passed(request.method, path, query, raw)
        if request.method in ("GET", "HEAD"):
            return _json(404, {"message": f"{path} is not passed to the site"})
        return _json(*self.made_up.write(request.method, path, body))

    def _passed(self, method: str, path: str, query: str, body: bytes) -> Response:
        query = self.made_up.with_real_issue(query) if "issueKey=" in query else query
        try:
            answer = self.site.send(method, f"{path}?{query}" if query else path, body)
        except requests.RequestException as error:
            return _json(503, {"message": f"The site gave no answer: {type(error).__name__}"})
        kept = {name: answer.headers[name] for name in _PASSED if name in answer.headers}
        return Response(answer.content, answer.status_code, kept)


@dataclass
class RunningGateway:
    """The running gateway, on its own thread."""

    url: str
    gateway: Gateway
    _server: BaseWSGIServer
    _thread: threading.Thread

    def stop(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def serve(gateway: Gateway) -> RunningGateway:
    """Serve on a free loopback port until stopped."""
    server = make_server("127.0.0.1", 0, gateway.application, threaded=True, request_handler=_Silent)
    server.daemon_threads = True  # type: ignore[attr-defined]
    thread = threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.05}, name="trial-gateway", daemon=True
    )
    thread.start()
    return RunningGateway(f"http://127.0.0.1:{server.server_port}", gateway, server, thread)


def _parsed(raw: bytes) -> Any:
    try:
        return json.loads(raw) if raw else None
    except (ValueError, RecursionError):
        return None


def _json(status: int, body: Answer | Any) -> Response:
    content = b"" if body is None else json.dumps(body).encode()
    return Response(content, status, content_type="application/json")


class _Silent(WSGIRequestHandler):
    """Keeps connections open and logs nothing."""

    protocol_version = "HTTP/1.1"

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Log nothing."""
