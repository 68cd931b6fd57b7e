"""Once a day, by the stack's schedule."""

from __future__ import annotations

import logging
from typing import Any

from common import logs
from common.clock import Clock
from common.json_shapes import mapping, text
from common.status_moves import seconds
from common.time_limit import RESERVE
from handlers.sweep.composition import sweep
from handlers.sweep.daily_round import go_round

logs.set_up()
log = logging.getLogger(__name__)

#: How far back to look, in seconds: two days, so that a run that failed is made up for by the next.
WINDOW = 2 * 24 * 3600
#: Seconds that one invocation may take: its function's timeout.
TIMEOUT = 300


def handle(event: dict[str, Any], _context: object) -> dict[str, int]:
    """Feed in what is not on record, and return how many tickets and reviews had each outcome."""
    here = sweep()
    outcomes = dict(go_round(here, WINDOW, TIMEOUT - RESERVE, _begun_at(event, here.detection.clock)))
    log.info("swept", extra={"outcomes": outcomes})
    return outcomes


def _begun_at(event: dict[str, Any], clock: Clock) -> int:
    """Return when the schedule meant this sweep to begin, the same in each try of it; without a schedule, now."""
    try:
        return int(seconds(text(mapping(event).get("scheduled_at"))))
    except ValueError:
        return int(clock())
