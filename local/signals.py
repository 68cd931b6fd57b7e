"""Signal handling: Ctrl-C and SIGTERM end this process through every `finally`.

A KeyboardInterrupt inside a library's callback (grpc, an event loop) can be swallowed there, and the code that waits
for the callback then waits for ever. So the request to stop is remembered: the interrupt is raised again while an event
loop still runs, and again in `handle_interrupts`.
"""

import asyncio
import signal
import threading
from types import FrameType

_stop_requested = threading.Event()
#: Seconds after which an event loop that still runs is interrupted again.
_REPEAT_SECONDS = 1.0


def listen() -> None:
    """Raise KeyboardInterrupt on both signals; Ctrl-C stays ignored where the shell ignores it (background jobs)."""
    signal.signal(signal.SIGTERM, _interrupt)
    signal.signal(signal.SIGALRM, _interrupt_loop)
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, _interrupt)


def handle_interrupts() -> None:
    """Raise KeyboardInterrupt if a stop was requested and the process still runs."""
    if _stop_requested.is_set():
        raise KeyboardInterrupt


def ignore_interrupts() -> None:
    """Stop repeating the interrupt, because it has been handled."""
    signal.setitimer(signal.ITIMER_REAL, 0)


def _interrupt(number: int, frame: FrameType | None) -> None:
    _stop_requested.set()
    signal.setitimer(signal.ITIMER_REAL, _REPEAT_SECONDS)
    raise KeyboardInterrupt


def _interrupt_loop(number: int, frame: FrameType | None) -> None:
    try:
        asyncio.get_running_loop()
    except RuntimeError:  # let go: the interrupt has left the event loop, and a `finally` runs now
        return
    signal.setitimer(signal.ITIMER_REAL, _REPEAT_SECONDS)
    raise KeyboardInterrupt
