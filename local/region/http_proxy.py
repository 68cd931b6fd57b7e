"""A plain HTTP proxy for the region's HTTP APIs, so a browser and the simulator need no certificate.

AWS serves `https://{api}.execute-api.{region}.amazonaws.com/{stage}/…`; here the same API answers at
`http://127.0.0.1:{port}/{api}/{stage}/…`. Bytes pass unchanged both ways. Like API Gateway, the proxy refuses bodies
above 10 MB with 413.
"""

import json
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import urllib3
from werkzeug.datastructures import Headers
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

LARGEST_BODY = 10 * 1024 * 1024
_OWN = {"connection", "keep-alive", "transfer-encoding", "te", "upgrade", "content-length"}


@dataclass
class Proxy:
    """The running proxy, served from its own thread."""

    url: str
    _server: BaseWSGIServer
    _thread: threading.Thread

    def api_url(self, api: str) -> str:
        """Return the base URL of an API, to which the stage is appended."""
        return f"{self.url}/{api}"

    def close(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def open_proxy(ministack: str, ca_bundle: Path, port: int = 0) -> Proxy:
    """Proxy a loopback port (0 picks a free one) to MiniStack's /_aws/execute-api; `ministack` is MiniStack's URL."""
    pool = urllib3.PoolManager(maxsize=16, ca_certs=str(ca_bundle), retries=False, timeout=60)
    server = make_server(
        "127.0.0.1", port, _forwarding(ministack, pool), threaded=True, request_handler=_Silent
    )
    server.daemon_threads = True  # type: ignore[attr-defined]
    thread = threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.05}, name="api-proxy", daemon=True
    )
    thread.start()
    return Proxy(f"http://127.0.0.1:{server.server_port}", server, thread)


def _forwarding(ministack: str, pool: urllib3.PoolManager) -> "WSGIApplication":
    def application(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        request = Request(environ)
        if (request.content_length or 0) > LARGEST_BODY:
            return _message(413, "Request Entity Too Large")(environ, start_response)
        # The raw target is used, because a decoded path would lose the caller's escapes.
        target = environ.get("RAW_URI") or environ["REQUEST_URI"]
        headers = {name: value for name, value in request.headers.items() if name.lower() not in _OWN}
        try:
            answer = pool.request(
                request.method,
                f"{ministack}/_aws/execute-api{target}",
                body=request.get_data(),
                headers=headers,
                redirect=False,
                decode_content=False,
            )
        except urllib3.exceptions.HTTPError as error:
            return _message(503, f"Service Unavailable: {error}")(environ, start_response)
        kept = Headers([(name, value) for name, value in answer.headers.items() if name.lower() not in _OWN])
        return Response(answer.data, status=answer.status, headers=kept)(environ, start_response)

    return application


def _message(status: int, text: str) -> Response:
    return Response(json.dumps({"message": text}), status, content_type="application/json")


class _Silent(WSGIRequestHandler):
    """Keeps connections open and logs nothing."""

    protocol_version = "HTTP/1.1"

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Log nothing."""
