"""Dies at every external call of every invocation of a scenario, in every form, and compares the results."""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from tests.crash import ending
from tests.crash.boundary import Form, Plan
from tests.crash.forks import Forks
from tests.crash.scenarios import SCENARIOS
from tests.crash.world import World

T = TypeVar("T")
DEATHS = (Form.BEFORE, Form.UNANSWERED, Form.AFTER)
#: Called at each message of a walk to fork copies; in a copy it returns the disturbance.
ForkHere = Callable[[Forks, World], Plan | None]


@dataclass(frozen=True)
class Point:
    """One disturbance of one run; ``again`` is the disturbance of the message's next delivery."""

    scenario: str
    invocation: int
    function: str
    call: str
    plan: Plan
    again: Plan | None = None

    def __str__(self) -> str:
        again = f", and once more at call {self.again.number}: {self.again.form}" if self.again else ""
        return (
            f"{self.scenario}: {self.function} (invocation {self.invocation}), call {self.plan.number} {self.call}: "
            f"{self.plan.form}{again}"
        )


@dataclass(frozen=True)
class Run:
    """The undisturbed run of a scenario."""

    calls: list[tuple[str, list[str]]]
    ending: dict[str, Any]


def record(world: World, scenarios: Sequence[str]) -> dict[str, Run]:
    """Play scenarios without disturbance, each in a copy of this process."""
    forks = Forks()
    for scenario in scenarios:
        if forks.split(scenario):
            forks.finish(lambda name=scenario: _played(world, SCENARIOS[name]))  # type: ignore[misc]
    for scenario, outcome in forks.wait().items():
        if "error" in outcome:
            raise RuntimeError(f"{scenario} does not end even undisturbed: {outcome['error']}")
    return {scenario: Run(**forks.outcomes[scenario]) for scenario in scenarios}


def points(scenario: str, run: Run) -> list[Point]:
    """Enumerate all points of a scenario from its recorded run."""
    return [
        Point(scenario, invocation, function, call, Plan(number, form))
        for invocation, (function, calls) in enumerate(run.calls)
        for number, call in enumerate(calls, 1)
        for form in Form
    ]


def double_crashes(points: Sequence[Point], run: Run, size: int, seed: int) -> list[Point]:
    """Choose points at which the process dies, and for each another at which the process of the redelivery dies."""
    chance = random.Random(seed)
    dying = [point for point in points if point.plan.form in DEATHS]
    return [
        replace(
            point,
            again=Plan(chance.randint(1, len(run.calls[point.invocation][1])), chance.choice(DEATHS)),
        )
        for point in sampled(dying, size, seed, preferred=writes)
    ]


def sampled(things: Sequence[T], size: int, seed: int, *, preferred: Callable[[T], bool]) -> list[T]:
    """Choose some of them at random; the ``preferred`` ones come four times as often."""
    chance = random.Random(seed)
    keyed = [(chance.random() ** (0.25 if preferred(thing) else 1.0), thing) for thing in things]
    return [thing for _, thing in heapq.nlargest(size, keyed, key=lambda pair: pair[0])]


def writes(point: Point) -> bool:
    """Return whether a point's call is a write, where a crash can do harm."""
    return not point.call.startswith("GET ") and not point.call.rpartition(".")[2].startswith(
        ("Get", "Query")
    )


def walk(
    world: World, scenario: str, run: Run, fork_here: ForkHere, ended: Callable[[int], None]
) -> dict[str, list[str]]:
    """Play a scenario; ``fork_here`` may fork copies at any message. Return where each copy's result differs.

    ``ended`` is called with the number of finished copies.
    """
    forks = Forks()
    if forks.split("the walk"):
        forks.finish(lambda: _walk(world, scenario, run.ending, fork_here, Forks(longest=120, ended=ended)))
    [outcomes] = forks.wait().values()
    if "error" in outcomes:
        raise RuntimeError(outcomes["error"])
    return {
        name: [found["error"]] if "error" in found else found["differs"] for name, found in outcomes.items()
    }


def _walk(
    world: World, scenario: str, expected: dict[str, Any], fork_here: ForkHere, copies: Forks
) -> dict[str, Any]:
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
