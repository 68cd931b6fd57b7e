"""Asks the Bedrock model for one token: whether it is offered here, granted to the account, and answers."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from preflight.finding import Finding, failed, ok, warning

_BUSY = ("ThrottlingException",)
_NOT_NOW = (
    "InternalServerException",
    "ModelNotReadyException",
    "ModelTimeoutException",
    "ServiceUnavailableException",
)


def check_model(client: Any, model_id: str) -> Finding:
    """Converse with the model; `client` is boto3's `bedrock-runtime` client.

    https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html#API_runtime_Converse_Errors
    """
    message: dict[str, Any] = {"role": "user", "content": [{"text": "ping"}]}
    try:
        client.converse(
            modelId=model_id, messages=[message], inferenceConfig={"maxTokens": 1, "temperature": 0.0}
        )
    except ClientError as error:
        said = error.response.get("Error", {})
        return explain_refusal(model_id, str(said.get("Code")), str(said.get("Message")))
    except BotoCoreError as error:
        remedy = "choose a region that offers it (pulumi config set aws:region), log in to AWS, and try again"
        return failed("model", f"{model_id}: {error}", remedy)
    return ok("model", f"{model_id} answers")


def explain_refusal(model_id: str, code: str, message: str) -> Finding:
    """Judge what Bedrock answered instead of a token.

    https://repost.aws/knowledge-center/bedrock-invokemodel-api-error
    """
    seen = f"{model_id}: {code}: {message}"
    if code == "AccessDeniedException" and "not authorized to perform" in message:
        return failed(
            "model",
            seen,
            "the role that you ask with needs bedrock:InvokeModel on it; also see that it exists",
        )
    if code == "AccessDeniedException":
        remedy = "grant the model to this account in Bedrock's console; your own role needs bedrock:InvokeModel too"
        return failed("model", seen, remedy)
    if code in _BUSY:
        return warning("model", seen, "if it stays, ask AWS for a higher quota: work waits meanwhile")
    if code in _NOT_NOW:
        return failed("model", seen, "look at https://health.aws.amazon.com, then try again")
    remedy = "set bedrockModelId to a model, or an inference profile (us.amazon.nova-lite-v1:0), that is offered here"
    return failed("model", seen, remedy)
