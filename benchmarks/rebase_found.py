"""Measure how many blocks are found again after a save adds ids: `python -m benchmarks.rebase_found DIRECTORY`.

Each page (`*.xml`) is rewritten as a save in Confluence's new editor does: `local-id` on every element, new macro ids,
attributes in another order, `&nbsp;` as the character, `<br />` for `<br/>`. Only blocks with a unique source are
counted. A block is found if it matches the same block of the rewritten page. The exit code is 1 below 97 %.
"""

from __future__ import annotations

import itertools
import re
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from common import storage_format as sf
from common.storage_format.editing.block_matching import BlockMatcher, BlockNotFound
from common.storage_format.xml.block_scanner import MARKUP

LEAST = 0.97
_ATTRIBUTE = re.compile(r"""[\w:.-]+\s*=\s*(?:"[^"]*"|'[^']*')""")
_REDRAWN = re.compile(r"(?:ac:)?(?:local-id|macro-id)\s*=|ri:version-at-save\s*=")


def main(arguments: Sequence[str] | None = None) -> int:
    """Print how many blocks of each page are found; return 1 if too few are."""
    [directory] = sys.argv[1:] if arguments is None else arguments
    total = Counter[str]()
    print(f"{'page':<24} {'blocks':>7} {'unique':>7} {'found':>7} {'share':>7}")
    for path in sorted(Path(directory).rglob("*.xml")):
        try:
            page = sf.parse(path.read_text("utf-8"))
        except sf.MalformedStorage:
            continue
        blocks, unique, found = len(page.blocks), *count_found(page.source)
        total.update(blocks=blocks, unique=unique, found=found)
        print(f"{path.name:<24} {blocks:>7} {unique:>7} {found:>7} {_share(found, unique)}")
    print(f"{'all':<24} {total['blocks']:>7} {total['unique']:>7} {total['found']:>7} "
          f"{_share(total['found'], total['unique'])}")  # fmt: skip
    if total["found"] < LEAST * total["unique"]:
        print(f"FAILED: {total['found'] / total['unique']:.1%} found; at least {LEAST:.0%} are required")
        return 1
    return 0


def count_found(storage: str) -> tuple[int, int]:
    """Return how many blocks of a page have a unique source, and how many of these are found on the page with ids."""
    base = sf.parse(storage)
    matching = BlockMatcher(base, sf.parse(with_new_ids(storage)))
    times = Counter(block.source for block in base.blocks)
    unique = [block.number for block in base.blocks if times[block.source] == 1]
    return len(unique), sum(_finds(matching, number) for number in unique)


def _finds(matching: BlockMatcher, number: int) -> bool:
    try:
        return matching.find(number) == number
    except BlockNotFound:
        return False


def _share(found: int, unique: int) -> str:
    return f"{found / unique:>7.1%}" if unique else f"{'-':>7}"


def with_new_ids(storage: str) -> str:
    """Return a page as Confluence stores it after a save in the new editor."""
    ids = itertools.count(1)

    def tag(match: re.Match[str]) -> str:
        name = match[1]
        if name is None or name.startswith("/"):
            return match[0]
        rest = match[0][1 + len(name) :].removesuffix(">").removesuffix("/")
        attributes = [each for each in _ATTRIBUTE.findall(rest) if not _REDRAWN.match(each)]
        attributes.append(f'{"ac:" if name.startswith("ac:") else ""}local-id="{next(ids):08x}"')
        if name == "ac:structured-macro":
            attributes.append(f'ac:macro-id="{next(ids):08x}"')
        end = " />" if match[0].endswith("/>") else ">"
        return f"<{name} {' '.join(reversed(attributes))}{end}"

    pieces, at = [], 0
    for match in MARKUP.finditer(storage):
        pieces += [storage[at : match.start()].replace("&nbsp;", "\u00a0"), tag(match)]
        at = match.end()
    return "".join(pieces) + storage[at:].replace("&nbsp;", "\u00a0")


if __name__ == "__main__":
    sys.exit(main())
