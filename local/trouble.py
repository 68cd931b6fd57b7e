"""What the functions logged as errors: the first thing to read when something did not come."""

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any


def errors_logged(client: Callable[[str], Any], log_groups: Iterable[str], since: float = 0.0) -> list[str]:
    """Return one line per error in the log groups, oldest first; `since` is in seconds since the epoch."""
    found = []
    for group in log_groups:
        for event in events_logged(client, group, since):
            line = _parsed(event["message"])
            if line.get("level") in ("ERROR", "CRITICAL") or "Traceback" in event["message"]:
                said = f"{line.get('message', '')} {line.get('errorType', '')} {line.get('errorMessage', '')}".strip()
                found.append((event["timestamp"], f"{group}: {said or event['message'].strip()}"))
    return [text for _, text in sorted(found)]


def events_logged(client: Callable[[str], Any], group: str, since: float = 0.0) -> Iterator[dict[str, Any]]:
    """Yield the events of a log group, however many there are; `since` is in seconds since the epoch."""
    pages = client("logs").get_paginator("filter_log_events")
    for page in pages.paginate(logGroupName=group, startTime=int(since * 1000)):
        yield from page["events"]


def _parsed(message: str) -> dict[str, object]:
    try:
        line = json.loads(message)
    except ValueError:
        return {}
    return line if isinstance(line, dict) else {}
