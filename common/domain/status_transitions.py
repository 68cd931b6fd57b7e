"""A ticket's way through its statuses, as the entries of its changelog tell it.

https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issues/#api-rest-api-3-issue-issueidorkey-changelog-get
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from common.runtime.json_access import as_dict, as_list, as_str

#: A time that is a greater number is not one of seconds (the year 5138).
_LATEST_IN_SECONDS = 1e11


@dataclass(frozen=True)
class StatusTransition:
    """One change of a ticket's status, from its changelog."""

    move_id: str
    author_id: str
    at: str
    from_id: str
    to_id: str


def status_transitions(entry: Mapping[str, Any]) -> Iterator[StatusTransition]:
    """Yield the changes of status in one entry of a changelog."""
    for item in map(as_dict, as_list(entry.get("items"))):
        if as_str(item.get("fieldId")) == "status" or as_str(item.get("field")).lower() == "status":
            yield StatusTransition(
                move_id=as_str(entry.get("id")),
                author_id=as_str(as_dict(entry.get("author")).get("accountId")),
                at=_moment(entry.get("created")),
                from_id=as_str(item.get("from")),
                to_id=as_str(item.get("to")),
            )


def to_epoch_seconds(moment: str) -> float:
    """Return an ISO 8601 time in seconds since the epoch."""
    return datetime.fromisoformat(moment).timestamp()


def last_transition_to_done(
    moves: Sequence[StatusTransition], is_done: Callable[[str], bool]
) -> StatusTransition | None:
    """Return the last of a ticket's moves that led into a done status from one that is not; None if there is none.

    A ticket that moves on from one done status to another, as automation has it, was finished before that.
    """
    return next((move for move in reversed(moves) if is_done(move.to_id) and not is_done(move.from_id)), None)


def _moment(created: object) -> str:
    """Return a time as ISO 8601: many histories at once have numbers, of milliseconds, in its place."""
    if isinstance(created, int | float):
        seconds = created / 1000 if created > _LATEST_IN_SECONDS else created
        return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")
    return as_str(created)
