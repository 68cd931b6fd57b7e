"""Checks the Bedrock model with one forced tool call, as the pipeline makes it, and reads the model's lifecycle."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from common.aws.bedrock_client import (
    MAX_OUTPUT_TOKENS,
    BedrockClient,
    ModelFailure,
    ModelMisconfigured,
    ModelTool,
)
from common.runtime.json_access import as_dict, as_list, as_str
from preflight.finding import Finding, failed, ok, warning
from preflight.nova_models import nova_2_lite, nova_lite

#: The smallest tool, with the longest answer that the pipeline ever requests.
TOOL = ModelTool(
    name="confirm",
    description="Confirm that you can call tools",
    schema={"type": "object", "properties": {"ready": {"type": "boolean"}}, "required": ["ready"]},
    max_tokens=MAX_OUTPUT_TOKENS,
)
_THROTTLED = ("ThrottlingException",)
_UNAVAILABLE = (
    "InternalServerException",
    "ModelNotReadyException",
    "ModelTimeoutException",
    "ServiceUnavailableException",
)
_MODEL_NAME = re.compile(r"(?:[a-z]{2,6}(?:-[a-z]+)?\.)?([a-z0-9-]+\.[\w:.-]+)")


def check_model(
    client: Any,
    model_id: str,
    *,
    control: Any = None,
    region: str = "",
    request_fields: Mapping[str, Any] | None = None,
    guardrail: str = "",
) -> Iterator[Finding]:
    """Make one forced tool call, and warn if the model is Legacy.

    `client` is boto3's `bedrock-runtime` client, `control` its `bedrock` client. `region` chooses the model that the
    remedies name.
    """
    model = BedrockClient(client, model_id, request_fields, guardrail)
    try:
        model.ask("You test a connection.", "Call the tool with ready = true.", TOOL)
    except ClientError as error:
        yield _refusal(model_id, error, region)
        return
    except ModelMisconfigured as error:
        cause = error.__cause__
        yield (
            _refusal(model_id, cause, region)
            if isinstance(cause, ClientError)
            else _no_answer(model_id, error)
        )
        return
    except ModelFailure as error:
        yield _no_answer(model_id, error)
    except BotoCoreError as error:
        remedy = "log in to AWS, choose a region that offers the model (pulumi config set aws:region), and try again"
        yield failed("model", f"{model_id}: {error}", remedy)
        return
    else:
        yield ok("model", f"{model_id} answers with a forced tool call")
    if control is not None:
        yield from check_lifecycle(control, model_id, region)


def _no_answer(model_id: str, error: Exception) -> Finding:
    remedy = "try again; if it persists, set bedrockModelId to another model"
    return warning("model", f"{model_id}: {error}", remedy)


def _refusal(model_id: str, error: ClientError, region: str) -> Finding:
    reason = error.response.get("Error", {})
    return explain_refusal(model_id, str(reason.get("Code")), str(reason.get("Message")), region)


def check_lifecycle(control: Any, model_id: str, region: str) -> Iterator[Finding]:
    """Warn of a Legacy model, with the date of its end; find nothing if the lifecycle cannot be read.

    https://docs.aws.amazon.com/bedrock/latest/userguide/model-lifecycle.html
    """
    try:
        name = _foundation_model(control, model_id)
        details = control.get_foundation_model(modelIdentifier=name)["modelDetails"] if name else {}
    except (
        BotoCoreError,
        ClientError,
    ):  # let go: the permission is optional, and the model itself is checked
        return
    lifecycle = as_dict(details.get("modelLifecycle"))
    if lifecycle.get("status") != "LEGACY":
        return
    ends = lifecycle.get("endOfLifeTime")
    until = f", and AWS ends it on {ends:%Y-%m-%d}" if isinstance(ends, datetime) else ""
    newer = nova_2_lite(region)
    yield warning(
        "model's lifecycle",
        f"{name} is Legacy{until}",
        f"choose a newer model, such as: pulumi config set bedrockModelId {newer}, then pulumi up (docs/cost.md)",
    )


def _foundation_model(control: Any, model_id: str) -> str:
    """Return the id of the foundation model behind a model id, an inference profile or an ARN."""
    if "application-inference-profile/" in model_id:
        profile = control.get_inference_profile(inferenceProfileIdentifier=model_id)
        arns = [as_str(as_dict(each).get("modelArn")) for each in as_list(profile.get("models"))]
        model_id = arns[0] if arns else ""
    found = _MODEL_NAME.fullmatch(model_id.rsplit("/", 1)[-1])
    return found[1] if found else ""


def explain_refusal(model_id: str, code: str, message: str, region: str = "") -> Finding:
    """Return the finding for an error of Bedrock; the remedy names the models of the region.

    https://repost.aws/knowledge-center/bedrock-invokemodel-api-error
    """
    seen = f"{model_id}: {code}: {message}"
    if code == "AccessDeniedException" and "not authorized to perform" in message:
        remedy = "give your own AWS role bedrock:InvokeModel on this model, and check that the model exists"
        return failed("model", seen, remedy)
    if code == "AccessDeniedException":
        remedy = (
            "Amazon's models need no request for access: an IAM policy, a permissions boundary or a service control "
            "policy denies this model; allow bedrock:InvokeModel on it, for an inference profile in all its regions"
        )
        return failed("model", seen, remedy)
    if code in _THROTTLED:
        return warning(
            "model", seen, "if this persists, ask AWS for a higher quota; until then work is delayed"
        )
    if code in _UNAVAILABLE:
        return failed("model", seen, "check https://health.aws.amazon.com, then try again")
    if "toolChoice" in message:
        return failed(
            "model", seen, f"choose a model that can be forced to call a tool: {_set_model(region)}"
        )
    if "extraneous key" in message or "additionalModelRequestFields" in message:
        return failed("model", seen, "correct additionalModelRequestFields: the model does not know a field")
    return failed("model", seen, _set_model(region))


def _set_model(region: str) -> str:
    """Return the remedy that names the models of a region."""
    named = nova_lite(region)
    first = f"{named} (Nova Lite in this region) or " if named else ""
    return (
        f"set bedrockModelId to {first}{nova_2_lite(region)}, or to another inference profile of this region"
    )
