"""Client for Amazon Nova through Bedrock's Converse API; the model must answer by calling a tool.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
https://docs.aws.amazon.com/nova/latest/userguide/tool-use-definition.html
https://docs.aws.amazon.com/nova/latest/userguide/prompting-tool-troubleshooting.html
"""

from __future__ import annotations

import hashlib
import json
import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from botocore.exceptions import ClientError

from common.domain.model_use import ModelUse
from common.runtime.errors import PermanentFailure
from common.runtime.json_access import as_dict, as_str

log = logging.getLogger(__name__)

#: The longest answer that is ever requested, in tokens: Nova Lite's maximum, and what fits into the read time-out.
MAX_OUTPUT_TOKENS = 10_000
#: Request fields of every Nova model: AWS advises greedy decoding for tool use.
NOVA_FIELDS: Mapping[str, Any] = {"inferenceConfig": {"topK": 1}}
_TOO_LONG = re.compile(r"too long|too many (?:input )?tokens|context (?:window|length)", re.IGNORECASE)


@dataclass(frozen=True)
class ModelTool:
    """A tool that the model must call. ``schema`` may have only type, properties and required at its top level.

    ``max_tokens`` is the length of the longest answer.
    """

    name: str
    description: str
    schema: Mapping[str, Any]
    max_tokens: int = 4_000

    def with_longest_answer(self) -> ModelTool:
        """Return the tool with an answer as long as the model can write."""
        return replace(self, max_tokens=MAX_OUTPUT_TOKENS)


@dataclass(frozen=True)
class ModelAnswer:
    """The model's input for the tool, the tokens that the call used, and which model answered which prompt."""

    tool_use_id: str
    input: Mapping[str, Any]
    input_tokens: int
    output_tokens: int
    model_id: str = ""
    prompt_version: str = ""

    @property
    def use(self) -> ModelUse:
        """The answer's part of the record of a draft or a page selection."""
        return ModelUse(self.model_id, self.prompt_version, self.input_tokens, self.output_tokens)


class ModelFailure(Exception):
    """The model gave no usable answer. The message is shown to people."""


class ModelRefused(ModelFailure):
    """A guardrail or content filter stopped the answer."""


class GuardrailIntervened(ModelRefused):
    """The guardrail refused the request: the ticket, the page or the feedback has what it does not allow."""


class AnswerCutOff(ModelFailure):
    """The answer was cut off at the token limit. It is a failure, never a draft."""


class NoToolAnswer(ModelFailure):
    """The model answered nothing, or without calling the tool, or with input that is not an object."""


class MalformedAnswer(ModelFailure):
    """The model's tool call could not be parsed by Bedrock. Nova also fails so if its answer is too long."""


class ContextExceeded(ModelFailure):
    """The prompt does not fit into the model's context window."""


class ModelMisconfigured(PermanentFailure):
    """Bedrock refuses what we send to this model, such as ``toolChoice``: an operator must change a setting."""


class BedrockClient:
    """One model, called at temperature 0.

    ``client`` is boto3's ``bedrock-runtime`` client. It retries by itself; its errors (throttling, time-outs) are
    raised unchanged. ``request_fields`` are sent as ``additionalModelRequestFields``, for Nova on top of NOVA_FIELDS.
    ``guardrail`` is ``ID:VERSION`` of a Bedrock guardrail, or ``""``; its answer to a refused request is ModelRefused.
    """

    def __init__(
        self,
        client: Any,
        model_id: str,
        request_fields: Mapping[str, Any] | None = None,
        guardrail: str = "",
    ) -> None:
        self._client, self._model_id, self._guardrail = client, model_id, guardrail
        defaults = NOVA_FIELDS if "amazon.nova-" in model_id else {}
        self._fields = _merged(defaults, request_fields or {})

    def ask(
        self, system: str, prompt: str, tool: ModelTool, earlier: Sequence[tuple[ModelAnswer, str]] = ()
    ) -> ModelAnswer:
        """Return the model's input for the tool; ``earlier`` holds its invalid answers, each with the error.

        Raises a ModelFailure or ModelMisconfigured.
        """
        spec = {
            "name": tool.name,
            "description": tool.description,
            "inputSchema": {"json": dict(tool.schema)},
        }
        request: dict[str, Any] = {
            "modelId": self._model_id,
            "system": [{"text": system}],
            "messages": _messages(prompt, tool, earlier),
            "inferenceConfig": {"maxTokens": tool.max_tokens, "temperature": 0.0},
            "toolConfig": {"tools": [{"toolSpec": spec}], "toolChoice": {"tool": {"name": tool.name}}},
        }
        if self._fields:
            request["additionalModelRequestFields"] = self._fields
        if self._guardrail:
            name, _, version = self._guardrail.rpartition(":")
            request["guardrailConfig"] = {"guardrailIdentifier": name, "guardrailVersion": version}
        try:
            response = self._client.converse(**request)
        except ClientError as error:
            raise _translated(error, tool) from error
        usage = response.get("usage") or {}
        log.info(
            "model.answered",
            extra={
                "tool": tool.name,
                "stop_reason": response.get("stopReason"),
                "input_tokens": usage.get("inputTokens"),
                "output_tokens": usage.get("outputTokens"),
            },
        )
        if response.get("stopReason") == "guardrail_intervened":
            log.warning("model.refused", extra={"tool": tool.name, "guardrail": self._guardrail})
            raise GuardrailIntervened(
                f"the guardrail {self._guardrail} of Amazon Bedrock, which your organisation set, does not allow the "
                "language model to read this ticket or its page"
            )
        answer = _read(response, tool)
        return replace(
            answer,
            model_id=_answering_model(response) or self._model_id,
            prompt_version=prompt_version(system, tool),
        )


def prompt_version(system: str, tool: ModelTool) -> str:
    """Return the version of a prompt: eight hexadecimal digits of a hash of its system text and its tool."""
    fixed = json.dumps([system, tool.name, tool.description, tool.schema], sort_keys=True)
    return hashlib.sha256(fixed.encode()).hexdigest()[:8]


def _answering_model(response: Mapping[str, Any]) -> str:
    """Return the model that a prompt router sent the request to; ``""`` if there was no router.

    https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_PromptRouterTrace.html
    """
    router = as_dict(as_dict(response.get("trace")).get("promptRouter"))
    return as_str(router.get("invokedModelId"))


def _merged(defaults: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the defaults overridden by the given fields, object by object; null removes a default."""
    merged = dict(defaults)
    for name, value in given.items():
        if isinstance(value, Mapping):
            value = _merged(as_dict(merged.get(name)), value)
        merged[name] = value
    return {name: value for name, value in merged.items() if value is not None and value != {}}


def _translated(error: ClientError, tool: ModelTool) -> Exception:
    """Return what an error of Bedrock means: a bad answer, a wrong setting, or the error itself."""
    details = as_dict(error.response.get("Error"))
    code, message = as_str(details.get("Code")), as_str(details.get("Message"))
    if code not in ("ModelErrorException", "ValidationException"):
        return error
    log.warning("model.failed", extra={"tool": tool.name, "code": code, "error": message[:1000]})
    if code == "ModelErrorException":
        return MalformedAnswer("the language model's answer was garbled")
    if "guardrail" in message.lower():
        return ModelMisconfigured(
            f"Amazon Bedrock refuses the guardrail: {message[:300]}. An operator must correct the setting "
            "bedrockGuardrail"
        )
    if _TOO_LONG.search(message):
        return ContextExceeded("the ticket and the page together are too long for the language model")
    return ModelMisconfigured(
        "Amazon Bedrock refuses Kinexus's requests to the configured language model. An operator must correct the "
        "settings bedrockModelId or additionalModelRequestFields; `python -m ops doctor` says what is wrong"
    )


def _messages(
    prompt: str, tool: ModelTool, earlier: Sequence[tuple[ModelAnswer, str]]
) -> list[dict[str, Any]]:
    messages: list[dict[str, Any]] = [{"role": "user", "content": [{"text": prompt}]}]
    for answer, problem in earlier:
        use = {"toolUseId": answer.tool_use_id, "name": tool.name, "input": dict(answer.input)}
        result = {"toolUseId": answer.tool_use_id, "content": [{"text": problem}], "status": "error"}
        messages.append({"role": "assistant", "content": [{"toolUse": use}]})
        messages.append({"role": "user", "content": [{"toolResult": result}]})
    return messages


def _failure(reason: object) -> ModelFailure | None:
    """Return the failure that a stop reason means, None if there may be an answer."""
    match reason:
        case "max_tokens":
            return AnswerCutOff("the language model's answer was too long and was cut off")
        case "content_filtered":
            return ModelRefused("a content filter withheld the language model's answer")
        case "malformed_tool_use" | "malformed_model_output":
            return MalformedAnswer("the language model's answer was garbled")
        case "model_context_window_exceeded":
            return ContextExceeded("the ticket and the page together are too long for the language model")
    return None


def _read(response: Mapping[str, Any], tool: ModelTool) -> ModelAnswer:
    if failure := _failure(response.get("stopReason")):
        raise failure
    content = ((response.get("output") or {}).get("message") or {}).get("content") or []
    usage = response.get("usage") or {}
    for part in content:
        use = part.get("toolUse")
        if use and use.get("name") == tool.name and (given := _object(use.get("input"))) is not None:
            return ModelAnswer(
                tool_use_id=str(use.get("toolUseId")),
                input=given,
                input_tokens=int(usage.get("inputTokens") or 0),
                output_tokens=int(usage.get("outputTokens") or 0),
            )
    raise NoToolAnswer("the language model gave no answer in the required form")


def _object(value: object) -> dict[str, Any] | None:
    """Return a tool's input, also if the model wrote the object as a JSON string; None for anything else."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            return None
    return value if isinstance(value, dict) else None
