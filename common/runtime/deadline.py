"""Work is stopped before Lambda stops it: a function that is killed cannot say what went wrong.

What waits for Jira or Confluence asks how much time is ``left`` and gives up by itself. An alarm stops everything else
a little later: calls to AWS, and a service that answers byte by byte.
https://docs.aws.amazon.com/lambda/latest/dg/configuration-timeout.html
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar, copy_context
from traceback import walk_tb
from typing import TypeVar

T = TypeVar("T")

#: Seconds that are kept for putting a failure on record and telling whoever waits.
RESERVE_SECONDS = 15
#: Seconds between the end of the time and the alarm.
GRACE_SECONDS = 1.0
#: Seconds until it rings again: what is raised inside a finalizer is lost, and the work would go on.
REARM_SECONDS = 1.0

_ends: ContextVar[float] = ContextVar("ends", default=float("inf"))


#: Packages in whose code a thread waits for a service, or for the threads that do.
_WAITING = frozenset({"requests", "botocore", "concurrent"})


class DeadlineExceeded(Exception):
    """The work took too long."""


class ServiceHung(DeadlineExceeded):
    """The time ended while a service was waited for: it hung, or answered byte by byte."""


class _Stop(BaseException):
    """The alarm. Not an Exception: botocore takes any of those for a failed call, and makes it again."""


def remaining_seconds() -> float:
    """Return the seconds that the work under way may still take; endless outside of ``within``."""
    return _ends.get() - time.monotonic()


def propagate_deadline(work: Callable[..., T]) -> Callable[..., T]:
    """Return ``work`` for other threads, which otherwise know of no limit."""
    here = copy_context()
    return lambda *given: here.copy().run(work, *given)


@contextmanager
def within_deadline(seconds: float) -> Iterator[None]:
    """Let the work inside know when ``seconds`` are over, and raise OutOfTime or ServiceHung soon after.

    Lambda calls handlers in the main thread, the only one that a signal reaches; elsewhere there is no alarm.
    """
    known = _ends.set(time.monotonic() + seconds)
    try:
        with _alarm(seconds + GRACE_SECONDS):
            yield
    except _Stop as stop:
        kind = ServiceHung if _waited_for_a_service(stop) else DeadlineExceeded
        raise kind(f"the work was not done within {seconds:.0f} seconds") from None
    finally:
        _ends.reset(known)


def _waited_for_a_service(stop: _Stop) -> bool:
    frames = (frame for frame, _ in walk_tb(stop.__traceback__))
    return any(str(frame.f_globals.get("__name__")).partition(".")[0] in _WAITING for frame in frames)


@contextmanager
def _alarm(seconds: float) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(*_: object) -> None:
        raise _Stop

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, max(seconds, 0.001), REARM_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


#: Returns seconds since the epoch.
Clock = Callable[[], float]
