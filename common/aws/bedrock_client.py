"""Client for Amazon Nova through Bedrock's Converse API; the model must answer by calling a tool.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
https://docs.aws.amazon.com/nova/latest/userguide/tool-use-definition.html
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class ModelTool:
    """A tool that the model must call. ``schema`` may have only type, properties and required at its top level."""

    name: str
    description: str
    schema: Mapping[str, Any]


@dataclass(frozen=True)
class ModelAnswer:
    """The model's input for the tool, and the tokens that the call used."""

    tool_use_id: str
    input: Mapping[str, Any]
    input_tokens: int
    output_tokens: int


class ModelFailure(Exception):
    """The model gave no usable answer."""


class ModelRefused(ModelFailure):
    """A guardrail or content filter stopped the answer."""


class AnswerCutOff(ModelFailure):
    """The answer was cut off at the token limit. It is a failure, never a draft."""


class NoToolAnswer(ModelFailure):
    """The model answered without calling the tool, or with input that is not an object."""


class BedrockClient:
    """One model, called at temperature 0.

    ``client`` is boto3's ``bedrock-runtime`` client. It retries by itself; its errors (throttling, time-outs) are
    raised unchanged.
    """

    def __init__(self, client: Any, model_id: str, max_tokens: int = 4000) -> None:
        self._client, self._model_id, self._max_tokens = client, model_id, max_tokens

    def ask(
        self, system: str, prompt: str, tool: ModelTool, earlier: Sequence[tuple[ModelAnswer, str]] = ()
    ) -> ModelAnswer:
        """Return the model's input for the tool; ``earlier`` holds its invalid answers, each with the error.

        Raises ModelRefused, AnswerCutOff or NoToolAnswer.
        """
        response = self._client.converse(
            modelId=self._model_id,
            system=[{"text": system}],
            messages=_messages(prompt, tool, earlier),
            inferenceConfig={"maxTokens": self._max_tokens, "temperature": 0.0},
            toolConfig={
                "tools": [
                    {
                        "toolSpec": {
                            "name": tool.name,
                            "description": tool.description,
                            "inputSchema": {"json": dict(tool.schema)},
                        }
                    }
                ],
                "toolChoice": {"tool": {"name": tool.name}},
            },
        )
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
        return _read(response, tool)


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


def _read(response: Mapping[str, Any], tool: ModelTool) -> ModelAnswer:
    reason = response.get("stopReason")
    if reason == "max_tokens":
        raise AnswerCutOff(f"the answer to {tool.name} was cut off at the token limit")
    if reason in ("guardrail_intervened", "content_filtered"):
        raise ModelRefused(f"the answer to {tool.name} was withheld: {reason}")
    content = ((response.get("output") or {}).get("message") or {}).get("content") or []
    usage = response.get("usage") or {}
    for part in content:
        use = part.get("toolUse")
        if use and use.get("name") == tool.name and isinstance(use.get("input"), dict):
            return ModelAnswer(
                tool_use_id=str(use.get("toolUseId")),
                input=use["input"],
                input_tokens=int(usage.get("inputTokens") or 0),
                output_tokens=int(usage.get("outputTokens") or 0),
            )
    raise NoToolAnswer(f"the model did not call {tool.name} (stop reason {reason})")
