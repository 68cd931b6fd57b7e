"""Status changes of a ticket, parsed from the entries of its changelog.

https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issues/#api-rest-api-3-issue-issueidorkey-changelog-get
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from common.runtime.json_access import as_dict, as_list, as_str

#: Larger timestamps are milliseconds, not seconds (the year 5138).
_MAX_SECONDS = 1e11


@dataclass(frozen=True)
class StatusTransition:
    """One status change of a ticket. ``move_id`` is the changelog id, ``at`` an ISO 8601 time."""

    move_id: str
    author_id: str
    at: str
    from_id: str
    to_id: str


def status_transitions(entry: Mapping[str, Any]) -> Iterator[StatusTransition]:
    """Yield the status changes in one changelog entry."""
    for item in map(as_dict, as_list(entry.get("items"))):
        if is_status_item(item):
            yield StatusTransition(
                move_id=as_str(entry.get("id")),
                author_id=as_str(as_dict(entry.get("author")).get("accountId")),
                at=_moment(entry.get("created")),
                from_id=as_str(item.get("from")),
                to_id=as_str(item.get("to")),
            )


def is_status_item(item: Mapping[str, Any]) -> bool:
    """Return whether a changelog item changes the status, and not a custom field that is also called "Status".

    Jira Server and old entries have no ``fieldId``; there ``fieldtype`` is "custom" for a custom field.
    """
    field_id = as_str(item.get("fieldId"))
    if field_id:
        return field_id == "status"
    return as_str(item.get("field")).lower() == "status" and as_str(item.get("fieldtype")) != "custom"


def to_epoch_seconds(moment: str) -> float:
    """Convert an ISO 8601 time to seconds since the epoch."""
    return datetime.fromisoformat(moment).timestamp()


def last_transition_to_done(
    moves: Sequence[StatusTransition], is_done: Callable[[str], bool]
) -> StatusTransition | None:
    """Return the last move from a status that is not done into a done status, which closed the ticket; or None.

    A move between two done statuses, for example by an automation from Done to Closed, does not count.
    """
    for move in reversed(moves):
        if is_done(move.to_id) and not is_done(move.from_id):
            return move
    return None


def _moment(created: object) -> str:
    """Return a time as ISO 8601; the bulk changelog endpoint returns milliseconds since the epoch instead."""
    if isinstance(created, int | float):
        seconds = created / 1000 if created > _MAX_SECONDS else created
        return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")
    return as_str(created)
