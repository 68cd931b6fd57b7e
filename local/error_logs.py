"""What the functions logged as errors: the first thing to read when something did not come."""

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

#: Most events that one answer holds.
_MOST = 10_000


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
    """Yield the events of a log group, however many there are; `since` is in seconds since the epoch.

    MiniStack answers with the first 10,000 and no token for the rest; so after a full answer it is asked again.
    """
    start = int(since * 1000)
    while True:
        events = client("logs").filter_log_events(logGroupName=group, startTime=start)["events"]
        if len(events) < _MOST:
            yield from events
            return
        last = events[-1]["timestamp"]
        begun = [
            event for event in events if event["timestamp"] < last
        ]  # the rest of that millisecond comes again
        yield from begun or events
        start = last if begun else last + 1


def _parsed(message: str) -> dict[str, object]:
    try:
        line = json.loads(message)
    except ValueError:
        return {}
    return line if isinstance(line, dict) else {}
