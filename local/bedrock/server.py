"""HTTP server of the stand-in: `POST /function/{name}/model/{id}/converse`, and `/model/{id}/converse`.

`GET /foundation-models/{id}` answers as the service `bedrock` does.

A function's AWS_ENDPOINT_URL_BEDROCK_RUNTIME ends in the function's name, so the stand-in knows which role calls.
Errors have the shape of AWS's REST-JSON protocol.
"""

import json
import re
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from local.bedrock.nova import BedrockError
from local.bedrock.standin import StandIn

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

_CONVERSE = re.compile(r"(?:/function/(?P<function>[^/]+))?/model/(?P<model>.+)/converse")
_SIGNED = re.compile(r"AWS4-HMAC-SHA256 Credential=[^/]+/\d{8}/[a-z0-9-]+/bedrock/aws4_request")


@dataclass
class RunningStandIn:
    """The running server, on its own thread."""

    url: str
    _server: BaseWSGIServer
    _thread: threading.Thread

    def stop(self) -> None:
        """Stop serving; safe to call twice."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def serve(stand_in: StandIn, port: int = 0) -> RunningStandIn:
    """Serve on loopback, on a free port unless one is given, until stopped."""
    server = make_server("127.0.0.1", port, application(stand_in), threaded=True, request_handler=Silent)
    thread = threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.05}, name="bedrock-stand-in", daemon=True
    )
    thread.start()
    return RunningStandIn(f"http://127.0.0.1:{server.port}", server, thread)


def application(stand_in: StandIn) -> "WSGIApplication":
    """Return the stand-in's WSGI application."""

    @Request.application
    def answered(request: Request) -> Response:
        try:
            return _json(200, _answer(stand_in, request))
        except BedrockError as refused:
            return _json(refused.status, {"message": refused.message}, {"x-amzn-ErrorType": refused.kind})

    return answered


def _answer(stand_in: StandIn, request: Request) -> dict[str, object]:
    if request.path == "/faults" and request.method == "POST":
        return _faults(stand_in, request)
    if request.method == "GET" and request.path == "/":
        return {"service": "Bedrock stand-in", "operations": ["Converse", "GetFoundationModel"]}
    if request.method == "GET" and request.path.startswith("/foundation-models/"):
        return stand_in.foundation_model(unquote(request.path.removeprefix("/foundation-models/")))
    # botocore escapes the colon and the slashes of an ARN; Werkzeug has already decoded the path once.
    route = _CONVERSE.fullmatch(request.path)
    if route is None or request.method != "POST":
        raise BedrockError(
            "UnknownOperationException", 404, f"{request.method} {request.path} is not served here"
        )
    if not _SIGNED.match(request.headers.get("Authorization", "")):
        raise BedrockError("MissingAuthenticationTokenException", 403, "Missing Authentication Token")
    try:
        body = json.loads(request.get_data())
    except ValueError as error:
        raise BedrockError("SerializationException", 400, f"The body is not JSON: {error}") from error
    return stand_in.answer(unquote(route["function"] or ""), route["model"], body)


def _faults(stand_in: StandIn, request: Request) -> dict[str, object]:
    wanted = json.loads(request.get_data())
    try:
        stand_in.fail_next(wanted["fault"], int(wanted.get("times", 1)))
    except (KeyError, ValueError) as error:
        raise BedrockError("ValidationException", 400, str(error)) from error
    return {"fault": wanted["fault"]}


def _json(status: int, body: object, headers: dict[str, str] | None = None) -> Response:
    return Response(json.dumps(body), status=status, headers=headers, content_type="application/json")


class Silent(WSGIRequestHandler):
    """Keeps connections open and logs nothing."""

    protocol_version = "HTTP/1.1"

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Log nothing."""
