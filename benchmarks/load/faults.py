"""Faults of a load run: errors of Atlassian and the model, duplicate and late webhooks, shorter visibility timeouts."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

from local.atlassian import Fault
from local.environment import LocalEnvironment

#: The faults of Atlassian, each with its part of the total share; with `after` only the response is lost.
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
class FaultRates:
    """Shares of webhooks and requests with faults, and the divisor of the queues' visibility timeouts (`speedup`)."""

    duplicates: float = 0.05
    late: float = 0.05
    late_by: float = 5.0
    faults: float = 0.02
    speedup: float = 18.0


def start(up: LocalEnvironment, rates: FaultRates, seed: int) -> None:
    """Start injecting faults in a running region."""
    site = up.site.site
    post = site.post.options
    post.chance = random.Random(f"deliveries {seed}")
    post.duplicates, post.late, post.late_by = rates.duplicates, rates.late, rates.late_by
    site.faults.chance = random.Random(f"atlassian {seed}")
    for part, fault in _KINDS:
        given = Fault(**fault, account=up.pipeline_account.name, count=_FOR_EVER, share=part * rates.faults)
        site.faults.add(given)
    up.stand_in.chance = random.Random(f"model {seed}")
    up.stand_in.fail_share("throttling", rates.faults)


def stop(up: LocalEnvironment) -> None:
    """Stop injecting faults, before the final state is read."""
    up.site.site.faults.clear()
    up.stand_in.fail_share("throttling", 0.0)


def shorten_visibility_timeouts(up: LocalEnvironment, divisor: float) -> dict[str, tuple[int, int]]:
    """Divide the queues' visibility timeouts; return the seconds before and after, by queue.

    The stack sets them to six times the function's timeout, up to 18 minutes. A run that waits so long after each fault
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
