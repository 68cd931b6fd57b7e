"""The stand-in's logic: answers Converse requests in Nova's format, with permissions, call counts and faults."""

import hashlib
import json
import random
import threading
from collections import Counter, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from local.bedrock import drafting, nova
from local.bedrock.nova import BedrockError
from local.bedrock.prompt import read_prompt
from local.bedrock.quotations import with_quotations
from local.bedrock.recorded_answers import recorded_answer

MayInvoke = Callable[[str, str], str | None]
"""Returns the reason why a function may not call a model id, or None when it may."""

Converse = Callable[[str, Mapping[str, Any]], dict[str, Any]]
"""Sends a request to a model and returns the response's body; raises BedrockError."""

ERRORS: Mapping[str, tuple[str, int, str]] = {
    "throttling": ("ThrottlingException", 429, "Too many requests, please wait before trying again."),
    "unavailable": ("ServiceUnavailableException", 503, "Bedrock is unable to process your request."),
    "timeout": ("ModelTimeoutException", 408, "The model did not answer in time."),
    "model-error": nova.INVALID_TOOL_USE,
    "tool-choice": (
        "ValidationException",
        400,
        "This model doesn't support the toolConfig.toolChoice.tool field. Remove toolConfig.toolChoice.tool and try "
        "again.",
    ),
}
"""Faults that Bedrock answers with an error: its name, the HTTP status and the message."""

STOP_REASONS = {
    "refusal": "content_filtered",
    "cut-off": "max_tokens",
    "malformed-tool-use": "malformed_tool_use",
    "malformed-output": "malformed_model_output",
    "context-exceeded": "model_context_window_exceeded",
}
"""Faults that Bedrock answers with a stop reason and without a usable tool call, and the stop reason."""

MODEL_ID = "local-stand-in"
"""The model that answers name as their own, so that records and reviews do not name Nova for what rules wrote."""

FAULTS = (*ERRORS, *STOP_REASONS, "no-tool", "empty", "malformed")


@dataclass(frozen=True)
class ModelCall:
    """One answered request: calling function, model, tool, tickets and tokens."""

    function: str
    model_id: str
    tool: str
    tickets: tuple[str, ...]
    input_tokens: int
    output_tokens: int


@dataclass(frozen=True)
class Exchange:
    """A call with what was asked and answered, both as text for people."""

    at: datetime
    call: ModelCall
    prompt: str
    answer: str


_EXCHANGES = 200
"""Calls whose prompt and answer are kept."""


@dataclass
class StandIn:
    """The simulated service. `converse` forwards to Amazon Bedrock when set; otherwise rules write the answers.

    `chance` decides which calls get a fault set by `fail_share`; `injected` counts the faults by name. `legacy` holds
    the models that are Legacy, each with the date of its end ("2027-01-31T00:00:00Z").
    """

    may_invoke: MayInvoke = lambda function, model_id: None
    converse: Converse | None = None
    chance: random.Random = field(default_factory=lambda: random.Random(7))  # noqa: S311 - not a secret
    injected: Counter[str] = field(default_factory=Counter)
    legacy: dict[str, str] = field(default_factory=dict)
    _calls: list[ModelCall] = field(default_factory=list)
    _exchanges: deque[Exchange] = field(default_factory=lambda: deque(maxlen=_EXCHANGES))
    _faults: deque[str] = field(default_factory=deque)
    _shares: dict[str, float] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def calls(self) -> tuple[ModelCall, ...]:
        """Return all answered calls so far, oldest first."""
        with self._lock:
            return tuple(self._calls)

    def exchanges(self) -> tuple[Exchange, ...]:
        """Return the newest answered calls with their prompts and answers, oldest first."""
        with self._lock:
            return tuple(self._exchanges)

    def fail_next(self, fault: str, times: int = 1) -> None:
        """Inject a fault (one of FAULTS) into the next calls."""
        _check_fault(fault)
        with self._lock:
            self._faults.extend([fault] * times)

    def fail_share(self, fault: str, share: float) -> None:
        """Inject a fault (one of FAULTS) into this share of all calls from now on; 0 stops it."""
        _check_fault(fault)
        with self._lock:
            self._shares[fault] = share

    def answer(self, function: str, model_id: str, request: Mapping[str, Any]) -> dict[str, Any]:
        """Return the body of a Converse response. Raises BedrockError where Bedrock would return an error."""
        if denial := self.may_invoke(function, model_id):
            raise BedrockError("AccessDeniedException", 403, denial)
        nova.check_request(model_id, request)
        with self._lock:
            fault = self._next_fault()
        if fault in ERRORS:
            raise BedrockError(*ERRORS[fault])
        response = self.converse(model_id, request) if self.converse else _drafted(request, fault)
        usage, tool = response["usage"], _tool(request)
        prompt = read_prompt(_first_text(request))
        call = ModelCall(
            function=function,
            model_id=model_id,
            tool=tool["name"] if tool else "",
            tickets=tuple(ticket.key for ticket in prompt.tickets),
            input_tokens=usage["inputTokens"],
            output_tokens=usage["outputTokens"],
        )
        exchange = Exchange(datetime.now(UTC), call, _shown(request), _pretty(response["output"]["message"]))
        with self._lock:
            self._calls.append(call)
            self._exchanges.append(exchange)
        return response

    def foundation_model(self, model_id: str) -> dict[str, Any]:
        """Return the body of a GetFoundationModel response. Raises BedrockError for an unknown model.

        https://docs.aws.amazon.com/bedrock/latest/APIReference/API_GetFoundationModel.html
        """
        if not nova.is_foundation_model(model_id):
            message = f"The provided model identifier is invalid: {model_id}"
            raise BedrockError("ResourceNotFoundException", 404, message)
        ends = self.legacy.get(model_id)
        lifecycle = {"status": "LEGACY", "endOfLifeTime": ends} if ends else {"status": "ACTIVE"}
        arn = f"arn:aws:bedrock:us-east-1::foundation-model/{model_id}"
        return {"modelDetails": {"modelArn": arn, "modelId": model_id, "modelLifecycle": lifecycle}}

    def _next_fault(self) -> str:
        fault = self._faults.popleft() if self._faults else ""
        for each, share in self._shares.items():
            if not fault and self.chance.random() < share:
                fault = each
        if fault:
            self.injected[fault] += 1
        return fault


def _check_fault(fault: str) -> None:
    if fault not in FAULTS:
        raise ValueError(f"unknown fault {fault!r}; use one of {', '.join(FAULTS)}")


def _drafted(request: Mapping[str, Any], fault: str) -> dict[str, Any]:
    """Answer by rules; a fault makes the answer bad in a way that models also do."""
    tool = _tool(request)
    text = "This is a stand-in without a model. It supports the tools edit_page, write_page and choose_page."
    content: list[dict[str, Any]] = [{"text": text}]
    reason = "end_turn"
    if tool is not None and fault != "no-tool":
        given = _tool_input(tool, request)
        use_id = "tooluse_" + hashlib.sha256(json.dumps(given, sort_keys=True).encode()).hexdigest()[:22]
        content = [{"toolUse": {"toolUseId": use_id, "name": tool["name"], "input": given}}]
        reason = "tool_use"
    if nova.is_refused_by_guardrail(request):
        # https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-use-converse-api.html
        reason, content = "guardrail_intervened", [{"text": "Sorry, the guardrail does not allow this."}]
    if fault in STOP_REASONS:
        reason = STOP_REASONS[fault]
        content = content if fault == "cut-off" else [{"text": "I cannot help with that."}]
    elif fault == "empty":
        content = []
    elif fault == "malformed" and tool is not None:
        content[0]["toolUse"]["input"] = {"edits": "everything", "action": 7}
    sent = _tokens({key: request.get(key) for key in ("system", "messages", "toolConfig")})
    written = _tokens(content)
    if written > (request.get("inferenceConfig") or {}).get("maxTokens", nova.MOST_TOKENS):
        # As Nova: text that is too long is cut off, a tool call that is too long is an error.
        if reason == "tool_use":
            raise BedrockError(*nova.INVALID_TOOL_USE)
        reason = "max_tokens"
    return {
        "output": {"message": {"role": "assistant", "content": content}},
        "stopReason": reason,
        "usage": {"inputTokens": sent, "outputTokens": written, "totalTokens": sent + written},
        "metrics": {"latencyMs": 1},
        "trace": {"promptRouter": {"invokedModelId": MODEL_ID}},
    }


def _tool_input(tool: Mapping[str, Any], request: Mapping[str, Any]) -> dict[str, Any]:
    """Return the tool's input, with only the properties of its schema."""
    prompt, is_second = read_prompt(_first_text(request)), len(request["messages"]) > 1
    rules: dict[str, Callable[[], dict[str, Any]]] = {
        "edit_page": lambda: drafting.edit_page(prompt, is_second),
        "write_page": lambda: drafting.write_page(prompt, is_second),
        "choose_page": lambda: drafting.choose_page(prompt),
        "confirm": lambda: {"ready": True},
    }
    rule = rules.get(tool["name"])
    if rule is None:
        raise BedrockError(
            "ValidationException",
            400,
            f"The stand-in has no rules for the tool {tool['name']}. Use --bedrock to call a real model.",
        )
    known = tool["inputSchema"]["json"].get("properties", {})
    recorded = None if is_second else recorded_answer(tool["name"], prompt)
    given = recorded or rule()
    if tool["name"] == "edit_page":
        given = with_quotations(given, prompt)
    return {key: value for key, value in given.items() if key in known}


def _tool(request: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the specification of the tool that the model must or may call."""
    config = request.get("toolConfig")
    if not config:
        return None
    specs: list[dict[str, Any]] = [tool["toolSpec"] for tool in config["tools"]]
    wanted = ((config.get("toolChoice") or {}).get("tool") or {}).get("name", specs[0]["name"])
    return next(spec for spec in specs if spec["name"] == wanted)


def _first_text(request: Mapping[str, Any]) -> str:
    return "\n".join(part["text"] for part in request["messages"][0]["content"] if "text" in part)


def _shown(request: Mapping[str, Any]) -> str:
    """Return the system prompt and the messages as one text."""
    system = "\n".join(part["text"] for part in request.get("system") or () if "text" in part)
    messages = "\n\n".join(
        f"{message['role']}:\n" + "\n".join(part.get("text") or _pretty(part) for part in message["content"])
        for message in request["messages"]
    )
    return f"system:\n{system}\n\n{messages}" if system else messages


def _pretty(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False, default=str)


def _tokens(value: Any) -> int:
    """Estimate the number of tokens: about four characters each."""
    return -(-len(json.dumps(value, ensure_ascii=False)) // 4)
