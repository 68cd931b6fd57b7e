"""Numbers every call that leaves the process, so the process can die at one of them or wait there.

The hooks are below the handlers: the calls of boto3's clients for AWS, botocore's event system for the model, requests'
transport for Jira and Confluence. Behind them the doubles of AWS, the simulator and the model stand-in answer in this
process, without a socket.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import SimpleNamespace
from typing import Any, TypeVar
from urllib.parse import unquote, urlsplit

import boto3
import botocore.endpoint
import requests
from botocore.awsrequest import AWSResponse
from botocore.client import BaseClient
from botocore.compat import HTTPHeaders
from botocore.exceptions import ClientError, ConnectionClosedError
from moto.core.botocore_stubber import MockRawResponse
from requests.adapters import HTTPAdapter

from common.aws.clients import MAX_ATTEMPTS
from local.atlassian import Site
from local.atlassian.in_process import SiteAdapter
from local.bedrock import StandIn
from local.bedrock.nova import BedrockError
from tests.doubles import Region

T = TypeVar("T")
_CONVERSE = re.compile(r"/model/(?P<model>.+)/converse")


class Died(BaseException):
    """The process ends here; as with a kill, no ``except Exception`` catches it."""


class Form(StrEnum):
    """How a call can break. In the first three the process dies; in the last it lives, but the answer is lost."""

    BEFORE = "before"
    UNANSWERED = "unanswered"
    AFTER = "after"
    LOST = "lost"


@dataclass(frozen=True)
class Plan:
    """What happens at which call (counted from 1) of an invocation."""

    number: int
    form: Form


@dataclass
class Boundary:
    """The calls of the current invocation. ``turn`` is called before each; an interleaving waits there.

    ``effective`` are those that took effect, with or without an answer.
    """

    plan: Plan | None = None
    watching: bool = False
    calls: list[str] = field(default_factory=list)
    effective: list[str] = field(default_factory=list)
    turn: Callable[[], None] = lambda: None
    _dying: bool = False

    def begin(self, plan: Plan | None) -> None:
        """Start counting."""
        self.plan, self.calls, self.effective, self.watching, self._dying = plan, [], [], True, False

    def end(self) -> list[str]:
        """Stop counting; return the names of the calls that were made."""
        self.watching = False
        return self.calls

    def cross(self, name: str, serve: Callable[[], T], lose: Callable[[], T]) -> T:
        """Make a call; ``lose`` is what the client does if no answer arrives."""
        if not self.watching:
            return serve()
        self.turn()
        self.calls.append(name)
        form = self.plan.form if self.plan and self.plan.number == len(self.calls) else None
        if form is Form.BEFORE:
            raise Died(name)
        answer = serve()
        self.effective.append(name)
        if form is Form.UNANSWERED:
            raise Died(name)
        if form is Form.LOST:
            return lose()
        self._dying = form is Form.AFTER
        return answer

    def answered(self) -> None:
        """The client has read the answer."""
        if self.watching and self._dying:
            self._dying = False
            raise Died("after the answer")


def install(boundary: Boundary, site: Site, model: StandIn, region: Region) -> None:
    """Install the boundary around everything that leaves this process, permanently."""
    _around_aws(boundary, region)
    _around_model(boundary, model)
    _around_atlassian(boundary, site)


def _around_aws(boundary: Boundary, region: Region) -> None:
    over_http: Callable[..., Any] = BaseClient._make_api_call  # type: ignore[attr-defined]  # botocore's stubs leave it out

    def called(self: BaseClient, operation: str, given: Mapping[str, Any]) -> Any:
        service: str = self.meta.service_model.service_id.hyphenize()
        if service == "bedrock-runtime":
            return over_http(self, operation, given)

        def serve() -> tuple[Any, ClientError | None]:
            try:
                return region.answer(self, operation, given), None
            except ClientError as error:
                return None, error

        def lose() -> tuple[Any, ClientError | None]:
            raise ConnectionClosedError(endpoint_url=self.meta.endpoint_url)

        answer, error = _retried(lambda: boundary.cross(f"{service}.{operation}", serve, lose))
        boundary.answered()
        if error:
            raise error
        return answer

    BaseClient._make_api_call = called  # type: ignore[attr-defined]


def _retried(attempt: Callable[[], T]) -> T:
    """Repeat a call whose answer was lost, as common.aws.clients configures botocore."""
    for _ in range(MAX_ATTEMPTS - 1):
        try:
            return attempt()
        except ConnectionClosedError:  # let go: the last attempt raises it
            continue
    return attempt()


def _around_model(boundary: Boundary, model: StandIn) -> None:
    def send(request: Any, event_name: str, **_: Any) -> AWSResponse | None:
        def serve() -> AWSResponse | None:
            return _converse(model, request)

        def lose() -> AWSResponse | None:
            raise ConnectionClosedError(endpoint_url=request.url)

        service, operation = event_name.split(".")[1:3]
        return boundary.cross(f"{service}.{operation}", serve, lose)

    boto3.setup_default_session(region_name="eu-central-1")
    assert boto3.DEFAULT_SESSION
    events: Any = boto3.DEFAULT_SESSION.events  # botocore's stubs know no listener that answers
    events.register_first("before-send.bedrock-runtime.*", send)
    events.register_last("after-call.bedrock-runtime.*", lambda **_: boundary.answered())
    botocore.endpoint.time = SimpleNamespace(sleep=lambda seconds: None)  # type: ignore[attr-defined]
    new: Callable[..., Any] = boto3.client
    clients: dict[tuple[str, ...], Any] = {}

    def client(service: str, **options: Any) -> Any:
        kind = service, *options
        if kind not in clients:
            clients[kind] = new(service, **options)
        return clients[kind]

    boto3.client = client  # type: ignore[assignment]


def _converse(model: StandIn, request: Any) -> AWSResponse:
    match = _CONVERSE.fullmatch(unquote(urlsplit(request.url).path))
    assert match, request.url
    try:
        status, headers = 200, {"content-type": "application/json"}
        body: object = model.answer("DocumentOrchestrator", match["model"], json.loads(request.body))
    except BedrockError as refused:
        status, body = refused.status, {"message": refused.message}
        headers = {"content-type": "application/json", "x-amzn-errortype": refused.kind}
    return AWSResponse(request.url, status, HTTPHeaders.from_dict(headers), MockRawResponse(json.dumps(body)))


def _around_atlassian(boundary: Boundary, site: Site) -> None:
    adapter = SiteAdapter(site)
    whole_send = requests.Session.send

    def send(_: HTTPAdapter, request: requests.PreparedRequest, **__: Any) -> requests.Response:
        def serve() -> requests.Response:
            return adapter.send(request)

        def lose() -> requests.Response:
            if request.method == "POST":
                raise requests.ConnectionError("the answer was lost")
            return serve()  # urllib3 retries it, as AtlassianHttp configures it

        return boundary.cross(f"{request.method} {urlsplit(str(request.url)).path}", serve, lose)

    def send_and_read(self: requests.Session, *arguments: Any, **options: Any) -> requests.Response:
        response = whole_send(self, *arguments, **options)
        boundary.answered()
        return response

    HTTPAdapter.send = send  # type: ignore[method-assign,assignment]
    requests.Session.send = send_and_read  # type: ignore[method-assign]
