"""Delivers webhooks from threads, with retries and optional duplicates, delays and reordering."""

import heapq
import itertools
import random
import threading
import time
from dataclasses import dataclass, field
from datetime import datetime

import requests

from local.atlassian.clock import Clock
from local.atlassian.webhooks.registrations import Delivery

RETRIES = 5
_RETRIED = frozenset({408, 409, 425, 429})
_SENDERS = 8


@dataclass
class DeliveryOptions:
    """Timing of deliveries, and the disorder to simulate; by default there is none.

    `retry_delay`, `timeout`, `delay` and `shuffle` are seconds: each delivery waits `delay` plus a random part of
    `shuffle`, which reorders deliveries. `duplicates` is the share of deliveries sent twice. `late` is the share that
    waits `late_by` seconds and is overtaken by later ones. `ca_bundle` is a file of certificates that replaces the
    public ones.
    """

    retry_delay: float = 1.0
    timeout: float = 35.0
    delay: float = 0.0
    shuffle: float = 0.0
    duplicates: float = 0.0
    late: float = 0.0
    late_by: float = 5.0
    ca_bundle: str = ""
    chance: random.Random = field(default_factory=lambda: random.Random(7))  # noqa: S311 - not a secret


@dataclass(frozen=True)
class Attempt:
    """One attempt in the delivery log; `status` is None when there was no response."""

    at: datetime
    identifier: str
    webhook_id: int
    event: str
    url: str
    retry: int
    status: int | None
    answer: str
    issue_key: str = ""


@dataclass(order=True)
class _Due:
    moment: float
    order: int
    delivery: Delivery = field(compare=False)
    retry: int = field(compare=False, default=0)


class DeliveryQueue:
    """The queue of deliveries and its sending threads, which start with the first delivery.

    `total`, `duplicated` and `delayed` count deliveries: all, those sent twice, and those sent late. `given_up` lists
    the deliveries that failed every retry.
    """

    def __init__(self, clock: Clock) -> None:
        self.options = DeliveryOptions()
        self.log: list[Attempt] = []
        self.given_up: list[Delivery] = []
        self.total = self.duplicated = self.delayed = 0
        self._clock = clock
        self._changed = threading.Condition()
        self._queue: list[_Due] = []
        self._count = itertools.count()
        self._sending = 0
        self._held = False
        self._generation = 0
        self._threads: list[threading.Thread] = []

    def send(self, delivery: Delivery) -> None:
        """Queue a delivery; depending on the options, twice or late."""
        options = self.options
        with self._changed:
            copies = 2 if options.duplicates and options.chance.random() < options.duplicates else 1
            is_late = bool(options.late) and options.chance.random() < options.late
            self.total += 1
            self.duplicated += copies - 1
            self.delayed += is_late
            for _ in range(copies):
                wait = options.delay + options.shuffle * options.chance.random()
                wait += options.late_by if is_late else 0.0
                heapq.heappush(self._queue, _Due(time.monotonic() + wait, next(self._count), delivery))
            if not self._threads:
                self._threads = [
                    threading.Thread(
                        target=self._work, args=(self._generation,), daemon=True, name=f"webhook-sender-{n}"
                    )
                    for n in range(_SENDERS)
                ]
                for thread in self._threads:
                    thread.start()
            self._changed.notify_all()

    def hold(self) -> None:
        """Stop sending until `release`."""
        with self._changed:
            self._held = True

    def release(self) -> None:
        """Resume sending after `hold`."""
        with self._changed:
            self._held = False
            self._changed.notify_all()

    def pending(self) -> list[Delivery]:
        """List the queued deliveries that are not being sent."""
        with self._changed:
            return [due.delivery for due in sorted(self._queue)]

    def drain(self, timeout: float = 60.0) -> bool:
        """Wait until no delivery is queued or being sent; return False after `timeout` seconds."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._queue and not self._sending, timeout)

    def close(self) -> None:
        """Drop queued deliveries and stop the threads; a later delivery starts new ones."""
        with self._changed:
            self._generation += 1
            self._queue.clear()
            threads, self._threads = self._threads, []
            self._changed.notify_all()
        for thread in threads:
            thread.join(timeout=2)

    def _next(self, generation: int) -> _Due | None:
        with self._changed:
            while generation == self._generation:
                if self._queue and not self._held:
                    wait = self._queue[0].moment - time.monotonic()
                    if wait <= 0:
                        self._sending += 1
                        return heapq.heappop(self._queue)
                    self._changed.wait(wait)
                else:
                    self._changed.wait()
            return None

    def _work(self, generation: int) -> None:
        with requests.Session() as session:
            session.trust_env = False
            while (due := self._next(generation)) is not None:
                try:
                    self._attempt(session, due)
                finally:
                    with self._changed:
                        self._sending -= 1
                        self._changed.notify_all()

    def _attempt(self, session: requests.Session, due: _Due) -> None:
        delivery, options = due.delivery, self.options
        headers = {**delivery.headers, "X-Atlassian-Webhook-Identifier": delivery.identifier}
        if due.retry:
            headers["X-Atlassian-Webhook-Retry"] = str(due.retry)
        status, answer = None, ""
        try:
            response = session.post(
                delivery.url,
                data=delivery.body,
                headers=headers,
                timeout=options.timeout,
                verify=options.ca_bundle or True,
                allow_redirects=False,
            )
            status, answer = response.status_code, response.text[:2000]
        except requests.RequestException as error:
            answer = f"{type(error).__name__}: {error}"
        failed = status is None or status in _RETRIED or status >= 500
        with self._changed:
            self.log.append(
                Attempt(
                    self._clock.peek(),
                    delivery.identifier,
                    delivery.webhook_id,
                    delivery.event,
                    delivery.url,
                    due.retry,
                    status,
                    answer,
                    delivery.issue_key,
                )
            )
            if failed and due.retry < RETRIES:
                moment = time.monotonic() + options.retry_delay
                heapq.heappush(self._queue, _Due(moment, next(self._count), delivery, due.retry + 1))
            elif failed:
                self.given_up.append(delivery)
