"""Forwards requests of the stand-in to Amazon Bedrock, for `--bedrock`; checks and counts stay the same."""

from collections.abc import Callable, Mapping
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from local.bedrock.nova import BedrockError


class NoCredentials(RuntimeError):
    """`--bedrock` was given, but this machine has no AWS credentials."""


def converse(region: str | None = None) -> Callable[[str, Mapping[str, Any]], dict[str, Any]]:
    """Return a function that calls Amazon Bedrock with this machine's credentials. Raises NoCredentials."""
    session = boto3.session.Session(region_name=region)
    if session.get_credentials() is None:
        raise NoCredentials(
            "--bedrock needs AWS credentials, and none were found. Set them up with `aws configure` or `aws sso login`."
        )
    client = session.client("bedrock-runtime")

    def call_model(model_id: str, request: Mapping[str, Any]) -> dict[str, Any]:
        try:
            response = client.converse(modelId=model_id, **request)
        except ClientError as error:
            details = error.response["Error"]
            status = error.response["ResponseMetadata"]["HTTPStatusCode"]
            raise BedrockError(details["Code"], status, details["Message"]) from error
        except BotoCoreError as error:
            raise BedrockError("ServiceUnavailableException", 503, str(error)) from error
        return {key: value for key, value in response.items() if key != "ResponseMetadata"}

    return call_model
