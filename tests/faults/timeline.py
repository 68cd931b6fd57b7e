"""The queues in simulated time: a message is received after its delay or visibility timeout, and is dead after its receives."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import botocore.endpoint
import pytest
import urllib3.util.retry

from common.lambda_entry.sqs_batch import MAX_RECEIVES
from handlers.approval_handler import dependencies as approval_handler
from handlers.document_orchestrator import dependencies as document_orchestrator
from handlers.review_ticket_creator import dependencies as review_ticket_creator
from tests.handlers.aws import deliver
from tests.handlers.pipeline import QUEUE_HANDLERS, Pipeline, reset_functions

#: Visibility timeout in seconds: how long a received message is hidden, at most.
VISIBILITY = 6 * 180


@dataclass
class Message:
    """A message on the queue of a function."""

    function: str
    body: dict[str, Any]
    seen_at: float
    receives: int = 0


@dataclass
class Timeline:
    """Delivers the messages of a pipeline's queues. ``now`` is in seconds since the epoch; pauses in an invocation count too."""

    pipeline: Pipeline
    now: float = 1_800_000_000.0
    waiting: list[Message] = field(default_factory=list)
    dead: list[Message] = field(default_factory=list)
    served_at: list[float] = field(default_factory=list)

    def install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Use this as the clock of the functions, and of every pause."""
        clock = SimpleNamespace(time=lambda: self.now, sleep=self.sleep)
        for module in (approval_handler, document_orchestrator, review_ticket_creator):
            monkeypatch.setattr(module, "time", clock)
        monkeypatch.setattr(urllib3.util.retry, "time", clock)
        monkeypatch.setattr(botocore.endpoint, "time", clock)
        reset_functions()

    def sleep(self, seconds: float) -> None:
        """Advance the clock."""
        self.now += seconds

    def take(self, function: str, messages: list[dict[str, Any]]) -> None:
        """Put messages on a function's queue."""
        self.waiting += [Message(function, body, self.now + body.get("Delay", 0)) for body in messages]

    def run(self, seconds: float) -> None:
        """Deliver everything that is due within so many seconds."""
        end = self.now + seconds
        while True:
            for function in QUEUE_HANDLERS:
                self.take(function, self.pipeline.aws.messages(function))
            due = min(self.waiting, key=lambda each: each.seen_at, default=None)
            if due is None or due.seen_at > end:
                self.now = max(self.now, end)
                return
            self.waiting.remove(due)
            self.now = max(self.now, due.seen_at)
            self._serve(due)

    def _serve(self, message: Message) -> None:
        message.receives += 1
        self.served_at.append(self.now)
        failed = deliver(QUEUE_HANDLERS[message.function], [message.body], message.receives)
        if failed:
            message.seen_at = self.now + VISIBILITY
            (self.waiting if message.receives < MAX_RECEIVES else self.dead).append(message)
