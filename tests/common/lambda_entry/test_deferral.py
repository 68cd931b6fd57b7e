"""Which errors defer a message, and for how long."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    HTTPClientError,
    NoCredentialsError,
    ParamValidationError,
    ReadTimeoutError,
    ResponseStreamingError,
    SSLError,
)
from hypothesis import given
from hypothesis import strategies as st

from common.atlassian.http_client import NotFound, RequestRefused, Unauthorized, Unavailable, VersionConflict
from common.aws.bedrock_client import AnswerCutOff, ModelRefused, NoToolAnswer
from common.aws.event_bus import PublishFailed
from common.aws.secrets import InvalidSecret
from common.lambda_entry.transient_errors import deferral_for, is_transient
from common.runtime.deadline import DeadlineExceeded, ServiceHung
from common.runtime.deferral import (
    FIRST_PAUSE,
    MAX_LEASE_PAUSE,
    MAX_PAUSE,
    MIN_LEASE_PAUSE,
    NOTIFY_AFTER_SECONDS,
    Deferral,
)
from common.runtime.errors import ConditionFailed, LeaseHeld, PermanentFailure

WHERE: Any = {"endpoint_url": "https://aws.test", "error": OSError()}


def aws(code: str, status: int) -> ClientError:
    said = {"Error": {"Code": code, "Message": "m"}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(said, "Operation")  # type: ignore[arg-type]


TRANSIENT = [
    Unavailable("GET", "/rest/api/3/myself", 503, "busy"),
    Unavailable("POST", "/rest/api/3/issue", 429, "slow down", retry_after=3),
    Unavailable("GET", "/wiki/api/v2/pages", None, "ConnectionError"),
    ServiceHung("a service hung"),
    aws("ThrottlingException", 429),  # Bedrock
    aws("ServiceUnavailableException", 503),
    aws("ModelTimeoutException", 408),
    aws("ModelNotReadyException", 429),
    aws("InternalServerException", 500),
    aws("ProvisionedThroughputExceededException", 400),  # DynamoDB
    aws("ThrottlingException", 400),
    aws("RequestLimitExceeded", 400),
    aws("InternalServerError", 500),
    aws("SlowDown", 503),  # S3
    aws("InternalError", 500),
    aws("RequestTimeout", 400),
    aws("InternalException", 500),  # EventBridge
    aws("InternalServiceError", 500),  # Secrets Manager
    aws("502", 502),
    aws("", 504),
    PublishFailed("x", "ThrottlingException"),
    PublishFailed("x", "InternalFailure"),
    *(each(**WHERE) for each in (EndpointConnectionError, ConnectTimeoutError, ReadTimeoutError)),
    *(each(**WHERE) for each in (ConnectionClosedError, ResponseStreamingError, SSLError)),
]
FAILURES = [
    NotFound("GET", "/x", 404, ""),
    VersionConflict("PUT", "/x", 409, ""),
    RequestRefused("POST", "/x", 400, ""),
    Unauthorized("GET", "/x", 401, ""),
    DeadlineExceeded("a loop without end"),
    aws("AccessDeniedException", 403),
    aws("ValidationException", 400),
    aws("ModelErrorException", 424),
    aws("ServiceQuotaExceededException", 400),
    aws("ResourceNotFoundException", 400),
    aws("ConditionalCheckFailedException", 400),
    aws("ItemCollectionSizeLimitExceededException", 400),
    aws("NotImplemented", 501),
    PublishFailed("x", "MalformedDetail"),
    HTTPClientError(error=ValueError("a bug")),
    NoCredentialsError(),
    ParamValidationError(report="x"),
    PermanentFailure("no"),
    ConditionFailed("moved"),
    InvalidSecret("x"),
    ModelRefused("x"),
    AnswerCutOff("x"),
    NoToolAnswer("x"),
    KeyError("a bug"),
    TimeoutError(),
    ConnectionError(),
]


@pytest.mark.parametrize("error", TRANSIENT, ids=repr)
def test_an_unavailable_or_rate_limiting_service_defers(error: Exception) -> None:
    assert is_transient(error)
    deferral = deferral_for(error)
    assert deferral is not None
    assert deferral.grows


@pytest.mark.parametrize("error", FAILURES, ids=repr)
def test_any_other_error_is_a_failure(error: Exception) -> None:
    assert not is_transient(error)
    assert deferral_for(error) is None


def test_a_held_lease_defers_briefly_and_is_no_outage() -> None:
    assert deferral_for(LeaseHeld("x")) == Deferral(grows=False)
    assert not is_transient(LeaseHeld("x"))
    assert {
        MIN_LEASE_PAUSE <= Deferral(grows=False).pause(waited) <= MAX_LEASE_PAUSE
        for waited in range(0, 40_000, 500)
    } == {True}


def test_the_pause_follows_retry_after() -> None:
    named = Unavailable("GET", "/x", 429, "", retry_after=120)
    assert deferral_for(named) == Deferral(grows=True, at_least=120)


@given(st.floats(0, 50_000), st.floats(0, 8_000))
def test_a_pause_is_never_shorter_nor_much_longer_than_requested(waited: float, asked: float) -> None:
    pause = Deferral(grows=True, at_least=asked).pause(waited)
    assert max(asked, FIRST_PAUSE * 0.75) <= pause <= max(MAX_PAUSE, asked + FIRST_PAUSE)


@given(st.floats(0, NOTIFY_AFTER_SECONDS - 1))
def test_no_pause_skips_the_time_of_the_notification(waited: float) -> None:
    assert waited + Deferral(grows=True).pause(waited) <= NOTIFY_AFTER_SECONDS + FIRST_PAUSE * 1.25


def test_pauses_grow_to_the_maximum_with_jitter() -> None:
    waited, pauses = 0.0, list[float]()
    while waited < 7200:
        pauses.append(Deferral(grows=True).pause(waited))
        waited += pauses[-1]
    assert len(pauses) < 20
    assert pauses[0] < 40
    assert max(pauses) >= 0.7 * MAX_PAUSE
    assert len({Deferral(grows=True).pause(0) for _ in range(50)}) == 50
