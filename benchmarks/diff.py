"""Measure the time of the diff page against difflib.HtmlDiff: `python -m benchmarks.diff [--lines N …]`.

The pages have N one-line blocks, and 2 % of them change, either scattered or in one cluster. Both sides get the same
two versions of a page's source and produce one HTML table with three lines of context and the changed words marked, so
the size depends on the change. The last column is the time for the whole diff page, which also compares the rendered
page, side by side and unified.

Prints CPU seconds, sizes, the ratio of the times and the growth of the time per line. The exit code is 1 when at 20,000
lines the ratio is below 3 (scattered) or 8 (clustered), or when the time per line grows more than 1.5 times.
"""

from __future__ import annotations

import argparse
import difflib
import random
import sys
import time
from collections.abc import Callable
from functools import partial

from handlers.review_ticket_creator.diff import diff_page, diff_views, source_lines
from handlers.review_ticket_creator.review_content import Review

LINES = (100, 1_000, 5_000, 20_000)
LEAST = {"scattered": 3.0, "clustered": 8.0}
MOST_GROWTH = 1.5  # seconds per line at 20,000 lines against 1,000
_WORDS = (  # noqa: SIM905 - words are easier to read without quotes
    "account address amount answer balance bank budget card charge client code country currency customer date "
    "delivery error event fee header invoice key ledger limit merchant method number order page partner payment "
    "period plan portal price product queue rate reason receipt record refund region request response retry sandbox "
    "schedule server service session settlement status step token total transfer user value version wallet webhook"
).split()


def make_page(lines: int, chance: random.Random) -> list[str]:
    """Return a page of one-line blocks: headings, paragraphs, list items."""
    made = []
    for number in range(lines):
        words = " ".join(chance.choices(_WORDS, k=chance.randint(6, 16)))
        if number % 25 == 0:
            made.append(f"<h2>{words[:40]} {number}</h2>")
        elif number % 25 > 20:
            made.append(f"<ul><li>{words}</li></ul>")
        else:
            made.append(f"<p>The <strong>{words.split()[0]}</strong> {words}.</p>")
    return made


def change_lines(lines: list[str], where: str, chance: random.Random) -> list[str]:
    """Return the lines with one word changed in 2 % of them."""
    count = max(1, len(lines) // 50)
    start = (len(lines) - count) // 2
    places = range(start, start + count) if where == "clustered" else chance.sample(range(len(lines)), count)
    after = list(lines)
    for place in places:
        words = after[place].split(" ")
        words[len(words) // 2] = chance.choice(_WORDS) + "s"
        after[place] = " ".join(words)
    return after


def main(arguments: list[str] | None = None) -> int:
    """Run the benchmark and return the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--lines", type=int, nargs="*", default=list(LINES))
    parser.add_argument("--seed", type=int, default=1)
    wanted = parser.parse_args(arguments)
    print(f"{'lines':>7} {'2 %':>9} {'difflib':>19} {'kinexus':>19} {'ratio':>7} {'whole page':>11}")
    failures = []
    for where, least in LEAST.items():
        per_line: dict[int, float] = {}
        for lines in wanted.lines:
            per_line[lines], ratio = _row(lines, where, random.Random(wanted.seed))
            if lines == 20_000 and ratio < least:
                failures.append(f"{where}: {ratio:.1f}x is less than {least:.0f}x")
        if {1_000, 20_000} <= per_line.keys():
            growth = per_line[20_000] / per_line[1_000]
            print(f"{where}: the time per line at 20,000 lines is {growth:.2f} of that at 1,000")
            if growth > MOST_GROWTH:
                failures.append(f"{where}: the time per line grows {growth:.2f} times")
    print("\n".join(failures) or "ok")
    return 1 if failures else 0


def _row(lines: int, where: str, chance: random.Random) -> tuple[float, float]:
    """Measure and print one page; return our seconds per line and the ratio."""
    old = make_page(lines, chance)
    before, after = "\n".join(old), "\n".join(change_lines(old, where, chance))
    theirs, their_size = _timed(1, partial(_difflib, before, after))
    ours, our_size = _timed(3, partial(_kinexus, before, after))
    whole, _ = _timed(1, partial(_whole_page, before, after))
    print(
        f"{lines:>7,} {where:>9} {theirs:>8.3f} s {their_size // 1000:>5,} KB {ours:>8.3f} s {our_size // 1000:>5,} KB"
        f" {theirs / ours:>6.1f}x {whole:>9.3f} s"
    )
    return ours / lines, theirs / ours


def _timed(rounds: int, work: Callable[[], str]) -> tuple[float, int]:
    """Return the best CPU time of several rounds in seconds, and the size of the output."""
    seconds, made = [], ""
    for _ in range(rounds):
        started = time.process_time()
        made = work()
        seconds.append(time.process_time() - started)
    return min(seconds), len(made)


def _difflib(before: str, after: str) -> str:
    old, new = source_lines.split_both(before, after)
    return difflib.HtmlDiff().make_table(old, new, context=True, numlines=3)


def _kinexus(before: str, after: str) -> str:
    return diff_views.source_view(diff_views.compare_sources(before, after), "source")


def _whole_page(before: str, after: str) -> str:
    review = Review(
        "doc-1",
        1,
        "update",
        "Page",
        None,
        None,
        (),
        "",
        1.0,
        "",
        "",
        before,
        after,
        (),
        None,
        "https://example.com",
    )
    return diff_page.render(review)


if __name__ == "__main__":
    sys.exit(main())
