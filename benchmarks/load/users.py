"""The simulated people of the load run: developers who close tickets, reviewers who approve reviews."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import requests

from benchmarks.load.tickets import PlannedTicket
from local.atlassian import Account
from local.demo.person import Person

#: Number of people who work at the same time, each with a separate connection.
DEVELOPERS, REVIEWERS = 6, 2
#: JQL for all review tickets, as in the README.
REVIEWS = "labels = documentation-review AND labels = kinexus-ai"
#: Seconds between two searches, and until a ticket that was just decided is checked again.
POLL_SECONDS, RECHECK_SECONDS = 3.0, 6.0


class Developers:
    """Developers close all tickets at an even pace; `closed` has the time of each (seconds since the epoch)."""

    def __init__(
        self, url: str, developer: Account, planned: Sequence[PlannedTicket], seconds: float
    ) -> None:
        self._people = [Person(url, developer) for _ in range(DEVELOPERS)]
        self._planned, self._seconds = planned, seconds
        self.closed: dict[str, float] = {}
        self.took = 0.0

    def run(self) -> None:
        """Close all tickets and return when the last one is closed. Raises requests.RequestException."""
        started = time.monotonic()
        with ThreadPoolExecutor(DEVELOPERS) as pool:
            for done in [pool.submit(self._work, number, started) for number in range(DEVELOPERS)]:
                done.result()
        self.took = time.monotonic() - started

    def _work(self, number: int, started: float) -> None:
        person, pause = self._people[number], self._seconds / len(self._planned)
        for place in range(number, len(self._planned), DEVELOPERS):
            time.sleep(max(0.0, started + place * pause - time.monotonic()))
            ticket = self._planned[place]
            if ticket.is_touched:
                person.label(ticket.key, "sprint-done")
            person.finish(ticket.key)
            self.closed[ticket.key] = time.time()


class Reviewers:
    """Reviewers approve every open review, and again if it is reopened, from `start` to `stop`."""

    def __init__(self, url: str, reviewer: Account) -> None:
        self._people = [Person(url, reviewer) for _ in range(REVIEWERS)]
        self._ended = threading.Event()
        self._decided: dict[str, float] = {}
        self._threads = [threading.Thread(target=self._work, args=(number,)) for number in range(REVIEWERS)]
        self.approvals: list[str] = []
        self.open: set[str] = set()
        self.missed = 0

    def start(self) -> None:
        """Start to look for reviews."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Stop looking for reviews, and wait until the current ones are decided."""
        self._ended.set()
        for thread in self._threads:
            thread.join()

    def _work(self, number: int) -> None:
        person = self._people[number]
        while not self._ended.wait(POLL_SECONDS):
            try:
                self.open = set(review_keys(person, f"{REVIEWS} AND statusCategory != Done"))
                for key in sorted(self.open):
                    if int(key.rpartition("-")[2]) % REVIEWERS == number:
                        self._decide(person, key)
            except requests.RequestException:
                self.missed += 1  # the next search shows which reviews are still open

    def _decide(self, person: Person, key: str) -> None:
        # Jira's search lags behind, so a review that was just decided may still be found.
        if time.monotonic() - self._decided.get(key, -RECHECK_SECONDS) < RECHECK_SECONDS:
            return
        if person.ticket(key)["status"]["statusCategory"]["key"] != "done":
            person.comment(key, "APPROVED")
            person.finish(key)
            self.approvals.append(key)
        self._decided[key] = time.monotonic()


def review_keys(person: Person, jql: str) -> list[str]:
    """Return the keys of all tickets that a JQL query finds."""
    keys: list[str] = []
    body: dict[str, object] = {"jql": jql, "fields": ["summary"], "maxResults": 1000}
    while True:
        answer = person.call("POST", "/rest/api/3/search/jql", body)
        keys += [issue["key"] for issue in answer["issues"]]
        if "nextPageToken" not in answer:
            return keys
        body["nextPageToken"] = answer["nextPageToken"]
