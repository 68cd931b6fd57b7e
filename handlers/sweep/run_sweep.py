"""Runs one sweep within its time limit: reviews first, because people wait for them, then tickets, then checks."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Sequence

from common.intake.missed_webhooks import MissedWebhooks
from common.intake.waiting_changes import WaitingChanges
from common.runtime.deadline import remaining_seconds, within_deadline
from handlers.sweep.check_conversion import ConversionCheck
from handlers.sweep.measure_standing import StandingText
from handlers.sweep.remind_reviewers import Reminders

log = logging.getLogger(__name__)

#: Seconds that the check of one published page may take; less than this is left for the end of the sweep.
CHECK_RESERVE_SECONDS = 30


def run_sweep(
    missed_webhooks: MissedWebhooks,
    conversion: ConversionCheck,
    reminders: Reminders,
    waiting: WaitingChanges,
    standing: StandingText,
    window: int,
    seconds: float,
    swept_at: int,
) -> Counter[str]:
    """Process tickets and reviews that were closed in the last ``window`` seconds and are not processed yet.

    Returns how often each outcome occurred. Also publishes the events of what waits for drafting, records which open
    reviews are missing in Jira, checks what Confluence's conversion lost on the pages of these reviews, reminds
    reviewers of reviews that wait, and measures how much of texts that were approved two weeks ago still stands.
    ``swept_at`` is the scheduled time of the sweep, in seconds since the epoch. ``seconds`` is the time limit; reviews
    get at most half of it. Reviews, tickets and checks that are not reached in time are logged, and counted as
    ``reviews left``, ``tickets left`` and ``checks left``. Idempotent. Raises the errors of the services.
    """
    started = time.monotonic()
    reviews, tickets = missed_webhooks.finished_reviews(window), missed_webhooks.finished_tickets(window)
    outcomes: Counter[str] = Counter()
    over: list[str] = []
    try:
        with within_deadline(seconds / 2):
            for review in reviews:
                outcome = missed_webhooks.process_review(review)
                outcomes[f"review {outcome}"] += 1
                if outcome == "over":
                    over.append(review.issue_id)
            missing = missed_webhooks.missing_reviews.record_missing(swept_at)
            outcomes.update({f"review {what}": number for what, number in missing.items()})
    finally:  # the tickets are processed even if the reviews fail
        with within_deadline(seconds - (time.monotonic() - started)):
            # Before the tickets: the event of one that is recorded now is not published twice.
            outcomes.update({f"waiting {what}": number for what, number in waiting.publish().items()})
            outcomes.update(missed_webhooks.process_ticket(found).status for found in tickets)
            for kind, found in (("reviews", reviews), ("tickets", tickets)):
                if found.is_cut_short:
                    left = outcomes[f"{kind} left"] = found.unreached()
                    log.error("sweep.incomplete", extra={"kind": kind, "left": left})
    with within_deadline(seconds - (time.monotonic() - started)):
        outcomes.update(_check_conversions(conversion, over))
        outcomes["reminded"] += reminders.remind(missed_webhooks.clock())
        outcomes["measured"] += standing.measure(missed_webhooks.clock())
    return +outcomes


def _check_conversions(conversion: ConversionCheck, review_ids: Sequence[str]) -> Counter[str]:
    outcomes: Counter[str] = Counter()
    for place, issue_id in enumerate(review_ids):
        if remaining_seconds() < CHECK_RESERVE_SECONDS:
            left = outcomes["checks left"] = len(review_ids) - place
            log.error("sweep.incomplete", extra={"kind": "checks", "left": left})
            break
        if conversion.check(issue_id):
            outcomes["content lost"] += 1
    return outcomes
