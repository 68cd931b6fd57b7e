"""`quality`: shows what became of the drafts that people decided on, by space, label and model."""

from __future__ import annotations

import re
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import mean, median

from common.domain.document import Document, DocumentStatus
from common.domain.review_outcome import ReviewOutcome, review_outcome, revisions_of
from common.domain.status_transitions import to_epoch_seconds
from ops.console_output import Terminal, pluralize
from ops.deployed_stack import DeployedStack

UNKNOWN = "unknown"
_COLUMNS = (
    "",
    "decided",
    "accepted",
    "revised",
    "rejected",
    "acceptance",
    "revisions",
    "hours to decision",
    "still stands",
)
_DECIDED = (DocumentStatus.PUBLISHED, DocumentStatus.REJECTED, DocumentStatus.FAILED)
_SPACE = re.compile(r"/spaces/([^/?#]+)/")
_LABEL = re.compile(r'label "([^"]+)"')


@dataclass(frozen=True)
class _Decided:
    """A document with how its review ended, and the names of its groups."""

    document: Document
    outcome: ReviewOutcome
    space: str
    label: str
    model: str


def run(deployment: DeployedStack, screen: Terminal, since_seconds: int, now: float | None = None) -> int:
    """Print the figures of the reviews that were decided in the last ``since_seconds``; return 1 if there are none."""
    start = (time.time() if now is None else now) - since_seconds
    decided = _decided(deployment, start)
    if not decided:
        screen.say("No review was decided in this time.")
        return 1
    groups: tuple[tuple[str, Callable[[_Decided], str]], ...] = (
        ("By space", lambda each: each.space),
        ("By label", lambda each: each.label),
        ("By model", lambda each: each.model),
    )
    for title, name_of in groups:
        screen.table(title, _COLUMNS, _rows(decided, name_of))
    screen.say(
        f"{pluralize(len(decided), 'review')} decided. accepted: the first draft; revised: a later draft; acceptance: "
        "both of them.",
        "Hours to decision: median, from the announcement of the newest revision. Still stands: mean share of the "
        "approved text on the page 14 days later.",
    )
    return 0


def _decided(deployment: DeployedStack, start: float) -> list[_Decided]:
    """Return the documents that people decided on since ``start``, without those that take a publication back."""
    documents = [each for each in deployment.documents.with_status(*_DECIDED) if not each.reverts]
    keys = {each.space_id: _space_key(each) for each in documents if each.space_id and _space_key(each)}
    found = []
    for document in documents:
        outcome = review_outcome(document)
        if outcome is None or not _is_since(document, start):
            continue
        space = _space_key(document) or keys.get(document.space_id) or document.space_id or UNKNOWN
        model = document.drafted_by.model_id if document.drafted_by else UNKNOWN
        found.append(_Decided(document, outcome, space, _label(deployment, document), model))
    return found


def _is_since(document: Document, start: float) -> bool:
    try:
        return document.decision is not None and to_epoch_seconds(document.decision.decided_at) >= start
    except ValueError:
        return False


def _space_key(document: Document) -> str:
    """Return the key of the space of a published page, from its address; ``""`` if it does not show it."""
    match = _SPACE.search(document.publication.url) if document.publication else None
    return match[1] if match else ""


def _label(deployment: DeployedStack, document: Document) -> str:
    """Return the label that asked for the documentation, or why it was asked for without one."""
    change = deployment.changes.get(document.change_ids[0]) if document.change_ids else None
    if change is None or not change.worth:
        return UNKNOWN
    match = _LABEL.search(change.worth)
    return match[1] if match else "docs:" if "docs:" in change.worth else "(issue type)"


def _rows(decided: Iterable[_Decided], name_of: Callable[[_Decided], str]) -> list[Sequence[str]]:
    """Return a row for each group, the largest first."""
    groups: dict[str, list[_Decided]] = defaultdict(list)
    for each in decided:
        groups[name_of(each)].append(each)
    return [
        _row(name, group) for name, group in sorted(groups.items(), key=lambda item: (-len(item[1]), item[0]))
    ]


def _row(name: str, group: Sequence[_Decided]) -> Sequence[str]:
    counts = [sum(each.outcome is outcome for each in group) for outcome in ReviewOutcome]
    decisions = [each.document.decision for each in group]
    hours = [each.hours for each in decisions if each and each.hours is not None]
    known = [
        each.document for each in group if each.document.decision and each.document.decision.hours is not None
    ]
    stands = [each.document.still_stands for each in group if each.document.still_stands is not None]
    return (
        name,
        str(len(group)),
        *map(str, counts),
        f"{(counts[0] + counts[1]) / len(group):.0%}",
        f"{mean(map(revisions_of, known)):.1f}" if known else UNKNOWN,
        f"{median(hours):.1f}" if hours else UNKNOWN,
        f"{mean(stands):.0%} of {len(stands)}" if stands else UNKNOWN,
    )
