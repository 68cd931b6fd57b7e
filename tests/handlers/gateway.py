"""API Gateway's part in one process: HTTP requests become the events that the functions get, and back.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

Handle = Callable[[dict[str, Any], Any], dict[str, Any]]


@dataclass
class Gateway:
    """Serves routes on loopback; ``answers`` keeps (path, status code, body) of each answer."""

    routes: dict[str, Handle]
    answers: list[tuple[str, int, str]] = field(default_factory=list)

    def start(self) -> Gateway:
        """Serve from a thread on a free port."""
        self._server = make_server("127.0.0.1", 0, self._application, threaded=True)
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )
        self._thread.start()
        return self

    def stop(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._thread.join(timeout=5)

    @property
    def url(self) -> str:
        """The address, without a slash at its end."""
        return f"http://127.0.0.1:{self._server.server_port}"

    @Request.application
    def _application(self, request: Request) -> Response:
        parts = request.path.strip("/").split("/")
        handle = self.routes.get("/" + "/".join(parts[:2])) or self.routes["/" + parts[0]]
        names = ("document_id", "revision")
        event = {
            "version": "2.0",
            "rawPath": request.path,
            "headers": {name.lower(): value for name, value in request.headers.items()},
            "queryStringParameters": dict(request.args),
            "pathParameters": dict(zip(names, parts[1:], strict=False)),
            "body": request.get_data(as_text=True),
            "isBase64Encoded": False,
        }
        answer = handle(event, None)
        self.answers.append((request.path, answer["statusCode"], answer["body"]))
        return Response(answer["body"], answer["statusCode"], answer["headers"])
