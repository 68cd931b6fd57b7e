"""Ctrl-C and SIGTERM end this process through every `finally`.

A KeyboardInterrupt that arrives inside a library's callback (grpc's, or one of an event loop) can be swallowed there,
and what waited for the callback then waits for ever. So the wish is kept: it is raised again while an event loop still
runs, and heeded at the next step of ours.
"""

import asyncio
import signal
import threading
from types import FrameType

_asked = threading.Event()
#: Seconds after which an event loop that still runs is interrupted again.
_PATIENCE = 1.0


def listen() -> None:
    """Raise KeyboardInterrupt on both signals; Ctrl-C stays ignored where a shell made it so for a background job."""
    signal.signal(signal.SIGTERM, _interrupt)
    signal.signal(signal.SIGALRM, _interrupt_loop)
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, _interrupt)


def handle_interrupts() -> None:
    """Raise KeyboardInterrupt if somebody asked to stop and the process goes on all the same."""
    if _asked.is_set():
        raise KeyboardInterrupt


def ignore_interrupts() -> None:
    """Stop looking after the interrupt: it has arrived."""
    signal.setitimer(signal.ITIMER_REAL, 0)


def _interrupt(number: int, frame: FrameType | None) -> None:
    _asked.set()
    signal.setitimer(signal.ITIMER_REAL, _PATIENCE)
    raise KeyboardInterrupt


def _interrupt_loop(number: int, frame: FrameType | None) -> None:
    try:
        asyncio.get_running_loop()
    except RuntimeError:  # let go: the interrupt has left the event loop: a `finally` runs now
        return
    signal.setitimer(signal.ITIMER_REAL, _PATIENCE)
    raise KeyboardInterrupt
