"""HTTP server of a simulated site, on a loopback port."""

import socket
import threading
from dataclasses import dataclass

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from local.atlassian.app import application
from local.atlassian.site import Site


class _QuietHandler(WSGIRequestHandler):
    """Keeps connections open, sends small answers at once, and leaves logging to the site."""

    protocol_version = "HTTP/1.1"

    def setup(self) -> None:
        super().setup()
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def log(self, type: str, message: str, *args: object) -> None:
        """Log nothing: the site keeps its own request log."""


@dataclass
class Running:
    """A running server of a site; `url` has no slash at its end."""

    url: str
    site: Site
    _server: BaseWSGIServer
    _thread: threading.Thread

    def stop(self) -> None:
        """Stop the server and webhook deliveries."""
        self._server.shutdown()
        self._thread.join(timeout=5)
        self._server.server_close()
        self.site.close()

    def __enter__(self) -> "Running":
        return self

    def __exit__(self, *exc: object) -> None:
        self.stop()


def serve(site: Site, port: int = 0, host: str = "127.0.0.1") -> Running:
    """Serve a site from a thread; port 0 picks a free port. Sets the site's `base_url`."""
    server = make_server(host, port, application(site), threaded=True, request_handler=_QuietHandler)
    server.daemon_threads = True  # type: ignore[attr-defined]
    site.base_url = f"http://{host}:{server.server_port}"
    thread = threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.05}, name="atlassian", daemon=True
    )
    thread.start()
    return Running(site.base_url, site, server, thread)
