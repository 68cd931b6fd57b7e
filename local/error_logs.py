"""Errors in the functions' log groups: the first thing to read when a result is missing."""

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

#: Maximum number of events in one response.
_MAX_EVENTS = 10_000


def errors_logged(client: Callable[[str], Any], log_groups: Iterable[str], since: float = 0.0) -> list[str]:
    """Return one line per error in the log groups, oldest first; `since` is in seconds since the epoch."""
    errors = []
    for group in log_groups:
        for event in events_logged(client, group, since):
            line = _parsed(event["message"])
            if line.get("level") in ("ERROR", "CRITICAL") or "Traceback" in event["message"]:
                text = f"{line.get('message', '')} {line.get('errorType', '')} {line.get('errorMessage', '')}".strip()
                errors.append((event["timestamp"], f"{group}: {text or event['message'].strip()}"))
    return [text for _, text in sorted(errors)]


def events_logged(client: Callable[[str], Any], group: str, since: float = 0.0) -> Iterator[dict[str, Any]]:
    """Yield the events of a log group, however many there are; `since` is in seconds since the epoch.

    MiniStack returns the first 10,000 and no token for the rest. After a full response the next request starts at the
    time of the last event.
    """
    start = int(since * 1000)
    while True:
        events = client("logs").filter_log_events(logGroupName=group, startTime=start)["events"]
        if len(events) < _MAX_EVENTS:
            yield from events
            return
        last = events[-1]["timestamp"]
        # Events of the last millisecond may be incomplete, so they are read again with the next request.
        complete = [event for event in events if event["timestamp"] < last]
        yield from complete or events
        start = last if complete else last + 1


def _parsed(message: str) -> dict[str, object]:
    try:
        line = json.loads(message)
    except ValueError:
        return {}
    return line if isinstance(line, dict) else {}
