"""Retry policy of one request to Jira or Confluence: a few retries with backoff and jitter, before the deadline.

https://developer.atlassian.com/cloud/jira/platform/rate-limiting/ (obey Retry-After, back off with jitter, then stop)
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

#: Status of a request that exceeded a rate limit. It was not processed, so it may be retried with any method.
LIMITED = 429
TRANSIENT = frozenset({408, 425, LIMITED, 500, 502, 503, 504})
#: Retries of one request.
MAX_RETRIES = 3
#: Pause before the first retry, in seconds. Each further pause is twice as long. Jitter adds at most 100 %.
FIRST_PAUSE_SECONDS = 0.4
#: Longest ``Retry-After`` that an invocation waits for, in seconds.
MAX_RETRY_AFTER_SECONDS = 30
#: Upper bound of all pauses of one request together, in seconds.
MAX_PAUSES_SECONDS = MAX_RETRIES * (MAX_RETRY_AFTER_SECONDS + 1)


class RetryPolicy(Retry):
    """Retries GET, PUT and DELETE on any transient status, and every method on 429.

    ``Retry-After`` is obeyed if it is at most ``MAX_RETRY_AFTER_SECONDS`` and ends before the deadline; otherwise the
    answer is returned at once.
    """

    def is_retry(self, method: str, status_code: int, has_retry_after: bool = False) -> bool:
        """Return whether a request is retried after an answer with this status."""
        return status_code == LIMITED or super().is_retry(method, status_code, has_retry_after)

    def increment(
        self,
        method: str | None = None,
        url: str | None = None,
        response: BaseHTTPResponse | None = None,
        *arguments: Any,
        **named: Any,
    ) -> Self:
        """Count a failure. Raises MaxRetryError if there is no further retry; urllib3 then returns the last answer."""
        asked = retry_after_seconds(response.headers) if response else 0
        counted = super().increment(method, url, response, *arguments, **named)
        if asked > MAX_RETRY_AFTER_SECONDS or remaining_seconds() <= (
            asked + 1 if asked else counted.get_backoff_time()
        ):
            raise MaxRetryError(named.get("_pool"), str(url), None)  # type: ignore[arg-type]
        return counted

    def get_retry_after(self, response: BaseHTTPResponse) -> float | None:
        """Return the seconds of ``Retry-After`` with up to one second of jitter; None without the header."""
        asked = retry_after_seconds(response.headers)
        return asked + random.random() if asked else None  # noqa: S311 - a pause is no secret

    def get_backoff_time(self) -> float:
        """Return the next pause, in seconds."""
        pause: float = FIRST_PAUSE_SECONDS * 2 ** (len(self.history) - 1)
        return pause * (1 + random.random())  # noqa: S311 - a pause is no secret


class DeadlineTimeout(Timeout):
    """Time-outs of one attempt: as configured, but never beyond the deadline."""

    def __init__(self, connect: float, read: float) -> None:
        super().__init__(connect=connect, read=read)
        self._longest = connect, read

    def clone(self) -> Timeout:
        """Return the time-outs of the next attempt."""
        connect, read = (min(each, max(remaining_seconds(), 0.001)) for each in self._longest)
        return Timeout(connect=connect, read=read)


def retry_after_seconds(headers: Mapping[str, str]) -> float:
    """Return the seconds in the header ``Retry-After``; 0 if it is missing or invalid."""
    try:
        return Retry().parse_retry_after(headers.get("Retry-After", "0"))
    except InvalidHeader:
        return 0


def retry_policy(*also_retried: str) -> RetryPolicy:
    """Return the retry policy of one request. The methods ``also_retried`` are retried like a GET."""
    return RetryPolicy(
        total=MAX_RETRIES,
        status_forcelist=sorted(TRANSIENT),
        allowed_methods=frozenset({"GET", "PUT", "DELETE", *also_retried}),
        raise_on_status=False,
    )
