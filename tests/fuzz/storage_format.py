"""Fuzz `common.storage_format`: `python -m tests.fuzz.storage_format [--seconds 60] [--seed N]`.

Runs the properties of `tests.common.storage_format.properties` in turn, with fresh random examples, until the time is
over. Prints how many examples each saw; at the first failure the smallest failing example, and exits with 1.
Found faults are kept as tests in `tests/common/storage_format/test_found_by_fuzzing.py`.
"""

from __future__ import annotations

import argparse
import functools
import inspect
import random
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.strategies import SearchStrategy

from tests.common.storage_format.properties import PROPERTIES

ROUND = 40
"""Number of examples of one property before the next one runs."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the fuzz target; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.storage_format", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=None, help="repeats a run (printed by each)")
    options = parser.parse_args(arguments)
    first = options.seed if options.seed is not None else random.SystemRandom().randrange(2**32)
    print(f"seed {first}")
    chance = random.Random(first)
    end = time.monotonic() + options.seconds
    seen: Counter[str] = Counter()
    while time.monotonic() < end:
        for holds, strategies in PROPERTIES.items():
            if time.monotonic() >= end:
                break
            try:
                _round(_counted(holds, seen), strategies, chance.randrange(2**32))
            except Exception:
                traceback.print_exc()
                print(f"FAILED {holds.__name__} (seed {first})")
                return 1
    for name, count in seen.items():
        print(f"{count:>8} {name}")
    return 0


def _counted(holds: Callable[..., None], seen: Counter[str]) -> Callable[..., None]:
    # `given` reads its arguments from the signature of the property.
    @functools.wraps(holds)
    def counted(*example: Any, **named: Any) -> None:
        seen[holds.__name__] += 1
        holds(*example, **named)

    counted.__signature__ = inspect.signature(holds)  # type: ignore[attr-defined]
    return counted


def _round(holds: Callable[..., None], strategies: tuple[SearchStrategy[Any], ...], number: int) -> None:
    chosen = settings(
        max_examples=ROUND,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate, Phase.shrink),
    )
    seed(number)(chosen(given(*strategies)(holds)))()


if __name__ == "__main__":
    sys.exit(main())
