"""Checks the Bedrock model with a request for one token: it must be offered in the region, granted and answer."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from preflight.finding import Finding, failed, ok, warning

_THROTTLED = ("ThrottlingException",)
_UNAVAILABLE = (
    "InternalServerException",
    "ModelNotReadyException",
    "ModelTimeoutException",
    "ServiceUnavailableException",
)


def check_model(client: Any, model_id: str) -> Finding:
    """Request one token of the model; `client` is boto3's `bedrock-runtime` client.

    https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html#API_runtime_Converse_Errors
    """
    message: dict[str, Any] = {"role": "user", "content": [{"text": "ping"}]}
    try:
        client.converse(
            modelId=model_id, messages=[message], inferenceConfig={"maxTokens": 1, "temperature": 0.0}
        )
    except ClientError as error:
        reason = error.response.get("Error", {})
        return explain_refusal(model_id, str(reason.get("Code")), str(reason.get("Message")))
    except BotoCoreError as error:
        remedy = "log in to AWS, choose a region that offers the model (pulumi config set aws:region), and try again"
        return failed("model", f"{model_id}: {error}", remedy)
    return ok("model", f"{model_id} answers")


def explain_refusal(model_id: str, code: str, message: str) -> Finding:
    """Return the finding for an error of Bedrock.

    https://repost.aws/knowledge-center/bedrock-invokemodel-api-error
    """
    seen = f"{model_id}: {code}: {message}"
    if code == "AccessDeniedException" and "not authorized to perform" in message:
        return failed(
            "model",
            seen,
            "give your own AWS role bedrock:InvokeModel on this model, and check that the model exists",
        )
    if code == "AccessDeniedException":
        remedy = (
            "request access to the model in the Bedrock console; your own role needs bedrock:InvokeModel too"
        )
        return failed("model", seen, remedy)
    if code in _THROTTLED:
        return warning(
            "model", seen, "if this persists, ask AWS for a higher quota; until then work is delayed"
        )
    if code in _UNAVAILABLE:
        return failed("model", seen, "check https://health.aws.amazon.com, then try again")
    remedy = (
        "set bedrockModelId to a model or inference profile of this region, such as us.amazon.nova-lite-v1:0"
    )
    return failed("model", seen, remedy)
