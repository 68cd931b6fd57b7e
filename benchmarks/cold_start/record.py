"""Records the first message of each function, and what AWS, Atlassian and the model answered: `-m … FILE`.

The story is played once on the doubles of AWS, the simulator and the stand-in: a ticket is edited
and closed, its draft is approved, the diff is opened, the sweep runs. Answers are kept as they would be on the wire.
"""

from __future__ import annotations

import base64
import io
import json
import os
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests
from botocore.awsrequest import AWSResponse
from botocore.response import StreamingBody

from handlers.review_page.handler import handle as show_review
from handlers.sweep.handler import handle as sweep_up
from stack.pipeline.functions import FUNCTIONS
from tests.crash import world as crash_world
from tests.crash.scenarios import TICKET
from tests.crash.world import Message, World
from tests.handlers import aws as ground
from tests.handlers.pipeline import reset_functions


@dataclass
class Answer:
    """An answer on the wire. `call` is the operation of AWS, or method and path; `body` is in base64."""

    call: str
    status: int
    headers: dict[str, str]
    body: str


@dataclass
class Case:
    """One function's first message: the event it gets, and the answers to its calls."""

    name: str
    function: str
    event: dict[str, Any]
    answers: list[Answer] = field(default_factory=list)


def record() -> tuple[list[Case], dict[str, str]]:
    """Play the story; return the cases, and the environment variables of the handlers."""
    world = crash_world.build()
    recorder = _Recorder(world)
    names = {
        "DocumentOrchestrator": "orchestrator",
        "ReviewTicketCreator": "review creator",
        "ApprovalHandler": "publishing",
        "/webhooks/approval": "approval webhook",
    }

    def called(message: Message) -> bool:
        name = names.pop(message.to, "")
        return recorder.called(name, message) if name else call(message)

    call, world.call_handler = world.call_handler, called  # type: ignore[method-assign]
    key = world.create_ticket(*TICKET, ["needs-docs"])
    names["/webhooks/jira"] = "ignored webhook"
    world.jira(
        "developer", "PUT", f"/rest/api/3/issue/{key}", {"fields": {"labels": ["needs-docs", "later"]}}
    )
    world.run()
    names["/webhooks/jira"] = "recorded webhook"
    world.finish(key)
    world.run()
    link = recorder.review_link(world.review_of(key))
    world.decide(world.review_of(key), "APPROVED")
    world.run()
    recorder.direct("review page", "ReviewPage", link, show_review)
    recorder.direct("sweep", "Sweep", {}, sweep_up)
    variables = {name for shape in FUNCTIONS for name in shape.variables}
    return recorder.cases, {name: os.environ[name] for name in variables if name in os.environ}


class _Recorder:
    """Keeps what crosses the boundary while a case is recorded."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.cases: list[Case] = []
        self._case: Case | None = None
        crossing = world.boundary.cross

        def cross(name: str, serve: Callable[[], Any], lose: Callable[[], Any]) -> Any:
            answer = crossing(name, serve, lose)
            if self._case is not None:
                self._case.answers.append(_on_the_wire(name, answer))
            return answer

        world.boundary.cross = cross  # type: ignore[method-assign]

    def called(self, name: str, message: Message) -> bool:
        """Let the world call the handler, which has just started, with a message, and record it."""
        function = {"/webhooks/jira": "JiraWebhookHandler", "/webhooks/approval": "ApprovalHandler"}.get(
            message.to, message.to
        )
        event = message.body if message.to.startswith("/") else ground.queue_event([message.body], 1)
        reset_functions()
        self._case = Case(name, function, event)
        try:
            return World.call_handler(self.world, message)
        finally:
            self.cases.append(self._case)
            self._case = None

    def direct(self, name: str, function: str, event: dict[str, Any], handle: Callable[..., Any]) -> None:
        """Call a handler that no message calls, and record it."""
        reset_functions()
        self._case = Case(name, function, event)
        self.world.boundary.begin(None)
        handle(event, ground.Context("recorded"))
        self.world.boundary.end()
        self.cases.append(self._case)
        self._case = None

    def review_link(self, review: str) -> dict[str, Any]:
        """Return the request of a person who opens the diff of a review."""
        found = json.dumps(self.world.jira("reviewer", "GET", f"/rest/api/3/issue/{review}"))
        url = found[found.index("http://gateway.test/reviews/") :].partition('"')[0]
        _, _, document_id, revision = urlsplit(url).path.split("/")
        return {
            "pathParameters": {"document_id": document_id, "revision": revision},
            "queryStringParameters": {
                name: value[0] for name, value in parse_qs(urlsplit(url).query).items()
            },
        }


def _on_the_wire(name: str, answer: Any) -> Answer:
    if isinstance(answer, requests.Response):
        kind = {"Content-Type": answer.headers.get("Content-Type", "application/json")}
        return _answer(name, answer.status_code, kind, answer.content)
    if isinstance(answer, AWSResponse):
        return _answer("Converse", answer.status_code, {"Content-Type": "application/json"}, answer.content)
    parsed, error = answer
    service, operation = name.split(".")
    if error is not None:
        code, status = error.response["Error"]["Code"], error.response["ResponseMetadata"]["HTTPStatusCode"]
        text = f"<Error><Code>{code}</Code></Error>" if service == "s3" else json.dumps({"__type": code})
        return _answer(operation, status, {}, text.encode())
    if service == "s3":
        body = b""
        if "Body" in parsed:
            body = parsed["Body"].read()
            parsed["Body"] = StreamingBody(io.BytesIO(body), len(body))
        return _answer(operation, 200, {"ETag": parsed.get("ETag", '"e"')}, body)
    content = {key: value for key, value in parsed.items() if key != "ResponseMetadata"}
    kind = {"Content-Type": "application/x-amz-json-1.0"}
    return _answer(operation, 200, kind, json.dumps(content, default=_plain).encode())


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.timestamp()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    raise TypeError(f"{type(value)} is not recorded")


def _answer(call: str, status: int, headers: dict[str, str], body: bytes) -> Answer:
    return Answer(call, status, headers, base64.b64encode(body).decode())


if __name__ == "__main__":
    cases, environment = record()
    Path(sys.argv[1]).write_text(
        json.dumps({"cases": [asdict(each) for each in cases], "environment": environment}, default=str)
    )
