"""The disorder of a load run: faults of Atlassian and the model, doubled and overtaken deliveries, shorter waits."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

from local.atlassian import Fault
from local.environment import LocalEnvironment

#: The kinds of faults that Atlassian shows, each with its part of the whole; `after` loses only the answer.
_KINDS: tuple[tuple[float, dict[str, Any]], ...] = (
    (0.250, {"kind": "status", "status": 429, "retry_after": 1.0}),
    (0.125, {"kind": "status", "status": 500}),
    (0.125, {"kind": "status", "status": 500, "after": True}),
    (0.125, {"kind": "status", "status": 503}),
    (0.125, {"kind": "status", "status": 503, "after": True}),
    (0.125, {"kind": "drop"}),
    (0.125, {"kind": "drop", "after": True}),
)
_FOR_EVER = 10**9


@dataclass(frozen=True)
class Faults:
    """Shares of deliveries and requests that go wrong, and the divisor of the queues' visibility timeouts."""

    duplicates: float = 0.05
    late: float = 0.05
    late_by: float = 5.0
    faults: float = 0.02
    hurry: float = 18.0


def begin(up: LocalEnvironment, weather: Faults, seed: int) -> None:
    """Let it begin in a region that is up."""
    site = up.site.site
    post = site.post.options
    post.chance = random.Random(f"deliveries {seed}")
    post.duplicates, post.late, post.late_by = weather.duplicates, weather.late, weather.late_by
    site.faults.chance = random.Random(f"atlassian {seed}")
    for part, fault in _KINDS:
        given = Fault(**fault, account=up.pipeline_account.name, count=_FOR_EVER, share=part * weather.faults)
        site.faults.add(given)
    up.stand_in.chance = random.Random(f"model {seed}")
    up.stand_in.fail_share("throttling", weather.faults)


def end(up: LocalEnvironment) -> None:
    """Let nothing go wrong any more, so that the end can be looked at."""
    up.site.site.faults.clear()
    up.stand_in.fail_share("throttling", 0.0)


def run_faster(up: LocalEnvironment, divisor: float) -> dict[str, tuple[int, int]]:
    """Divide how long the queues hide a message that is given back; return the seconds before and after by queue.

    The stack hides it for six times the function's timeout, up to 18 minutes. A run that waits so long for each fault
    would take hours and show nothing more.
    """
    sqs, changed = up.stack.client("sqs"), {}
    for name, url in up.outputs["queueUrls"].items():
        asked = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["VisibilityTimeout"])
        before = int(asked["Attributes"]["VisibilityTimeout"])
        after = max(1, round(before / divisor))
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": str(after)})
        changed[name] = (before, after)
    return changed
