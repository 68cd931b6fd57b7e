"""What one day's sweep does in the time that its function has: reviews first, since people wait for them."""

from __future__ import annotations

import logging
import time
from collections import Counter

from common.intake.sweep import Reconciliation
from common.runtime.deadline import within_deadline

log = logging.getLogger(__name__)


def run_sweep(sweep: Reconciliation, window: int, seconds: float, swept_at: int) -> Counter[str]:
    """Feed in what was finished in the last ``window`` seconds and is not on record; return how often what came of it.

    Open reviews whose ticket is missing are counted for the sweep that began at ``swept_at``, in seconds since 1970.
    ``seconds`` is how long it may take; reviews take half of that at most. What it does not suffice for is counted as
    left, and in the log. Doing it twice does nothing more. Raises the errors of the services.
    """
    begun = time.monotonic()
    reviews, tickets = sweep.finished_reviews(window), sweep.finished_tickets(window)
    outcomes: Counter[str] = Counter()
    try:
        with within_deadline(seconds / 2):
            outcomes.update(f"review {sweep.process_review(found)}" for found in reviews)
            lost = sweep.missing_reviews.record_missing(swept_at)
            outcomes.update({f"review {what}": number for what, number in lost.items()})
    finally:  # whatever hinders the reviews must not cost the tickets
        with within_deadline(seconds - (time.monotonic() - begun)):
            outcomes.update(sweep.process_ticket(found).status for found in tickets)
            for kind, found in (("reviews", reviews), ("tickets", tickets)):
                if found.is_cut_short:
                    left = outcomes[f"{kind} left"] = found.unreached()
                    log.error("sweep.incomplete", extra={"kind": kind, "left": left})
    return outcomes
