"""A parsed page: its editable blocks, and the bytes between them that no edit touches.

Prefix, blocks, gaps and suffix together are always the whole page, byte for byte.
"""

from __future__ import annotations

import gc
import hashlib
import re
from functools import cached_property
from typing import TYPE_CHECKING

from common.storage_format.errors import InvalidEdit
from common.storage_format.page.block_finder import BODY, find_blocks
from common.storage_format.page.boxes import Box, find_boxes
from common.storage_format.xml.block_scanner import scan
from common.storage_format.xml.nodes import Node
from common.storage_format.xml.wellformed import check_wellformed

if TYPE_CHECKING:
    from common.storage_format.page.block_path import Step
    from common.storage_format.to_markdown.opaque_tokens import PageToken


class Block:
    """The smallest piece of a page that is edited as a whole. Its fields are computed on access.

    id          length and hash of the source, and the ordinal among the blocks with the same source
    kind        paragraph, heading, list_item, task, table_row, code, macro, quote, rule, image, term, definition
    span        start and end in the page's source, in characters
    containers  the names of the containers around it, outermost first: `layout-cell`, `expand`, `ul` …
    headings    the texts of the headings above it, outermost first
    node        its element and containers, for code that edits the page
    """

    __slots__ = ("_id", "_page", "node", "number")

    def __init__(self, page: Page, number: int, node: Node, block_id: str = "") -> None:
        self._page = page
        self.node = node
        self._id = block_id
        self.number = number

    @property
    def id(self) -> str:
        """Length and hash of the source, and the ordinal among the blocks with the same source."""
        return self._id or self._page.ids[self.number]

    @property
    def kind(self) -> str:
        """The kind of block, such as `paragraph` or `list_item`."""
        return self.node.kind

    @property
    def span(self) -> tuple[int, int]:
        """Start and end in the source of the page, in characters."""
        return self.node.start, self.node.end

    @property
    def source(self) -> str:
        """The storage format of the block."""
        return self._page.source[self.node.start : self.node.end]

    @property
    def containers(self) -> tuple[str, ...]:
        """The names of the containers around the block, outermost first."""
        names = []
        container = self.node.container
        while container is not None:
            if container.name != BODY:
                names.append(container.name)
            container = container.above
        return tuple(reversed(names))

    @property
    def headings(self) -> tuple[str, ...]:
        """The texts of the headings above the block, outermost first."""
        texts = []
        heading = self.node.heading
        while heading is not None:
            texts.append(self._page.heading_text(heading.block))
            heading = heading.above
        return tuple(reversed(texts))

    def __repr__(self) -> str:
        return f"Block(id={self.id!r}, kind={self.kind!r}, span={self.span!r})"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Block):
            return NotImplemented
        return (self.id, self.kind, self.span) == (other.id, other.kind, other.span)

    def __hash__(self) -> int:
        return hash((self.id, self.kind, self.span))


class Page:
    """A parsed page. `source` is the storage format; `blocks` are in document order and never overlap."""

    def __init__(self, source: str, nodes: list[Node], depth: int) -> None:
        self.source = source
        self.depth = depth
        self._nodes = nodes
        self._heading_texts: dict[int, str] = {}
        self._numbers: dict[str, int] = {}
        self._markdown_of_block: dict[int, tuple[str, tuple[PageToken, ...]]] = {}

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """The blocks, in document order."""
        return tuple(Block(self, number, node) for number, node in enumerate(self._nodes))

    def blocks_within(self, start: int, end: int) -> list[Block]:
        """Return the blocks between two offsets."""
        return [block for block in self.blocks if start <= block.node.start and block.node.end <= end]

    @cached_property
    def boxes(self) -> tuple[Box, ...]:
        """The containers that edits can name (see `boxes`), in the order of their start tags."""
        return find_boxes(self)

    def box(self, box_id: str) -> Box | None:
        """Return the box with this id, or None; raise InvalidEdit if it is the id of a box that the page has not."""
        if not box_id.startswith("box-"):
            return None
        for box in self.boxes:
            if box.id == box_id:
                return box
        raise InvalidEdit(f"the page has no box {box_id!r}")

    def source_name(self, start: int, end: int) -> str:
        """Return the part of an id that depends on a part of the source alone."""
        return _name(self.source[start:end])

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """For each block, the innermost step of its path (see `block_path`)."""
        from common.storage_format.page.block_path import steps

        return steps(self)

    @property
    def prefix(self) -> str:
        """The source before the first block; the whole page if it has no block."""
        return self.source[: self._nodes[0].start] if self._nodes else self.source

    @property
    def gaps(self) -> tuple[str, ...]:
        """The source between each block and the next."""
        pairs = zip(self._nodes, self._nodes[1:], strict=False)
        return tuple(self.source[one.end : other.start] for one, other in pairs)

    @property
    def suffix(self) -> str:
        """The source after the last block."""
        return self.source[self._nodes[-1].end :] if self._nodes else ""

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """The ids of the blocks, in document order."""
        seen: dict[str, tuple[str, int]] = {}
        ids = []
        for node in self._nodes:
            source = self.source[node.start : node.end]
            name, ordinal = seen.get(source) or (_name(source), 0)
            seen[source] = name, ordinal + 1
            ids.append(f"{name}-{ordinal + 1}")
        return tuple(ids)

    def number(self, block_id: str) -> int:
        """Return the number of the block with this id, from 0; raise InvalidEdit if there is none."""
        match = _ID.match(block_id) if isinstance(block_id, str) else None
        if match and block_id in self._numbers:
            return self._numbers[block_id]
        if match:
            length, ordinal = int(match[2], 16), int(match[3])
            for number, node in enumerate(self._nodes):
                if node.end - node.start == length and _name(self.source[node.start : node.end]) == match[1]:
                    ordinal -= 1
                    if not ordinal:
                        self._numbers[block_id] = number
                        return number
        raise InvalidEdit(f"the page has no block {block_id!r}")

    def block(self, block_id: str) -> Block:
        """Return the block with this id; raise InvalidEdit if there is none."""
        number = self.number(block_id)
        return Block(self, number, self._nodes[number], block_id)

    def heading_text(self, number: int) -> str:
        """Return the visible text of block `number`, which is a heading."""
        text = self._heading_texts.get(number)
        if text is None:
            from common.storage_format.page.plain_text import visible_text

            node = self._nodes[number]
            text = visible_text(self.source[node.start : node.end])
            self._heading_texts[number] = text
        return text

    @cached_property
    def _markdown_of_page(self) -> tuple[tuple[str, ...], tuple[PageToken, ...]]:
        """Every block as Markdown, and the opaque tokens of the page."""
        from common.storage_format.to_markdown.opaque_tokens import TokenWriter

        writer = TokenWriter()
        texts = [writer.block_of(self.source, node, number) for number, node in enumerate(self._nodes)]
        return tuple(texts), tuple(writer.tokens)

    def markdown(self, number: int) -> str:
        """Return block `number` as Markdown with opaque tokens, without bullet or number."""
        return self._markdown_of_page[0][number]

    def markdown_of(self, number: int, numbered: bool) -> str:
        """Return block `number` as Markdown; without `numbered`, its tokens may have numbers of their own (faster)."""
        if numbered or "_markdown_of_page" in self.__dict__:
            return self.markdown(number)
        return self._alone(number)[0]

    def tokens_of(self, number: int, numbered: bool) -> tuple[PageToken, ...]:
        """Return the tokens of block `number`; without `numbered`, they may have numbers of their own (faster)."""
        if numbered or "_markdown_of_page" in self.__dict__:
            return tuple(token for token in self.tokens if token.block == number)
        return self._alone(number)[1]

    def _alone(self, number: int) -> tuple[str, tuple[PageToken, ...]]:
        """Convert one block alone: its tokens are numbered from 1."""
        if number not in self._markdown_of_block:
            from common.storage_format.to_markdown.opaque_tokens import TokenWriter

            writer = TokenWriter()
            text = writer.block_of(self.source, self._nodes[number], number)
            self._markdown_of_block[number] = text, tuple(writer.tokens)
        return self._markdown_of_block[number]

    @property
    def tokens(self) -> tuple[PageToken, ...]:
        """The opaque tokens of the page, in document order; the first has number 1."""
        return self._markdown_of_page[1]


def _name(source: str) -> str:
    """Return the part of a block id that depends on the source alone: length and hash."""
    return f"{len(source):x}.{hashlib.blake2b(source.encode('utf-8'), digest_size=8).hexdigest()}"


_ID = re.compile(r"(([0-9a-f]+)\.[0-9a-f]{16})-([1-9][0-9]*)$")


def parse(storage: str) -> Page:
    """Parse storage format into blocks; raise MalformedStorage if it is not well-formed."""
    check_wellformed(storage)
    collecting = gc.isenabled()
    # Parsing allocates many objects and frees none: garbage collection would double the time for a big page.
    gc.disable()
    try:
        root, depth = scan(storage)
        return Page(storage, find_blocks(storage, root), depth)
    finally:
        if collecting:
            gc.enable()
