"""The stand-in on the wire: `POST /function/{name}/model/{id}/converse`, and `/model/{id}/converse`.

A function reaches it through AWS_ENDPOINT_URL_BEDROCK_RUNTIME, which ends in the function's own name; so the
stand-in knows whose role asks. Errors have the shape of AWS's REST-JSON protocol.
"""

import json
import re
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from local.bedrock.nova import Refused
from local.bedrock.standin import StandIn

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

_CONVERSE = re.compile(r"(?:/function/(?P<function>[^/]+))?/model/(?P<model>.+)/converse")
_SIGNED = re.compile(r"AWS4-HMAC-SHA256 Credential=[^/]+/\d{8}/[a-z0-9-]+/bedrock/aws4_request")


@dataclass
class Running:
    """A server on a thread of its own."""

    url: str
    _server: BaseWSGIServer
    _thread: threading.Thread

    def stop(self) -> None:
        """Stop serving; safe to call twice."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def serve(stand_in: StandIn, port: int = 0) -> Running:
    """Serve on loopback, on a free port unless one is given, until stopped."""
    server = make_server("127.0.0.1", port, _application(stand_in), threaded=True, request_handler=_Silent)
    thread = threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.05}, name="bedrock-stand-in", daemon=True
    )
    thread.start()
    return Running(f"http://127.0.0.1:{server.port}", server, thread)


def _application(stand_in: StandIn) -> "WSGIApplication":
    @Request.application
    def application(request: Request) -> Response:
        try:
            return _json(200, _answer(stand_in, request))
        except Refused as refused:
            return _json(refused.status, {"message": refused.message}, {"x-amzn-ErrorType": refused.kind})

    return application


def _answer(stand_in: StandIn, request: Request) -> dict[str, object]:
    if request.path == "/faults" and request.method == "POST":
        return _faults(stand_in, request)
    # Werkzeug decodes the path once; botocore escapes the colon and an ARN's slashes, which that undoes.
    route = _CONVERSE.fullmatch(request.path)
    if route is None or request.method != "POST":
        raise Refused("UnknownOperationException", 404, f"{request.method} {request.path} is not served here")
    if not _SIGNED.match(request.headers.get("Authorization", "")):
        raise Refused("MissingAuthenticationTokenException", 403, "Missing Authentication Token")
    try:
        body = json.loads(request.get_data())
    except ValueError as error:
        raise Refused("SerializationException", 400, f"The body is not JSON: {error}") from error
    return stand_in.answer(unquote(route["function"] or ""), route["model"], body)


def _faults(stand_in: StandIn, request: Request) -> dict[str, object]:
    wanted = json.loads(request.get_data())
    try:
        stand_in.fail_next(wanted["fault"], int(wanted.get("times", 1)))
    except (KeyError, ValueError) as error:
        raise Refused("ValidationException", 400, str(error)) from error
    return {"fault": wanted["fault"]}


def _json(status: int, body: object, headers: dict[str, str] | None = None) -> Response:
    return Response(json.dumps(body), status=status, headers=headers, content_type="application/json")


class _Silent(WSGIRequestHandler):
    """Answers without a line on standard error per request, and keeps connections open."""

    protocol_version = "HTTP/1.1"

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""
