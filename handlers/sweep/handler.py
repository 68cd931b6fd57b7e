"""Once a day, by the stack's schedule."""

from __future__ import annotations

import logging
from typing import Any

from common.domain.status_transitions import to_epoch_seconds
from common.lambda_entry import logging_setup
from common.runtime.deadline import RESERVE_SECONDS, Clock
from common.runtime.json_access import as_dict, as_str
from handlers.sweep.dependencies import build_reconciliation
from handlers.sweep.run_sweep import run_sweep

logging_setup.configure_logging()
log = logging.getLogger(__name__)

#: How far back to look, in seconds: two days, so that a run that failed is made up for by the next.
WINDOW = 2 * 24 * 3600
#: Seconds that one invocation may take: its function's timeout.
TIMEOUT = 300


def handle(event: dict[str, Any], _context: object) -> dict[str, int]:
    """Feed in what is not on record, and return how many tickets and reviews had each outcome."""
    here = build_reconciliation()
    outcomes = dict(
        run_sweep(here, WINDOW, TIMEOUT - RESERVE_SECONDS, _begun_at(event, here.detection.clock))
    )
    log.info("sweep.finished", extra={"outcomes": outcomes})
    return outcomes


def _begun_at(event: dict[str, Any], clock: Clock) -> int:
    """Return when the schedule meant this sweep to begin, the same in each try of it; without a schedule, now."""
    try:
        return int(to_epoch_seconds(as_str(as_dict(event).get("scheduled_at"))))
    except ValueError:
        return int(clock())
