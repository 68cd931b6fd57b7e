"""The site's clock: wall time plus an offset that tests move, never twice the same millisecond."""

import threading
from datetime import UTC, datetime, timedelta


class Clock:
    """Time as the simulated site sees it.

    `now()` is strictly increasing by whole milliseconds, so that "after" among comments and
    changelogs is never a matter of luck. `advance` moves it ahead; `freeze` stops wall time
    (each reading still steps on by one millisecond).
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
        """Return the present moment (UTC, whole milliseconds), later than every one before."""
        with self._lock:
            self._last = max(self._reading(), self._last + timedelta(milliseconds=1))
            return self._last

    def peek(self) -> datetime:
        """Return the present moment without using up a millisecond."""
        with self._lock:
            return max(self._reading(), self._last)

    def advance(self, seconds: float) -> None:
        """Move the clock ahead by that many seconds, from the newest reading on."""
        with self._lock:
            self._offset += timedelta(seconds=seconds)
            self._last += timedelta(seconds=seconds)

    def freeze(self, at: datetime | None = None) -> None:
        """Stop wall time, at `at` or at the present moment."""
        with self._lock:
            self._frozen = at or self._reading()
            self._offset = timedelta(0)


def jira_time(moment: datetime) -> str:
    """Write a moment as Jira does: `2026-11-22T20:58:00.123+0000`."""
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}+0000"


def confluence_time(moment: datetime) -> str:
    """Write a moment as Confluence does: `2026-11-22T20:58:00.123Z`."""
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"


def milliseconds(moment: datetime) -> int:
    """Count the milliseconds since 1970, as webhook bodies carry them."""
    return int(moment.timestamp() * 1000)
