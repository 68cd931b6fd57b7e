"""The figures of many drafts together: means with 95 % intervals, and the gate that compares them with stored ones."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.drafts.metrics import METRICS

RESAMPLES = 1000
TOLERANCE = 0.02
"""How much worse than its stored value a figure may be."""

Figures = Mapping[str, float | None]


class Mean(NamedTuple):
    """The mean of a metric over the cases it applies to, and its 95 % interval."""

    mean: float
    low: float
    high: float
    cases: int


def means(results: Sequence[Figures]) -> dict[str, Mean]:
    """Return the mean of each metric; the interval is that of a bootstrap over the cases, always the same one."""
    out = {}
    for metric in METRICS:
        values = [value for result in results if (value := result[metric]) is not None]
        if values:
            out[metric] = Mean(sum(values) / len(values), *_interval(values), len(values))
    return out


def _interval(values: Sequence[float]) -> tuple[float, float]:
    chance = random.Random(len(values))
    drawn = sorted(sum(chance.choices(values, k=len(values))) / len(values) for _ in range(RESAMPLES))
    return drawn[RESAMPLES * 25 // 1000], drawn[RESAMPLES * 975 // 1000 - 1]


def table(figures: Mapping[str, Mean]) -> str:
    """Return means as lines of text: metric, mean and interval in percent, number of cases."""
    return "\n".join(
        f"{metric:16} {each.mean:6.1%}   {each.low:6.1%} to {each.high:6.1%}   {each.cases:4} cases"
        for metric, each in figures.items()
    )


def row(figures: Figures) -> str:
    """Return the figures of one case on one line, in percent."""
    return "  ".join(
        f"{'-' if figures[metric] is None else f'{100 * (figures[metric] or 0):.0f}':>4}"
        for metric in METRICS
    )


def worse(figures: Mapping[str, Mean], stored: Mapping[str, float]) -> list[str]:
    """Return the metrics that are more than TOLERANCE below their stored value, each with both values."""
    return [
        f"{metric} is {figures[metric].mean if metric in figures else 0:.1%}, and was {value:.1%}"
        for metric, value in stored.items()
        if metric != "retried" and (figures[metric].mean if metric in figures else 0) < value - TOLERANCE
    ]


def read_stored(path: Path) -> dict[str, dict[str, float]]:
    """Return the stored figures by drafter."""
    stored: dict[str, dict[str, float]] = json.loads(path.read_text("utf-8")) if path.exists() else {}
    return stored


def store(path: Path, drafter: str, figures: Mapping[str, Mean]) -> None:
    """Store the figures of a drafter."""
    stored = read_stored(path) | {drafter: {name: round(each.mean, 4) for name, each in figures.items()}}
    path.write_text(json.dumps(dict(sorted(stored.items())), indent=2) + "\n", "utf-8")
