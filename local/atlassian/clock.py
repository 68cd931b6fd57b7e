"""The site's clock: wall time plus an offset that tests can change; it never returns the same millisecond twice."""

import threading
from datetime import UTC, datetime, timedelta


class Clock:
    """The time of the simulated site.

    `now()` is strictly increasing in whole milliseconds, so the order of comments and changelogs is always defined.
    `advance` moves the clock forward; `freeze` stops wall time (each `now()` still adds one millisecond).
    """

    def __init__(self, frozen_at: datetime | None = None) -> None:
        self._lock = threading.Lock()
        self._offset = timedelta(0)
        self._frozen = frozen_at
        self._last = datetime.fromtimestamp(0, UTC)

    def _reading(self) -> datetime:
        moment = (self._frozen or datetime.now(UTC)) + self._offset
        return moment.replace(microsecond=moment.microsecond // 1000 * 1000)

    def now(self) -> datetime:
        """Return the current time (UTC, whole milliseconds), later than every time returned before."""
        with self._lock:
            self._last = max(self._reading(), self._last + timedelta(milliseconds=1))
            return self._last

    def peek(self) -> datetime:
        """Return the current time without advancing the clock."""
        with self._lock:
            return max(self._reading(), self._last)

    def advance(self, seconds: float) -> None:
        """Move the clock forward by a number of seconds."""
        with self._lock:
            self._offset += timedelta(seconds=seconds)
            self._last += timedelta(seconds=seconds)

    def freeze(self, at: datetime | None = None) -> None:
        """Stop wall time at `at`, or at the current time."""
        with self._lock:
            self._frozen = at or self._reading()
            self._offset = timedelta(0)


def jira_time(moment: datetime) -> str:
    """Return a time in Jira's format: `2026-11-22T20:58:00.123+0000`."""
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}+0000"


def confluence_time(moment: datetime) -> str:
    """Return a time in Confluence's format: `2026-11-22T20:58:00.123Z`."""
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"


def milliseconds(moment: datetime) -> int:
    """Return the milliseconds since 1970, as webhook bodies contain them."""
    return int(moment.timestamp() * 1000)
