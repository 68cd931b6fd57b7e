"""Tries what happens next in a copy of the process: ``fork`` is the snapshot, a pipe returns the outcome."""

from __future__ import annotations

import faulthandler
import gc
import json
import logging
import os
import select
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

#: Copies that run in parallel.
AT_ONCE = max(1, os.cpu_count() or 1)


@dataclass
class Forks:
    """The running copies, and the outcomes of finished ones by name.

    A copy that takes more than ``longest`` seconds counts as hanging: it prints where, and is ended. ``ended`` is called
    with the number of finished copies.
    """

    longest: float = 0
    ended: Callable[[int], None] = lambda count: None
    outcomes: dict[str, Any] = field(default_factory=dict)
    report: Callable[[Any], None] | None = None
    _open: dict[int, tuple[int, str, bytearray]] = field(default_factory=dict)

    def split(self, name: str) -> bool:
        """Return True in a new copy, which must end with ``finish``, and False in this process."""
        while len(self._open) >= AT_ONCE:
            self._collect()
        reading, writing = os.pipe()
        sys.stdout.flush()
        child = os.fork()
        if child:
            os.close(writing)
            self._open[reading] = (child, name, bytearray())
            return False
        os.close(reading)
        self._open.clear()
        logging.disable()
        gc.disable()
        if self.longest:
            faulthandler.dump_traceback_later(self.longest, exit=True)

        def report(outcome: Any) -> None:
            with os.fdopen(writing, "wb") as pipe:
                pipe.write(json.dumps(outcome).encode())

        self.report = report
        return True

    def finish(self, outcome: Callable[[], Any]) -> None:
        """End a copy and report its outcome, or its error."""
        assert self.report, "this process is no copy"
        try:
            self.report(outcome())
        except BaseException:
            self.report({"error": traceback.format_exc(limit=-8)})
        os._exit(0)

    def wait(self) -> dict[str, Any]:
        """Return all outcomes, once all copies have ended."""
        while self._open:
            self._collect()
        return self.outcomes

    def _collect(self) -> None:
        ready, _, _ = select.select(list(self._open), [], [])
        for reading in ready:
            child, name, received = self._open[reading]
            part = os.read(reading, 1 << 20)
            received += part
            if part:
                continue
            os.close(reading)
            os.waitpid(child, 0)
            del self._open[reading]
            self.outcomes[name] = json.loads(received) if received else {"error": "the copy ended silently"}
            self.ended(len(self.outcomes))
