"""Apply random edits to real pages and count violations: `python -m benchmarks.storage CORPUS_DIR [--seed N]`.

Every `*.xml`, `*.xhtml` and `*.csf` below the directory is parsed and reassembled, shown as an outline, and edited with
random edits from the seed. The invariants are in `benchmarks.storage_invariants`. Files that are not storage format are
named and skipped. If an invariant is violated, the smallest failing example is printed and the exit code is 1.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from benchmarks.storage_invariants import edit_faults, is_wrongly_refused, page_faults, random_edits
from common import storage_format as sf


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.storage", description=__doc__)
    parser.add_argument("corpus", type=Path, help="a directory with *.xml files in storage format")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--edits", type=int, default=200, help="lists of edits per file (default 200)")
    options = parser.parse_args(arguments)
    files = sorted(path for path in options.corpus.rglob("*") if path.suffix in (".xml", ".xhtml", ".csf"))
    if not files:
        print(f"Found no *.xml, *.xhtml or *.csf below {options.corpus}.")
        return 2
    counted: Counter[str] = Counter()
    failures: list[tuple[str, list[sf.Edit], str]] = []
    for path in files:
        storage = path.read_bytes().decode("utf-8-sig")
        try:
            page = sf.parse(storage)
        except sf.MalformedStorage as error:
            counted["malformed"] += 1
            print(f"{path}: skipped, not storage format: {error}")
            continue
        counted["files"] += 1
        counted["blocks"] += len(page.blocks)
        failures += [(path.name, [], fault) for fault in page_faults(storage)]
        chance = random.Random(f"{options.seed} {path.name}")
        for _ in range(options.edits if page.blocks else 0):
            edits = random_edits(page, chance, chance.choice((1, 1, 2, 5)))
            faults, refused = edit_faults(page, edits)
            counted["edits"] += len(edits)
            counted["refused"] += len(edits) if refused else 0
            if refused and (fault := _wrongly_refused(page, edits)):
                faults.append(f"{fault} was refused: {refused}")
            for fault in faults:
                failures.append((path.name, _smallest(page, edits), fault))
    print(
        f"files {counted['files']} ({counted['malformed']} malformed)  blocks {counted['blocks']}  "
        f"edits {counted['edits']} ({counted['refused']} in refused lists)  violations {len(failures)}"
    )
    if not failures:
        return 0
    name, edits, fault = min(failures, key=lambda failure: sum(len(repr(edit)) for edit in failure[1]))
    print(f"smallest failing example: {name}: {fault}")
    for edit in edits:
        print(f"  {edit!r}")
        if edit.block_id is not None:
            files_by_name = {path.name: path for path in files}
            page = sf.parse(files_by_name[name].read_bytes().decode("utf-8-sig"))
            print(f"    on {page.block(edit.block_id).source[:500]!r}")
    return 1


def _wrongly_refused(page: sf.Page, edits: Sequence[sf.Edit]) -> str:
    """Return an edit without tokens that was refused, although its kind of block takes any edit; empty if none."""
    for edit in edits:
        kind = page.block(edit.block_id).kind if edit.block_id is not None else "paragraph"
        if "⟦" not in getattr(edit, "markdown", ""):
            try:
                sf.apply(page, [edit])
            except sf.InvalidEdit as refusal:
                if is_wrongly_refused(kind, refusal.reason):
                    return f"an edit on a {kind}: {edit!r}"
    return ""


def _smallest(page: sf.Page, edits: Sequence[sf.Edit]) -> list[sf.Edit]:
    """Return the first edit that fails alone, or all of them."""
    for edit in edits:
        if edit_faults(page, [edit])[0]:
            return [edit]
    return list(edits)


if __name__ == "__main__":
    sys.exit(main())
