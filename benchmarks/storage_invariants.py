"""Invariants of every page and every list of edits, checked through the public interface of the storage format.

`page_faults` checks one page, `edit_faults` checks one list of edits on a page. Both return the violations as
sentences; tests, the fuzz target and the benchmark share them.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence

from benchmarks.emptied_oracle import GONE, KEPT, NEW, without_emptied
from common import storage_format as sf

ALWAYS_POSSIBLE = {"paragraph", "heading", "list_item", "quote", "code", "macro"}
"""Kinds of blocks on which any edit is possible whose text the editor can hold there."""

PHRASES = (
    "plain {}",
    "with **bold**, *{}* and `code`",
    "a [{}](https://example.com/a?b=1&c=2) & an < angle",
    "two lines\\\nwith a {}",
    "# {}",
    "- first\n- {}\n  - nested",
    "1. one\n2. {}",
    "- [ ] {}\n- [x] done",
    "```python\nprint(']]>{}')\n```",
    "> quoted\n>\n> {}",
    "| a | b |\n|---|---|\n| 1 | {} |",
    "| {} | one row |",
    "> [!NOTE]\n> mind {}",
    "---\n\n{}",
    "first\n\n{}",
    "日本語 **強調:**です {} &nbsp; ⟨x⟩ \u202eעברית",
)
"""Varied Markdown; the braces are replaced by a unique word."""


def is_wrongly_refused(kind: str, reason: str) -> bool:
    """Tell whether an edit was refused although the editor can hold it and no row is longer than its table."""
    is_right = " cannot be in " in reason or " cells, but its table has " in reason
    return kind in ALWAYS_POSSIBLE and not is_right


def page_faults(storage: str) -> list[str]:  # noqa: C901 one check per invariant
    """Return the violations in how a page is parsed: reassembly, order, identity, outline, round trip."""
    page = sf.parse(storage)
    blocks = page.blocks
    faults = []
    if page.source != storage:
        faults.append("the source of the page differs from the parsed text")
    pieces = [page.prefix]
    for block, gap in zip(blocks, (*page.gaps, page.suffix), strict=True) if blocks else ():
        pieces += [block.source, gap]
    if "".join(pieces) != storage:
        faults.append("prefix, blocks, gaps and suffix together differ from the page")
    at = 0
    for block in blocks:
        start, end = block.span
        if start < at or end <= start:
            faults.append(f"{block} overlaps another or is empty")
        at = end
        if storage[start:end] != block.source:
            faults.append(f"the source of {block} is not at its span")
        faults += [f"{block} is not balanced: {fault}" for fault in _parses(block.source)]
    ids = [block.id for block in blocks]
    if len(set(ids)) != len(ids):
        faults.append("two blocks have the same id")
    if any(page.block(block.id) != block for block in blocks):
        faults.append("a block is not found by its id")
    if sf.apply(page, []).storage != storage:
        faults.append("applying an empty list of edits changes the page")
    if not sf.equivalent(storage, storage):
        faults.append("the page is not equivalent to itself")
    outline = sf.outline(page)
    for number, block in enumerate(blocks, 1):
        if outline.block_id(number) != block.id:
            faults.append(f"[{number}] of the outline is not block {number}")
    sf.to_markdown(storage)
    sf.sections(storage)
    return faults


def shown(page: sf.Page) -> list[str]:
    """Return the Markdown of each block as the outline shows it, without number and list marker."""
    return [page.markdown(number) for number in range(len(page.blocks))]


def edit_faults(page: sf.Page, edits: Sequence[sf.Edit]) -> tuple[list[str], str]:
    """Return the violations when edits are applied, and the reason if they were refused."""
    try:
        edited = sf.apply(page, edits)
    except sf.InvalidEdit as refusal:
        return [], refusal.reason
    faults = _parses(edited.storage)
    if len(edited.changes) != len(edits):
        faults.append("the number of changes differs from the number of edits")
    faults += _moved_bytes(page, edits, edited)
    again = sf.rebase(edits, page, page)
    if not isinstance(again, sf.Edited) or again.storage != edited.storage:
        faults.append("rebasing on the same page gives another result than applying")
    for change in edited.changes:
        block = page.block(change.block_id) if change.block_id is not None else None
        if (
            block is not None
            and isinstance(change.edit, sf.Delete | sf.Replace)
            and change.before != block.source
        ):
            faults.append("a change does not contain the source of its block before the edit")
        if isinstance(change.edit, sf.Replace) and not change.removed:
            faults += _lost_tokens(page, change, edits)
    return faults, ""


def _parses(storage: str) -> list[str]:
    try:
        sf.parse(storage)
    except sf.MalformedStorage as error:
        return [f"not storage format: {error}"]
    return []


def _lost_tokens(page: sf.Page, change: sf.BlockChange, edits: Sequence[sf.Edit]) -> Iterator[str]:
    """Yield the tokens of a block that are lost and were not reported as removed."""
    assert change.block_id is not None
    number = page.block(change.block_id).number
    kept = "".join(edit.markdown for edit in edits if not isinstance(edit, sf.Delete))
    for token in page.tokens:
        if (
            token.block == number
            and token.source not in change.after
            and f"{token.token.kind} {token.number}" not in kept
        ):
            yield f"{token.text} is lost and not reported as removed"


def _moved_bytes(page: sf.Page, edits: Sequence[sf.Edit], edited: sf.Edited) -> Iterator[str]:
    """Check that the result is the page with the edits made in their places, without the containers they empty."""
    left = edited.storage
    pieces = [(*block.span, KEPT + block.source) for block in page.blocks]
    for edit, change in zip(edits, edited.changes, strict=True):
        if isinstance(edit, sf.InsertAfter):
            if left.count(change.after) != 1:
                yield f"the inserted {change.after[:60]!r} occurs {left.count(change.after)} times in the result"
                return
            left = left.replace(change.after, "")
            alone = sf.apply(page, [edit])
            at = alone.storage.index(alone.changes[0].after)
            pieces.append((at, at, NEW))
            continue
        block = page.block(edit.block_id)
        text = GONE if isinstance(edit, sf.Delete) else KEPT + change.after
        pieces[block.number] = (*block.span, text)
    marked, at = "", 0
    for start, end, text in sorted(pieces, key=lambda piece: piece[:2]):
        marked += page.source[at:start] + text
        at = end
    if without_emptied(marked + page.source[at:]) != left:
        yield "characters outside the edited blocks changed"


def random_edits(page: sf.Page, chance: random.Random, count: int) -> list[sf.Edit]:
    """Return random edits of all kinds on different blocks; some keep the tokens of their block, some drop them."""
    edits: list[sf.Edit] = []
    blocks = chance.sample(page.blocks, min(count, len(page.blocks)))
    for number, block in enumerate(blocks):
        word = f"w{chance.randrange(10**9):x}n{number}"
        phrase = chance.choice(PHRASES).format(word)
        kind = chance.randrange(8)
        if kind == 0:
            edits.append(sf.Delete(block.id))
        elif kind in (1, 2):
            edits.append(sf.InsertAfter(block.id, phrase))
        elif kind in (3, 4):
            edits.append(sf.Replace(block.id, reworded(page.markdown(block.number), word, chance)))
        elif kind == 5:
            edits.append(sf.Replace(block.id, page.markdown(block.number)))
        else:
            edits.append(sf.Replace(block.id, phrase))
    if chance.randrange(10) == 0:
        edits.append(sf.InsertAfter(None, f"first of all {chance.randrange(10**9):x}"))
    return edits


def reworded(markdown: str, word: str, chance: random.Random) -> str:
    """Return Markdown with a word inserted at a random place, and sometimes with its tokens shuffled."""
    tokens = re.findall(r"⟦[^⟦⟧\n]+⟧", markdown)
    if len(tokens) > 1 and chance.randrange(2):
        shuffled = chance.sample(tokens, len(tokens))
        markdown = re.sub(r"⟦[^⟦⟧\n]+⟧", lambda match: shuffled.pop(), markdown)
    places = [match.start() for match in re.finditer(r"(?<=[a-z]) (?=[a-z])", markdown)]
    if not places:
        return f"{markdown} {word}" if not markdown.startswith("|") else markdown
    at = chance.choice(places)
    return f"{markdown[:at]} {word}{markdown[at:]}"
