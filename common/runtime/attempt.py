"""The attempt at one message: how often it was deferred because of the model's answers, and its calls of the model.

Like the deadline, it is known to everything that runs for the message.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

#: Calls of the model in one attempt at a draft, those that selected its page included.
MAX_MODEL_CALLS = 3


@dataclass
class Attempt:
    """``number`` is 0 for the first attempt; ``selection_calls`` counts the model calls that selected pages."""

    number: int = 0
    selection_calls: int = 0

    @property
    def draft_calls(self) -> int:
        """How often this attempt may call the model for one draft."""
        return max(1, MAX_MODEL_CALLS - self.selection_calls)

    def may_select(self) -> bool:
        """Return whether page selection may call the model once more; the last call is kept for the draft."""
        return self.selection_calls < MAX_MODEL_CALLS - 1


_current: ContextVar[Attempt | None] = ContextVar("attempt", default=None)


def current_attempt() -> Attempt:
    """Return the attempt that is running; outside of ``attempt``, a first attempt."""
    return _current.get() or Attempt()


@contextmanager
def attempt(number: int) -> Iterator[Attempt]:
    """Run the work inside as this attempt."""
    running = Attempt(number)
    token = _current.set(running)
    try:
        yield running
    finally:
        _current.reset(token)
