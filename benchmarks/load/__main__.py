"""Close a thousand tickets within a minute, amid duplicates, disorder and faults, and see that nothing is lost.

    python -m benchmarks.load [--tickets 1000] [--seconds 60] [--seed 1] [--results FILE]

Starts the local region as `make demo` does (the same archives, permissions and wiring), plants pages and tickets,
closes the tickets through Jira's REST API, approves every review as it appears, waits until nothing moves any more, and
then audits from the outside what is there. Exit code 1 when anything is lost, there twice, or failed without a reason.
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
from benchmarks.load.faults import Faults
from benchmarks.load.memory import Sample
from benchmarks.load.report import Run, markdown, table
from benchmarks.load.tickets import Planned
from benchmarks.load.users import Closing, Reviewing
from local import change_progress, signals
from local.demo.counts import count_calls
from local.demo.steps import Steps
from local.environment import LocalEnvironment, local_environment
from local.error_logs import errors_logged, events_logged
from local.signals import handle_interrupts

#: Shares of the tickets at whose end the memory is read.
MARKS = (0.25, 0.5, 0.75, 1.0)
#: Seconds between two looks, of stillness before the run counts as over, and between two lines of progress.
LOOK, STILL, TELL = 10.0, 15.0, 15.0
_GIVEN_BACK = re.compile(r"message.failed (\w+)")


def main() -> int:
    """Read the command line, run, print the table; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.load", description=__doc__)
    parser.add_argument("--tickets", type=int, default=1000)
    parser.add_argument("--seconds", type=float, default=60.0, help="within which all tickets are closed")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--minutes", type=float, default=60.0, help="after which the run ends, finished or not"
    )
    parser.add_argument("--results", type=Path, help="a Markdown file to write the table to")
    for name, value in vars(Faults()).items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=float, default=value)
    given = parser.parse_args()
    weather = Faults(**{name: getattr(given, name) for name in vars(Faults())})
    signals.listen()
    console = Console(highlight=False)
    run, findings = _run(console, given, weather)
    console.print(table(run))
    for finding in findings:
        console.print(f"[red]{finding}[/red]", soft_wrap=True)
    if given.results:
        given.results.parent.mkdir(parents=True, exist_ok=True)
        given.results.write_text(markdown(run, findings), encoding="utf-8")
    verdict = f"[bold red]{len(findings)} findings" if findings else "[bold green]Nothing lost, nothing twice"
    console.print(f"{verdict}; {run.seconds:.0f} s until all was at rest.")
    return 1 if findings else 0


def _run(console: Console, given: argparse.Namespace, weather: Faults) -> tuple[Run, list[str]]:
    steps = Steps(console)
    with local_environment(on_step=steps.begin) as up:
        steps.begin("planting pages and tickets")
        planned = tickets.plant(up.site.site, up.seeded, given.tickets, random.Random(given.seed))
        waits = faults.run_faster(up, weather.hurry)
        faults.begin(up, weather, given.seed)
        steps.end(f"{len(planned)} tickets")
        before, begun = count_calls(up), time.time()
        closing = Closing(up.site.url, up.site.site.account("developer"), planned, given.seconds)
        reviewing = Reviewing(up.site.url, up.site.site.account("reviewer"))
        progress = Progress(console, up, planned, closing, reviewing)
        reviewing.start()
        try:
            in_time = progress.watch(given.minutes * 60)
        finally:
            reviewing.stop()
        ended, counts = time.time(), count_calls(up) - before
        faults.end(up)
        steps.begin("looking at everything that is there")
        observed = observe(up, planned)
        steps.end()
        findings = audit(observed.end)
        if not in_time:
            findings.insert(0, f"the run did not come to rest within {given.minutes:g} minutes")
        groups = up.outputs["logGroups"].values()
        logged = errors_logged(up.stack.client, groups)
        deferred = sum(
            '"message.deferred"' in e["message"]
            for group in groups
            for e in events_logged(up.stack.client, group)
        )
        run = Run(
            planned=planned,
            observed=observed,
            closed=closing.closed,
            closing_seconds=closing.took,
            seconds=ended - begun,
            counts=counts,
            weather=weather,
            waits=waits,
            post=up.site.site.post,
            faults={
                **up.site.site.faults.injected,
                **{f"model {name}": times for name, times in up.stand_in.injected.items()},
            },
            approvals=len(reviewing.approvals),
            samples=tuple(progress.samples),
            given_back=Counter(match[1] for line in logged if (match := _GIVEN_BACK.search(line))),
            deferred=deferred,
            seed=given.seed,
        )
        steps.begin("stopping")
    steps.end()
    return run, findings


class Progress:
    """Closes the tickets, tells how far everything is, reads the memory on the way, and sees when all is at rest."""

    def __init__(
        self,
        console: Console,
        up: LocalEnvironment,
        planned: tuple[Planned, ...],
        closing: Closing,
        reviewing: Reviewing,
    ) -> None:
        self._console, self._up, self._planned = console, up, planned
        self._closing, self._reviewing = closing, reviewing
        self._told = 0.0
        self.samples: list[Sample] = []

    def watch(self, patience: float) -> bool:
        """Return when nothing has moved for a while; False when that took longer than `patience` seconds."""
        developers = threading.Thread(target=self._closing.run)
        developers.start()
        begun, still_since = time.monotonic(), time.monotonic()
        ended = -1
        while time.monotonic() - begun < patience:
            handle_interrupts()
            time.sleep(LOOK)
            now_ended = self._ended()
            if developers.is_alive() or now_ended != ended or not self._is_idle():
                still_since = time.monotonic()
            ended = now_ended
            self._sample(ended)
            self._tell(time.monotonic() - begun, ended)
            if time.monotonic() - still_since > STILL:
                self._sample(len(self._planned))
                return True
        developers.join()
        return False

    def _ended(self) -> int:
        """Count the changes that are over: ignored, failed, or with all their documents closed."""
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
            and not self._reviewing.open
            and change_progress.is_idle(self._up.stack.client, queues)
        )

    def _sample(self, ended: int) -> None:
        due = [mark for mark in MARKS if ended >= mark * len(self._planned)]
        if len(due) > len(self.samples):
            self.samples.append(memory.sample(due[len(self.samples)], self._up.stack.process.pid))

    def _tell(self, seconds: float, ended: int) -> None:
        if seconds - self._told < TELL:
            return
        self._told = seconds
        self._console.print(
            f"[dim]{seconds:6.0f} s  closed {len(self._closing.closed)}, ended {ended}, "
            f"reviews approved {len(self._reviewing.approvals)} and open {len(self._reviewing.open)}[/dim]"
        )


if __name__ == "__main__":
    sys.exit(main())
