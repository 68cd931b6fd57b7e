"""Apply edits to a page: fit each to its block, restore its tokens, and splice all of them into the source."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from common.runtime.invisible_characters import without_invisible
from common.storage_format.editing import edit_box, insert_block, nested_items, replace_block, table_rows
from common.storage_format.editing.emptied_containers import chain, removals
from common.storage_format.editing.heading_place import after_boxes
from common.storage_format.editing.list_end import list_ended_by
from common.storage_format.editing.preserve_inline_markup import inline_wrappers, restore_inline_markup
from common.storage_format.editing.preserve_invisible import strip_invisible
from common.storage_format.editing.table_columns import Columns, column_group, new_columns
from common.storage_format.edits import (
    BlockChange,
    Delete,
    Edit,
    Edited,
    InsertAfter,
    PageEdit,
    Replace,
    Restore,
    Token,
)
from common.storage_format.errors import InvalidEdit, MalformedStorage
from common.storage_format.from_markdown import inline, render
from common.storage_format.from_markdown.blocks import List, Piece
from common.storage_format.page.block_path import table_around
from common.storage_format.page.boxes import Box, box_title, is_box
from common.storage_format.page.page import Block, Page
from common.storage_format.to_markdown import describe_opaque
from common.storage_format.to_markdown.opaque_tokens import (
    ExtractedTokens,
    PageToken,
    extract_tokens,
    restore_tokens,
    token_numbers,
)
from common.storage_format.xml.block_scanner import MARKUP, scan
from common.storage_format.xml.element_tree import Element, Text, parse_tree
from common.storage_format.xml.nodes import Container
from common.storage_format.xml.vocabulary import MAX_DEPTH
from common.storage_format.xml.wellformed import check_wellformed

_TASK_ID = re.compile(r"<ac:task-id[^>]*>\s*(\d{1,9})\s*<")
_MARKED = ("list_item", "definition")
_MARK = re.compile(r"(?:[-*+]|\d{1,9}[.)]|:) ")
_DIGITS = re.compile(r"(⟦[a-z0-9-]+ \d+)[^⟦⟧\n]*⟧")


class Splice(NamedTuple):
    """One edit as a splice: `text` replaces `start`–`end` of the source.

    `lost` are the wrappers that disappear, `emptied` the containers that are removed because nothing is left in them.
    """

    start: int
    end: int
    text: str
    lost: tuple[Token, ...] = ()
    emptied: tuple[Token, ...] = ()


def apply(page: Page, edits: Sequence[PageEdit]) -> Edited:
    """Return the page after `edits`; raise InvalidEdit if one cannot be made.

    All characters outside the edited blocks stay the same. The order of edits does not matter, except for several
    insertions after the same block: they are inserted in the given order.
    """
    plan = Plan(page, edits)
    splices = plan.splices(edits)
    return Edited(spliced(page, [*splices, *plan.column_groups()]), block_changes(page, edits, splices))


def spliced(page: Page, splices: Sequence[Splice]) -> str:
    """Return the page with all splices made; raise InvalidEdit if the result is not valid storage format."""
    out: list[str] = []
    at = 0
    for splice in sorted(splices, key=lambda splice: (splice.start, splice.end)):
        out += [page.source[at : splice.start], splice.text]
        at = splice.end
    storage = "".join(out) + page.source[at:]
    if not splices:
        return storage
    try:
        for splice in splices:
            if "</li><li>" in splice.text or splice.text.startswith(("</ul>", "</ol>")):
                # The text splits a list or a list item, so it is well-formed only as part of the whole page.
                check_wellformed(storage)
            else:
                check_wellformed(splice.text)
        if page.depth + max(_depth(splice.text) for splice in splices) > MAX_DEPTH:
            scan(storage)
    except MalformedStorage as error:
        raise InvalidEdit(f"the edited page would not be valid storage format: {error}") from error
    return storage


def block_changes(
    page: Page, edits: Sequence[PageEdit], splices: Sequence[Splice]
) -> tuple[BlockChange, ...]:
    """Return the change that each edit made."""
    kept = {
        number
        for edit in edits
        if isinstance(edit, Replace | InsertAfter)
        for number in token_numbers(edit.markdown)
    }
    out = []
    for edit, splice in zip(edits, splices, strict=True):
        if isinstance(edit, Restore):
            out.append(_restored(page, edit, splice))
            continue
        if edit.block_id is None:
            out.append(BlockChange(edit, None, (), "", splice.text))
            continue
        box = page.box(edit.block_id)
        block = page.blocks[box.first] if box is not None else page.block(edit.block_id)
        headings = block.headings
        if isinstance(edit, InsertAfter):
            out.append(BlockChange(edit, edit.block_id, headings, "", splice.text))
            continue
        before = block.source if box is None else page.source[slice(*_changed_span(box, edit, splice))]
        removed = splice.lost
        if before != splice.text and (box is None or isinstance(edit, Delete)):
            numbers = range(box.first, box.last + 1) if box is not None else (block.number,)
            removed += tuple(
                found.token
                for number in numbers
                for found in page.tokens_of(number, numbered=bool(kept))
                if found.number not in kept and found.source not in splice.text
            )
        out.append(
            BlockChange(edit, edit.block_id, headings, before, splice.text, (*removed, *splice.emptied))
        )
    return tuple(out)


def _restored(page: Page, edit: Restore, splice: Splice) -> BlockChange:
    """Return the change of an edit that puts back earlier text."""
    headings = page.block(edit.block_id).headings if edit.block_id else ()
    blocks = page.blocks_within(edit.start, edit.end)
    removed = tuple(
        found.token
        for block in blocks
        for found in page.tokens_of(block.number, numbered=False)
        if found.source not in splice.text
    )
    before = page.source[edit.start : edit.end]
    return BlockChange(edit, edit.block_id, headings, before, splice.text, (*splice.lost, *removed))


def _changed_span(box: Box, edit: Edit, splice: Splice) -> tuple[int, int]:
    """Return the span that an edit of a box replaces: the box, or its title."""
    return box.span if isinstance(edit, Delete) else (splice.start, splice.end)


def _named(page: Page, box: Box) -> str:
    """Return a box by its number in the outline."""
    return f"[{len(page.blocks) + page.boxes.index(box) + 1}] ⟨{box.name}⟩"


def _depth(storage: str) -> int:
    depth = deepest = 0
    for match in MARKUP.finditer(storage):
        if match[1] is None:
            continue
        depth += -1 if match[1][0] == "/" else 0 if match[0].endswith("/>") else 1
        deepest = max(deepest, depth)
    return deepest


class Plan:
    """Turns the edits of a page into splices.

    Text that is inserted after the last item of a list goes below the list. `ended_lists` overrides that list by block
    id (`rebase` passes it). Raises InvalidEdit if two edits target the same block.
    """

    def __init__(
        self, page: Page, edits: Sequence[PageEdit], ended_lists: Mapping[str, Container | None] | None = None
    ) -> None:
        self.page = page
        self.ended_lists = ended_lists or {}
        self.changed_blocks: set[int] = set()
        self.token_edits: dict[int, Edit] = {}
        self.counter: itertools.count[int] | None = None
        self.anchors: Mapping[str, str] | None = None
        self.images: Mapping[str, bool] = {}
        self.deleted_boxes: list[Box] = []
        self.replaced_blocks = {
            page.number(edit.block_id)
            for edit in edits
            if isinstance(edit, Replace) and not page.box(edit.block_id)
        }
        self.titled_boxes: set[str] = set()
        for edit in edits:
            if isinstance(edit, Replace | Delete):
                self._target(edit)
        self.columns = self._new_columns(edits)

    def _target(self, edit: Replace | Delete) -> None:
        """Record the blocks that an edit changes; raise InvalidEdit if another edit changes them too."""
        box = self.page.box(edit.block_id)
        if box is not None and isinstance(edit, Replace):
            if box.id in self.titled_boxes:
                raise InvalidEdit(
                    f"two edits give {_named(self.page, box)} a title; combine them into one edit"
                )
            self.titled_boxes.add(box.id)
            return
        if box is not None and box.is_cell:
            raise InvalidEdit("a cell of a layout cannot be deleted; delete the blocks in it")
        first = box.first if box is not None else self.page.number(edit.block_id)
        for number in range(first, (box.last if box is not None else first) + 1):
            if number in self.changed_blocks:
                raise InvalidEdit(f"two edits target block [{number + 1}]; combine them into one edit")
            self.changed_blocks.add(number)
        if box is not None:
            self.deleted_boxes.append(box)

    def _new_columns(self, edits: Sequence[PageEdit]) -> dict[int, Columns]:
        """Return the new columns of each table whose rows are all replaced by wider or narrower rows."""
        replaced: dict[int, list[list[str]] | None] = {}
        shown: dict[int, list[str]] = {}
        for edit in edits:
            if not isinstance(edit, Replace) or "|" not in edit.markdown or self.page.box(edit.block_id):
                continue
            number = self.page.number(edit.block_id)
            if self.page.blocks[number].kind == "table_row":
                shown[number] = self.shown_cells(number, "⟦" in edit.markdown)
                replaced[number] = table_rows.parse_rows(edit.markdown)
        if all({len(cells) for cells in rows or []} == {len(shown[n])} for n, rows in replaced.items()):
            return {}
        return new_columns(self.page, replaced, frozenset(self.changed_blocks - replaced.keys()), shown)

    def shown_cells(self, number: int, numbered: bool) -> list[str]:
        """Return the cells of a row as the outline shows them."""
        rows = table_rows.parse_rows(self.page.markdown_of(number, numbered=numbered))
        return rows[0] if rows else []

    def columns_at(self, block: Block) -> Columns | None:
        """Return the new columns of the table around a row, None if the edits do not change them."""
        table = table_around(block.node.container) if self.columns else None
        return self.columns.get(id(table.node)) if table is not None else None

    def column_groups(self) -> list[Splice]:
        """Return the splices of the column widths of tables whose columns change."""
        tables = {
            id(table.node): table.node
            for number in self.changed_blocks
            if (table := table_around(self.page.blocks[number].node.container)) is not None
        }
        groups = (column_group(self.page, tables[key], columns) for key, columns in self.columns.items())
        return [Splice(*group) for group in groups if group is not None]

    def splices(self, edits: Sequence[PageEdit]) -> list[Splice]:
        """Return the splices of all edits, with the containers that they empty; raise InvalidEdit if two overlap."""
        return self.with_emptied(edits, [self.splice(edit) for edit in edits])

    def with_emptied(self, edits: Sequence[PageEdit], splices: Sequence[Splice]) -> list[Splice]:
        """Return splices in which the deletions also remove the containers that they empty."""
        insertions = [
            splice.start for edit, splice in zip(edits, splices, strict=True) if isinstance(edit, InsertAfter)
        ]
        for box in self.deleted_boxes:
            start, end = box.span
            titled = any(box.id in self.titled_boxes for box in self.page.boxes if start <= box.span[0] < end)
            if titled or any(start < at < end for at in insertions):
                raise InvalidEdit(f"{_named(self.page, box)} is deleted, and another edit changes it")
        for splice in splices:
            if splice.text.startswith(("</ul>", "</ol>")):
                self._check_division(splice.start)
        return [
            splice
            if removal is None
            else Splice(removal.start, removal.end, removal.text, splice.lost, removal.containers)
            for splice, removal in zip(splices, removals(self.page, edits, insertions), strict=True)
        ]

    def _check_division(self, at: int) -> None:
        """Raise InvalidEdit if a list is divided at an offset and all items on one side are deleted."""
        deleted = self.changed_blocks - self.replaced_blocks
        before = [block for block in self.page.blocks if block.span[1] <= at]
        around = [
            each.node for each in chain(before[-1].node.container) if each.node.start < at < each.node.end
        ]
        divided = next(node for node in around if node.name in ("ul", "ol"))
        inside = [block for block in self.page.blocks if divided.start < block.node.start < divided.end]
        for side in (True, False):
            if all(block.number in deleted for block in inside if (block.node.start < at) is side):
                raise InvalidEdit(
                    "the list that this text divides has no items left on one side of it; insert the text after the "
                    "last item of the list, or after the block before the list"
                )

    def splice(self, edit: PageEdit) -> Splice:
        """Return the splice of an edit; raise InvalidEdit if it cannot be made."""
        if isinstance(edit, Restore):
            return self.restored(edit)
        if edit.block_id is None:
            return self.insertion(edit, None)
        if box := self.page.box(edit.block_id):
            return self.box_splice(edit, box)
        block = self.page.block(edit.block_id)
        if isinstance(edit, Delete):
            return Splice(*block.span, "", self.wrappers(block))
        if isinstance(edit, InsertAfter):
            return self.insertion(edit, block)
        return self.replacement(edit, block)

    def restored(self, edit: Restore) -> Splice:
        """Return the splice that puts back earlier text, with the comment markers and wrappers that it removes."""
        if not 0 <= edit.start <= edit.end <= len(self.page.source):
            raise InvalidEdit("the page has no such passage")
        lost = tuple(
            token
            for block in self.page.blocks_within(edit.start, edit.end)
            if block.source not in edit.storage
            for token in self.wrappers(block)
        )
        return Splice(edit.start, edit.end, edit.storage, lost)

    def box_splice(self, edit: Edit, box: Box) -> Splice:
        """Return the splice of an edit of a box as a whole."""
        if isinstance(edit, Delete):
            blocks = self.page.blocks[box.first : box.last + 1]
            lost = tuple(token for block in blocks for token in self.wrappers(block))
            return Splice(*box.span, "", (*lost, Token(box.name, box_title(self.page, box))))
        if isinstance(edit, Replace):
            title = edit_box.title_text(strip_invisible(edit.markdown))
            return Splice(*edit_box.new_title(self.page, box, self.read(title)))
        extracted = extract_tokens(edit.markdown, lambda number, kind: self.token(edit, number, kind))
        at, text = edit_box.text_after_box(self.page, box, self.read(extracted.markdown), self.task_id)
        return Splice(at, at, restore_tokens(strip_invisible(text), extracted.stand_ins))

    def wrappers(self, block: Block) -> tuple[Token, ...]:
        """Return the comment markers and other wrappers in a block."""
        tokens = self.page.tokens_of(block.number, numbered=False)
        return tuple(
            describe_opaque.describe_element(element)
            for element in inline_wrappers(parse_tree(block.source), tokens)
        )

    def read(self, markdown: str, unlinked: frozenset[str] = frozenset()) -> tuple[Piece, ...]:
        """Return Markdown as pieces, with links to headings of the page resolved."""
        if self.anchors is None:
            self.anchors = _anchors(self.page) if "](#" in markdown else None
        return render.read_markdown(markdown, self.anchors, unlinked, self.images)

    def extract(self, edit: Replace | InsertAfter) -> ExtractedTokens:
        """Return the Markdown of an edit with stand-ins for its tokens; what is read next may hold these images."""
        extracted = extract_tokens(edit.markdown, lambda number, kind: self.token(edit, number, kind))
        tokens = extracted.stand_ins.items()
        self.images = {
            character: token.captioned for character, token in tokens if token.captioned is not None
        }
        return extracted

    def task_id(self) -> int:
        """Return an unused id for a new task."""
        if self.counter is None:
            ids = [int(number) for number in _TASK_ID.findall(self.page.source)]
            self.counter = itertools.count(max(ids, default=0) + 1)
        return next(self.counter)

    def token(self, edit: Edit, number: int, kind: str) -> PageToken | None:
        """Return the token with this number and kind, or None; raise InvalidEdit if the edit may not use it."""
        tokens = self.page.tokens
        if not 1 <= number <= len(tokens) or tokens[number - 1].token.kind != kind:
            return None
        token = tokens[number - 1]
        if token.block not in self.changed_blocks:
            raise InvalidEdit(
                f"{token.text} is in block [{token.block + 1}], which no edit changes, so it would appear twice; "
                "edit that block too, or leave the token out"
            )
        self.use(number, edit)
        return token

    def use(self, number: int, edit: Edit) -> None:
        """Record that an edit uses a token; raise InvalidEdit if another edit uses it too."""
        if self.token_edits.setdefault(number, edit) is not edit:
            token = self.page.tokens[number - 1]
            raise InvalidEdit(f"{token.text} is used in two edits; a token can appear only once on the page")

    def insertion(self, edit: InsertAfter, block: Block | None) -> Splice:
        """Return the splice of an insertion after a block."""
        extracted = self.extract(edit)
        ended_list = self.ended_list(block) if block is not None else None
        if block is not None and block.kind == "table_row":
            if (
                table_rows.parse_rows(extracted.markdown) is None
                and ended_list
                and table_rows.is_text_below_table(pieces := self.read(extracted.markdown))
            ):
                at, text = insert_block.below(ended_list, pieces, self.task_id)
            else:
                at, text = table_rows.inserted_rows(
                    self.page, block, extracted.markdown, self.read, self.columns_at(block)
                )
        else:
            at, text = self.inserted(block, extracted.markdown, ended_list)
        if block is not None and any(map(is_box, chain(block.node.container))):
            pieces = self.read(extracted.markdown)
            at, text = after_boxes(self.page, block, at, pieces, self.task_id) or (at, text)
        return Splice(at, at, restore_tokens(strip_invisible(text), extracted.stand_ins))

    def inserted(self, block: Block | None, markdown: str, ended_list: Container | None) -> tuple[int, str]:
        """Return the offset and the storage format of new text after a block, or of items nested in it."""
        is_nested = False
        if block is not None:
            markdown, is_nested = nested_items.indented_items(block, markdown)
        pieces = self.read(markdown)
        if block is None or not is_nested or not all(isinstance(piece, List) for piece in pieces):
            return insert_block.insertion(self.page, block, pieces, self.task_id, ended_list)
        if block.number in self.changed_blocks:
            raise InvalidEdit(
                f"another edit changes the item [{block.number + 1}]; write the nested items into its new text"
            )
        return nested_items.below_item(self.page, block, pieces, self.task_id)

    def ended_list(self, block: Block) -> Container | None:
        """Return the list or table that text inserted after a block goes below, or None."""
        return self.ended_lists[block.id] if block.id in self.ended_lists else list_ended_by(block)

    def replacement(self, edit: Replace, block: Block) -> Splice:
        """Return the splice of a replacement."""
        if _same(
            edit.markdown, self.page.markdown_of(block.number, numbered="⟦" in edit.markdown), block.kind
        ):
            for number in token_numbers(edit.markdown):
                self.use(number, edit)
            return Splice(*block.span, block.source)
        extracted = self.extract(edit)
        root = parse_tree(self.page.source, *block.span)
        lost_code: tuple[Token, ...] = ()
        tokens = self.page.tokens_of(block.number, numbered=bool(extracted.stand_ins))
        if block.kind == "table_row":
            text, kept = self.row(block, extracted.markdown, extracted.stand_ins)
            extracted = extracted._replace(
                stand_ins={c: t for c, t in extracted.stand_ins.items() if c not in kept}
            )
        else:
            pieces = self.read(extracted.markdown, _unlinked(root))
            text = replace_block.replacement(self.page, block, pieces, self.task_id, extracted.markdown)
            if block.kind in ("list_item", "definition"):
                text, lost_code = replace_block.keep_code(root, text)
        text = strip_invisible(text, block.source)
        text, lost = restore_inline_markup(root, text, tokens, extracted.stand_ins)
        return Splice(*block.span, restore_tokens(text, extracted.stand_ins), lost + lost_code)

    def row(self, block: Block, markdown: str, stand_ins: Mapping[str, PageToken]) -> tuple[str, str]:
        """Return the rows that replace a row, and the text of the cells that stay unchanged."""
        old = self.shown_cells(block.number, bool(stand_ins))
        cells = [_with_stand_ins(cell, stand_ins) for cell in old]
        columns = self.columns_at(block)
        written = table_rows.parse_rows(markdown)
        return table_rows.replaced_row(self.page, block, written, self.read, cells, columns)


def _with_stand_ins(text: str, stand_ins: Mapping[str, PageToken]) -> str:
    for character, token in stand_ins.items():
        text = text.replace(token.text, character)
    return text


def _same(markdown: str, shown: str, kind: str) -> bool:
    """Return whether Markdown equals the block as it was shown, with or without the list mark."""
    if kind == "code":
        return markdown.strip("\n") == shown.strip("\n")
    given = _DIGITS.sub(r"\1⟧", " ".join(without_invisible(markdown).split()))
    shown = _DIGITS.sub(r"\1⟧", " ".join(without_invisible(shown).split()))
    return given == shown or (kind in _MARKED and _MARK.sub("", given, count=1) == shown)


def _unlinked(element: Element) -> frozenset[str]:
    """Return the addresses that a block contains as plain text, not as links."""
    found: frozenset[str] = frozenset()
    for child in element.children:
        if isinstance(child, Text):
            found |= inline.addresses(child.text)
        elif child.name not in ("a", "code"):
            found |= _unlinked(child)
    return found


def _anchors(page: Page) -> dict[str, str]:
    """Return the anchors of the page's headings by `anchor_key`; ambiguous ones are left out."""
    found: dict[str, set[str]] = {}
    for block in page.blocks:
        if block.kind == "heading":
            anchor = inline.anchor_of(page.heading_text(block.number))
            found.setdefault(inline.anchor_key(anchor), set()).add(anchor)
    return {key: anchors.pop() for key, anchors in found.items() if len(anchors) == 1}
