"""``python -m tests.crash --all``: the whole crash matrix, double crashes and interleavings; without ``--all``, samples.

Prints for each scenario how many disturbances of each kind were tried and passed, each one that failed, and the
totals. Exits with 1 if one failed. On a terminal a counter shows the progress.
"""

from __future__ import annotations

import argparse
import logging
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from tests.crash import interleaving, matrix, world
from tests.crash.boundary import Plan
from tests.crash.forks import Forks
from tests.crash.scenarios import SCENARIOS
from tests.crash.tally import Tally

Disturbance = matrix.Point | interleaving.Schedule

#: Seeds for each pair of messages with --all, at least one for each of interleaving.CHANGES: about 3,000 schedules.
SEEDS = 4
#: Double crashes for each scenario with --all.
TWICE = 20


def main(arguments: Sequence[str]) -> int:
    """Run the disturbances that the command line requests."""
    given = _read(arguments)
    logging.disable()
    here, begun = world.build(), time.monotonic()
    runs = matrix.record(here, given.scenarios)
    chosen = _whole(runs, given.seed) if given.all else _sample(runs, given)
    total, lost = Tally(), 0
    for name, run in runs.items():
        mine = [each for each in chosen if each.scenario == name]
        differs = _disturbed(here, run, mine, _counter(name, len(mine)))
        tally = Tally.of(mine, differs)
        print(f"{name}: {tally}", flush=True)
        for point, said in differs.items():
            if said:
                print(f"- {point}", *said[:6], sep="\n    ", flush=True)
        total, lost = total + tally, lost + sum(map(bool, differs.values()))
    print(f"{len(runs)} scenarios: {total}; {time.monotonic() - begun:.0f} s")
    return 1 if lost else 0


def _whole(runs: dict[str, matrix.Run], seed: int) -> list[Disturbance]:
    """Return every point, every schedule, and a random choice of points with a second crash."""
    chosen: list[Disturbance] = []
    for name, run in runs.items():
        points = matrix.points(name, run)
        chosen += points
        chosen += matrix.double_crashes(points, run, TWICE, seed)
        chosen += interleaving.schedules(name, run, range(seed, seed + SEEDS))
    return chosen


def _sample(runs: dict[str, matrix.Run], given: argparse.Namespace) -> list[Disturbance]:
    """Choose as many of each kind as requested."""
    seed = given.seed
    points = [point for name, run in runs.items() for point in matrix.points(name, run)]
    pairs = [
        pair
        for name, run in runs.items()
        for pair in matrix.double_crashes(matrix.points(name, run), run, TWICE, seed)
    ]
    schedules = [
        each
        for name, run in runs.items()
        for each in interleaving.schedules(name, run, range(seed, seed + SEEDS))
    ]
    return [
        *matrix.sampled(points, given.points, seed, preferred=matrix.writes),
        *matrix.sampled(pairs, given.twice, seed, preferred=matrix.writes),
        *matrix.sampled(schedules, given.schedules, seed, preferred=lambda s: s.invocation == s.duplicate_of),
    ]


def _disturbed(
    here: world.World, run: matrix.Run, chosen: Sequence[Disturbance], ended: Callable[[int], None]
) -> dict[str, list[str]]:
    """Try disturbances of one scenario in one walk; return where the result of each differs."""
    served: list[world.Message] = []

    def fork_here(copies: Forks, world: world.World) -> Plan | None:
        served.append(world.serving)
        mine = (each for each in chosen if each.invocation == len(world.invocations))
        match next((each for each in mine if copies.split(str(each))), None):
            case matrix.Point(plan=plan, again=again):
                world.serving.next_plan = again
                return plan
            case interleaving.Schedule(duplicate_of=earlier, seed=seed):
                interleaving.serve_beside(world, replace(served[earlier], receives=0), seed)
        return None

    outcomes = matrix.walk(here, chosen[0].scenario, run, fork_here, ended) if chosen else {}
    return {str(each): outcomes.get(str(each), ["was not reached"]) for each in chosen}


def _counter(name: str, size: int) -> Callable[[int], None]:
    """Return a function that prints the progress on a terminal, and nothing elsewhere."""

    def show(count: int) -> None:
        if sys.stderr.isatty():
            end = "\r" if count < size else "\r\033[K"
            print(f"{name}: {count} of {size}", end=end, file=sys.stderr, flush=True)

    return show


def _read(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.crash", description=__doc__)
    parser.add_argument("--all", action="store_true", help="every point and every schedule")
    parser.add_argument("--points", type=int, default=60, help="crash points to draw")
    parser.add_argument("--twice", type=int, default=20, help="crashes with a second one to draw")
    parser.add_argument("--schedules", type=int, default=20, help="interleavings to draw")
    parser.add_argument("--seed", type=int, default=1, help="what the drawing starts from")
    parser.add_argument("--scenarios", nargs="+", choices=SCENARIOS, default=list(SCENARIOS))
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
