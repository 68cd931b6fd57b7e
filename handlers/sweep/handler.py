"""Once a day, by the stack's schedule."""

from __future__ import annotations

import logging
from collections import Counter
from typing import Any

from common import logs
from handlers.sweep.composition import sweep

logs.set_up()
log = logging.getLogger(__name__)

#: How far back to look, in seconds: two days, so that a run that failed is made up for by the next.
WINDOW = 2 * 24 * 3600


def handle(_event: dict[str, Any], _context: object) -> dict[str, int]:
    """Feed in what is not on record; return how many tickets had each outcome. Doing it twice does nothing more."""
    here = sweep()
    outcomes = Counter(here.feed(event).status for event in here.finished(WINDOW))
    outcomes.update(f"review {here.feed_review(event)}" for event in here.reviews(WINDOW))
    log.info("swept", extra={"outcomes": dict(outcomes)})
    return dict(outcomes)
