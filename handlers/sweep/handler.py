"""Once a day, by the stack's schedule."""

from __future__ import annotations

import logging
from typing import Any

from common.domain.status_transitions import seconds
from common.lambda_entry import logging_setup
from common.runtime.deadline import RESERVE, Clock
from common.runtime.json_access import mapping, text
from handlers.sweep.dependencies import sweep
from handlers.sweep.run_sweep import go_round

logging_setup.set_up()
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
