"""How long one request waits for a service that is busy or down: a few pauses, never equal, within a budget.

https://developer.atlassian.com/cloud/jira/platform/rate-limiting/ (wait as told, back off with jitter, then stop)
"""

from __future__ import annotations

import random
from typing import Any, Self

from urllib3.exceptions import InvalidHeader, MaxRetryError
from urllib3.response import BaseHTTPResponse
from urllib3.util.retry import Retry
from urllib3.util.timeout import Timeout

from common.time_limit import left

TRANSIENT = frozenset({408, 425, 429, 500, 502, 503, 504})
#: How often a request that may be repeated is sent again.
RETRIES = 3
#: Seconds before it is sent again for the first time; each further pause is twice as long, and up to twice that.
FIRST_PAUSE = 0.4
#: Longest wait, in seconds, that a service may ask for within an invocation.
LONGEST_WAIT = 10
#: All pauses of one request together are shorter than this, in seconds.
BUDGET = RETRIES * (LONGEST_WAIT + 1)


class Patience(Retry):
    """Retries of what may be repeated (GET, PUT, DELETE). Whoever asks for a longer wait is not asked again."""

    def increment(
        self,
        method: str | None = None,
        url: str | None = None,
        response: BaseHTTPResponse | None = None,
        *arguments: Any,
        **named: Any,
    ) -> Self:
        """Count a failure; MaxRetryError, and so the last answer, when there is no more patience."""
        asked = self._asked(response) if response else 0
        counted = super().increment(method, url, response, *arguments, **named)
        if asked > LONGEST_WAIT or left() <= (asked or counted.get_backoff_time()):
            raise MaxRetryError(named.get("_pool"), str(url), None)  # type: ignore[arg-type]
        return counted

    def get_retry_after(self, response: BaseHTTPResponse) -> float | None:
        """Return the seconds that the service asks for, and up to one more, so that not all come back at once."""
        asked = self._asked(response)
        return asked + random.random() if asked else None  # noqa: S311 - a pause is no secret

    def get_backoff_time(self) -> float:
        """Return the next pause, in seconds."""
        pause: float = FIRST_PAUSE * 2 ** (len(self.history) - 1)
        return pause * (1 + random.random())  # noqa: S311 - a pause is no secret

    def _asked(self, response: BaseHTTPResponse) -> float:
        """Return the seconds that the service asks for, 0 where it asks for none in words that can be read."""
        try:
            return super().get_retry_after(response) or 0
        except InvalidHeader:
            return 0


class TimeOut(Timeout):
    """How long one try waits: as long as was said, or for what is left of the invocation's time."""

    def __init__(self, connect: float, read: float) -> None:
        super().__init__(connect=connect, read=read)
        self._longest = connect, read

    def clone(self) -> Timeout:
        """Return the time-outs of the next try."""
        connect, read = (min(each, max(left(), 0.001)) for each in self._longest)
        return Timeout(connect=connect, read=read)


def patience(*besides: str) -> Patience:
    """Return the retries of one request; ``besides`` names methods that may be repeated where they are asked."""
    return Patience(
        total=RETRIES,
        status_forcelist=sorted(TRANSIENT),
        allowed_methods=frozenset({"GET", "PUT", "DELETE", *besides}),
        raise_on_status=False,
    )
