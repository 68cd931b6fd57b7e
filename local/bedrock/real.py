"""The real Bedrock behind the stand-in's door, for `--bedrock`: same checks and counts, true answers."""

from collections.abc import Callable, Mapping
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from local.bedrock.nova import Refused


class NoCredentials(RuntimeError):
    """`--bedrock` was asked for and this machine has no AWS credentials."""


def converse(region: str | None = None) -> Callable[[str, Mapping[str, Any]], dict[str, Any]]:
    """Return a function that asks the real service with this machine's credentials. Raises NoCredentials."""
    session = boto3.session.Session(region_name=region)
    if session.get_credentials() is None:
        raise NoCredentials(
            "--bedrock needs AWS credentials (for example from `aws configure` or `aws sso login`)"
        )
    client = session.client("bedrock-runtime")

    def ask(model_id: str, request: Mapping[str, Any]) -> dict[str, Any]:
        try:
            response = client.converse(modelId=model_id, **request)
        except ClientError as error:
            said = error.response["Error"]
            status = error.response["ResponseMetadata"]["HTTPStatusCode"]
            raise Refused(said["Code"], status, said["Message"]) from error
        except BotoCoreError as error:
            raise Refused("ServiceUnavailableException", 503, str(error)) from error
        return {key: value for key, value in response.items() if key != "ResponseMetadata"}

    return ask
