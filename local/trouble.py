"""What the functions logged as errors: the first thing to read when something did not come."""

import json

from local.machine import Machine


def errors_logged(up: Machine) -> list[str]:
    """Return one line per error in the functions' log groups, newest last."""
    logs = up.stack.client("logs")
    found = []
    for group in up.outputs["logGroups"].values():
        for event in logs.filter_log_events(logGroupName=group)["events"]:
            line = _parsed(event["message"])
            if line.get("level") in ("ERROR", "CRITICAL") or "Traceback" in event["message"]:
                said = f"{line.get('message', '')} {line.get('errorType', '')} {line.get('errorMessage', '')}".strip()
                found.append((event["timestamp"], f"{group}: {said or event['message'].strip()}"))
    return [text for _, text in sorted(found)]


def _parsed(message: str) -> dict[str, object]:
    try:
        line = json.loads(message)
    except ValueError:
        return {}
    return line if isinstance(line, dict) else {}
