"""How one request is repeated while its service is busy or down: a few pauses, never equal, within a budget.

https://developer.atlassian.com/cloud/jira/platform/rate-limiting/ (wait as told, back off with jitter, then stop)
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any, Self

from urllib3.exceptions import InvalidHeader, MaxRetryError
from urllib3.response import BaseHTTPResponse
from urllib3.util.retry import Retry
from urllib3.util.timeout import Timeout

from common.runtime.deadline import remaining_seconds

#: A request beyond a limit. It was not processed, so it may be repeated whatever its method.
LIMITED = 429
TRANSIENT = frozenset({408, 425, LIMITED, 500, 502, 503, 504})
#: How often a request that may be repeated is sent again.
MAX_RETRIES = 3
#: Seconds before it is sent again for the first time; each further pause is twice as long, and up to twice that.
FIRST_PAUSE_SECONDS = 0.4
#: Longest pause, in seconds, that a service may ask for within an invocation.
MAX_RETRY_AFTER_SECONDS = 30
#: All pauses of one request together are shorter than this, in seconds.
MAX_PAUSES_SECONDS = MAX_RETRIES * (MAX_RETRY_AFTER_SECONDS + 1)


class RetryPolicy(Retry):
    """Repeats GET, PUT and DELETE on any transient answer, and every method on 429.

    A pause that the service asks for is made if it is at most ``LONGEST_WAIT`` seconds and ends before the invocation's
    time does; otherwise the answer is returned at once.
    """

    def is_retry(self, method: str, status_code: int, has_retry_after: bool = False) -> bool:
        """Say whether a request with this answer is repeated."""
        return status_code == LIMITED or super().is_retry(method, status_code, has_retry_after)

    def increment(
        self,
        method: str | None = None,
        url: str | None = None,
        response: BaseHTTPResponse | None = None,
        *arguments: Any,
        **named: Any,
    ) -> Self:
        """Count a failure; MaxRetryError, and so the last answer, when the request is not repeated."""
        asked = asked_pause(response.headers) if response else 0
        counted = super().increment(method, url, response, *arguments, **named)
        if asked > MAX_RETRY_AFTER_SECONDS or remaining_seconds() <= (
            asked + 1 if asked else counted.get_backoff_time()
        ):
            raise MaxRetryError(named.get("_pool"), str(url), None)  # type: ignore[arg-type]
        return counted

    def get_retry_after(self, response: BaseHTTPResponse) -> float | None:
        """Return the seconds that the service asks for, and up to one more, so that not all come back at once."""
        asked = asked_pause(response.headers)
        return asked + random.random() if asked else None  # noqa: S311 - a pause is no secret

    def get_backoff_time(self) -> float:
        """Return the next pause, in seconds."""
        pause: float = FIRST_PAUSE_SECONDS * 2 ** (len(self.history) - 1)
        return pause * (1 + random.random())  # noqa: S311 - a pause is no secret


class DeadlineTimeout(Timeout):
    """How long one try waits: as long as was said, or for what is left of the invocation's time."""

    def __init__(self, connect: float, read: float) -> None:
        super().__init__(connect=connect, read=read)
        self._longest = connect, read

    def clone(self) -> Timeout:
        """Return the time-outs of the next try."""
        connect, read = (min(each, max(remaining_seconds(), 0.001)) for each in self._longest)
        return Timeout(connect=connect, read=read)


def asked_pause(headers: Mapping[str, str]) -> float:
    """Return the seconds that an answer asks to wait for (``Retry-After``); 0 without one that can be read."""
    try:
        return Retry().parse_retry_after(headers.get("Retry-After", "0"))
    except InvalidHeader:
        return 0


def retry_policy(*besides: str) -> RetryPolicy:
    """Return how one request is repeated; ``besides`` names further methods that may be repeated like a GET."""
    return RetryPolicy(
        total=MAX_RETRIES,
        status_forcelist=sorted(TRANSIENT),
        allowed_methods=frozenset({"GET", "PUT", "DELETE", *besides}),
        raise_on_status=False,
    )
