"""Validates Converse requests as Bedrock does for Nova models, with Bedrock's error messages where they are known.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
https://docs.aws.amazon.com/nova/latest/userguide/tool-use-definition.html
"""

import re
from collections.abc import Mapping
from typing import Any

_MODELS = re.compile(
    r"((us|us-gov|eu|apac|jp|au|ca|global)\.)?amazon\.nova-(micro|lite|pro|premier|2-lite)-v1:0"
)
_TOOL_NAME = re.compile(r"[a-zA-Z][a-zA-Z0-9_]{0,63}")
_TOOL_USE_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")
_SCHEMA_KEYS = {"type", "properties", "required"}
_TOP_LEVEL = {
    "messages", "system", "inferenceConfig", "toolConfig", "guardrailConfig", "additionalModelRequestFields",
    "additionalModelResponseFieldPaths", "promptVariables", "requestMetadata", "performanceConfig", "serviceTier",
}  # fmt: skip
MOST_TOKENS = 10_000


class BedrockError(Exception):
    """An error response: AWS's exception name, the HTTP status and the message."""

    def __init__(self, kind: str, status: int, message: str) -> None:
        super().__init__(message)
        self.kind, self.status, self.message = kind, status, message


def is_foundation_model(model_id: str) -> bool:
    """Tell whether this is the id of a Nova model, and not of an inference profile."""
    return model_id.startswith("amazon.") and bool(_MODELS.fullmatch(model_id))


INVALID_TOOL_USE = (
    "ModelErrorException",
    424,
    "Model produced invalid sequence as part of ToolUse. Please refer to the model tool use troubleshooting guide.",
)
"""The error (name, HTTP status, message) for a tool call that cannot be parsed or is longer than `maxTokens`.

https://docs.aws.amazon.com/nova/latest/userguide/prompting-tool-troubleshooting.html
"""


def check_request(model_id: str, request: Mapping[str, Any]) -> None:
    """Raise BedrockError when Bedrock would refuse the request for this model."""
    if not _MODELS.fullmatch(model_id.rsplit("/", 1)[-1]):
        raise _invalid("The provided model identifier is invalid.")
    if unknown := set(request) - _TOP_LEVEL:
        raise _invalid(f"extraneous key [{min(unknown)}] is not permitted")
    _check_messages(request.get("messages"))
    for at, block in enumerate(request.get("system") or []):
        if not str(block.get("text", "x")).strip():
            raise _invalid(f"The text field in the ContentBlock object at system.{at} is blank.")
    _check_inference(request.get("inferenceConfig") or {})
    _check_guardrail(request.get("guardrailConfig"))
    _check_fields(model_id, request.get("additionalModelRequestFields") or {})
    if "toolConfig" in request:
        _check_tools(request["toolConfig"])


def _check_messages(messages: Any) -> None:
    if not isinstance(messages, list) or not messages:
        raise _invalid("A conversation must start with a user message.")
    pending: set[str] = set()
    for at, message in enumerate(messages):
        role, content = message.get("role"), message.get("content")
        if role != ("user" if at % 2 == 0 else "assistant"):
            expected = (
                "start with a user message" if at == 0 else "alternate between user and assistant roles"
            )
            raise _invalid(f"A conversation must {expected}. Make sure that it does and try again.")
        if not isinstance(content, list) or not content:
            raise _invalid(f"The content field in the Message object at messages.{at} is empty.")
        _check_content(at, content)
        results = {part["toolResult"].get("toolUseId") for part in content if "toolResult" in part}
        if results != pending:
            raise _invalid(
                f"Expected toolResult blocks at messages.{at}.content for the following Ids: {pending}"
            )
        pending = {part["toolUse"]["toolUseId"] for part in content if "toolUse" in part}
    if messages[-1]["role"] != "user":
        raise _invalid("A conversation must end with a user message.")


def _check_content(at: int, content: list[Any]) -> None:
    for index, part in enumerate(content):
        place = f"messages.{at}.content.{index}"
        if not isinstance(part, dict) or len(part) != 1:
            raise _invalid(f"The ContentBlock object at {place} must set one of its members.")
        if "text" in part and not str(part["text"]).strip():
            raise _invalid(f"The text field in the ContentBlock object at {place} is blank.")
        if "toolUse" in part:
            use = part["toolUse"]
            if not _TOOL_USE_ID.fullmatch(str(use.get("toolUseId"))) or not isinstance(
                use.get("input"), dict
            ):
                raise _invalid(f"The toolUse block at {place} is invalid.")


def _check_inference(settings: Mapping[str, Any]) -> None:
    most = settings.get("maxTokens", 1)
    if not isinstance(most, int) or not 1 <= most <= MOST_TOKENS:
        raise _invalid(f"The maximum tokens you requested exceeds the model limit of {MOST_TOKENS}: {most}")
    for name in ("temperature", "topP"):
        if not 0 <= settings.get(name, 0) <= 1:
            raise _invalid(f"{name} must be between 0 and 1")


GUARDRAIL = ("stand1nguard", ("1", "DRAFT"))
"""The id and versions of the only guardrail that this service has. It refuses every request with GUARDED in it."""
GUARDED = "guardrail-refuses-this"


def _check_guardrail(config: Any) -> None:
    """Check a guardrail's id and version.

    https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_GuardrailConfiguration.html
    """
    if config is None:
        return
    name, version = str(config.get("guardrailIdentifier")), str(config.get("guardrailVersion"))
    if name.rpartition("/")[2] != GUARDRAIL[0] or version not in GUARDRAIL[1]:
        raise _invalid("The guardrail identifier or version provided in the request does not exist.")


def is_refused_by_guardrail(request: Mapping[str, Any]) -> bool:
    """Return whether a guardrail is set and refuses what the messages say; it does not read results of tools."""
    texts = (part.get("text", "") for message in request["messages"] for part in message["content"])
    return bool(request.get("guardrailConfig")) and any(GUARDED in text for text in texts)


def _check_fields(model_id: str, fields: Any) -> None:
    """Check the fields that only Nova has.

    https://docs.aws.amazon.com/nova/latest/userguide/complete-request-schema.html
    """
    known = {"inferenceConfig", "reasoningConfig"} if "nova-2-" in model_id else {"inferenceConfig"}
    if unknown := set(fields) - known:
        raise _invalid(f"Malformed input request: extraneous key [{min(unknown)}] is not permitted")
    most = (fields.get("inferenceConfig") or {}).get("topK", 1)
    if not isinstance(most, int) or not 0 <= most <= 128:
        raise _invalid(f"Malformed input request: topK must be between 0 and 128: {most}")


def _check_tools(config: Mapping[str, Any]) -> None:
    tools = config.get("tools")
    if not isinstance(tools, list) or not tools:
        raise _invalid("The toolConfig field must hold at least one tool.")
    names = []
    for tool in tools:
        spec = tool.get("toolSpec") or {}
        name, schema = str(spec.get("name", "")), (spec.get("inputSchema") or {}).get("json")
        if not _TOOL_NAME.fullmatch(name):
            raise _invalid(f"The tool name {name!r} is invalid.")
        names.append(name)
        if not isinstance(schema, dict) or schema.get("type") != "object":
            raise _invalid(
                f"The value at toolConfig.tools.{name}.toolSpec.inputSchema.json.type must be object."
            )
        if unknown := set(schema) - _SCHEMA_KEYS:
            raise _invalid(f"The tool {name}'s schema has {min(unknown)} at its top level; Nova takes type, "
                           "properties and required there")  # fmt: skip
    _check_choice(config.get("toolChoice"), names)


def _check_choice(choice: Any, names: list[str]) -> None:
    if choice is None:
        return
    if not isinstance(choice, dict) or len(choice) != 1 or next(iter(choice)) not in ("auto", "any", "tool"):
        raise _invalid("toolChoice must be one of auto, any, tool.")
    if "tool" in choice and choice["tool"].get("name") not in names:
        raise _invalid(
            f"toolChoice names the tool {choice['tool'].get('name')!r}, which is not among the tools."
        )


def _invalid(message: str) -> BedrockError:
    return BedrockError("ValidationException", 400, message)
