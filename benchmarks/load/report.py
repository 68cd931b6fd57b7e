"""The results of a load run, as a table on the screen and as a page of Markdown."""

from __future__ import annotations

import os
import platform
import statistics
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rich.table import Table

from benchmarks.load.audit import failed_records
from benchmarks.load.collect import Observed
from benchmarks.load.faults import FaultRates
from benchmarks.load.memory import MINISTACK, OURS, Sample, growth
from benchmarks.load.tickets import PlannedTicket
from local.atlassian.webhooks.delivery import DeliveryQueue
from local.demo.counts import CallCounts

#: Maximum growth of a function's worker between 25 % and 100 % of the tickets that counts as flat.
FLAT = 0.10


@dataclass(frozen=True)
class LoadRun:
    """A finished run. Times are seconds; `waits` holds the queues' visibility timeouts (of the stack, of the run)."""

    planned: Sequence[PlannedTicket]
    observed: Observed
    closed: Mapping[str, float]
    closing_seconds: float
    seconds: float
    counts: CallCounts
    rates: FaultRates
    waits: Mapping[str, tuple[int, int]]
    post: DeliveryQueue
    faults: Mapping[str, int]
    approvals: int
    samples: Sequence[Sample]
    returned: Mapping[str, int]
    deferred: int
    seed: int

    def latencies(self) -> list[float]:
        """Return the sorted times from closing a ticket until its comment that the page is published."""
        published_at = self.observed.published_at
        return sorted(published_at[key] - self.closed[key] for key in published_at if key in self.closed)


def results_table(run: LoadRun) -> Table:
    """Return the table for the screen."""
    shown = Table(title="Load run", title_justify="left", title_style="bold", box=None, pad_edge=False)
    shown.add_column("")
    shown.add_column("", justify="right")
    for name, value in result_rows(run):
        shown.add_row(name, value)
    return shown


def results_page(run: LoadRun, findings: Sequence[str]) -> str:
    """Return the Markdown page for benchmarks/results."""
    rates = run.rates
    lines = [
        f"# {len(run.planned):,} tickets closed within {run.closing_seconds:.0f} seconds",
        "",
        f"`python -m benchmarks.load --tickets {len(run.planned)} --seed {run.seed}` on a machine with "
        f"{os.cpu_count()} cores ({platform.system()}, Python {platform.python_version()}). Everything ran on this "
        "machine: MiniStack, the functions (the archives that AWS would get), the simulator of Jira and Confluence, "
        "the stand-in for the model, developers and reviewers. The counts are valid for AWS, the times are not.",
        "",
        f"{rates.duplicates:.0%} of the webhooks were sent twice, {rates.late:.0%} were {rates.late_by:.0f} s late, "
        f"{rates.faults:.0%} of the requests to Jira and Confluence failed (half of those other than 429 still took "
        f"effect), {rates.faults:.0%} of the model calls were throttled. The visibility timeouts of the queues were "
        f"{rates.speedup:g} times shorter than in the stack; otherwise the run would take hours.",
        "",
        "| | |",
        "|---|---:|",
        *(f"| {name} | {value} |" for name, value in result_rows(run)),
        "",
        f"A function is flat when its median worker is at most {FLAT:.0%} larger at the end than when a quarter of "
        "the tickets had ended. MiniStack and the simulator keep all their data in memory, so they grow.",
        "",
        "Audit: "
        + ("" if findings else "nothing is lost, nothing is duplicated, every failure has a reason."),
        *(f"- {finding}" for finding in findings),
        "",
    ]
    return "\n".join(lines)


def result_rows(run: LoadRun) -> Iterator[tuple[str, str]]:
    """Yield the names and values of the table."""
    end = run.observed.end
    outcomes = Counter(change.status for change in end.changes)
    documents = Counter(document.status for document in end.documents)
    published = documents["published"]
    yield "tickets closed", f"{len(run.closed)} in {run.closing_seconds:.0f} s"
    yield "all work ended after", f"{run.seconds:.0f} s"
    yield "changes documented, ignored", f"{outcomes['documented']}, {outcomes['ignored']}"
    yield "changes not needed, failed", f"{outcomes['not_needed']}, {outcomes['failed']}"
    joined = sum(len(document.change_ids) - 1 for document in end.documents)
    yield "documents published, changes that joined an open document", f"{published}, {joined}"
    created = sum(document.kind == "create" and document.status == "published" for document in end.documents)
    yield "pages created, review tickets", f"{created}, {len(end.reviews)}"
    yield "approvals, revisions", f"{run.approvals}, {sum(document.revision for document in end.documents)}"
    reasons = Counter(reason[:100] for reason in failed_records(end).values())
    yield "failures by reason", "; ".join(f"{times} {why}" for why, times in reasons.most_common()) or "0"
    yield "dead letters", str(len(end.dead_letters))
    yield (
        "webhook deliveries, sent twice, late",
        f"{run.post.total}, {run.post.duplicated}, {run.post.delayed}",
    )
    injected = ", ".join(f"{times} {name}" for name, times in sorted(run.faults.items()))
    yield f"injected faults ({sum(run.faults.values())})", injected
    returned = ", ".join(f"{times} {why}" for why, times in sorted(run.returned.items()))
    yield f"messages returned to their queue ({sum(run.returned.values())})", returned
    yield "messages deferred because a lease was held or a service failed", str(run.deferred)
    waits = "; ".join(f"{name} {before} → {after} s" for name, (before, after) in run.waits.items())
    yield "visibility timeouts (stack → this run)", waits
    times = run.latencies()
    if len(times) > 1:
        middle, p95 = statistics.median(times), statistics.quantiles(times, n=20)[-1]
        yield (
            "time from closed to published: median, p95, longest",
            f"{middle:.0f}, {p95:.0f}, {times[-1]:.0f} s",
        )
    counts = run.counts
    if published:
        each = (counts.jira, counts.confluence, counts.aws, counts.model)
        per = ", ".join(f"{value / published:.1f}" for value in each)
        yield "calls per document to Jira, Confluence, AWS, model", per
        spent = run.samples[-1].processor() if run.samples else {}
        total = ", ".join(f"{role} {seconds / published:.2f}" for role, seconds in sorted(spent.items()))
        yield "CPU seconds per document, including start-up", total
    yield from _memory(run)


def _memory(run: LoadRun) -> Iterator[tuple[str, str]]:
    marks = ", ".join(f"{sample.share:.0%}" for sample in run.samples)
    grown = growth(run.samples) if len(run.samples) > 1 else {}
    for role in sorted({role for sample in run.samples for role in sample.by_role()}):
        cells = []
        for sample in run.samples:
            held = sample.by_role().get(role, [])
            cells.append(f"{statistics.median(held):.0f} × {len(held)}" if held else "–")
        flat = "" if role in (OURS, MINISTACK) else " flat" if grown.get(role, 0) <= FLAT else " GROWS"
        change = f" ({grown[role]:+.0%}{flat})" if role in grown else ""
        yield f"MB × number of processes of {role} at {marks}", ", ".join(cells) + change
