"""Run the benchmarks and write docs/benchmarks.md: `python -m benchmarks [--corpus DIR] [--only NAME …]`.

Each is a script with its peer or floor in the same run. What it prints is kept with date and machine in
`benchmarks/results/NAME.json`; the page is rendered from these files. A benchmark whose corpus is not given is not run:
its earlier figures stay, with their date. The load test is run by itself (`python -m benchmarks.load`).
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results"
PAGE = ROOT / "docs" / "benchmarks.md"


@dataclass(frozen=True)
class Benchmark:
    """A script of this folder, what it measures and beside what.

    In `arguments`, `{corpus}` stands for the folder of the corpora and `{out}` for a temporary file.
    """

    name: str
    title: str
    beside: str
    arguments: tuple[str, ...] = ()

    @property
    def needs_corpus(self) -> bool:
        """Whether it is run only with a corpus."""
        return any("{corpus}" in argument for argument in self.arguments)


@dataclass(frozen=True)
class Result:
    """What a benchmark printed; `seconds` is how long it ran."""

    date: str
    machine: str
    seconds: int
    output: str


BENCHMARKS = (
    Benchmark("storage_speed", "Parsing and editing a page", "expat, lxml alone, and BeautifulSoup on two parsers"),
    Benchmark("markdown_peers", "Markdown and storage format", "Python-Markdown and markdownify"),
    Benchmark("diff", "The diff page", "difflib.HtmlDiff"),
    Benchmark("ranking_speed", "Ranking pages", "rank_bm25"),
    Benchmark("tokens", "Tokens and their price by the size of a page", "the prompt's limit"),
    Benchmark("cold_start", "Cold starts, to the first answer", "Python alone, and boto3 with one client"),
    Benchmark("function_memory", "Starts of the functions, and their memory", "the same starts with bytecode"),
    Benchmark("cost", "What 1,000 pages cost", "list prices"),
    Benchmark("sayable", "Changes that the edit language can say", "the authors' own changes",
        ("{corpus}/drafts/netbox.jsonl",)),
    Benchmark("retrieval", "Choosing the page", "the pages that the authors edited",
        ("--pages", "{corpus}/retrieval/netbox/pages", "--cases", "{corpus}/retrieval/netbox/cases.jsonl",
         "--create", "{corpus}/retrieval/netbox/create_cases.jsonl", "--out", "{out}")),
    Benchmark("convert", "Markdown rendered by another tool", "its own results", ("{corpus}/convert",)),
    Benchmark("storage", "Random edits of real pages", "the invariants of an edit", ("{corpus}/storage",)),
    Benchmark("rebase_found", "Blocks found again after a save adds ids", "all blocks", ("{corpus}/storage",)),
)  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmarks, keep their results and write the page; return 1 if one failed or missed a goal."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "--corpus", type=Path, help="the folder with the corpora: drafts, retrieval, convert, storage"
    )
    parser.add_argument("--only", nargs="+", choices=[each.name for each in BENCHMARKS], metavar="NAME")
    options = parser.parse_args(arguments)
    failed = 0
    for benchmark in BENCHMARKS:
        if options.only and benchmark.name not in options.only:
            continue
        if benchmark.needs_corpus and options.corpus is None:
            print(f"{benchmark.name}: not run, its corpus is not given (--corpus DIR)")
            continue
        print(f"{benchmark.name} …", flush=True)
        done, seconds = _run(benchmark, options.corpus)
        failed |= done.returncode
        if done.stderr or not done.stdout:
            print(f"{benchmark.name} FAILED after {seconds} s\n{done.stdout}{done.stderr}")
            continue
        print(f"{benchmark.name}: {seconds} s\n{done.stdout}")
        found = Result(datetime.date.today().isoformat(), _machine(), seconds, done.stdout)
        (RESULTS / f"{benchmark.name}.json").write_text(
            json.dumps(asdict(found), indent=1, ensure_ascii=False) + "\n"
        )
    PAGE.write_text(page())
    print(f"Written: {PAGE.relative_to(ROOT)}")
    return min(failed, 1)


def page() -> str:
    """Return docs/benchmarks.md from the kept results."""
    parts = [
        "# Benchmarks\n\n"
        "`make bench CORPUS=DIR` runs them all and writes this page. Each figure stands beside its peer or floor in\n"
        "the same run; times are of the machine that is named, and only their ratios carry over. The figures of the\n"
        "drafts are in [quality.md](quality.md), those of the load test in [load.md](../benchmarks/results/load.md).\n"
    ]
    for benchmark in BENCHMARKS:
        kept = RESULTS / f"{benchmark.name}.json"
        parts.append(
            f"\n## {benchmark.title}\n\n`.venv/bin/python -m benchmarks.{benchmark.name}`, beside {benchmark.beside}."
        )
        if not kept.exists():
            parts.append(" Not run yet.\n")
            continue
        result = Result(**json.loads(kept.read_text()))
        lines = "\n".join(line.rstrip() for line in result.output.strip().splitlines())
        parts.append(f" {result.date}, {result.machine}, {result.seconds} s.\n\n```\n{lines}\n```\n")
    return "".join(parts)


def _run(benchmark: Benchmark, corpus: Path | None) -> tuple[subprocess.CompletedProcess[str], int]:
    """Run a benchmark in a process of its own; return what it printed, and the seconds it took."""
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        given = [each.format(corpus=corpus, out=Path(folder) / "out") for each in benchmark.arguments]
        command = [sys.executable, "-W", "ignore", "-m", f"benchmarks.{benchmark.name}", *given]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return done, round(time.monotonic() - begun)


def _machine() -> str:
    return f"{os.cpu_count()} cores ({platform.machine()}), Python {platform.python_version()}"


if __name__ == "__main__":
    sys.exit(main())
