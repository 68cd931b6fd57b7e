"""`sweep --since 2d`: feeds in finished tickets and reviews that Jira never told us about."""

from __future__ import annotations

import argparse
import re
import time

from common.aws.change_repository import ChangeRepository
from common.domain.change import Change
from common.intake.detect_change import ChangeDetector, derive_change_id
from common.intake.eligibility import EligibilityRules
from common.intake.sweep import Reconciliation
from ops.console_output import Terminal, counted, moment
from ops.deployed_stack import Deployment

_UNITS = {"m": 60, "h": 3600, "d": 24 * 3600, "w": 7 * 24 * 3600}


def seconds(text: str) -> int:
    """Read a length of time such as 90m, 36h, 2d or 1w."""
    match = re.fullmatch(r"(\d{1,6})([mhdw])", text.strip().lower())
    if not match or not int(match[1]):
        raise argparse.ArgumentTypeError(f"{text!r} is no length of time: write 90m, 36h, 2d or 1w")
    return int(match[1]) * _UNITS[match[2]]


def run(deployment: Deployment, screen: Terminal, since: int, dry_run: bool) -> int:
    """Find what was finished in the last ``since`` seconds; feed in, or only show, what nobody took up."""
    env = deployment.settings
    rules = EligibilityRules(
        env.document_labels, env.decline_labels, env.document_issue_types, env.max_change_age_days
    )
    changes = deployment.changes
    detection = ChangeDetector(changes, deployment.bus, rules, time.time)
    sweep = Reconciliation(deployment.atlassian[0], detection, deployment.documents)
    begin = moment(time.time() - since)
    _tickets(sweep, changes, screen, since, begin, dry_run)
    _reviews(sweep, screen, since, begin, dry_run)
    _missing(sweep, screen)
    return 0


def _tickets(
    sweep: Reconciliation, changes: ChangeRepository, screen: Terminal, since: int, begin: str, dry_run: bool
) -> None:
    rows, found = [], 0
    for event in sweep.finished_tickets(since):
        found += 1
        id_ = derive_change_id(event)
        lacking = _lacking(changes.get(id_))
        if lacking:
            became = "would be fed in" if dry_run else "fed in: " + sweep.process_ticket(event).reason
            rows.append((event.issue_key, moment(event.happened_at), id_, lacking, became))
    if rows:
        columns = ("ticket", "finished", "change", "lacks", "becomes")
        screen.table("Finished tickets that nobody took up", columns, rows)
    tickets = counted(found, "ticket")
    screen.say(f"{tickets} finished since {begin} and worth documenting; {len(rows)} of them nobody took up.")


def _reviews(sweep: Reconciliation, screen: Terminal, since: int, begin: str, dry_run: bool) -> None:
    rows, found = [], 0
    for event in sweep.finished_reviews(since):
        found += 1
        document = sweep.documents.find_by_review_ticket(event.issue_id)
        if document and not document.is_done:
            became = "would be fed in" if dry_run else f"fed in: {sweep.process_review(event)}"
            rows.append(
                (
                    event.issue_key,
                    moment(event.happened_at),
                    document.document_id,
                    str(document.status) + (", not told" if document.closing else ""),
                    became,
                )
            )
    if rows:
        columns = ("review", "finished", "document", "stands at", "becomes")
        screen.table("Finished reviews that did not come to their end", columns, rows)
    reviews = counted(found, "review")
    screen.say(f"{reviews} finished since {begin}; {len(rows)} of them did not come to their end.")


def _missing(sweep: Reconciliation, screen: Terminal) -> None:
    """Show open reviews whose ticket Jira does not show; only the stack's own sweeps count them."""
    missing, _ = sweep.missing_reviews.find()
    if missing:
        rows = [
            (each.review_issue_key, each.document_id, ", ".join(each.issue_keys), moment(each.missing_since))
            for each in missing
        ]
        columns = ("review", "document", "source tickets", "missing since")
        screen.table("Open reviews whose ticket was deleted, or is hidden from Kinexus", columns, rows)
    screen.say(f"{counted(len(missing), 'open review')} missing in Jira.")


def _lacking(known: Change | None) -> str:
    """Say what is missing of a change, or nothing when it went its way."""
    if known is None:
        return "its webhook"
    return "its event" if known.is_waiting else ""
