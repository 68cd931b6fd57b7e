"""What a load run showed, as a table on the screen and as a page of Markdown."""

from __future__ import annotations

import os
import platform
import statistics
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rich.table import Table

from benchmarks.load.audit import given_up
from benchmarks.load.collect import Observed
from benchmarks.load.faults import Faults
from benchmarks.load.memory import MINISTACK, OURS, Sample, growth
from benchmarks.load.tickets import Planned
from local.atlassian.webhooks.delivery import DeliveryQueue
from local.demo.counts import CallCounts

#: A function's worker may be so much larger at the end than when a quarter was done, and still count as flat.
FLAT = 0.10


@dataclass(frozen=True)
class Run:
    """A run that is over. Times are seconds; `waits` are the queues' visibility timeouts, as set and as run."""

    planned: Sequence[Planned]
    observed: Observed
    closed: Mapping[str, float]
    closing_seconds: float
    seconds: float
    counts: CallCounts
    weather: Faults
    waits: Mapping[str, tuple[int, int]]
    post: DeliveryQueue
    faults: Mapping[str, int]
    approvals: int
    samples: Sequence[Sample]
    given_back: Mapping[str, int]
    deferred: int
    seed: int

    def latencies(self) -> list[float]:
        """Return the times from closing a ticket until it was told of its page, sorted."""
        told = self.observed.told
        return sorted(told[key] - self.closed[key] for key in told if key in self.closed)


def table(run: Run) -> Table:
    """Return the table for the screen."""
    shown = Table(title="Load run", title_justify="left", title_style="bold", box=None, pad_edge=False)
    shown.add_column("")
    shown.add_column("", justify="right")
    for name, value in rows(run):
        shown.add_row(name, value)
    return shown


def markdown(run: Run, findings: Sequence[str]) -> str:
    """Return the page that is kept in benchmarks/results."""
    weather = run.weather
    lines = [
        f"# {len(run.planned):,} tickets closed within {run.closing_seconds:.0f} seconds",
        "",
        f"`python -m benchmarks.load --tickets {len(run.planned)} --seed {run.seed}` on a machine with "
        f"{os.cpu_count()} cores ({platform.system()}, Python {platform.python_version()}). Everything ran on it: "
        "MiniStack, the functions (the archives that AWS would get), the simulator of Jira and Confluence, the model's "
        "stand-in, developers and reviewers. Times say nothing about AWS; counts do.",
        "",
        f"{weather.duplicates:.0%} of the webhooks came twice, {weather.late:.0%} came {weather.late_by:.0f} s late, "
        f"{weather.faults:.0%} of the requests to Jira and Confluence met a fault (half of those other than 429 took "
        f"effect all the same), {weather.faults:.0%} of the model's calls were throttled. The queues hid a message "
        f"given back for {weather.hurry:g} times less than the stack sets, or the run would take hours.",
        "",
        "| | |",
        "|---|---:|",
        *(f"| {name} | {value} |" for name, value in rows(run)),
        "",
        f"A function is flat when its typical worker is at most {FLAT:.0%} larger at the end than when a quarter of "
        "the tickets was done. MiniStack and the simulator keep all that is stored in them in memory, and grow.",
        "",
        "Audit: "
        + ("" if findings else "nothing is lost, nothing is there twice, every failure is explained."),
        *(f"- {finding}" for finding in findings),
        "",
    ]
    return "\n".join(lines)


def rows(run: Run) -> Iterator[tuple[str, str]]:
    """Yield what is shown, by name."""
    end = run.observed.end
    outcomes = Counter(change.status for change in end.changes)
    documents = Counter(document.status for document in end.documents)
    published = documents["published"]
    yield "tickets closed", f"{len(run.closed)} in {run.closing_seconds:.0f} s"
    yield "… at rest after", f"{run.seconds:.0f} s"
    yield "changes documented, ignored", f"{outcomes['documented']}, {outcomes['ignored']}"
    yield "changes not needed, failed", f"{outcomes['not_needed']}, {outcomes['failed']}"
    joined = sum(len(document.change_ids) - 1 for document in end.documents)
    yield "documents published, changes that joined another's", f"{published}, {joined}"
    created = sum(document.kind == "create" and document.status == "published" for document in end.documents)
    yield "pages created, review tickets", f"{created}, {len(end.reviews)}"
    yield "approvals, revisions", f"{run.approvals}, {sum(document.revision for document in end.documents)}"
    reasons = Counter(reason[:100] for reason in given_up(end).values())
    yield "failed with a reason", "; ".join(f"{times} {why}" for why, times in reasons.most_common()) or "0"
    yield "dead letters", str(len(end.dead_letters))
    yield "deliveries, doubled, overtaken", f"{run.post.total}, {run.post.duplicated}, {run.post.delayed}"
    suffered = ", ".join(f"{times} {name}" for name, times in sorted(run.faults.items()))
    yield f"faults suffered ({sum(run.faults.values())})", suffered
    back = ", ".join(f"{times} {why}" for why, times in sorted(run.given_back.items()))
    yield f"messages given back to their queue ({sum(run.given_back.values())})", back
    yield "messages deferred: others were at work on the same, or a service failed", str(run.deferred)
    waits = "; ".join(f"{name} {before} → {after} s" for name, (before, after) in run.waits.items())
    yield "hidden when given back (stack → this run)", waits
    times = run.latencies()
    if len(times) > 1:
        middle, p95 = statistics.median(times), statistics.quantiles(times, n=20)[-1]
        yield "closed to published: median, p95, longest", f"{middle:.0f}, {p95:.0f}, {times[-1]:.0f} s"
    counts = run.counts
    if published:
        each = (counts.jira, counts.confluence, counts.aws, counts.model)
        per = ", ".join(f"{value / published:.1f}" for value in each)
        yield "calls a document to Jira, Confluence, AWS, model", per
        spent = run.samples[-1].processor() if run.samples else {}
        total = ", ".join(f"{role} {seconds / published:.2f}" for role, seconds in sorted(spent.items()))
        yield "processor seconds a document, starting included", total
    yield from _memory(run)


def _memory(run: Run) -> Iterator[tuple[str, str]]:
    marks = ", ".join(f"{sample.share:.0%}" for sample in run.samples)
    grown = growth(run.samples) if len(run.samples) > 1 else {}
    for role in sorted({role for sample in run.samples for role in sample.by_role()}):
        cells = []
        for sample in run.samples:
            held = sample.by_role().get(role, [])
            cells.append(f"{statistics.median(held):.0f} × {len(held)}" if held else "–")
        flat = "" if role in (OURS, MINISTACK) else " flat" if grown.get(role, 0) <= FLAT else " GROWS"
        change = f" ({grown[role]:+.0%}{flat})" if role in grown else ""
        yield f"MB × processes of {role} at {marks}", ", ".join(cells) + change
