"""Lambda entry point of the daily sweep, started by the stack's schedule."""

from __future__ import annotations

import logging
import time
from typing import Any

from common.domain.status_transitions import to_epoch_seconds
from common.domain.token_expiry import days_left, expires_soon
from common.lambda_entry import logging_setup
from common.runtime.deadline import RESERVE_SECONDS, Clock
from common.runtime.json_access import as_dict, as_str
from handlers.sweep.dependencies import build_dependencies, read_token_expires
from handlers.sweep.run_sweep import run_sweep

logging_setup.configure_logging()
log = logging.getLogger(__name__)

#: How far back a sweep looks, in seconds: two days, so the next daily run covers one that failed.
WINDOW = 2 * 24 * 3600
#: Seconds that one invocation may take: the timeout of this function.
TIMEOUT = 300


def handle(event: dict[str, Any], _context: object) -> dict[str, int]:
    """Run the sweep; return how many tickets and reviews had each outcome."""
    report_token_expiry(read_token_expires(), time.time())
    dependencies = build_dependencies()
    outcomes = dict(
        run_sweep(
            dependencies.missed_webhooks,
            dependencies.conversion,
            dependencies.reminders,
            dependencies.waiting,
            dependencies.standing,
            WINDOW,
            TIMEOUT - RESERVE_SECONDS,
            _scheduled_at(event, dependencies.missed_webhooks.clock),
        )
    )
    log.info("sweep.finished", extra={"outcomes": outcomes})
    return outcomes


def report_token_expiry(expires: str, now: float) -> None:
    """Log a line for the stack's alarm if the API token expires soon."""
    if expires_soon(expires, now):
        log.warning("token.expires_soon", extra={"expires": expires, "days": days_left(expires, now)})


def _scheduled_at(event: dict[str, Any], clock: Clock) -> int:
    """Return the scheduled time of this sweep, the same in every retry, or now if the event has none; epoch seconds."""
    try:
        return int(to_epoch_seconds(as_str(as_dict(event).get("scheduled_at"))))
    except ValueError:
        return int(clock())
