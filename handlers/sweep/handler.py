"""Once a day, by the stack's schedule."""

from __future__ import annotations

import logging
import time
from collections import Counter
from typing import Any

from common import logs
from common.time_limit import RESERVE, within
from handlers.sweep.composition import sweep

logs.set_up()
log = logging.getLogger(__name__)

#: How far back to look, in seconds: two days, so that a run that failed is made up for by the next.
WINDOW = 2 * 24 * 3600
#: Seconds that one invocation may take: its function's timeout.
TIMEOUT = 300


def handle(_event: dict[str, Any], _context: object) -> dict[str, int]:
    """Feed in what is not on record, and return how many tickets and reviews had each outcome.

    Doing it twice does nothing more. Reviews come first, people wait for them, and take half of the time at most. What
    the time does not suffice for is counted as left, and in the log.
    """
    here, begun = sweep(), time.monotonic()
    reviews, tickets = here.reviews(WINDOW), here.finished(WINDOW)
    outcomes: Counter[str] = Counter()
    try:
        with within((TIMEOUT - RESERVE) / 2):
            outcomes.update(f"review {here.feed_review(found)}" for found in reviews)
    finally:  # whatever hinders the reviews must not cost the tickets
        with within(TIMEOUT - RESERVE - (time.monotonic() - begun)):
            outcomes.update(here.feed(found).status for found in tickets)
            for kind, found in (("reviews", reviews), ("tickets", tickets)):
                if found.is_cut_short:
                    left = outcomes[f"{kind} left"] = found.unreached()
                    log.error("not everything could be swept", extra={"kind": kind, "left": left})
    log.info("swept", extra={"outcomes": dict(outcomes)})
    return dict(outcomes)
