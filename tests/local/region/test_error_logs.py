"""All log events are read, although MiniStack returns at most 10,000 at a time and no token for the rest."""

from typing import Any

from local import error_logs
from local.error_logs import errors_logged, events_logged


class Logs:
    """Log events as MiniStack returns them, a few at a time."""

    def __init__(self, events: list[dict[str, Any]], most: int) -> None:
        self._events, self._most = events, most

    def filter_log_events(self, *, logGroupName: str, startTime: int) -> dict[str, Any]:  # noqa: N803
        return {"events": [each for each in self._events if each["timestamp"] >= startTime][: self._most]}


def test_all_pages_of_log_events_are_read(monkeypatch: Any) -> None:
    events = [
        {"timestamp": number // 2, "message": f'{{"level": "ERROR", "message": "{number}"}}'}
        for number in range(25)
    ]
    monkeypatch.setattr(error_logs, "_MAX_EVENTS", 4)
    logs = Logs(events, 4)
    assert list(events_logged(lambda _: logs, "group")) == events
    assert len(errors_logged(lambda _: logs, ["group"])) == 25
