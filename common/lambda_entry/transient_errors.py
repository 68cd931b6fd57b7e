"""Which errors defer a message instead of failing it, and for how long: a closed list.

A held lease defers it by short pauses, and work that is too early by as long as it asks for. A service that is down,
hangs or throttles us defers it by growing pauses, at least as long as its Retry-After. A model that gives no usable
answer defers it three times. Any other error is a failure.
https://docs.aws.amazon.com/boto3/latest/guide/retries.html (what botocore itself retries)
https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html#API_runtime_Converse_Errors
"""

from __future__ import annotations

from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ReadTimeoutError,
    ResponseStreamingError,
    SSLError,
)

from common.atlassian.errors import Unavailable
from common.aws.event_bus import PublishFailed
from common.runtime.deadline import ServiceHung
from common.runtime.deferral import ANSWER_PAUSES, Deferral
from common.runtime.errors import LeaseHeld, TooEarly, UnusableAnswers

#: AWS's error codes for throttling.
_THROTTLED = frozenset(
    {
        "BandwidthLimitExceeded",
        "ModelNotReadyException",
        "PriorRequestNotComplete",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "SlowDown",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
    }
)
#: AWS's error codes for a service that is down, in the spelling of each service.
_DOWN = frozenset(
    {
        "InternalError",
        "InternalException",
        "InternalFailure",
        "InternalServerError",
        "InternalServerException",
        "InternalServiceError",
        "ModelTimeoutException",
        "RequestTimeout",
        "RequestTimeoutException",
        "ServiceUnavailable",
        "ServiceUnavailableException",
    }
)
_TRANSIENT_CODES = _THROTTLED | _DOWN
#: HTTP statuses that count where the body has no error code, such as the answer of a load balancer.
_TRANSIENT_STATUS = frozenset({429, 500, 502, 503, 504})
_UNREACHABLE = (
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ReadTimeoutError,
    ResponseStreamingError,
    SSLError,
)


def deferral_for(error: Exception) -> Deferral | None:
    """Return how an error defers its message; None if the error is a failure."""
    if isinstance(error, LeaseHeld):
        return Deferral(grows=False)
    if isinstance(error, UnusableAnswers):
        return Deferral(grows=False, pauses=ANSWER_PAUSES)
    if isinstance(error, Unavailable | TooEarly):
        return Deferral(grows=True, at_least=error.retry_after)
    return Deferral(grows=True) if is_transient(error) else None


def is_transient(error: Exception) -> bool:
    """Return whether an error means that a service is down, hangs or throttles us: the same call may succeed later."""
    if isinstance(error, ClientError):
        code = error.response.get("Error", {}).get("Code", "")
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
        return code in _TRANSIENT_CODES or status in _TRANSIENT_STATUS
    if isinstance(error, PublishFailed):
        return error.code in _TRANSIENT_CODES
    return isinstance(error, (Unavailable, ServiceHung, *_UNREACHABLE))
