"""Two deliveries at the same time: a duplicate of an earlier message and the current one, call by call in any order.

Two threads pass a baton at the external calls; a seeded random choice says which continues. Between two calls nothing
else runs, so a seed names one schedule, and the same seed repeats it.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.crash.matrix import Run
from tests.crash.world import Message, World
from tests.handlers.pipeline import reset_functions

#: Probability that the baton changes at a call, by seed: always, sometimes, and rarely.
CHANGES = (0.9, 0.5, 0.1)


@dataclass(frozen=True)
class Schedule:
    """During this invocation, a duplicate of an earlier one (or of itself) is delivered at the same time."""

    scenario: str
    invocation: int
    function: str
    duplicate_of: int
    duplicate_function: str
    seed: int

    def __str__(self) -> str:
        return (
            f"{self.scenario}: {self.function} (invocation {self.invocation}) beside a duplicate for "
            f"{self.duplicate_function} (invocation {self.duplicate_of}), seed {self.seed}"
        )


@dataclass
class Turns:
    """Lets one of several threads run at a time; when they call ``turn`` they switch with probability ``changes``."""

    chance: random.Random
    changes: float
    _back: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    _mine: dict[int, threading.Semaphore] = field(default_factory=dict)
    _running: int = -1

    def turn(self) -> None:
        """Return the baton and wait for it; called in a worker."""
        mine = self._mine[self._running]
        self._back.release()
        mine.acquire()

    def play(self, workers: list[Callable[[], None]]) -> None:
        """Run the workers to the end; raise the error of a worker."""
        raised: list[BaseException] = []

        def worker(number: int, work: Callable[[], None]) -> None:
            self._mine[number].acquire()
            try:
                work()
            except BaseException as error:
                raised.append(error)
            alive.discard(number)
            self._back.release()

        alive = set(range(len(workers)))
        self._mine = {number: threading.Semaphore(0) for number in alive}
        for number, work in enumerate(workers):
            threading.Thread(target=worker, args=(number, work), daemon=True).start()
        while alive:
            if self._running not in alive or self.chance.random() < self.changes:
                self._running = self.chance.choice(sorted(alive - {self._running}) or sorted(alive))
            self._mine[self._running].release()
            self._back.acquire()
        if raised:
            raise raised[0]


def schedules(scenario: str, run: Run, seeds: range) -> list[Schedule]:
    """Pair each invocation with a duplicate of each one up to itself, once for each seed.

    An invocation that calls nothing cannot meet another.
    """
    calling = [(number, to) for number, (to, calls) in enumerate(run.calls) if calls]
    return [
        Schedule(scenario, number, to, earlier, earlier_to, seed)
        for seed in seeds
        for number, to in calling
        for earlier, earlier_to in calling
        if earlier <= number
    ]


def serve_beside(world: World, duplicate: Message, seed: int) -> None:
    """Make the world's next delivery two deliveries at the same time."""
    turns = Turns(random.Random(seed), CHANGES[seed % len(CHANGES)])
    alone = world.call_handler

    def call_handler(message: Message) -> bool:
        world.call_handler = alone  # type: ignore[method-assign]
        done = {}

        def deliver(name: str, given: Message) -> Callable[[], None]:
            def work() -> None:
                reset_functions()  # each delivery in its own process
                done[name] = alone(given)

            return work

        world.boundary.turn = turns.turn
        turns.play([deliver("first", message), deliver("second", duplicate)])
        world.boundary.turn = lambda: None
        if not done["second"]:
            world.fail_delivery(duplicate)
        return done["first"]

    world.call_handler = call_handler  # type: ignore[method-assign]
