"""Edits that were made for one version of a page, on the version that stands there now.

Each edited block is found again (`block_matching`); the edit is then aimed at the block as it is now, so that its ids,
tokens and comment markers stay. An edit whose block is not found is a conflict, never a guess.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from common.storage_format.editing import apply, captured_text
from common.storage_format.editing.apply import Splice
from common.storage_format.editing.block_matching import Matching, NotFound
from common.storage_format.editing.list_end import counterpart, ended
from common.storage_format.edits import Delete, Edit, EditConflict, Edited, InsertAfter, Replace
from common.storage_format.errors import InvalidEdit
from common.storage_format.page.page import Block, Page
from common.storage_format.to_markdown import opaque_tokens
from common.storage_format.to_markdown.opaque_tokens import PageToken
from common.storage_format.xml.block_key import key
from common.storage_format.xml.equivalence import Tree
from common.storage_format.xml.nodes import Container


def rebase(edits: Sequence[Edit], base: Page, current: Page) -> Edited | EditConflict:
    """Apply edits made for `base` to `current`, or say which cannot be and why.

    Tokens in the edits are those of `base`. Raises InvalidEdit if the edits do not even apply to `base`.
    """
    edited = apply.apply(base, edits)
    if base.source == current.source:
        return edited
    matching = Matching(base, current)
    there: dict[int, int] = {}
    reasons: list[tuple[Edit, str]] = []
    for edit in edits:
        number = -1 if edit.block_id is None else base.number(edit.block_id)
        try:
            if number >= 0:
                there[number] = matching.find(number)
            captured_text.check(edit, number, there.get(number, -1), matching)
        except NotFound as reason:
            reasons.append((edit, str(reason)))
    if reasons:
        return EditConflict(tuple(reasons))
    return _applied(edits, base, current, there)


def _applied(
    edits: Sequence[Edit], base: Page, current: Page, there: Mapping[int, int]
) -> Edited | EditConflict:
    """Aim the edits at the blocks where they stand now, and apply them."""
    aimed: list[Edit] = []
    frames: dict[str, Container | None] = {}
    splices: list[Splice] = []
    refused: Edit | None = None
    try:
        for edit in edits:
            refused = edit
            aimed.append(_aimed(edit, base, current, there))
            if isinstance(edit, InsertAfter) and edit.block_id is not None:
                block = base.block(edit.block_id)
                place = current.blocks[there[block.number]]
                frames[place.id] = _frame(block, place)
        plan = apply.Plan(current, aimed, frames)
        for edit, now in zip(edits, aimed, strict=True):
            refused = edit
            splices.append(plan.splice(now))
        storage = apply.spliced(current, splices)
    except InvalidEdit as refusal:
        reason = f"it does not fit where its block stands now: {refusal.reason}"
        return EditConflict(((refused or edits[0], reason),))
    made = apply.changes(current, aimed, splices)
    return Edited(
        storage, tuple(replace(change, edit=edit) for change, edit in zip(made, edits, strict=True))
    )


def _aimed(edit: Edit, base: Page, current: Page, there: Mapping[int, int]) -> Edit:
    """Return an edit with the block and the tokens that it has on the page as it is now."""
    number = None if edit.block_id is None else base.number(edit.block_id)
    block_id = None if number is None else current.blocks[there[number]].id
    if isinstance(edit, Delete):
        return Delete(block_id or "")
    markdown = edit.markdown
    if "⟦" in markdown:
        markdown = opaque_tokens.renumbered(
            markdown, _tokens(opaque_tokens.numbers(markdown), base, current, there)
        )
    if isinstance(edit, Replace):
        return Replace(block_id or "", markdown)
    return InsertAfter(block_id, markdown)


def _tokens(
    numbers: Sequence[int], base: Page, current: Page, there: Mapping[int, int]
) -> dict[int, PageToken]:
    """Return which tokens stand now for those of the base with these numbers; raise InvalidEdit if one is gone."""
    found: dict[int, PageToken] = {}
    for block in {base.tokens[number - 1].block for number in numbers}:
        standing: dict[Tree, list[PageToken]] = {}
        for token in current.tokens_of(there[block], numbered=True):
            standing.setdefault(key(token.source), []).append(token)
        for token in base.tokens_of(block, numbered=True):
            same = standing.get(key(token.source))
            if same:
                found[token.number] = same.pop(0)
    for number in numbers:
        if number not in found:
            raise InvalidEdit(f"{base.tokens[number - 1].text} is not there as it was")
    return found


def _frame(block: Block, place: Block) -> Container | None:
    """Return the list on the page as it is now that other text after a block stands below, as it did on the base."""
    frame = ended(block)
    now = counterpart(block, frame, place)
    if frame is not None and now is None:
        raise InvalidEdit("the list or table that the new text stood below is not there any more")
    return now
