"""Prints what would have happened to tickets, and saves the review pages."""

import html
import re
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from local.atlassian.documents.adf_html import adf_to_html
from local.trial.made_up_site import MadeUpIssue
from local.trial.play import Outcome, Proposal

_REVIEW_HREF = re.compile(r"href=\"https?://[^\s\"<>]+/reviews/[^\s\"<>]+\"")
_KINDS = {"create": "new page", "update": "update of"}
_CHOSEN_BY = {
    "named": "a label or link in the ticket",
    "model": "the model",
    "fallback": "the search ranking",
}
_STATUSES = {
    "ignored": "no documentation",
    "skipped": "no documentation",
    "not_needed": "nothing to change",
    "documented": "would be reviewed",
    "failed": "failed",
    "unfinished": "not finished",
}


def save(outcome: Outcome, folder: Path) -> list[Path]:
    """Save the review pages of a ticket, each with its review ticket beside it; return the files of the pages.

    Both link to each other: the addresses that they had end with the trial.
    """
    folder.mkdir(parents=True, exist_ok=True)
    name = re.sub(r"[^\w-]", "_", outcome.closing.key)
    files = []
    for number, proposal in enumerate(outcome.proposals):
        if proposal.review_page is None or proposal.review_ticket is None:
            continue
        stem = f"{name}-{number + 1}" if number else name
        file, ticket = folder / f"{stem}.html", folder / f"{stem}-ticket.html"
        made_up = rf"https?://[^\s\"<>]+/browse/{re.escape(proposal.review_ticket.key)}(?=[\s\"<>])"
        file.write_text(re.sub(made_up, ticket.name, proposal.review_page), "utf-8")
        shown = _ticket_page(proposal.review_ticket)
        ticket.write_text(re.sub(_REVIEW_HREF, f'href="{file.name}"', shown), "utf-8")
        files.append(file)
    return files


def print_outcome(console: Console, outcome: Outcome, files: Sequence[Path]) -> None:
    """Print everything about one ticket."""
    closing = outcome.closing

    def line(text: str, style: str = "") -> None:
        console.print(text, style=style or None, markup=False, highlight=False, soft_wrap=True)

    line(f"\n{closing.key} {closing.summary}", "bold")
    if closing.as_if:
        line(f"  tried {closing.as_if}")
    line(f"  {_STATUSES.get(outcome.status, outcome.status)}: {outcome.reason}")
    for proposal in outcome.proposals:
        line(f"  {_KINDS.get(proposal.kind, proposal.kind)} “{proposal.title}”: {_state(proposal)}")
        chosen_by = _CHOSEN_BY.get(proposal.decided_by, proposal.decided_by)
        line(f"  why this page: {proposal.why} ({_sure(proposal)}, chosen by {chosen_by})")
        for candidate in proposal.considered:
            line(f"    considered {candidate}")
    for comment in outcome.comments:
        line("  comment in the ticket: " + " ".join(comment.split()))
    for error in outcome.errors:
        line(f"  {error}", "red")
    for file in files:
        line(f"  review page: {file}")
        line(f"  review ticket: {file.with_name(f'{file.stem}-ticket.html')}")


def print_table(console: Console, outcomes: Sequence[tuple[Outcome, Sequence[Path]]]) -> None:
    """Print one row for each page of each ticket."""
    table = Table(box=None, pad_edge=False)
    for name in ("ticket", "summary", "outcome", "page", "sure", "review page"):
        table.add_column(name)
    for outcome, files in outcomes:
        state = _STATUSES.get(outcome.status, outcome.status)
        rows = [
            (f"{_KINDS.get(each.kind, each.kind)} “{each.title}”", _sure(each)) for each in outcome.proposals
        ]
        for number, (page, sure) in enumerate(rows or [(outcome.reason, "")]):
            file = files[number].name if number < len(files) else ""
            table.add_row(
                *map(_plain, (outcome.closing.key, outcome.closing.summary[:50], state, page, sure, file))
            )
    console.print(table)


def _plain(text: str) -> str:
    return text.replace("[", r"\[")


def _state(proposal: Proposal) -> str:
    if proposal.status == "in_review":
        return "a review would be open"
    return proposal.status.replace("_", " ") + (f", {proposal.reason}" if proposal.reason else "")


def _sure(proposal: Proposal) -> str:
    return "confidence unknown" if proposal.confidence is None else f"{proposal.confidence:.0%} sure"


def _ticket_page(ticket: MadeUpIssue) -> str:
    title = html.escape(str(ticket.fields.get("summary", "")))
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>{title}</title><style>body{{font:16px/1.5 sans-serif;max-width:60em;margin:2em auto;padding:0 1em}}"
        "table{border-collapse:collapse}td,th{border:1px solid #bbb;padding:.3em .6em;text-align:left}</style></head>"
        f"<body><h1>{title}</h1>{adf_to_html(ticket.fields.get('description'))}</body></html>"
    )
