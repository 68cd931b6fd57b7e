"""Deadlines: stop work before Lambda's time-out kills the function, so that the failure can still be recorded.

Requests to Jira and Confluence check ``remaining_seconds`` and stop by themselves. A SIGALRM timer stops everything
else a little later: calls to AWS, and a service that answers byte by byte.
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

#: Seconds reserved for recording a failure and notifying people.
RESERVE_SECONDS = 15
#: Seconds between the deadline and the alarm.
GRACE_SECONDS = 1.0
#: Re-arm interval of the alarm, in seconds: an exception raised inside a finalizer is swallowed, so it fires again.
REARM_SECONDS = 1.0

#: The deadline on the monotonic clock.
_deadline: ContextVar[float] = ContextVar("deadline", default=float("inf"))


#: Packages whose code waits for a service, or for threads that do.
_WAITING = frozenset({"requests", "botocore", "concurrent"})


class DeadlineExceeded(Exception):
    """The work was not done before its deadline."""


class ServiceHung(DeadlineExceeded):
    """The deadline passed while a service was waited for: it hung, or answered byte by byte."""


class _Stop(BaseException):
    """Raised by the alarm. Not an Exception: botocore would treat that as a failed call and retry it."""


def remaining_seconds() -> float:
    """Return the seconds until the deadline; infinity outside of ``within_deadline``."""
    return _deadline.get() - time.monotonic()


def propagate_deadline(work: Callable[..., T]) -> Callable[..., T]:
    """Wrap ``work`` for use in other threads, which do not inherit the deadline by themselves."""
    context = copy_context()
    return lambda *arguments: context.copy().run(work, *arguments)


@contextmanager
def within_deadline(seconds: float) -> Iterator[None]:
    """Set a deadline for the work inside; raise DeadlineExceeded or ServiceHung soon after it has passed.

    Lambda calls handlers in the main thread, the only one that a signal reaches. In other threads there is no alarm.
    """
    token = _deadline.set(time.monotonic() + seconds)
    try:
        with _alarm(seconds + GRACE_SECONDS):
            yield
    except _Stop as stop:
        kind = ServiceHung if _waited_for_a_service(stop) else DeadlineExceeded
        raise kind(f"the work was not done within {seconds:.0f} seconds") from None
    finally:
        _deadline.reset(token)


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
