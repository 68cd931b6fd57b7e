"""Rebase: apply edits that were made for an earlier page version to the current version.

Each edited block is matched to a block of the current version (`block_matching`). The edit is applied to that block,
which keeps its current ids, tokens and comment markers. An edit whose block has no match is a conflict, never a guess.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from common.storage_format.editing import apply
from common.storage_format.editing.apply import Splice
from common.storage_format.editing.block_matching import BlockMatcher, BlockNotFound
from common.storage_format.editing.captured_text import check_captured_text
from common.storage_format.editing.list_end import list_ended_by, matching_container
from common.storage_format.edits import Delete, Edit, EditConflict, Edited, InsertAfter, Replace
from common.storage_format.errors import InvalidEdit
from common.storage_format.page.page import Block, Page
from common.storage_format.to_markdown import opaque_tokens
from common.storage_format.to_markdown.opaque_tokens import PageToken
from common.storage_format.xml.block_key import block_key
from common.storage_format.xml.equivalence import Tree
from common.storage_format.xml.nodes import Container


def rebase(edits: Sequence[Edit], base: Page, current: Page) -> Edited | EditConflict:
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
    reasons: list[tuple[Edit, str]] = []
    for edit in edits:
        number = -1 if edit.block_id is None else base.number(edit.block_id)
        try:
            if number >= 0:
                there[number] = matcher.find(number)
            check_captured_text(edit, number, there.get(number, -1), matcher)
        except BlockNotFound as reason:
            reasons.append((edit, str(reason)))
    if reasons:
        return EditConflict(tuple(reasons))
    return _applied(edits, base, current, there, splices)


def _applied(
    edits: Sequence[Edit], base: Page, current: Page, there: Mapping[int, int], on_base: Sequence[Splice]
) -> Edited | EditConflict:
    """Retarget the edits to the matched blocks of `current`, and apply them; `on_base` are their splices on `base`."""
    retargeted: list[Edit] = []
    ended_lists: dict[str, Container | None] = {}
    splices: list[Splice] = []
    refused: Edit | None = None
    try:
        for edit in edits:
            refused = edit
            retargeted.append(_retargeted(edit, base, current, there))
            if isinstance(edit, InsertAfter) and edit.block_id is not None:
                block = base.block(edit.block_id)
                place = current.blocks[there[block.number]]
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
    if reasons := _unseen_removals(edits, on_base, splices):
        return EditConflict(reasons)
    made = apply.block_changes(current, retargeted, splices)
    return Edited(
        storage, tuple(replace(change, edit=edit) for change, edit in zip(made, edits, strict=True))
    )


def _unseen_removals(
    edits: Sequence[Edit], on_base: Sequence[Splice], splices: Sequence[Splice]
) -> tuple[tuple[Edit, str], ...]:
    """Return the edits that remove a container which is removed only on the current version, each with the reason."""
    seen = Counter(token for splice in on_base for token in splice.emptied)
    reasons = []
    for edit, splice in zip(edits, splices, strict=True):
        seen.subtract(splice.emptied)
        if gone := next((token for token in splice.emptied if seen[token] < 0), None):
            name = f'{gone.kind} "{gone.hint}"' if gone.hint else gone.kind
            reasons.append((edit, f"the deletion would now leave the whole {name} empty, and so remove it"))
    return tuple(reasons)


def _retargeted(edit: Edit, base: Page, current: Page, there: Mapping[int, int]) -> Edit:
    """Return an edit with its block and tokens in the current version."""
    number = None if edit.block_id is None else base.number(edit.block_id)
    block_id = None if number is None else current.blocks[there[number]].id
    if isinstance(edit, Delete):
        return Delete(block_id or "")
    markdown = edit.markdown
    if "⟦" in markdown:
        markdown = opaque_tokens.renumber_tokens(
            markdown, _tokens(opaque_tokens.token_numbers(markdown), base, current, there)
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
