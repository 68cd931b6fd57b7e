"""Runs one sweep within its time limit: reviews first, because people wait for them, then tickets."""

from __future__ import annotations

import logging
import time
from collections import Counter

from common.intake.missed_webhooks import MissedWebhooks
from common.runtime.deadline import within_deadline

log = logging.getLogger(__name__)


def run_sweep(missed_webhooks: MissedWebhooks, window: int, seconds: float, swept_at: int) -> Counter[str]:
    """Process tickets and reviews that were closed in the last ``window`` seconds and are not processed yet.

    Returns how often each outcome occurred. Also records which open reviews are missing in Jira. ``swept_at`` is the
    scheduled time of the sweep, in seconds since the epoch. ``seconds`` is the time limit; reviews get at most half of
    it. Reviews and tickets that are not reached in time are logged, and counted as ``reviews left`` and ``tickets
    left``. Idempotent. Raises the errors of the services.
    """
    started = time.monotonic()
    reviews, tickets = missed_webhooks.finished_reviews(window), missed_webhooks.finished_tickets(window)
    outcomes: Counter[str] = Counter()
    try:
        with within_deadline(seconds / 2):
            outcomes.update(f"review {missed_webhooks.process_review(found)}" for found in reviews)
            missing = missed_webhooks.missing_reviews.record_missing(swept_at)
            outcomes.update({f"review {what}": number for what, number in missing.items()})
    finally:  # the tickets are processed even if the reviews fail
        with within_deadline(seconds - (time.monotonic() - started)):
            outcomes.update(missed_webhooks.process_ticket(found).status for found in tickets)
            for kind, found in (("reviews", reviews), ("tickets", tickets)):
                if found.is_cut_short:
                    left = outcomes[f"{kind} left"] = found.unreached()
                    log.error("sweep.incomplete", extra={"kind": kind, "left": left})
    return outcomes
