"""Ctrl-C and SIGTERM end this process through every `finally`.

A KeyboardInterrupt that arrives inside a library's callback (grpc's, say) can be swallowed there; so the wish is kept,
and heeded at the next step of ours.
"""

import signal
import threading
from types import FrameType

_asked = threading.Event()


def listen() -> None:
    """Raise KeyboardInterrupt on both signals; Ctrl-C stays ignored where a shell made it so for a background job."""
    signal.signal(signal.SIGTERM, _interrupt)
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, _interrupt)


def heed() -> None:
    """Raise KeyboardInterrupt if somebody asked to stop and the process goes on all the same."""
    if _asked.is_set():
        raise KeyboardInterrupt


def _interrupt(number: int, frame: FrameType | None) -> None:
    _asked.set()
    raise KeyboardInterrupt
