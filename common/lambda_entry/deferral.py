"""Which errors defer a message instead of failing it, and for how long: a closed list.

Work that another invocation is doing is waited for briefly. A service that is down, hangs, or limits us is waited for
with pauses that grow, and for at least as long as it asks. Any other error is a failure.
https://docs.aws.amazon.com/boto3/latest/guide/retries.html (what botocore itself repeats)
https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html#API_runtime_Converse_Errors
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ReadTimeoutError,
    ResponseStreamingError,
    SSLError,
)

from common.atlassian.http_client import Unavailable
from common.aws.event_bus import PublishFailed
from common.runtime.deadline import ServiceHung
from common.runtime.errors import LeaseHeld

#: Seconds of the pauses for work that another invocation does: never the same for two that wait for the same work.
SHORTEST, LONGEST = 15, 60
#: Seconds of the first pause for a service, and of the longest. Each is about as long as all before it together.
FIRST_PAUSE, LONGEST_PAUSE = 30, 900
#: Seconds after which people are told that a message is deferred. A pause before that ends shortly after it.
NOTIFY_AFTER_SECONDS = 900

#: AWS's codes for "too fast".
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
#: AWS's codes for "down", in the spelling of each service.
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
#: For answers whose body has no code, such as those of a load balancer.
_TRANSIENT_STATUS = frozenset({429, 500, 502, 503, 504})
_UNREACHABLE = (
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ReadTimeoutError,
    ResponseStreamingError,
    SSLError,
)


@dataclass(frozen=True)
class Deferral:
    """How a message is deferred: by short pauses, or by pauses that grow and are ``at_least`` so many seconds."""

    grows: bool
    at_least: float = 0

    def pause(self, waited: float) -> float:
        """Return the next pause of a message that has been deferred for ``waited`` seconds; it may exceed SQS's 900."""
        if not self.grows:
            return random.uniform(SHORTEST, LONGEST)  # noqa: S311 - a pause is no secret
        spread = random.uniform(0.75, 1.25)  # noqa: S311
        pause = min(max(waited, FIRST_PAUSE) * spread, LONGEST_PAUSE)
        if waited < NOTIFY_AFTER_SECONDS:
            pause = min(pause, NOTIFY_AFTER_SECONDS - waited)
        asked = self.at_least + min(self.at_least, FIRST_PAUSE) * (spread - 0.75)
        return max(pause, FIRST_PAUSE * spread, asked)


def deferral_for(error: Exception) -> Deferral | None:
    """Return how an error defers its message; None for an error that is a failure."""
    if isinstance(error, LeaseHeld):
        return Deferral(grows=False)
    if isinstance(error, Unavailable):
        return Deferral(grows=True, at_least=error.retry_after)
    return Deferral(grows=True) if is_transient(error) else None


def is_transient(error: Exception) -> bool:
    """Say whether an error means that a service is down, hangs or limits us: the same call may succeed later."""
    if isinstance(error, ClientError):
        code = error.response.get("Error", {}).get("Code", "")
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
        return code in _TRANSIENT_CODES or status in _TRANSIENT_STATUS
    if isinstance(error, PublishFailed):
        return error.code in _TRANSIENT_CODES
    return isinstance(error, (Unavailable, ServiceHung, *_UNREACHABLE))
