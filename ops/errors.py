"""Why a command cannot do its work, said with the remedy."""

from __future__ import annotations

from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, NoRegionError


class OperatorError(Exception):
    """Something outside stands in the way; ``remedy`` says what the operator can do about it."""

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(problem)
        self.problem, self.remedy = problem, remedy


def from_aws_error(error: BotoCoreError | ClientError) -> OperatorError:
    """Put an error of AWS or of its SDK into words."""
    if isinstance(error, NoCredentialsError):
        return OperatorError("there are no AWS credentials", "log in (aws sso login) or set AWS_PROFILE")
    if isinstance(error, NoRegionError):
        return OperatorError("no AWS region is chosen", "set AWS_REGION to the region of the stack")
    if not isinstance(error, ClientError):
        return OperatorError(
            f"AWS could not be asked: {error}", "log in again, and look at AWS_PROFILE and AWS_REGION"
        )
    said = error.response.get("Error", {})
    code, message = said.get("Code", ""), said.get("Message", "")
    if code in (
        "ExpiredToken",
        "ExpiredTokenException",
        "UnrecognizedClientException",
        "InvalidClientTokenId",
    ):
        return OperatorError(
            f"AWS does not accept the credentials: {message}", "log in again (aws sso login)"
        )
    if code.startswith("AccessDenied"):
        return OperatorError(
            f"AWS does not allow it: {message}",
            f"ask for the right to {error.operation_name}, or use another role",
        )
    return OperatorError(f"{error.operation_name}: {code}: {message}", "look at the stack in AWS's console")
