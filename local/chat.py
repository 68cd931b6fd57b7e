"""A double of a chat service's incoming webhook, with the answers that Slack documents.

https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
"""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from werkzeug.serving import BaseWSGIServer, make_server
from werkzeug.wrappers import Request, Response

from local.bedrock.server import Silent

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

PATH = "/services/T00000000/B00000000/local"
"""Path of the one webhook; its last part is the secret."""


@dataclass
class Channel:
    """What the channel has received, oldest first."""

    messages: list[dict[str, Any]] = field(default_factory=list)

    @property
    def texts(self) -> list[str]:
        """Return the texts of the messages."""
        return [str(message["text"]) for message in self.messages]


def application(channel: Channel) -> WSGIApplication:
    """Return the webhook's WSGI application."""

    @Request.application
    def answered(request: Request) -> Response:
        status, text = _receive(channel, request)
        return Response(text, status, content_type="text/html")

    return answered


def _receive(channel: Channel, request: Request) -> tuple[int, str]:
    if request.path != PATH:
        return 404, "no_service"
    if request.method != "POST":
        return 405, "method_not_allowed"
    try:
        message = json.loads(request.get_data())
    except ValueError:
        return 400, "invalid_payload"
    if not isinstance(message, dict):
        return 400, "invalid_payload"
    if not isinstance(message.get("text"), str) or not message["text"].strip():
        return 400, "no_text"
    channel.messages.append(message)
    return 200, "ok"


@dataclass
class RunningChat:
    """The running server, on its own thread."""

    url: str
    channel: Channel
    _server: BaseWSGIServer
    _thread: threading.Thread

    def stop(self) -> None:
        """Stop serving; safe to call twice."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def serve() -> RunningChat:
    """Serve on loopback, on a free port, until stopped; ``url`` is that of the webhook."""
    channel = Channel()
    server = make_server("127.0.0.1", 0, application(channel), threaded=True, request_handler=Silent)
    thread = threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.05}, name="chat", daemon=True
    )
    thread.start()
    return RunningChat(f"http://127.0.0.1:{server.port}{PATH}", channel, server, thread)
