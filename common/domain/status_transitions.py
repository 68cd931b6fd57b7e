"""A ticket's way through its statuses, as the entries of its changelog tell it.

https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issues/#api-rest-api-3-issue-issueidorkey-changelog-get
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from common.runtime.json_access import listed, mapping, text

#: A time that is a greater number is not one of seconds (the year 5138).
_LATEST_IN_SECONDS = 1e11


@dataclass(frozen=True)
class StatusMove:
    """One change of a ticket's status, from its changelog."""

    move_id: str
    author_id: str
    at: str
    from_id: str
    to_id: str


def moves_of(entry: Mapping[str, Any]) -> Iterator[StatusMove]:
    """Yield the changes of status in one entry of a changelog."""
    for item in map(mapping, listed(entry.get("items"))):
        if text(item.get("fieldId")) == "status" or text(item.get("field")).lower() == "status":
            yield StatusMove(
                move_id=text(entry.get("id")),
                author_id=text(mapping(entry.get("author")).get("accountId")),
                at=_moment(entry.get("created")),
                from_id=text(item.get("from")),
                to_id=text(item.get("to")),
            )


def seconds(moment: str) -> float:
    """Return an ISO 8601 time in seconds since the epoch."""
    return datetime.fromisoformat(moment).timestamp()


def finishing_move(moves: Sequence[StatusMove], is_done: Callable[[str], bool]) -> StatusMove | None:
    """Return the last of a ticket's moves that led into a done status from one that is not; None if there is none.

    A ticket that moves on from one done status to another, as automation has it, was finished before that.
    """
    return next((move for move in reversed(moves) if is_done(move.to_id) and not is_done(move.from_id)), None)


def _moment(created: object) -> str:
    """Return a time as ISO 8601: many histories at once have numbers, of milliseconds, in its place."""
    if isinstance(created, int | float):
        seconds = created / 1000 if created > _LATEST_IN_SECONDS else created
        return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")
    return text(created)
