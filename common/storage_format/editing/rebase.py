"""Rebase: apply edits that were made for an earlier page version to the current version.

Each edited block is matched to a block of the current version (`block_matching`). The edit is applied to that block,
which keeps its current ids, tokens and comment markers. An edit whose block has no match is a conflict, never a guess.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from common.storage_format.editing import apply
from common.storage_format.editing.apply import Splice
from common.storage_format.editing.block_matching import BlockMatcher, BlockNotFound
from common.storage_format.editing.box_matching import find_box
from common.storage_format.editing.captured_text import check_captured_text, check_place, check_restored
from common.storage_format.editing.list_end import list_ended_by, matching_container
from common.storage_format.editing.restore import find_passage, restored_at
from common.storage_format.edits import (
    Delete,
    Edit,
    EditConflict,
    Edited,
    InsertAfter,
    PageEdit,
    Replace,
    Restore,
)
from common.storage_format.errors import InvalidEdit
from common.storage_format.page.page import Block, Page
from common.storage_format.to_markdown import opaque_tokens
from common.storage_format.to_markdown.opaque_tokens import PageToken
from common.storage_format.xml.block_key import block_key
from common.storage_format.xml.equivalence import Tree
from common.storage_format.xml.nodes import Container


def rebase(edits: Sequence[PageEdit], base: Page, current: Page) -> Edited | EditConflict:
    """Apply edits made for `base` to `current`; return a conflict with reasons if any of them does not apply.

    Tokens in the edits have the numbers of `base`. Raises InvalidEdit if the edits do not apply to `base` either.
    """
    plan = apply.Plan(base, edits)
    splices = plan.splices(edits)
    storage = apply.spliced(base, [*splices, *plan.column_groups()])
    if base.source == current.source:
        return Edited(storage, apply.block_changes(base, edits, splices))
    matcher = BlockMatcher(base, current)
    there: dict[int, int] = {}
    boxes: dict[str, str] = {}
    passages: dict[Restore, tuple[int, int]] = {}
    reasons: list[tuple[PageEdit, str]] = []
    for edit in edits:
        try:
            if isinstance(edit, Restore):
                passages[edit] = find_passage(edit, matcher)
                check_restored(edit, passages[edit][1], matcher)
            else:
                _find(edit, matcher, there, boxes)
        except BlockNotFound as reason:
            reasons.append((edit, str(reason)))
    if reasons:
        return EditConflict(tuple(reasons))
    return _applied(edits, matcher, _Found(there, boxes, passages), splices)


class _Found(NamedTuple):
    """What was found on the current version: the number of each block by its number on the base, boxes by their id.

    `passages` are the spans in which earlier text is put back.
    """

    blocks: Mapping[int, int]
    boxes: Mapping[str, str]
    passages: Mapping[Restore, tuple[int, int]]


def _find(edit: Edit, matcher: BlockMatcher, there: dict[int, int], boxes: dict[str, str]) -> None:
    """Find the block or box of an edit on the current version; raise BlockNotFound."""
    base = matcher.base.page
    if edit.block_id is None:
        return
    if box := base.box(edit.block_id):
        boxes[box.id] = find_box(edit, box, matcher, there).id
        return
    number = base.number(edit.block_id)
    there[number] = matcher.find(number)
    if not isinstance(edit, InsertAfter):
        check_captured_text(edit, number, there[number], matcher)


def _applied(
    edits: Sequence[PageEdit], matcher: BlockMatcher, found: _Found, on_base: Sequence[Splice]
) -> Edited | EditConflict:
    """Retarget the edits to what was found on the current version, and apply them; `on_base` are the base's splices."""
    base, current = matcher.base.page, matcher.current.page
    retargeted: list[PageEdit] = []
    ended_lists: dict[str, Container | None] = {}
    splices: list[Splice] = []
    refused: PageEdit | None = None
    try:
        for edit in edits:
            refused = edit
            retargeted.append(_retargeted(edit, base, current, found))
            if isinstance(edit, InsertAfter) and edit.block_id is not None and not base.box(edit.block_id):
                block = base.block(edit.block_id)
                place = current.blocks[found.blocks[block.number]]
                ended_lists[place.id] = _ended_list(block, place)
        plan = apply.Plan(current, retargeted, ended_lists)
        for edit, now in zip(edits, retargeted, strict=True):
            refused = edit
            splices.append(plan.splice(now))
        splices = plan.with_emptied(retargeted, splices)
        storage = apply.spliced(current, [*splices, *plan.column_groups()])
    except InvalidEdit as refusal:
        reason = f"the edit does not fit the current page: {refusal.reason}"
        return EditConflict(((refused or edits[0], reason),))
    reasons = _misplaced(edits, on_base, splices, matcher) or _unseen_removals(edits, on_base, splices)
    if reasons:
        return EditConflict(reasons)
    made = apply.block_changes(current, retargeted, splices)
    return Edited(
        storage, tuple(replace(change, edit=edit) for change, edit in zip(made, edits, strict=True))
    )


def _misplaced(
    edits: Sequence[PageEdit], on_base: Sequence[Splice], splices: Sequence[Splice], matcher: BlockMatcher
) -> tuple[tuple[PageEdit, str], ...]:
    """Return the insertions whose text would stand elsewhere than on the base, each with the reason."""
    reasons: list[tuple[PageEdit, str]] = []
    for edit, one, other in zip(edits, on_base, splices, strict=True):
        if not isinstance(edit, InsertAfter):
            continue
        try:
            check_place(edit, _number(edit, matcher.base.page), one.start, other.start, matcher)
        except BlockNotFound as reason:
            reasons.append((edit, str(reason)))
    return tuple(reasons)


def _number(edit: Edit, base: Page) -> int:
    """Return the number of the block of an edit, or of the last block of its box; -1 is the beginning of the page."""
    if edit.block_id is None:
        return -1
    box = base.box(edit.block_id)
    return box.last if box is not None else base.number(edit.block_id)


def _unseen_removals(
    edits: Sequence[PageEdit], on_base: Sequence[Splice], splices: Sequence[Splice]
) -> tuple[tuple[PageEdit, str], ...]:
    """Return the edits that remove a container which is removed only on the current version, each with the reason."""
    seen = Counter(token for splice in on_base for token in splice.emptied)
    reasons = []
    for edit, splice in zip(edits, splices, strict=True):
        seen.subtract(splice.emptied)
        if gone := next((token for token in splice.emptied if seen[token] < 0), None):
            name = f'{gone.kind} "{gone.hint}"' if gone.hint else gone.kind
            reasons.append((edit, f"the deletion would now leave the whole {name} empty, and so remove it"))
    return tuple(reasons)


def _retargeted(edit: PageEdit, base: Page, current: Page, found: _Found) -> PageEdit:
    """Return an edit with its block and tokens in the current version."""
    if isinstance(edit, Restore):
        return restored_at(found.passages[edit], edit.storage, current)
    block_id = edit.block_id
    if block_id is not None:
        block_id = found.boxes.get(block_id) or current.blocks[found.blocks[base.number(block_id)]].id
    if isinstance(edit, Delete):
        return Delete(block_id or "")
    markdown = edit.markdown
    if "⟦" in markdown:
        markdown = opaque_tokens.renumber_tokens(
            markdown, _tokens(opaque_tokens.token_numbers(markdown), base, current, found.blocks)
        )
    if isinstance(edit, Replace):
        return Replace(block_id or "", markdown)
    return InsertAfter(block_id, markdown)


def _tokens(
    numbers: Sequence[int], base: Page, current: Page, there: Mapping[int, int]
) -> dict[int, PageToken]:
    """Return the current tokens for the base tokens with these numbers; raise InvalidEdit if one is gone."""
    found: dict[int, PageToken] = {}
    for block in {base.tokens[number - 1].block for number in numbers}:
        current_tokens: dict[Tree, list[PageToken]] = {}
        for token in current.tokens_of(there[block], numbered=True):
            current_tokens.setdefault(block_key(token.source), []).append(token)
        for token in base.tokens_of(block, numbered=True):
            same = current_tokens.get(block_key(token.source))
            if same:
                found[token.number] = same.pop(0)
    for number in numbers:
        if number not in found:
            raise InvalidEdit(f"{base.tokens[number - 1].text} was changed or removed")
    return found


def _ended_list(block: Block, place: Block) -> Container | None:
    """Return the current list or table that text after a block goes below, as it did on the base; None if none."""
    ended_list = list_ended_by(block)
    now = matching_container(block, ended_list, place)
    if ended_list is not None and now is None:
        raise InvalidEdit("the list or table above the new text no longer exists")
    return now
