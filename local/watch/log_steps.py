"""Log lines of the functions as steps that a person can read."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

_KINDS = {
    "change.recorded": "change",
    "candidate.excluded": "page",
    "draft.stored": "draft",
    "draft.small_changes": "draft",
    "draft.answer_unusable": "problem",
    "review.opened": "review",
    "decision.recorded": "decision",
    "document.ended": "publication",
    "message.deferred": "problem",
    "webhook.failed": "problem",
    "work.failed": "problem",
}
_HIDDEN = ("model.answered", "START", "END", "REPORT", "INIT_START")
"""Lines that say nothing more than another step does."""
_FIELDS_OF_LAMBDA = frozenset(
    {
        "timestamp",
        "level",
        "message",
        "logger",
        "requestId",
        "location",
        "stackTrace",
        "errorType",
        "errorMessage",
    }
)
_IDS = ("issue_key", "issue", "change_id", "document_id")


@dataclass(frozen=True, eq=False)
class LogStep:
    """A log line: time, function, kind of step, text, the ids by which its ticket is found, name, and invocation."""

    at: datetime
    function: str
    kind: str
    text: str
    ids: Mapping[str, str]
    name: str
    request: str


def log_step(function: str, event: Mapping[str, Any]) -> LogStep | None:
    """Return the step of a CloudWatch event, or None for a line that no person needs."""
    try:
        line = json.loads(event["message"])
    except ValueError:  # Lambda's own lines are no JSON
        return None
    name = str(line.get("message", "")) if isinstance(line, dict) else ""
    if "." not in name or " " in name or name.startswith(_HIDDEN):
        return None
    fields = {key: value for key, value in line.items() if key not in _FIELDS_OF_LAMBDA}
    is_problem = line.get("level") in ("ERROR", "CRITICAL")
    ids = {key: str(fields.pop(key)) for key in _IDS if key in fields}
    kind = "problem" if is_problem else _KINDS.get(name, "event")
    text = f"{_words(name, function, fields)}{_error(line)}"
    return LogStep(_time(line, event), function, kind, text, ids, name, str(line.get("requestId", "")))


def _time(line: Mapping[str, Any], event: Mapping[str, Any]) -> datetime:
    """Return the second at which the line was logged; the event's own time is the end of the invocation."""
    try:
        at = datetime.fromisoformat(str(line["timestamp"]))
    except (KeyError, ValueError):
        return datetime.fromtimestamp(event["timestamp"] / 1000, UTC)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _words(name: str, function: str, fields: Mapping[str, Any]) -> str:
    if name in ("event.published", "event.received"):
        how = "published by" if name == "event.published" else "received by"
        return f"{fields.get('event', 'event')} {how} {function}"
    said = ", ".join(f"{key.replace('_', ' ')}: {value}" for key, value in _told(fields))
    return f"{name.replace('.', ' ').replace('_', ' ')}{f' ({said})' if said else ''}"


def _told(fields: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    return ((key, value) for key, value in fields.items() if value not in ("", None))


def _error(line: Mapping[str, Any]) -> str:
    return f": {line['errorMessage']}" if line.get("errorMessage") else ""
