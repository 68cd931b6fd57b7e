"""The parts of a transition table: named flags of a record, and transitions with what they require and set."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, Protocol, TypeVar


class Stateful(Protocol):
    """A record with a state. ``version`` counts its state changes; None on a record that never changed its state."""

    @property
    def status(self) -> StrEnum:
        """The state."""

    @property
    def version(self) -> int | None:
        """How often the state changed."""


RecordT = TypeVar("RecordT", bound=Stateful)
StateT = TypeVar("StateT", bound=StrEnum)


class TransitionRefused(Exception):
    """The table does not allow this transition for this record: a mistake in the code, not a race."""


@dataclass(frozen=True)
class Flag(Generic[RecordT]):
    """A named part of a record's situation that its state alone does not tell; ``holds`` reads it from the record."""

    name: str
    meaning: str
    holds: Callable[[RecordT], bool]


@dataclass(frozen=True)
class Transition(Generic[RecordT, StateT]):
    """One allowed step of a record.

    ``sources`` holds the states that it may start from, each with the flags that must hold there. ``target`` is the
    state afterwards; None is a note, which keeps the state. ``sets`` names the attributes that it writes or removes,
    besides the state. ``when`` says to people when it happens.
    """

    name: str
    sources: Mapping[StateT, tuple[Flag[RecordT], ...]]
    target: StateT | None
    sets: frozenset[str]
    when: str

    def check(self, record: RecordT, values: Collection[str]) -> None:
        """Raise TransitionRefused if the record may not take this step, or if it would write other attributes."""
        flags = {str(state): flags for state, flags in self.sources.items()}.get(str(record.status))
        if flags is None:
            raise TransitionRefused(f"{self.name} does not start from {record.status}")
        if missing := [flag.name for flag in flags if not flag.holds(record)]:
            raise TransitionRefused(f"{self.name} from {record.status} requires: {', '.join(missing)}")
        if other := set(values) - self.sets:
            raise TransitionRefused(f"{self.name} does not set {', '.join(sorted(other))}")
