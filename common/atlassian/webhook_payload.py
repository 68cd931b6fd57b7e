"""Parses the payload of a Jira webhook, from Cloud or Server, of an event or a workflow's post function.

Rules use ids and category keys. Names are only shown to people, because they can be renamed and translated.
https://developer.atlassian.com/cloud/jira/platform/webhooks/
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from common.domain.status_transitions import is_status_item
from common.runtime.json_access import as_dict, as_list, as_str

_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,254}-[0-9]{1,18}")
_NUMBER = re.compile(r"[0-9]{1,18}")
#: Longest name or label, in characters; Jira's own limit for both. Longer ones are cut off.
_MAX_LENGTH = 255
#: Latest valid timestamp, in milliseconds (the year 5138).
_MAX_TIMESTAMP = 1e14
#: Events that may report a change of status; a workflow's post function sends no event name.
_CHANGE_EVENTS = frozenset({"jira:issue_updated", "jira:issue_created", ""})
#: Event types that older versions of Jira send, without a changelog, when a ticket is closed.
_FINISHING_TYPES = frozenset({"issue_resolved", "issue_closed", "issue_generic"})


class NotAWebhook(Exception):
    """The body is not a Jira webhook; the message names the field, its value and what is expected."""


@dataclass(frozen=True)
class StatusChange:
    """A ticket's change from one status to another. ``move_id`` is Jira's changelog id, or ``""``."""

    move_id: str
    from_id: str
    to_id: str
    to_name: str = ""


@dataclass(frozen=True)
class WebhookPayload:
    """One event. ``happened_at`` is in seconds since the epoch, 0 if Jira did not send a timestamp.

    ``issue_id`` and ``issue_key`` are ``""`` for an event that is not about one issue, such as ``sprint_started``.
    ``identity`` is the same for every redelivery of the event; it is used if ``move`` has no changelog id.
    ``changed_fields`` are the ids of the fields that the event changed, such as ``labels``.
    ``account_id`` is the account that caused the event, ``assignee_id`` the ticket's assignee at that time; either may
    be ``""``.
    """

    name: str
    issue_id: str
    issue_key: str
    labels: tuple[str, ...]
    issue_type: str
    resolution: str
    status_category: str
    status_id: str
    status_name: str
    move: StatusChange | None
    account_id: str
    assignee_id: str
    happened_at: float
    identity: str = ""
    changed_fields: frozenset[str] = frozenset()

    @property
    def is_finishing(self) -> bool:
        """Whether this event closed the ticket: moved it into a status of the category "done".

        The issue in the body may be newer than the change. Then their statuses differ, and only the event of the newer
        change counts. If Jira sent no category, a resolution means that the ticket is closed.
        """
        if self.move is None or not self._is_current(self.move):
            return False
        return self.status_category == "done" or (not self.status_category and bool(self.resolution))

    def _is_current(self, move: StatusChange) -> bool:
        same_id = not move.to_id or not self.status_id or move.to_id == self.status_id
        return same_id or (bool(move.to_name) and move.to_name == self.status_name)


def parse_webhook(body: object) -> WebhookPayload:
    """Parse a webhook's JSON body; raise NotAWebhook if it cannot be one.

    Only events that may report a change of status need an issue. Comments, worklogs, sprints and the like may have
    none, or a shorter one.
    """
    if not isinstance(body, Mapping):
        raise NotAWebhook("the body must be a JSON object as Jira sends it, with a field `issue`")
    issue = as_dict(body.get("issue"))
    issue_id, key = _issue_ids(issue, is_required=_brief(body.get("webhookEvent")) in _CHANGE_EVENTS)
    fields = as_dict(issue.get("fields"))
    status = as_dict(fields.get("status"))
    user = as_dict(body.get("user")) or as_dict(as_dict(body.get("comment")).get("author"))
    timestamp = body.get("timestamp")
    return WebhookPayload(
        name=_brief(body.get("webhookEvent")) or ("transition" if body.get("transition") else ""),
        issue_id=issue_id,
        issue_key=key,
        labels=tuple(label for label in map(_brief, as_list(fields.get("labels"))) if label),
        issue_type=_brief(as_dict(fields.get("issuetype")).get("name")),
        resolution=_brief(as_dict(fields.get("resolution")).get("name")),
        status_category=_brief(as_dict(status.get("statusCategory")).get("key")),
        status_id=_brief(status.get("id")),
        status_name=_brief(status.get("name")),
        move=_move(body, status),
        account_id=_brief(user.get("accountId")),
        assignee_id=_brief(as_dict(fields.get("assignee")).get("accountId")),
        happened_at=timestamp / 1000
        if isinstance(timestamp, int | float) and 0 < timestamp < _MAX_TIMESTAMP
        else 0.0,
        changed_fields=_changed_fields(body),
    )


def _changed_fields(body: Mapping[str, Any]) -> frozenset[str]:
    items = map(as_dict, as_list(as_dict(body.get("changelog")).get("items")))
    return frozenset(
        filter(None, (_brief(item.get("fieldId")) or _brief(item.get("field")) for item in items))
    )


def _issue_ids(issue: Mapping[str, Any], *, is_required: bool) -> tuple[str, str]:
    issue_id, key = as_str(issue.get("id")), as_str(issue.get("key"))
    if _KEY.fullmatch(key) and _NUMBER.fullmatch(issue_id):
        return issue_id, key
    if not is_required:
        return "", ""
    if not _KEY.fullmatch(key):
        raise NotAWebhook(f"issue.key is {_shown(issue.get('key'))}: it must be a Jira key such as OPS-12")
    raise NotAWebhook(f"issue.id is {_shown(issue.get('id'))}: it must be Jira's numeric issue id")


def _move(body: Mapping[str, Any], status: Mapping[str, Any]) -> StatusChange | None:
    name = _brief(body.get("webhookEvent"))
    if name not in _CHANGE_EVENTS:
        return None
    changelog = body.get("changelog")
    if isinstance(changelog, Mapping):
        items = map(as_dict, as_list(changelog.get("items")))
        moves = [
            _from_changelog(item, _number(changelog.get("id"))) for item in items if is_status_item(item)
        ]
        return next((move for move in moves if move.from_id != move.to_id), None)
    transition = as_dict(body.get("transition"))
    if transition:
        return StatusChange(
            "",
            "",
            _brief(status.get("id")),
            _brief(transition.get("to_status")),
        )
    if name == "jira:issue_updated" and _brief(body.get("issue_event_type_name")) in _FINISHING_TYPES:
        return StatusChange("", "", _brief(status.get("id")), _brief(status.get("name")))
    return None


def _from_changelog(item: Mapping[str, Any], move_id: str) -> StatusChange:
    return StatusChange(
        move_id,
        _brief(item.get("from")),
        _brief(item.get("to")),
        _brief(item.get("toString")),
    )


def _brief(value: object) -> str:
    return as_str(value)[:_MAX_LENGTH]


def _number(value: object) -> str:
    return as_str(value) if _NUMBER.fullmatch(as_str(value)) else ""


def _shown(value: object) -> str:
    shown = repr(value)
    return shown if len(shown) <= 60 else shown[:57] + "…"
