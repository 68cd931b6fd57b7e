"""Translates Converse requests for OpenAI-compatible endpoints (Ollama, llama.cpp, vLLM, LM Studio).

https://platform.openai.com/docs/api-reference/chat
https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html

A model that writes its tool call as text is understood, if the text is nothing but that call: several endpoints ignore
`tool_choice`. MiniStack's proxy for such endpoints is not used, because it hides their errors behind made-up answers.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from local.bedrock.nova import INVALID_TOOL_USE, BedrockError

Json = dict[str, Any]

_STOP_REASONS = {
    "stop": "end_turn",
    "tool_calls": "tool_use",
    "function_call": "tool_use",
    "length": "max_tokens",
    "content_filter": "content_filtered",
}
_PARAMETERS = {
    "maxTokens": "max_tokens",
    "temperature": "temperature",
    "topP": "top_p",
    "stopSequences": "stop",
}
_TOOL_USE_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")
_THOUGHTS = re.compile(r"\A\s*<think(?:ing)?>.*?</think(?:ing)?>", re.DOTALL)
_WRAPPED = (
    re.compile(r"<tool_call>\s*(.*?)\s*(?:</tool_call>)?", re.DOTALL),
    re.compile(r"```\w*\s*\n(.*?)\n\s*```", re.DOTALL),
)


def chat_request(model: str, request: Mapping[str, Any]) -> Json:
    """Return the body for `POST /chat/completions` that says what a Converse request says."""
    inference = request.get("inferenceConfig") or {}
    messages = [{"role": "system", "content": part["text"]} for part in request.get("system") or []]
    for message in request["messages"]:
        messages += _messages(message)
    body: Json = {"model": model, "messages": messages, "stream": False}
    body |= {_PARAMETERS[name]: value for name, value in inference.items() if name in _PARAMETERS}
    if config := request.get("toolConfig"):
        specs = tool_specs(request)
        body["tools"] = [{"type": "function", "function": _function(spec)} for spec in specs]
        body["tool_choice"] = _tool_choice(config.get("toolChoice") or {}, len(specs))
    return body


def tool_specs(request: Mapping[str, Any]) -> list[Json]:
    """Return the specifications of a Converse request's tools."""
    return [tool["toolSpec"] for tool in (request.get("toolConfig") or {}).get("tools", ())]


def converse_response(answer: Mapping[str, Any], specs: Sequence[Mapping[str, Any]], seconds: float) -> Json:
    """Return the body of a Converse response that says what a chat completion says.

    Raises BedrockError if it is no chat completion, or if a tool call in it cannot be parsed.
    """
    try:
        choice = answer["choices"][0]
        message: Mapping[str, Any] = choice["message"]
    except (KeyError, IndexError, TypeError) as error:
        raise BedrockError(
            "ModelErrorException", 424, f"The endpoint's answer is no chat completion: {json.dumps(answer)[:500]}"
        ) from error  # fmt: skip
    reason = _STOP_REASONS.get(str(choice.get("finish_reason")), "end_turn")
    content = list(_content(message, specs, is_cut_off=reason == "max_tokens"))
    if reason in ("end_turn", "tool_use"):
        reason = "tool_use" if any("toolUse" in part for part in content) else "end_turn"
    usage = answer.get("usage") or {}
    sent, written = int(usage.get("prompt_tokens") or 0), int(usage.get("completion_tokens") or 0)
    return {
        "output": {"message": {"role": "assistant", "content": content}},
        "stopReason": reason,
        "usage": {"inputTokens": sent, "outputTokens": written, "totalTokens": sent + written},
        "metrics": {"latencyMs": int(seconds * 1000)},
    }


def _messages(message: Mapping[str, Any]) -> Iterator[Json]:
    """Yield the chat messages of a Converse message: results of tools come first, in messages of their own."""
    uses = [part["toolUse"] for part in message["content"] if "toolUse" in part]
    text = "\n".join(part["text"] for part in message["content"] if "text" in part)
    for result in (part["toolResult"] for part in message["content"] if "toolResult" in part):
        said = (part["text"] if "text" in part else json.dumps(part["json"]) for part in result["content"])
        yield {"role": "tool", "tool_call_id": result["toolUseId"], "content": "\n".join(said)}
    if uses:
        yield {"role": "assistant", "content": text, "tool_calls": [_tool_call(use) for use in uses]}
    elif text:
        yield {"role": message["role"], "content": text}


def _tool_call(use: Mapping[str, Any]) -> Json:
    function = {"name": use["name"], "arguments": json.dumps(use["input"], ensure_ascii=False)}
    return {"id": use["toolUseId"], "type": "function", "function": function}


def _function(spec: Mapping[str, Any]) -> Json:
    function = {"name": spec["name"], "parameters": spec["inputSchema"]["json"]}
    return {**function, "description": spec["description"]} if spec.get("description") else function


def _tool_choice(choice: Mapping[str, Any], tools: int) -> str | Json:
    """Return `tool_choice`. The only tool is required, not named: some endpoints refuse or ignore a name."""
    if "tool" in choice and tools > 1:
        return {"type": "function", "function": {"name": choice["tool"]["name"]}}
    return "auto" if not choice or "auto" in choice else "required"


def _content(
    message: Mapping[str, Any], specs: Sequence[Mapping[str, Any]], *, is_cut_off: bool
) -> Iterator[Json]:
    """Yield the Converse content of an answer: text, then tool calls; a cut-off tool call is left out."""
    calls = [call.get("function") or {} for call in message.get("tool_calls") or ()]
    if message.get("function_call"):
        calls.append(message["function_call"])
    text = _THOUGHTS.sub("", _text(message.get("content"))).strip()
    if not calls and (written := _written_call(text, specs)):
        calls, text = [written], ""
    if text:
        yield {"text": text}
    ids = [str(call.get("id")) for call in message.get("tool_calls") or ()]
    for number, call in enumerate(calls):
        given = _arguments(call.get("arguments"))
        if given is None:
            if is_cut_off:
                return
            raise BedrockError(*INVALID_TOOL_USE)
        name = str(call.get("name"))
        use_id = (
            ids[number] if number < len(ids) and _TOOL_USE_ID.fullmatch(ids[number]) else _id(name, given)
        )
        yield {"toolUse": {"toolUseId": use_id, "name": name, "input": given}}


def _text(content: Any) -> str:
    """Return the text of an answer, which is a string, null, or a list of parts."""
    if isinstance(content, list):
        return "\n".join(str(part.get("text", "")) for part in content if isinstance(part, Mapping))
    return content if isinstance(content, str) else ""


def _arguments(value: Any) -> Json | None:
    """Return a tool call's arguments, which are JSON text or an object; None for anything else."""
    if isinstance(value, str):
        try:
            value = json.loads(value or "{}")
        except (ValueError, RecursionError):
            return None
    return value if isinstance(value, dict) else None


def _written_call(text: str, specs: Sequence[Mapping[str, Any]]) -> Json | None:
    """Return the tool call that a model wrote as text: `{"name", "arguments"}`, or the only tool's input alone."""
    for wrapped in _WRAPPED:
        if inner := wrapped.fullmatch(text):
            text = inner[1]
    said = _arguments(text) if text.startswith("{") else None
    if said is None:
        return None
    given = said.get("arguments", said.get("parameters"))
    if said.get("name") in [spec["name"] for spec in specs] and given is not None:
        return {"name": said["name"], "arguments": given}
    if len(specs) == 1 and set(specs[0]["inputSchema"]["json"].get("required") or ("",)) <= set(said):
        return {"name": specs[0]["name"], "arguments": said}
    return None


def _id(name: str, given: Json) -> str:
    return "tooluse_" + hashlib.sha256(json.dumps([name, given], sort_keys=True).encode()).hexdigest()[:22]
