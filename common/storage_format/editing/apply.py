"""Edits → a new page: each is fitted to its block, its tokens are put back, and all are spliced in at once."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from common.runtime.invisible_characters import without_invisible
from common.storage_format.editing import insert_block, replace_block, table_rows
from common.storage_format.editing.list_end import ended
from common.storage_format.editing.preserve_inline_markup import restore, wrappers
from common.storage_format.editing.preserve_invisible import without_unseen
from common.storage_format.edits import BlockChange, Delete, Edit, Edited, InsertAfter, Replace, Token
from common.storage_format.errors import InvalidEdit, MalformedStorage
from common.storage_format.from_markdown import blocks as new
from common.storage_format.from_markdown import inline, render
from common.storage_format.from_markdown.blocks import Piece
from common.storage_format.page.page import Block, Page
from common.storage_format.to_markdown import describe_opaque
from common.storage_format.to_markdown.opaque_tokens import PageToken, numbers, put_back, take
from common.storage_format.xml import wellformed
from common.storage_format.xml.block_scanner import MARKUP, scan
from common.storage_format.xml.element_tree import Element, Text, tree
from common.storage_format.xml.nodes import Container
from common.storage_format.xml.vocabulary import MAX_DEPTH

_TASK_ID = re.compile(r"<ac:task-id[^>]*>\s*(\d{1,9})\s*<")
_MARKED = ("list_item", "definition")
_MARK = re.compile(r"(?:[-*+]|\d{1,9}[.)]|:) ")
_DIGITS = re.compile(r"(⟦[a-z0-9-]+ \d+)[^⟦⟧\n]*⟧")


class Splice(NamedTuple):
    """What one edit does to the page: `text` in the place of `start`–`end`, and the wrappers it loses."""

    start: int
    end: int
    text: str
    lost: tuple[Token, ...] = ()


def apply(page: Page, edits: Sequence[Edit]) -> Edited:
    """Return the page after `edits`; raise InvalidEdit if one cannot be made.

    Every character outside the edited blocks stays what and where it was. Edits are independent of each other and of
    their order, but for insertions after one block, which stand in the order given.
    """
    planned = Plan(page, edits)
    splices = [planned.splice(edit) for edit in edits]
    return Edited(spliced(page, splices), changes(page, edits, splices))


def spliced(page: Page, splices: Sequence[Splice]) -> str:
    """Return the page with all splices made; raise InvalidEdit if it would be no page."""
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
            if "</li><li>" in splice.text:
                # The items of a list may be split in the middle: only the whole page says whether that is right.
                wellformed.check(storage)
            else:
                wellformed.check(splice.text)
        if page.depth + max(_depth(splice.text) for splice in splices) > MAX_DEPTH:
            scan(storage)
    except MalformedStorage as error:
        raise InvalidEdit(f"the page would not be storage format any more: {error}") from error
    return storage


def changes(page: Page, edits: Sequence[Edit], splices: Sequence[Splice]) -> tuple[BlockChange, ...]:
    """Return what each edit changed."""
    kept = {number for edit in edits if not isinstance(edit, Delete) for number in numbers(edit.markdown)}
    out = []
    for edit, splice in zip(edits, splices, strict=True):
        if edit.block_id is None:
            out.append(BlockChange(edit, None, (), "", splice.text))
            continue
        block = page.block(edit.block_id)
        headings = block.headings
        if isinstance(edit, InsertAfter):
            out.append(BlockChange(edit, block.id, headings, "", splice.text))
            continue
        before = block.source
        removed = splice.lost
        if before != splice.text:
            removed += tuple(
                found.token
                for found in page.tokens_of(block.number, numbered=bool(kept))
                if found.number not in kept and found.source not in splice.text
            )
        out.append(BlockChange(edit, block.id, headings, before, splice.text, removed))
    return tuple(out)


def _depth(storage: str) -> int:
    depth = deepest = 0
    for match in MARKUP.finditer(storage):
        if match[1] is None:
            continue
        depth += -1 if match[1][0] == "/" else 0 if match[0].endswith("/>") else 1
        deepest = max(deepest, depth)
    return deepest


class Plan:
    """Edits of a page on their way to splices.

    `frames` are the lists that other text stands below, by the block that it comes after, where they are not those
    that the blocks end on this page. Raises InvalidEdit for two edits aimed at one block.
    """

    def __init__(
        self, page: Page, edits: Sequence[Edit], frames: Mapping[str, Container | None] | None = None
    ) -> None:
        self.page = page
        self.frames = frames or {}
        self.going: set[int] = set()
        self.used: dict[int, Edit] = {}
        self.counter: itertools.count[int] | None = None
        self.anchors: Mapping[str, str] | None = None
        for edit in edits:
            if isinstance(edit, Replace | Delete):
                number = page.number(edit.block_id)
                if number in self.going:
                    raise InvalidEdit(
                        f"two edits are aimed at block [{number + 1}]; say what becomes of it in one"
                    )
                self.going.add(number)

    def splice(self, edit: Edit) -> Splice:
        """Return what an edit does to the page; raise InvalidEdit if it cannot be made."""
        if edit.block_id is None:
            return self.insertion(edit, None)
        block = self.page.block(edit.block_id)
        if isinstance(edit, Delete):
            return Splice(*block.span, "", self.wrappers(block))
        if isinstance(edit, InsertAfter):
            return self.insertion(edit, block)
        return self.replacement(edit, block)

    def wrappers(self, block: Block) -> tuple[Token, ...]:
        """Return the comments and the like that go with a block."""
        tokens = self.page.tokens_of(block.number, numbered=False)
        return tuple(describe_opaque.describe(element) for element in wrappers(tree(block.source), tokens))

    def read(self, markdown: str, unlinked: frozenset[str] = frozenset()) -> tuple[Piece, ...]:
        """Return Markdown as pieces that know the headings of the page."""
        if self.anchors is None:
            self.anchors = _anchors(self.page) if "](#" in markdown else None
        return render.read_markdown(markdown, self.anchors, unlinked)

    def task_id(self) -> int:
        """Return an id for a new task that no task of the page has."""
        if self.counter is None:
            ids = [int(number) for number in _TASK_ID.findall(self.page.source)]
            self.counter = itertools.count(max(ids, default=0) + 1)
        return next(self.counter)

    def token(self, edit: Edit, number: int, kind: str) -> PageToken | None:
        """Return a token of the page that this edit may place."""
        tokens = self.page.tokens
        if not 1 <= number <= len(tokens) or tokens[number - 1].token.kind != kind:
            return None
        token = tokens[number - 1]
        if token.block not in self.going:
            raise InvalidEdit(
                f"{token.text} stands in block [{token.block + 1}], which no edit changes: it would stand twice"
            )
        self.use(number, edit)
        return token

    def use(self, number: int, edit: Edit) -> None:
        """Note that a token stands in an edit; raise InvalidEdit if it stands in another too."""
        if self.used.setdefault(number, edit) is not edit:
            token = self.page.tokens[number - 1]
            raise InvalidEdit(f"{token.text} stands in two edits: a token can stand in one place only")

    def insertion(self, edit: InsertAfter, block: Block | None) -> Splice:
        """Return the splice of an insertion after a block."""
        taken = take(edit.markdown, lambda number, kind: self.token(edit, number, kind))
        frame = self.frame(block) if block is not None else None
        if block is not None and block.kind == "table_row":
            written = table_rows.written_rows(taken.markdown)
            if written is None and frame and table_rows.stands_below(pieces := self.read(taken.markdown)):
                at, text = frame.node.end, new.storage(pieces, self.task_id)
            else:
                at, text = table_rows.inserted(self.page, block, written, self.read)
        else:
            at, text = insert_block.insertion(
                self.page, block, self.read(taken.markdown), self.task_id, frame
            )
        return Splice(at, at, put_back(without_unseen(text), taken.stand_ins))

    def frame(self, block: Block) -> Container | None:
        """Return the list or table that other text after a block stands below."""
        return self.frames[block.id] if block.id in self.frames else ended(block)

    def replacement(self, edit: Replace, block: Block) -> Splice:
        """Return the splice of a replacement."""
        if _same(
            edit.markdown, self.page.markdown_of(block.number, numbered="⟦" in edit.markdown), block.kind
        ):
            for number in numbers(edit.markdown):
                self.use(number, edit)
            return Splice(*block.span, block.source)
        taken = take(edit.markdown, lambda number, kind: self.token(edit, number, kind))
        root = tree(self.page.source, *block.span)
        tokens = self.page.tokens_of(block.number, numbered=bool(taken.stand_ins))
        if block.kind == "table_row":
            text, kept = self.row(block, taken.markdown, taken.stand_ins)
            taken = taken._replace(stand_ins={c: t for c, t in taken.stand_ins.items() if c not in kept})
        else:
            text = replace_block.replacement(
                self.page, block, self.read(taken.markdown, _unlinked(root)), self.task_id
            )
        text = without_unseen(text, block.source)
        text, lost = restore(root, text, tokens, taken.stand_ins)
        return Splice(*block.span, put_back(text, taken.stand_ins), lost)

    def row(self, block: Block, markdown: str, stand_ins: Mapping[str, PageToken]) -> tuple[str, str]:
        """Fit rows into the place of one; return also what the cells that keep their bytes say."""
        written = table_rows.written_rows(markdown)
        shown = self.page.markdown_of(block.number, numbered=bool(stand_ins))
        old = table_rows.written_rows(shown) or [[]]
        cells = [_with_stand_ins(cell, stand_ins) for cell in old[0]]
        text = table_rows.replaced(self.page, block, written, self.read, cells)
        return text, "".join(
            old for said, old in zip((written or [[]])[0], cells, strict=False) if said == old
        )


def _with_stand_ins(text: str, stand_ins: Mapping[str, PageToken]) -> str:
    for character, token in stand_ins.items():
        text = text.replace(token.text, character)
    return text


def _same(markdown: str, shown: str, kind: str) -> bool:
    """Tell whether Markdown says just what the block was shown as, with or without the mark of its list."""
    said = _DIGITS.sub(r"\1⟧", " ".join(without_invisible(markdown).split()))
    shown = _DIGITS.sub(r"\1⟧", " ".join(without_invisible(shown).split()))
    return said == shown or (kind in _MARKED and _MARK.sub("", said, count=1) == shown)


def _unlinked(element: Element) -> frozenset[str]:
    """Return the addresses that stand in a block as mere text."""
    found: frozenset[str] = frozenset()
    for child in element.children:
        if isinstance(child, Text):
            found |= inline.addresses(child.text)
        elif child.name not in ("a", "code"):
            found |= _unlinked(child)
    return found


def _anchors(page: Page) -> dict[str, str]:
    """Return the anchors of the page's headings; where two cannot be told apart there is none."""
    found: dict[str, set[str]] = {}
    for block in page.blocks:
        if block.kind == "heading":
            anchor = inline.anchor_of(page.heading_text(block.number))
            found.setdefault(inline.anchor_key(anchor), set()).add(anchor)
    return {key: anchors.pop() for key, anchors in found.items() if len(anchors) == 1}
