"""Dies at every boundary call of every invocation of a scenario, in every form, and compares how the run ends."""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from tests.crash import ending
from tests.crash.boundary import Form, Plan
from tests.crash.forks import Forks
from tests.crash.scenarios import SCENARIOS
from tests.crash.world import World

T = TypeVar("T")
#: Called at each message of a walk, to leave copies behind; a copy gets back how it is to be disturbed.
ForkHere = Callable[[Forks, World], Plan | None]


@dataclass(frozen=True)
class Point:
    """One way in which one run is disturbed."""

    scenario: str
    invocation: int
    function: str
    call: str
    plan: Plan

    def __str__(self) -> str:
        return (
            f"{self.scenario}: {self.function} (invocation {self.invocation}), call {self.plan.number} {self.call}: "
            f"{self.plan.form}"
        )


@dataclass(frozen=True)
class Run:
    """The undisturbed run of a scenario."""

    calls: list[tuple[str, list[str]]]
    ending: dict[str, Any]


def record(world: World, scenario: str) -> Run:
    """Play a scenario undisturbed, in a copy of this process."""
    forks = Forks()
    if forks.split(scenario):
        forks.finish(lambda: _played(world, SCENARIOS[scenario]))
    [outcome] = forks.wait().values()
    if "error" in outcome:
        raise RuntimeError(f"{scenario} does not end even undisturbed: {outcome['error']}")
    return Run(**outcome)


def points(scenario: str, run: Run) -> list[Point]:
    """Enumerate all points of a scenario from its recorded run."""
    return [
        Point(scenario, invocation, function, call, Plan(number, form))
        for invocation, (function, calls) in enumerate(run.calls)
        for number, call in enumerate(calls, 1)
        for form in Form
    ]


def drawn(things: Sequence[T], size: int, seed: int, *, rather: Callable[[T], bool]) -> list[T]:
    """Draw some of them; those that are ``rather`` wanted come four times as often."""
    chance = random.Random(seed)
    keyed = [(chance.random() ** (0.25 if rather(thing) else 1.0), thing) for thing in things]
    return [thing for _, thing in heapq.nlargest(size, keyed, key=lambda pair: pair[0])]


def writes(point: Point) -> bool:
    """Tell whether a point's call changes something: that is where dying may cost."""
    return not point.call.startswith("GET ") and not point.call.rpartition(".")[2].startswith(
        ("Get", "Query")
    )


def walk(world: World, scenario: str, run: Run, fork_here: ForkHere) -> dict[str, list[str]]:
    """Play a scenario; ``fork_here`` may leave copies behind at any message. Return where each copy's end differs."""
    forks = Forks()
    if forks.split("the walk"):
        forks.finish(lambda: _walk(world, scenario, run.ending, fork_here))
    [outcomes] = forks.wait().values()
    if "error" in outcomes:
        raise RuntimeError(outcomes["error"])
    return {
        name: [found["error"]] if "error" in found else found["differs"] for name, found in outcomes.items()
    }


def _walk(world: World, scenario: str, expected: dict[str, Any], fork_here: ForkHere) -> dict[str, Any]:
    copies = Forks(longest=120)
    world.about_to_serve = lambda world: None if copies.report else fork_here(copies, world)
    try:
        SCENARIOS[scenario](world)
    except BaseException as error:
        if copies.report is None:
            raise
        raised = error
        copies.finish(lambda: _raise(raised))
    if copies.report:
        copies.finish(lambda: {"differs": ending.differences(expected, ending.of(world))})
    return copies.wait()


def _raise(error: BaseException) -> None:
    raise error


def _played(world: World, scenario: Callable[[World], None]) -> dict[str, Any]:
    scenario(world)
    return {
        "calls": [(invocation.to, invocation.calls) for invocation in world.invocations],
        "ending": ending.of(world),
    }
