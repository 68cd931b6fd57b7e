"""Generates the pages and tickets of a load run from one seed, with all kinds of tickets that a team closes.

Each subject has an invented name, so the page that a ticket is about is known without the pipeline.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from local.atlassian import Site
from local.seed import Seed, plant_ticket

#: How many of a hundred tickets are of each kind; the rest update a page of their own.
SHARES = {"ignored": 8, "create": 9, "create_together": 4, "named": 5, "shared": 20}
#: Number of tickets about one shared page, and about one shared page that does not exist yet.
TOGETHER, CREATE_TOGETHER = 4, 2
#: How many of a hundred tickets are edited just before they are closed, which sends another webhook.
TOUCHED = 10

_SYLLABLES = (
    "bra",
    "cor",
    "del",
    "fan",
    "gol",
    "hin",
    "jul",
    "kam",
    "lor",
    "mev",
    "nim",
    "pol",
    "quo",
    "rav",
    "sib",
)
_ENDINGS = ("dax", "fim", "gur", "lek", "mon", "nub", "pix", "rost", "tav", "vex", "wim", "zul")
_KINDS = (
    "gateway",
    "scheduler",
    "ledger",
    "importer",
    "console",
    "archive",
    "broker",
    "catalogue",
    "monitor",
    "index",
)
_LIMITS = (
    "retry limit",
    "batch size",
    "idle timeout",
    "queue length",
    "retention",
    "page size",
    "cache lifetime",
)


class Kind(StrEnum):
    """The expected result for a ticket."""

    IGNORED = "ignored"
    CREATE = "create"
    NAMED = "named"
    UPDATE = "update"


@dataclass(frozen=True)
class PlannedTicket:
    """A ticket that will be closed: its key, its kind, and whether it is edited just before.

    `trace` is a number in its text; the page that documents it must contain the number too.
    """

    key: str
    kind: Kind
    is_touched: bool
    trace: str


def plant(site: Site, seeded: Seed, tickets: int, chance: random.Random) -> tuple[PlannedTicket, ...]:
    """Create pages and open tickets in a site; return the tickets in the order in which they are to be closed."""
    kinds = _kinds(tickets)
    subjects = iter(_subjects(len(kinds), chance))
    planned = []
    with site.lock:
        for kind, together in kinds:
            subject = next(subjects)
            page_id = "" if kind is Kind.CREATE else _page(site, seeded, subject, chance)
            for _ in range(together):
                ticket, trace = _ticket(kind, subject, page_id, chance)
                key = plant_ticket(site, seeded.project_key, ticket).key
                planned.append(PlannedTicket(key, kind, chance.randrange(100) < TOUCHED, trace))
        site.confluence.index.settle(site.clock.peek())
    chance.shuffle(planned)
    return tuple(planned)


def _kinds(tickets: int) -> list[tuple[Kind, int]]:
    """Return (kind, number of tickets that share a subject); the numbers add up to the number of tickets."""
    count = {name: tickets * share // 100 for name, share in SHARES.items()}
    found = [(Kind.IGNORED, 1)] * count["ignored"]
    found += [(Kind.CREATE, 1)] * count["create"]
    found += [(Kind.CREATE, CREATE_TOGETHER)] * (count["create_together"] // CREATE_TOGETHER)
    found += [(Kind.NAMED, 1)] * count["named"]
    found += [(Kind.UPDATE, TOGETHER)] * (count["shared"] // TOGETHER)
    return found + [(Kind.UPDATE, 1)] * (tickets - sum(together for _, together in found))


def _subjects(number: int, chance: random.Random) -> list[str]:
    names = [f"{first}{second}{last}" for first in _SYLLABLES for second in _SYLLABLES for last in _ENDINGS]
    return [f"{name.capitalize()} {chance.choice(_KINDS)}" for name in chance.sample(names, number)]


def _page(site: Site, seeded: Seed, subject: str, chance: random.Random) -> str:
    """Create a page about a subject, with headings, a list, code, a table and a panel."""
    name = subject.split()[0]
    rows = "".join(
        f"<tr><td><p>{limit.capitalize()}</p></td><td><p>{chance.randrange(10, 900)}</p></td></tr>"
        for limit in _LIMITS
    )
    storage = (
        f"<p>The {subject} takes work from other services and hands it on. {name} belongs to the platform team.</p>"
        f"<h2>Running {name}</h2><p>Start it with the command below, and look at its log until it is ready.</p>"
        '<ac:structured-macro ac:name="code" ac:schema-version="1"><ac:plain-text-body>'
        f"<![CDATA[{name.lower()} --region eu --workers {chance.randrange(2, 30)}]]></ac:plain-text-body>"
        "</ac:structured-macro>"
        f"<h2>Limits of {name}</h2><table><tbody><tr><th><p>Limit</p></th><th><p>Value</p></th></tr>"
        f"{rows}</tbody></table>"
        f"<h2>When {name} is slow</h2><ul><li><p>Look at the queue length first.</p></li>"
        f"<li><p>Then compare the {name} version with the newest one.</p></li></ul>"
        '<ac:structured-macro ac:name="info" ac:schema-version="1"><ac:rich-text-body>'
        f"<p>{name} is restarted every night at {chance.randrange(1, 6)} o'clock.</p></ac:rich-text-body>"
        "</ac:structured-macro>"
    )
    page = site.confluence.create(site.account("admin"), seeded.space_id, subject, storage, None)
    return page.id


def _ticket(kind: Kind, subject: str, page_id: str, chance: random.Random) -> tuple[dict[str, Any], str]:
    """Return a ticket in the format of the seed's tickets.json, and the number in its text."""
    name, limit, value = subject.split()[0], chance.choice(_LIMITS), chance.randrange(1000, 99000)
    labels = {
        Kind.IGNORED: ["needs-docs", "no-docs"],
        Kind.CREATE: ["new-feature"],
        Kind.NAMED: ["needs-docs", f"docs:{page_id}"],
        Kind.UPDATE: ["needs-docs"],
    }[kind]
    if kind is Kind.CREATE:
        # The words differ from those of all pages; otherwise an existing page would be updated.
        turned = name.lower()[::-1]
        summary = f"Introduce {name} {turned}"
        text = [
            f"{name} {turned} stays below {value}.",
            f"Set {turned} to {value} and {name} follows.",
        ]
    else:
        summary = f"Raise the {limit} of the {subject}"
        text = [f"The {limit} of {name} is {value} now.", "Nothing else changes for those who use it."]
    ticket = {
        "type": "Story",
        "status": "In Progress",
        "summary": summary,
        "labels": labels,
        "components": [],
        "text": text,
    }
    return ticket, str(value)
