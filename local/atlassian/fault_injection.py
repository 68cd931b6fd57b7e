"""Fault injection: makes the next matching requests fail, before or after they are served."""

import json
import random
import re
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from werkzeug.wrappers import Request, Response

from local.atlassian.errors import AtlassianRefusal, ConfluenceRefusal, ConfluenceV1Refusal, JiraRefusal

KINDS = frozenset({"status", "drop", "hang", "slow", "truncate", "html", "gone"})
_REMOVED = "This deprecated endpoint has been removed."


class ConnectionDropped(Exception):
    """The connection breaks without a response; in-process callers get their transport's error."""


@dataclass
class Fault:
    """A fault for the next `count` requests whose method, path and account match.

    `kind`: `status` responds with `status` (429 with `retry_after` seconds where given); `drop` breaks the connection;
    `hang` waits `seconds` and then breaks it; `slow` waits and then serves; `truncate` cuts the JSON of the real
    response in the middle; `html` responds with an HTML error page and `status` (default 200); `gone` responds with
    410, as for an endpoint that Atlassian has removed, until all faults are cleared.
    `after` serves the request first, and only its response is lost. `path` is a regular expression searched in path and
    query. `skip` is the number of matching requests to serve normally first. With a `share` below 1, each matching
    request fails with that probability.
    """

    kind: str
    count: int = 1
    method: str = ""
    path: str = ""
    account: str = ""
    status: int = 500
    retry_after: float | None = None
    seconds: float = 1.0
    after: bool = False
    skip: int = 0
    share: float = 1.0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"unknown fault {self.kind!r}: one of {', '.join(sorted(KINDS))}")
        re.compile(self.path)

    @property
    def name(self) -> str:
        """Return a short name of the fault: `503`, `drop after`."""
        what = str(self.status) if self.kind == "status" else self.kind
        return f"{what} after" if self.after else what


class Faults:
    """The active faults, and how many of each were injected; `chance` draws for faults with a share."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._active: list[Fault] = []
        self.chance = random.Random(7)  # noqa: S311 - not a secret
        self.injected: Counter[str] = Counter()

    def add(self, fault: Fault) -> Fault:
        """Activate a fault."""
        with self._lock:
            self._active.append(fault)
        return fault

    def clear(self) -> None:
        """Remove all faults."""
        with self._lock:
            self._active.clear()

    def take(self, request: Request, account: str) -> Fault | None:
        """Return the fault for this request, if any, and decrease its count."""
        where = request.full_path
        with self._lock:
            for fault in self._active:
                if fault.method and fault.method.upper() != request.method:
                    continue
                if (fault.account and fault.account != account) or not re.search(fault.path, where):
                    continue
                if fault.share < 1 and self.chance.random() >= fault.share:
                    continue
                if fault.skip:
                    fault.skip -= 1
                    continue
                fault.count -= fault.kind != "gone"
                if fault.count <= 0:
                    self._active.remove(fault)
                self.injected[fault.name] += 1
                return fault
        return None


def _gone(path: str) -> AtlassianRefusal:
    """Return the error of a removed endpoint, in the format of its API."""
    if path.startswith("/wiki/api/v2"):
        return ConfluenceRefusal(410, _REMOVED)
    return ConfluenceV1Refusal(410, _REMOVED) if path.startswith("/wiki") else JiraRefusal(410, _REMOVED)


def respond_with_fault(fault: Fault, serve: Callable[[], Response], path: str = "") -> Response:
    """Respond to a request according to a fault; raises ConnectionDropped where there is no response."""
    if fault.kind == "gone":
        removed = json.dumps(_gone(path).body())
        return Response(removed, 410, content_type="application/json;charset=UTF-8")
    if fault.after and fault.kind not in {"truncate", "slow"}:
        serve()
    if fault.kind in {"hang", "slow"}:
        time.sleep(fault.seconds)
    if fault.kind in {"drop", "hang"}:
        raise ConnectionDropped
    if fault.kind == "slow":
        return serve()
    if fault.kind == "truncate":
        response = serve()
        body = response.get_data()
        response.set_data(body[: len(body) // 2])
        return response
    if fault.kind == "html":
        status = 200 if fault.status == 500 else fault.status
        return Response(
            "<!DOCTYPE html><html><head><title>Atlassian</title></head><body>We are down for "
            "maintenance.</body></html>",
            status,
            content_type="text/html;charset=UTF-8",
        )
    headers: dict[str, str] = {}
    if fault.retry_after is not None:
        headers["Retry-After"] = f"{fault.retry_after:g}"
    if fault.status == 429:
        headers |= {
            "X-RateLimit-Limit": "100",
            "X-RateLimit-Remaining": "0",
            "RateLimit-Reason": "jira-burst-based",
        }
    refusal = {
        "errorMessages": ["Rate limit exceeded."] if fault.status == 429 else ["Simulated failure."],
        "errors": {},
    }
    return Response(json.dumps(refusal), fault.status, headers, content_type="application/json;charset=UTF-8")
