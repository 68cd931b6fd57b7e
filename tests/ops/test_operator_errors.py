"""Errors of commands are shown with the remedy, never as a traceback.

The errors are botocore's own. Not proven: which of them AWS raises when.
"""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    EndpointConnectionError,
    NoCredentialsError,
    NoRegionError,
    TokenRetrievalError,
)

from ops import errors


def answered(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "because"}}, "Scan")


ERRORS: dict[str, tuple[BotoCoreError | ClientError, str, str]] = {
    "no credentials": (NoCredentialsError(), "no AWS credentials", "aws sso login"),
    "no region": (NoRegionError(), "no AWS region", "AWS_REGION"),
    "login is over": (TokenRetrievalError(provider="sso", error_msg="expired"), "expired", "log in again"),
    "no network": (EndpointConnectionError(endpoint_url="https://x"), "https://x", "AWS_REGION"),
    "credentials are over": (answered("ExpiredTokenException"), "because", "log in again"),
    "not allowed": (
        answered("AccessDeniedException"),
        "does not allow it: because",
        "the permission for Scan",
    ),
    "anything else": (
        answered("ResourceNotFoundException"),
        "Scan: ResourceNotFoundException: because",
        "console",
    ),
}


@pytest.mark.parametrize(("error", "problem", "remedy"), ERRORS.values(), ids=ERRORS.keys())
def test_an_aws_error_has_a_message_and_a_remedy(error: Any, problem: str, remedy: str) -> None:
    said = errors.from_aws_error(error)
    assert problem in said.problem
    assert remedy in said.remedy
