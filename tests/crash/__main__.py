"""``python -m tests.crash --all``: the whole crash matrix and 2,000 interleavings; ``--points N --schedules N``: samples.

Prints what was tried and what survived, and each point that did not; exits with 1 if there is one.
"""

from __future__ import annotations

import argparse
import logging
import sys
import time
from collections.abc import Sequence
from dataclasses import replace

from tests.crash import interleaving, matrix, world
from tests.crash.boundary import Plan
from tests.crash.forks import Forks
from tests.crash.scenarios import SCENARIOS

Disturbance = matrix.Point | interleaving.Schedule

#: Seeds for each pair of messages in the whole form: with the scenarios here, at least 2,000 schedules.
SEEDS = 15


def main(arguments: Sequence[str]) -> int:
    """Run what the command line asks for."""
    given = _read(arguments)
    logging.disable()
    here, begun = world.build(), time.monotonic()
    runs = {scenario: matrix.record(here, scenario) for scenario in given.scenarios}
    points = [point for name, run in runs.items() for point in matrix.points(name, run)]
    seeds = range(given.seed, given.seed + SEEDS)
    schedules = [each for name, run in runs.items() for each in interleaving.schedules(name, run, seeds)]
    if not given.all:
        points = matrix.drawn(points, given.points, given.seed, rather=matrix.writes)
        schedules = matrix.drawn(
            schedules, given.schedules, given.seed, rather=lambda each: each.invocation == each.duplicate_of
        )
    tried, failed = 0, {}
    for name, run in runs.items():
        mine = [each for each in (*points, *schedules) if each.scenario == name]
        differs = _disturbed(here, run, mine)
        lost = {point: said for point, said in differs.items() if said}
        print(f"{name}: {len(differs)} tried, {len(differs) - len(lost)} survived", flush=True)
        tried, failed = tried + len(differs), failed | lost
    for point, said in failed.items():
        print(f"- {point}", *said[:6], sep="\n    ")
    print(
        f"points tried {len(points)}, schedules tried {len(schedules)}, survived {tried - len(failed)} of {tried}, "
        f"{time.monotonic() - begun:.0f} s"
    )
    return 1 if failed else 0


def _disturbed(here: world.World, run: matrix.Run, chosen: Sequence[Disturbance]) -> dict[str, list[str]]:
    """Try points and schedules of one scenario in one walk; return where each one's end differs."""
    served: list[world.Message] = []

    def fork_here(copies: Forks, world: world.World) -> Plan | None:
        served.append(world.serving)
        mine = (each for each in chosen if each.invocation == len(world.invocations))
        match next((each for each in mine if copies.split(str(each))), None):
            case matrix.Point(plan=plan):
                return plan
            case interleaving.Schedule(duplicate_of=earlier, seed=seed):
                interleaving.serve_beside(world, replace(served[earlier], receives=0), seed)
        return None

    outcomes = matrix.walk(here, chosen[0].scenario, run, fork_here) if chosen else {}
    return {str(each): outcomes.get(str(each), ["was not reached"]) for each in chosen}


def _read(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.crash", description=__doc__)
    parser.add_argument("--all", action="store_true", help="every point and every schedule")
    parser.add_argument("--points", type=int, default=60, help="crash points to draw")
    parser.add_argument("--schedules", type=int, default=20, help="interleavings to draw")
    parser.add_argument("--seed", type=int, default=1, help="what the drawing starts from")
    parser.add_argument("--scenarios", nargs="+", choices=SCENARIOS, default=list(SCENARIOS))
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
