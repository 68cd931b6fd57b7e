"""How many disturbances were tried and passed, by kind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from tests.crash.interleaving import Schedule
from tests.crash.matrix import Point

POINTS, TWICE, SCHEDULES = "points", "second crashes", "schedules"


@dataclass(frozen=True)
class Tally:
    """How many of each kind were tried, and how many of them ended like the undisturbed run."""

    tried: Counter[str] = field(default_factory=Counter)
    survived: Counter[str] = field(default_factory=Counter)

    @classmethod
    def of(cls, chosen: Iterable[Point | Schedule], differs: Mapping[str, list[str]]) -> Tally:
        """Count disturbances by whether their results differ."""
        tally = cls()
        for each in chosen:
            tally.tried[_kind(each)] += 1
            tally.survived[_kind(each)] += not differs[str(each)]
        return tally

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.tried + other.tried, self.survived + other.survived)

    def __str__(self) -> str:
        kinds = (POINTS, TWICE, SCHEDULES)
        return "; ".join(f"{kind} tried {self.tried[kind]}, survived {self.survived[kind]}" for kind in kinds)


def _kind(disturbance: Point | Schedule) -> str:
    if isinstance(disturbance, Schedule):
        return SCHEDULES
    return TWICE if disturbance.again else POINTS
