"""Jira REST v3: the changelog of one issue, and of many issues at once."""

from typing import Any

from werkzeug.wrappers import Response

from local.atlassian.errors import JiraRefusal
from local.atlassian.jira.issue import HistoryEntry, Issue
from local.atlassian.jira.issue_json import change_json
from local.atlassian.routing import Call, Routes, answer, page_of, page_token, token_start

routes = Routes()
#: Allowed keys in a request for the changelogs of many issues.
_KEYS = {"issueIdsOrKeys", "fieldIds", "maxResults", "nextPageToken"}
_MOST_ISSUES, _MOST_FIELDS, _MOST_CHANGES = 1000, 10, 10_000


@routes.on("GET", "/rest/api/3/issue/<key>/changelog")
def changelog(call: Call, key: str) -> Response:
    """Return the history, oldest first."""
    return answer(
        page_of(
            [change_json(change, call.base) for change in call.site.jira.get(key).history], call, default=100
        )
    )


@routes.on("POST", "/rest/api/3/changelog/bulkfetch")
def bulk_fetch(call: Call) -> Response:
    """Return the changelogs of up to 1,000 issues, oldest change first, without issues that do not exist.

    Times are milliseconds, as Jira sends them, although its specification declares strings.
    """
    body = call.object()
    wanted, fields, size = _ids(body), _fields(body), _size(body)
    named = filter(None, (call.site.jira.find(each) for each in wanted))
    found = {issue.id: issue for issue in named if call.site.jira.is_shown(issue, call.account)}
    changes = [
        (change, issue)
        for issue in found.values()
        for change in issue.history
        if not fields or any(item.field_id in fields for item in change.items)
    ]
    changes.sort(key=lambda pair: (pair[0].created, int(pair[1].id)))
    start = token_start(body.get("nextPageToken"))
    shown: dict[str, Any] = {"issueChangeLogs": _by_issue(call, changes[start : start + size], fields)}
    if start + size < len(changes):
        shown["nextPageToken"] = page_token(start + size)
    return answer(shown)


def _by_issue(
    call: Call, changes: list[tuple[HistoryEntry, Issue]], fields: list[str]
) -> list[dict[str, Any]]:
    grouped: dict[str, list[dict[str, Any]]] = {}
    for change, issue in changes:
        entry = change_json(change, call.base)
        entry["created"] = int(change.created.timestamp() * 1000)
        entry["items"] = [item for item in entry["items"] if not fields or item.get("fieldId") in fields]
        grouped.setdefault(issue.id, []).append(entry)
    return [{"issueId": id_, "changeHistories": histories} for id_, histories in grouped.items()]


def _ids(body: dict[str, Any]) -> list[Any]:
    wanted = body.get("issueIdsOrKeys")
    if set(body) - _KEYS or not isinstance(wanted, list) or not wanted:
        raise JiraRefusal(400, "Invalid request payload. Refer to the REST API documentation and try again.")
    if len(wanted) > _MOST_ISSUES or not all(isinstance(each, str) for each in wanted):
        raise JiraRefusal(
            400, "You may only load changelogs for a maximum of 1,000 issues by ID or key at a time."
        )
    return wanted


def _fields(body: dict[str, Any]) -> list[str]:
    fields = body.get("fieldIds") or []
    if not isinstance(fields, list) or len(fields) > _MOST_FIELDS or len(set(map(str, fields))) < len(fields):
        raise JiraRefusal(400, "fieldIds: up to 10 different field ids are allowed.")
    return fields


def _size(body: dict[str, Any]) -> int:
    size = body.get("maxResults", 1000)
    if not isinstance(size, int) or isinstance(size, bool) or not 1 <= size <= _MOST_CHANGES:
        raise JiraRefusal(400, "maxResults must be between 1 and 10,000.")
    return size
