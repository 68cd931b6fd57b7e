"""Measure which real changes of pages the edit language can say: `python -m benchmarks.sayable CORPUS.jsonl`.

A line of the corpus is a case {id, kind, pages: [{path, title, before, after}]}; only cases of the kind `update` count.
A page is Markdown, or storage format if it begins with a tag. The edits are derived from the pages themselves (see
`benchmarks.oracle`), written as Markdown, and applied like a model's.

A change is said *exactly* if the bytes are the author's, and *but for spelling* if page after and page as edited have
the same visible text in the same structure of blocks; spelling is what `benchmarks.oracle.spelled` leaves out. Of a
case with several pages, all must be said. Markdown becomes storage format in the shape of Confluence's editor, or with
``--shape plain`` as `render` writes it.

``python -m benchmarks.sayable --pages DIR`` makes changes of the pages in a folder instead (`*.xml`, storage format),
and prints the share that is said but for spelling, by kind of change.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import generated_changes, oracle
from benchmarks.corpus import read_json_lines
from benchmarks.editor_shape import as_editor
from common import storage_format as sf

LONGEST = 16_000
"""Characters of the longest page that `--pages` makes changes of: the oracle's time grows with them."""

SHAPES: Mapping[str, Callable[[str], str]] = {"editor": as_editor, "plain": lambda storage: storage}


@dataclass(frozen=True)
class CaseResult:
    """How near the edit language comes to one case: number of edits, and what is lost on the way."""

    case_id: str
    edits: int
    exact: bool
    distance: int
    lost: tuple[str, ...]
    refused: tuple[str, ...]

    @property
    def is_said(self) -> bool:
        """Whether the case is said but for spelling."""
        return not self.distance


def storage_of(text: str, shape: Callable[[str], str]) -> str:
    """Return a page of the corpus as storage format."""
    return text if text.lstrip().startswith("<") else shape(sf.render(text))


def measure(case: Mapping[str, Any], shape: Callable[[str], str]) -> CaseResult:
    """Return how near the edit language comes to the changes of a case."""
    edits, distance, exact = 0, 0, True
    lost: list[str] = []
    refused: list[str] = []
    for page in case["pages"]:
        if not page["before"]:
            continue
        after = storage_of(page["after"], shape)
        said = oracle.say(storage_of(page["before"], shape), after)
        edits += len(said.edits)
        distance += said.distance
        exact = exact and said.storage == after
        if said.distance:
            lost += oracle.losses(said.storage, after)
            refused += said.refused
    return CaseResult(
        case["id"], edits, exact, distance, tuple(dict.fromkeys(lost)), tuple(dict.fromkeys(refused))
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure a corpus and print the shares, and the cases that are not said."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sayable", description=__doc__)
    parser.add_argument("corpus", type=Path, nargs="?")
    parser.add_argument("--pages", type=Path, help="a folder of pages in storage format, to make changes of")
    parser.add_argument("--shape", choices=SHAPES, default="editor")
    options = parser.parse_args(arguments)
    if options.pages is not None:
        return _by_kind(options.pages)
    if options.corpus is None:
        parser.error("name a corpus, or a folder with --pages")
    cases = [case for case in read_json_lines(options.corpus) if case["kind"] == "update"]
    if not cases:
        print(f"{options.corpus} holds no case of the kind update.")
        return 2
    results = [measure(case, SHAPES[options.shape]) for case in cases]
    print(f"{len(cases)} changes of pages, storage format in the shape {options.shape}")
    print(f"exactly           {_share(sum(result.exact for result in results), len(cases))}")
    print(f"but for spelling  {_share(sum(result.is_said for result in results), len(cases))}")
    print(f"edits per change  {sum(result.edits for result in results) / len(cases):.1f}")
    unsaid = [result for result in results if not result.is_said]
    kinds = Counter(kind for result in unsaid for kind in result.lost)
    print(
        "lost              "
        + (", ".join(f"{kind} {count}" for kind, count in kinds.most_common()) or "nothing")
    )
    for result in unsaid:
        reason = f"; refused: {result.refused[0]}" if result.refused else ""
        print(f"  {result.case_id}: {', '.join(result.lost)} ({result.distance} tags and words){reason}")
    return 0


def _by_kind(folder: Path) -> int:
    """Print the share of generated changes that are said but for spelling, by kind."""
    said: Counter[str] = Counter()
    made: Counter[str] = Counter()
    for file in sorted(folder.rglob("*.xml")):
        storage = file.read_text("utf-8")
        try:
            sf.parse(storage)
        except sf.MalformedStorage:
            continue
        for change in generated_changes.changes(storage) if len(storage) <= LONGEST else ():
            made[change.kind] += 1
            said[change.kind] += not oracle.say(change.before, change.after).distance
    for kind, count in sorted(made.items()):
        print(f"{kind:20} {_share(said[kind], count)}")
    print(f"{'all':20} {_share(said.total(), made.total() or 1)}")
    return 0


def _share(count: int, whole: int) -> str:
    return f"{count / whole:6.1%}  ({count} of {whole})"


if __name__ == "__main__":
    sys.exit(main())
