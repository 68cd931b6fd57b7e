"""API Gateway in one process: HTTP requests become Lambda events, and results become responses.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Request, Response

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

Handle = Callable[[dict[str, Any], Any], dict[str, Any]]
#: Content types whose bodies arrive as text; all others arrive in base64.
TEXT = ("text/", "application/json", "application/javascript", "application/xml")


@dataclass
class Gateway:
    """Serves routes at ``url``, without a slash at its end; ``answers`` keeps (path, status code, body) of each answer."""

    routes: dict[str, Handle]
    url: str = ""
    answers: list[tuple[str, int, str]] = field(default_factory=list)

    def application(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one WSGI request; a request without a route reaches no function."""
        return Request.application(self._answer)(environ, start_response)

    def _answer(self, request: Request) -> Response:
        handle, named = self._route(request)
        if handle is None:
            return Response('{"message":"Not Found"}', 404, content_type="application/json")
        raw = request.get_data()
        is_text = request.mimetype.startswith(TEXT) or not request.mimetype
        event = {
            "version": "2.0",
            "rawPath": request.path,
            "headers": {name.lower(): value for name, value in request.headers.items()},
            "body": raw.decode("utf-8", "replace") if is_text else base64.b64encode(raw).decode(),
            "isBase64Encoded": not is_text,
        }
        if request.args:
            event["queryStringParameters"] = {name: ",".join(values) for name, values in request.args.lists()}
        if named:
            event["pathParameters"] = named
        # Lambda's runtime and API Gateway exchange JSON.
        answer = json.loads(json.dumps(handle(json.loads(json.dumps(event)), None)))
        self.answers.append((request.path, answer["statusCode"], answer["body"]))
        return Response(answer["body"], answer["statusCode"], answer["headers"])

    def _route(self, request: Request) -> tuple[Handle | None, dict[str, str]]:
        parts = request.path.strip("/").split("/")
        if request.method == "POST":
            return self.routes.get(request.path), {}
        if request.method == "GET" and len(parts) == 3 and all(parts):
            return self.routes.get("/" + parts[0]), {"document_id": parts[1], "revision": parts[2]}
        return None, {}
