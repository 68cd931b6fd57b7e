"""Answers Converse requests as Nova would shape them: checks, counts, permissions, faults on demand."""

import hashlib
import json
import random
import threading
from collections import Counter, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from local.bedrock import drafting, nova
from local.bedrock.nova import Refused
from local.bedrock.prompt import read_prompt

MayInvoke = Callable[[str, str], str | None]
"""Given the calling function and the model id: why the call is denied, or None."""

Converse = Callable[[str, Mapping[str, Any]], dict[str, Any]]
"""Sends a request to a model and returns the response's body; raises Refused."""

FAULTS = ("throttling", "unavailable", "timeout", "refusal", "cut-off", "no-tool", "malformed")


@dataclass(frozen=True)
class Call:
    """One answered request: who asked which model through which tool about which tickets, at what cost."""

    function: str
    model_id: str
    tool: str
    tickets: tuple[str, ...]
    input_tokens: int
    output_tokens: int


@dataclass
class StandIn:
    """The service behind the wire. `converse` is the real one's, when asked for; otherwise rules answer.

    `chance` draws which calls suffer a fault that befalls a share of them; `suffered` counts faults by name.
    """

    may_invoke: MayInvoke = lambda function, model_id: None
    converse: Converse | None = None
    chance: random.Random = field(default_factory=lambda: random.Random(7))  # noqa: S311 - disorder, no secret
    suffered: Counter[str] = field(default_factory=Counter)
    _calls: list[Call] = field(default_factory=list)
    _faults: deque[str] = field(default_factory=deque)
    _shares: dict[str, float] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def calls(self) -> tuple[Call, ...]:
        """Return all answered calls so far, oldest first."""
        with self._lock:
            return tuple(self._calls)

    def fail_next(self, fault: str, times: int = 1) -> None:
        """Answer the next calls with a fault, one of FAULTS."""
        if fault not in FAULTS:
            raise ValueError(f"{fault!r} is no fault; there are {', '.join(FAULTS)}")
        with self._lock:
            self._faults.extend([fault] * times)

    def fail_share(self, fault: str, share: float) -> None:
        """Answer this share of all calls from now on with a fault, one of FAULTS; 0 ends it."""
        if fault not in FAULTS:
            raise ValueError(f"{fault!r} is no fault; there are {', '.join(FAULTS)}")
        with self._lock:
            self._shares[fault] = share

    def answer(self, function: str, model_id: str, request: Mapping[str, Any]) -> dict[str, Any]:
        """Return the body of a Converse response. Raises Refused as Bedrock would."""
        if denial := self.may_invoke(function, model_id):
            raise Refused("AccessDeniedException", 403, denial)
        nova.check(model_id, request)
        with self._lock:
            fault = self._next_fault()
        _raise_fault(fault)
        response = self.converse(model_id, request) if self.converse else _drafted(request, fault)
        usage, tool = response["usage"], _tool(request)
        prompt = read_prompt(_first_text(request))
        with self._lock:
            self._calls.append(
                Call(
                    function=function,
                    model_id=model_id,
                    tool=tool["name"] if tool else "",
                    tickets=tuple(ticket.key for ticket in prompt.tickets),
                    input_tokens=usage["inputTokens"],
                    output_tokens=usage["outputTokens"],
                )
            )
        return response

    def _next_fault(self) -> str:
        fault = self._faults.popleft() if self._faults else ""
        for each, share in self._shares.items():
            if not fault and self.chance.random() < share:
                fault = each
        if fault:
            self.suffered[fault] += 1
        return fault


def _raise_fault(fault: str) -> None:
    if fault == "throttling":
        raise Refused("ThrottlingException", 429, "Too many requests, please wait before trying again.")
    if fault == "unavailable":
        raise Refused("ServiceUnavailableException", 503, "Bedrock is unable to process your request.")
    if fault == "timeout":
        raise Refused("ModelTimeoutException", 408, "The model did not answer in time.")


def _drafted(request: Mapping[str, Any], fault: str) -> dict[str, Any]:
    """Answer by rule; a fault spoils the answer in one of the ways in which models do."""
    tool = _tool(request)
    text = "No model is behind this stand-in; it answers through the tools edit_page, write_page and choose_page."
    content: list[dict[str, Any]] = [{"text": text}]
    reason = "end_turn"
    if tool is not None and fault != "no-tool":
        given = _tool_input(tool, request)
        use_id = "tooluse_" + hashlib.sha256(json.dumps(given, sort_keys=True).encode()).hexdigest()[:22]
        content = [{"toolUse": {"toolUseId": use_id, "name": tool["name"], "input": given}}]
        reason = "tool_use"
    if fault == "refusal":
        content, reason = [{"text": "I cannot help with that."}], "content_filtered"
    elif fault == "cut-off":
        reason = "max_tokens"
    elif fault == "malformed" and tool is not None:
        content[0]["toolUse"]["input"] = {"edits": "everything", "action": 7}
    sent = _tokens({key: request.get(key) for key in ("system", "messages", "toolConfig")})
    written = _tokens(content)
    return {
        "output": {"message": {"role": "assistant", "content": content}},
        "stopReason": reason,
        "usage": {"inputTokens": sent, "outputTokens": written, "totalTokens": sent + written},
        "metrics": {"latencyMs": 1},
    }


def _tool_input(tool: Mapping[str, Any], request: Mapping[str, Any]) -> dict[str, Any]:
    """Return the tool's input, holding only what its schema knows."""
    prompt, is_second = read_prompt(_first_text(request)), len(request["messages"]) > 1
    rules: dict[str, Callable[[], dict[str, Any]]] = {
        "edit_page": lambda: drafting.edit_page(prompt, is_second),
        "write_page": lambda: drafting.write_page(prompt, is_second),
        "choose_page": lambda: drafting.choose_page(prompt),
    }
    rule = rules.get(tool["name"])
    if rule is None:
        raise Refused(
            "ValidationException",
            400,
            f"The stand-in has no rules for the tool {tool['name']}; use --bedrock.",
        )
    known = tool["inputSchema"]["json"].get("properties", {})
    return {key: value for key, value in rule().items() if key in known}


def _tool(request: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the specification of the tool that the model has to, or may, call."""
    config = request.get("toolConfig")
    if not config:
        return None
    specs: list[dict[str, Any]] = [tool["toolSpec"] for tool in config["tools"]]
    wanted = ((config.get("toolChoice") or {}).get("tool") or {}).get("name", specs[0]["name"])
    return next(spec for spec in specs if spec["name"] == wanted)


def _first_text(request: Mapping[str, Any]) -> str:
    return "\n".join(part["text"] for part in request["messages"][0]["content"] if "text" in part)


def _tokens(value: Any) -> int:
    """Estimate tokens: about four characters each in what the model reads and writes."""
    return -(-len(json.dumps(value, ensure_ascii=False)) // 4)
