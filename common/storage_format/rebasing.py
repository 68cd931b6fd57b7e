"""Edits that were made for one version of a page, on the version that stands there now.

A block is found again by its bytes: where they stand once in either version, or in the same order among the
blocks that are in both. An edit whose block is no longer there as it was is a conflict, never a guess.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from difflib import SequenceMatcher

from common.storage_format import applying
from common.storage_format.applying import Splice
from common.storage_format.edits import Change, Conflict, Edit, Edited
from common.storage_format.errors import InvalidEdit
from common.storage_format.page import Block, Page

_MOST_COMPARED = 4_000
"""Blocks between the first and the last difference that are put in order; more only by what stands once."""


def rebase(edits: Sequence[Edit], base: Page, current: Page) -> Edited | Conflict:
    """Apply edits made for `base` to `current`, or say which cannot be and why.

    Tokens in the edits are those of `base`. Raises InvalidEdit if the edits do not even apply to `base`.
    """
    edited = applying.apply(base, edits)
    if base.source == current.source:
        return edited
    there = _found_again(base, current)
    reasons = tuple(
        (
            edit,
            f"block [{base.number(edit.block_id) + 1}] is not there as it was: {_shown(base.block(edit.block_id))}",
        )
        for edit in edits
        if edit.block_id is not None and base.number(edit.block_id) not in there
    )
    if reasons:
        return Conflict(reasons)
    moving = applying.Plan(base, edits, current, there)
    moved: list[Splice] = []
    for edit in edits:
        try:
            moved.append(moving.splice(edit))
        except InvalidEdit as refusal:
            return Conflict(((edit, f"it does not fit where its block stands now: {refusal.reason}"),))
    made = applying.changes(base, edits, moved)
    return Edited(
        applying.spliced(current, moved), tuple(_on(current, base, there, change) for change in made)
    )


def _found_again(base: Page, current: Page) -> dict[int, int]:
    """Return where the blocks of `base` stand in `current`; those that are not there as they were are left out."""
    ours, theirs = [_key(block) for block in base.blocks], [_key(block) for block in current.blocks]
    once = Counter(ours), Counter(theirs)
    places = {key: number for number, key in enumerate(theirs)}
    found = {}
    for number, key in enumerate(ours):
        if once[0][key] == once[1][key] == 1:
            found[number] = places[key]
    first = 0
    while first < min(len(ours), len(theirs)) and ours[first] == theirs[first]:
        found.setdefault(first, first)
        first += 1
    last = 0
    while last < min(len(ours), len(theirs)) - first and ours[-1 - last] == theirs[-1 - last]:
        last += 1
        found.setdefault(len(ours) - last, len(theirs) - last)
    middle = ours[first : len(ours) - last], theirs[first : len(theirs) - last]
    if max(map(len, middle)) <= _MOST_COMPARED:
        for start, there, length in SequenceMatcher(None, *middle, autojunk=False).get_matching_blocks():
            for step in range(first, first + length):
                found.setdefault(start + step, there + step)
    return found


def _key(block: Block) -> tuple[str, str]:
    return block.kind, block.source


def _shown(block: Block) -> str:
    text = " ".join(block.source.split())
    return text if len(text) <= 80 else text[:79] + "…"


def _on(current: Page, base: Page, there: dict[int, int], change: Change) -> Change:
    """Return a change with the block's id and headings on `current`."""
    if change.block_id is None:
        return change
    block = current.blocks[there[base.number(change.block_id)]]
    return Change(change.edit, block.id, block.headings, change.before, change.after, change.removed)
