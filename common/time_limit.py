"""Work is stopped before Lambda stops it: a function that is killed cannot say what went wrong.

https://docs.aws.amazon.com/lambda/latest/dg/configuration-timeout.html
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

#: Seconds that are kept for putting a failure on record and telling whoever waits.
RESERVE = 15


class OutOfTime(Exception):
    """The work took too long: a service hung, or answered byte by byte."""


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Raise OutOfTime in the work inside when ``seconds`` are over.

    Lambda calls handlers in the main thread, the only one that a signal reaches; elsewhere there is no limit.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(*_: object) -> None:
        raise OutOfTime(f"the work was not done within {seconds:.0f} seconds")

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, max(seconds, 0.001))
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
