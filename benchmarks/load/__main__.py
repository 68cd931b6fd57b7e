"""Run the load test: close a thousand tickets in a minute, with duplicates, delays and faults, and audit the results.

    python -m benchmarks.load [--tickets 1000] [--seconds 60] [--seed 1] [--results FILE]

Starts the local region as `make demo` does (same archives, permissions and wiring), creates pages and tickets, closes
the tickets through Jira's REST API, approves every review, waits until all work has ended, and audits the result
through public interfaces. The exit code is 1 when anything is lost, duplicated, or failed without a reason.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
import threading
import time
from collections import Counter
from pathlib import Path

from rich.console import Console

from benchmarks.load import faults, memory, tickets
from benchmarks.load.audit import audit
from benchmarks.load.collect import observe
from benchmarks.load.faults import FaultRates
from benchmarks.load.memory import Sample
from benchmarks.load.report import LoadRun, results_page, results_table
from benchmarks.load.tickets import PlannedTicket
from benchmarks.load.users import Developers, Reviewers
from local import change_progress, signals
from local.demo.counts import count_calls
from local.demo.steps import Steps
from local.environment import LocalEnvironment, local_environment
from local.error_logs import errors_logged, events_logged
from local.signals import handle_interrupts

#: Shares of ended tickets at which the memory is measured.
MARKS = (0.25, 0.5, 0.75, 1.0)
#: Seconds between two polls, of idleness before the run counts as ended, and between two lines of progress.
POLL_SECONDS, IDLE_SECONDS, PROGRESS_SECONDS = 10.0, 15.0, 15.0
_RETURNED = re.compile(r"message.failed (\w+)")


def main() -> int:
    """Run the load test and print the table; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.load", description=__doc__)
    parser.add_argument("--tickets", type=int, default=1000)
    parser.add_argument("--seconds", type=float, default=60.0, help="time in which all tickets are closed")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=60.0, help="time limit of the run")
    parser.add_argument("--results", type=Path, help="Markdown file to write the table to")
    for name, value in vars(FaultRates()).items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=float, default=value)
    given = parser.parse_args()
    rates = FaultRates(**{name: getattr(given, name) for name in vars(FaultRates())})
    signals.listen()
    console = Console(highlight=False)
    run, findings = _run(console, given, rates)
    console.print(results_table(run))
    for finding in findings:
        console.print(f"[red]{finding}[/red]", soft_wrap=True)
    if given.results:
        given.results.parent.mkdir(parents=True, exist_ok=True)
        given.results.write_text(results_page(run, findings), encoding="utf-8")
    verdict = (
        f"[bold red]{len(findings)} findings" if findings else "[bold green]Nothing lost, nothing duplicated"
    )
    console.print(f"{verdict}; all work had ended after {run.seconds:.0f} s.")
    return 1 if findings else 0


def _run(console: Console, given: argparse.Namespace, rates: FaultRates) -> tuple[LoadRun, list[str]]:
    steps = Steps(console)
    with local_environment(on_step=steps.begin) as up:
        steps.begin("creating pages and tickets")
        planned = tickets.plant(up.site.site, up.seeded, given.tickets, random.Random(given.seed))
        waits = faults.shorten_visibility_timeouts(up, rates.speedup)
        faults.start(up, rates, given.seed)
        steps.end(f"{len(planned)} tickets")
        before, started = count_calls(up), time.time()
        developers = Developers(up.site.url, up.site.site.account("developer"), planned, given.seconds)
        reviewers = Reviewers(up.site.url, up.site.site.account("reviewer"))
        progress = Progress(console, up, planned, developers, reviewers)
        reviewers.start()
        try:
            in_time = progress.watch(given.minutes * 60)
        finally:
            reviewers.stop()
        ended, counts = time.time(), count_calls(up) - before
        faults.stop(up)
        steps.begin("reading the final state")
        observed = observe(up, planned)
        steps.end()
        findings = audit(observed.end)
        if not in_time:
            findings.insert(0, f"the run did not end within {given.minutes:g} minutes")
        groups = up.outputs["logGroups"].values()
        logged = errors_logged(up.stack.client, groups)
        deferred = sum(
            '"message.deferred"' in e["message"]
            for group in groups
            for e in events_logged(up.stack.client, group)
        )
        run = LoadRun(
            planned=planned,
            observed=observed,
            closed=developers.closed,
            closing_seconds=developers.took,
            seconds=ended - started,
            counts=counts,
            rates=rates,
            waits=waits,
            post=up.site.site.post,
            faults={
                **up.site.site.faults.injected,
                **{f"model {name}": times for name, times in up.stand_in.injected.items()},
            },
            approvals=len(reviewers.approvals),
            samples=tuple(progress.samples),
            returned=Counter(match[1] for line in logged if (match := _RETURNED.search(line))),
            deferred=deferred,
            seed=given.seed,
        )
        steps.begin("stopping the region")
    steps.end()
    return run, findings


class Progress:
    """Closes the tickets, prints the progress, measures the memory, and detects when all work has ended."""

    def __init__(
        self,
        console: Console,
        up: LocalEnvironment,
        planned: tuple[PlannedTicket, ...],
        developers: Developers,
        reviewers: Reviewers,
    ) -> None:
        self._console, self._up, self._planned = console, up, planned
        self._developers, self._reviewers = developers, reviewers
        self._reported_at = 0.0
        self.samples: list[Sample] = []

    def watch(self, timeout: float) -> bool:
        """Wait until nothing has changed for IDLE_SECONDS; return False after `timeout` seconds."""
        closing = threading.Thread(target=self._developers.run)
        closing.start()
        started, still_since = time.monotonic(), time.monotonic()
        ended = -1
        while time.monotonic() - started < timeout:
            handle_interrupts()
            time.sleep(POLL_SECONDS)
            now_ended = self._ended()
            if closing.is_alive() or now_ended != ended or not self._is_idle():
                still_since = time.monotonic()
            ended = now_ended
            self._sample(ended)
            self._print_progress(time.monotonic() - started, ended)
            if time.monotonic() - still_since > IDLE_SECONDS:
                self._sample(len(self._planned))
                return True
        closing.join()
        return False

    def _ended(self) -> int:
        """Count the ended changes: ignored, failed, not needed, or with all documents ended."""
        closed = {
            str(item["document_id"])
            for item in change_progress.scan_table(self._up.stack.client, self._up.outputs["documentsTable"])
            if item.get("status") in ("published", "failed", "rejected", "not_needed")
        }
        over = 0
        for item in change_progress.scan_table(self._up.stack.client, self._up.outputs["changesTable"]):
            if item["status"] == "documented":
                over += closed.issuperset(item.get("document_ids", ()))
            else:
                over += item["status"] != "detected"
        return over

    def _is_idle(self) -> bool:
        queues = self._up.outputs["queueUrls"].values()
        return (
            self._up.site.site.drain(0.01)
            and not self._reviewers.open
            and change_progress.is_idle(self._up.stack.client, queues)
        )

    def _sample(self, ended: int) -> None:
        due = [mark for mark in MARKS if ended >= mark * len(self._planned)]
        if len(due) > len(self.samples):
            self.samples.append(memory.sample(due[len(self.samples)], self._up.stack.process.pid))

    def _print_progress(self, seconds: float, ended: int) -> None:
        if seconds - self._reported_at < PROGRESS_SECONDS:
            return
        self._reported_at = seconds
        self._console.print(
            f"[dim]{seconds:6.0f} s  closed {len(self._developers.closed)}, ended {ended}, "
            f"reviews approved {len(self._reviewers.approvals)} and open {len(self._reviewers.open)}[/dim]"
        )


if __name__ == "__main__":
    sys.exit(main())
