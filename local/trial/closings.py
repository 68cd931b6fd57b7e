"""Reads tickets of the site, and makes the webhook that Jira sent, or would have sent, when each was closed."""

import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from urllib.parse import quote

from local.trial.read_only_site import ReadOnlySite
from stack.pipeline.setting_schema import SETTINGS

_FIELDS = "summary,labels,issuetype,resolution,status,statuscategorychangedate,assignee,project"


@dataclass(frozen=True)
class Closing:
    """The closing of a ticket: the webhook's body, and in `as_if` what was made up about the ticket."""

    issue_id: str
    key: str
    summary: str
    body: bytes
    as_if: str


@dataclass(frozen=True)
class _Move:
    history: dict[str, Any]
    from_id: str
    to_id: str
    to_name: str


class Tickets:
    """The tickets of a site. Those without one of the labels are tried as if they had the first of them."""

    def __init__(self, site: ReadOnlySite, labels: Sequence[str]) -> None:
        self._site, self._labels = site, labels

    def closing(self, key: str) -> Closing:
        """Return the last closing of a ticket, or if it is open, one that might come now. Raises SiteRefused."""
        issue = self._site.get(f"/rest/api/3/issue/{quote(key, safe='')}", fields=_FIELDS, expand="changelog")
        fields, notes = issue["fields"], []
        move = self._last_closing(issue)
        if move is None:
            status = fields["status"]
            move = _Move({}, "" if _is_done(status) else str(status["id"]), "10001", "Done")
            if not _is_done(status):
                notes.append(f"was closed now (its status is {status['name']})")
        done = {"id": move.to_id, "name": move.to_name, "statusCategory": {"key": "done"}}
        labels = list(fields.get("labels") or ())
        if not self._asks(labels):
            labels.append(self._labels[0])
            notes.append(f"had the label {self._labels[0]}")
        item = {
            "field": "status", "fieldId": "status", "fieldtype": "jira", "from": move.from_id, "to": move.to_id,
            "fromString": "", "toString": move.to_name,
        }  # fmt: skip
        body = {
            "timestamp": int(time.time() * 1000),
            "webhookEvent": "jira:issue_updated",
            "issue_event_type_name": "issue_generic",
            "user": move.history.get("author") or {},
            "issue": {
                "id": issue["id"], "key": issue["key"], "fields": {**fields, "status": done, "labels": labels},
            },
            "changelog": {"id": str(move.history.get("id", "")), "items": [item]},
        }  # fmt: skip
        as_if = f"as if it {' and '.join(notes)}" if notes else ""
        summary = str(fields.get("summary") or "")
        return Closing(str(issue["id"]), str(issue["key"]), summary, json.dumps(body).encode(), as_if)

    def closed_since(self, days: int, limit: int, jql: str = "") -> list[str]:
        """Return the keys of the tickets that were closed in the last days, the newest first. Raises SiteRefused."""
        query = f'statusCategory = Done AND updated >= "-{days * 24 * 60}m"'
        query += f" AND ({jql})" if jql else ""
        since = time.time() - days * 86_400
        found = []
        for issue in self._search(f"{query} ORDER BY updated DESC"):
            fields = issue["fields"]
            if "documentation-review" in (fields.get("labels") or ()):
                continue
            changed = fields.get("statuscategorychangedate")
            if not changed or datetime.fromisoformat(changed).timestamp() >= since:
                found.append(str(issue["key"]))
            if len(found) >= limit:
                break
        return found

    def _search(self, jql: str) -> Iterator[dict[str, Any]]:
        query = {"jql": jql, "fields": _FIELDS, "maxResults": 100}
        while True:
            answer = self._site.get("/rest/api/3/search/jql", **query)
            yield from answer.get("issues") or ()
            token = answer.get("nextPageToken")
            if not token or token == query.get("nextPageToken"):
                return
            query["nextPageToken"] = token

    def _last_closing(self, issue: dict[str, Any]) -> _Move | None:
        """Return the move that closed the ticket: the last into a done status from one that was not."""
        if not _is_done(issue["fields"]["status"]):
            return None
        histories = sorted(
            (issue.get("changelog") or {}).get("histories") or (), key=lambda each: int(each["id"])
        )
        moves = [
            _Move(history, str(item.get("from")), str(item.get("to")), str(item.get("toString")))
            for history in histories
            for item in history.get("items") or ()
            if item.get("fieldId", item.get("field")) == "status"
        ]
        done = {status_id for status_id, category in self._categories.items() if category == "done"}
        done.add(str(issue["fields"]["status"]["id"]))
        return next((m for m in reversed(moves) if m.to_id in done and m.from_id not in done), None)

    @cached_property
    def _categories(self) -> dict[str, str]:
        listed = self._site.get("/rest/api/3/status")
        return {str(each["id"]): each["statusCategory"]["key"] for each in listed}

    def _asks(self, labels: Sequence[str]) -> bool:
        asking = {label.casefold() for label in self._labels}
        return any(label.casefold() in asking or label.lower().startswith("docs:") for label in labels)


def asking_labels(given: str = "") -> list[str]:
    """Return the labels of the setting documentLabels, or of its default."""
    default = next(str(setting.default) for setting in SETTINGS if setting.key == "documentLabels")
    return [label.strip() for label in (given or default).split(",")]


def _is_done(status: dict[str, Any]) -> bool:
    return bool(status["statusCategory"]["key"] == "done")
