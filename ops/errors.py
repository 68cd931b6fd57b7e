"""The error of a command that cannot do its work, with the remedy."""

from __future__ import annotations

from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, NoRegionError


class OperatorError(Exception):
    """A command cannot do its work; ``problem`` says why, and ``remedy`` what the operator can do."""

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(problem)
        self.problem, self.remedy = problem, remedy


def from_aws_error(error: BotoCoreError | ClientError) -> OperatorError:
    """Translate an error of AWS or of its SDK."""
    if isinstance(error, NoCredentialsError):
        return OperatorError("there are no AWS credentials", "log in (aws sso login) or set AWS_PROFILE")
    if isinstance(error, NoRegionError):
        return OperatorError("no AWS region is set", "set AWS_REGION to the region of the stack")
    if not isinstance(error, ClientError):
        return OperatorError(
            f"the request to AWS failed: {error}", "log in again, and check AWS_PROFILE and AWS_REGION"
        )
    details = error.response.get("Error", {})
    code, message = details.get("Code", ""), details.get("Message", "")
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
            f"ask for the permission for {error.operation_name}, or use another role",
        )
    return OperatorError(f"{error.operation_name}: {code}: {message}", "check the stack in the AWS console")
