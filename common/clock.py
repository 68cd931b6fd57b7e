"""The time, passed in, so that a test can set it."""

from __future__ import annotations

from collections.abc import Callable

#: Returns seconds since the epoch.
Clock = Callable[[], float]
