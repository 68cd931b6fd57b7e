"""A small server of our own that speaks the protocol of OpenAI's chat completions, for the tests of `--model-url`.

It refuses requests that such servers refuse. Answers are queued, or made by the rules of the stand-in.
https://platform.openai.com/docs/api-reference/chat
"""

import json
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from local.bedrock import StandIn

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

MODEL = "qwen2.5:7b"
NOVA = "amazon.nova-lite-v1:0"
Json = dict[str, Any]


def completion(
    *calls: tuple[str, Any], text: str | None = None, reason: str = "", usage: tuple[int, int] = (100, 20)
) -> Json:
    """Return a chat completion; a call is a tool's name and its arguments, as text or as an object."""
    made = [
        {"id": f"call_{number}", "type": "function", "function": {"name": name, "arguments": given}}
        for number, (name, given) in enumerate(calls)
    ]
    message: Json = {"role": "assistant", "content": text, **({"tool_calls": made} if made else {})}
    finish = reason or ("tool_calls" if calls else "stop")
    return {
        "id": "chatcmpl-1", "object": "chat.completion", "model": MODEL,
        "choices": [{"index": 0, "message": message, "finish_reason": finish}],
        "usage": {"prompt_tokens": usage[0], "completion_tokens": usage[1], "total_tokens": sum(usage)},
    }  # fmt: skip


@dataclass
class ChatServer:
    """The server's state: what it was asked, what it answers next, and how it differs from OpenAI's own.

    `answers` are bodies (status 200) or pairs of status and body. `refuses` maps a field of a request to the message
    with which the server refuses it.
    """

    url: str = ""
    key: str = ""
    models: list[str] | None = field(default_factory=lambda: [MODEL])
    ignores_tool_choice: bool = False
    refuses: dict[str, str] = field(default_factory=dict)
    answers: deque[Any] = field(default_factory=deque)
    asked: list[Json] = field(default_factory=list)
    hold: threading.Event = field(default_factory=threading.Event)
    stand_in: StandIn = field(default_factory=StandIn)

    def __post_init__(self) -> None:
        self.hold.set()

    def application(self) -> "WSGIApplication":
        """Return the WSGI application."""
        return Request.application(self._answer)

    def _answer(self, request: Request) -> Response:
        if self.key and request.headers.get("Authorization") != f"Bearer {self.key}":
            return _error(401, "Incorrect API key provided.")
        if request.path == "/v1/models" and self.models is not None:
            listed = [{"id": name, "object": "model"} for name in self.models]
            return _json(200, {"object": "list", "data": listed})
        if request.path != "/v1/chat/completions" or request.method != "POST":
            return _error(404, "404 page not found")
        body = json.loads(request.get_data())
        self.asked.append(body)
        self.hold.wait(20)
        if fault := self._fault(body):
            return fault
        if self.answers:
            answer = self.answers.popleft()
            return _json(*answer) if isinstance(answer, tuple) else _json(200, answer)
        return _json(200, self._drafted(body))

    def _fault(self, body: Json) -> Response | None:
        for name, message in self.refuses.items():
            if name in body:
                return _error(400, message)
        if self.models is not None and body["model"] not in self.models:
            return _error(404, f'model "{body["model"]}" not found, try pulling it first')
        if fault := _invalid(body):
            return _error(400, fault)
        return None

    def _drafted(self, body: Json) -> Json:
        """Answer by the stand-in's rules; a server that ignores tool_choice lets the model write the call as text."""
        answer = self.stand_in.answer("", NOVA, _as_converse(body))
        [part] = answer["output"]["message"]["content"]
        use, usage = part.get("toolUse"), answer["usage"]
        counts = (usage["inputTokens"], usage["outputTokens"])
        if use is None:
            return completion(text=part["text"], usage=counts)
        if self.ignores_tool_choice:
            said = json.dumps({"name": use["name"], "arguments": use["input"]})
            return completion(text=f"<tool_call>\n{said}\n</tool_call>", usage=counts)
        return completion((use["name"], json.dumps(use["input"])), usage=counts)


@contextmanager
def serving(server: ChatServer) -> Iterator[ChatServer]:
    """Serve on a free loopback port for the length of a with block."""
    running = make_server("127.0.0.1", 0, server.application(), threaded=True)
    running.log = lambda *_: None  # type: ignore[method-assign]
    thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    server.url = f"http://127.0.0.1:{running.server_port}/v1"
    try:
        yield server
    finally:
        server.hold.set()
        running.shutdown()
        thread.join()
        running.server_close()


def _invalid(body: Json) -> str:
    """Return why OpenAI's API refuses a request, or an empty text."""
    pending: set[str] = set()
    for message in body["messages"]:
        role = message["role"]
        if role == "tool":
            if message["tool_call_id"] not in pending:
                return "messages with role 'tool' must be a response to a preceding message with 'tool_calls'"
            pending.discard(message["tool_call_id"])
            continue
        if pending:
            return "an assistant message with 'tool_calls' must be followed by tool messages"
        if role not in ("system", "user", "assistant") or not isinstance(message["content"], str):
            return f"invalid message of the role {role}"
        pending = {call["id"] for call in message.get("tool_calls", ())}
    choice = body.get("tool_choice", "auto")
    names = [tool["function"]["name"] for tool in body.get("tools", ())]
    if isinstance(choice, dict):
        return "" if choice["function"]["name"] in names else "tool_choice names no tool"
    return "" if choice in ("none", "auto", "required") else f"Invalid value of tool_choice: {choice}"


def _as_converse(body: Json) -> Json:
    """Return the Converse request for the stand-in."""
    system = [{"text": each["content"]} for each in body["messages"] if each["role"] == "system"]
    messages: list[Json] = []
    for each in body["messages"]:
        if each["role"] == "user":
            messages.append({"role": "user", "content": [{"text": each["content"]}]})
        elif each["role"] == "assistant":
            uses = [
                {
                    "toolUse": {
                        "toolUseId": call["id"],
                        "name": call["function"]["name"],
                        "input": json.loads(call["function"]["arguments"]),
                    }
                }
                for call in each.get("tool_calls", ())
            ]
            messages.append({"role": "assistant", "content": uses or [{"text": each["content"]}]})
        elif each["role"] == "tool":
            result = {"toolUseId": each["tool_call_id"], "content": [{"text": each["content"]}]}
            messages.append({"role": "user", "content": [{"toolResult": result}]})
    tools = [
        {
            "toolSpec": {
                "name": tool["function"]["name"],
                "inputSchema": {"json": tool["function"]["parameters"]},
            }
        }
        for tool in body["tools"]
    ]
    return {"system": system, "messages": messages, "toolConfig": {"tools": tools}}


def _error(status: int, message: str) -> Response:
    return _json(status, {"error": {"message": message, "type": "invalid_request_error", "code": None}})


def _json(status: int, body: Any) -> Response:
    return Response(json.dumps(body), status=status, content_type="application/json")
