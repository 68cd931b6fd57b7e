"""`sweep --since 2d`: processes closed tickets and reviews whose webhook was lost."""

from __future__ import annotations

import argparse
import re
import time

from common.aws.change_repository import ChangeRepository
from common.domain.change import Change
from common.intake.detect_change import derive_change_id
from common.intake.eligibility import EligibilityRules
from common.intake.missed_webhooks import MissedWebhooks
from ops.console_output import Terminal, format_time, pluralize
from ops.deployed_stack import DeployedStack

_UNITS = {"m": 60, "h": 3600, "d": 24 * 3600, "w": 7 * 24 * 3600}


def parse_duration(text: str) -> int:
    """Return the seconds in a duration such as 90m, 36h, 2d or 1w."""
    match = re.fullmatch(r"(\d{1,6})([mhdw])", text.strip().lower())
    if not match or not int(match[1]):
        raise argparse.ArgumentTypeError(f"{text!r} is not a duration: write 90m, 36h, 2d or 1w")
    return int(match[1]) * _UNITS[match[2]]


def run(deployment: DeployedStack, screen: Terminal, since: int, dry_run: bool) -> int:
    """Find tickets and reviews that were closed in the last ``since`` seconds; process the missed ones.

    With ``dry_run`` they are only shown. Returns 0.
    """
    env = deployment.settings
    rules = EligibilityRules(
        env.document_labels, env.decline_labels, env.document_issue_types, env.max_change_age_days
    )
    changes = deployment.changes
    missed_webhooks = MissedWebhooks(
        deployment.atlassian[0], changes, deployment.documents, deployment.bus, rules, time.time
    )
    start = format_time(time.time() - since)
    _tickets(missed_webhooks, changes, screen, since, start, dry_run)
    _reviews(missed_webhooks, screen, since, start, dry_run)
    _missing(missed_webhooks, screen)
    return 0


def _tickets(
    missed_webhooks: MissedWebhooks,
    changes: ChangeRepository,
    screen: Terminal,
    since: int,
    start: str,
    dry_run: bool,
) -> None:
    rows, found = [], 0
    for event in missed_webhooks.finished_tickets(since):
        found += 1
        id_ = derive_change_id(event)
        lacking = _lacking(changes.get(id_))
        if lacking:
            result = (
                "would be processed"
                if dry_run
                else f"processed: {missed_webhooks.process_ticket(event).reason}"
            )
            rows.append((event.issue_key, format_time(event.happened_at), id_, lacking, result))
    if rows:
        columns = ("ticket", "closed", "change", "missing", "result")
        screen.table("Closed tickets that were not processed", columns, rows)
    tickets = pluralize(found, "ticket")
    screen.say(
        f"{tickets} closed since {start} and worth documenting; {len(rows)} of them had not been processed."
    )


def _reviews(
    missed_webhooks: MissedWebhooks, screen: Terminal, since: int, start: str, dry_run: bool
) -> None:
    rows, found = [], 0
    for event in missed_webhooks.finished_reviews(since):
        found += 1
        document = missed_webhooks.documents.find_by_review_ticket(event.issue_id)
        if document and not document.is_done:
            result = (
                "would be processed" if dry_run else f"processed: {missed_webhooks.process_review(event)}"
            )
            rows.append(
                (
                    event.issue_key,
                    format_time(event.happened_at),
                    document.document_id,
                    str(document.status) + (", not announced" if document.closing else ""),
                    result,
                )
            )
    if rows:
        columns = ("review", "closed", "document", "status", "result")
        screen.table("Closed reviews that were not completed", columns, rows)
    reviews = pluralize(found, "review")
    screen.say(f"{reviews} closed since {start}; {len(rows)} of them had not been completed.")


def _missing(missed_webhooks: MissedWebhooks, screen: Terminal) -> None:
    """Show open reviews whose ticket is missing in Jira; only the stack's own sweeps count them."""
    missing, _ = missed_webhooks.missing_reviews.find()
    if missing:
        rows = [
            (
                each.review_issue_key,
                each.document_id,
                ", ".join(each.issue_keys),
                format_time(each.missing_since),
            )
            for each in missing
        ]
        columns = ("review", "document", "source tickets", "missing since")
        screen.table("Open reviews whose ticket was deleted, or is hidden from Kinexus", columns, rows)
    screen.say(f"{pluralize(len(missing), 'open review')} missing in Jira.")


def _lacking(known: Change | None) -> str:
    """Return what a change lacks to be processed, ``""`` if nothing."""
    if known is None:
        return "its webhook"
    return "its event" if known.is_waiting else ""
