"""A page as blocks between bytes that stay: prefix + blocks and gaps + suffix is the page, always."""

from __future__ import annotations

import gc
import hashlib
import re
from functools import cached_property
from typing import TYPE_CHECKING

from common.storage_format.errors import InvalidEdit
from common.storage_format.page import block_finder
from common.storage_format.page.block_finder import BODY
from common.storage_format.xml import wellformed
from common.storage_format.xml.block_scanner import scan
from common.storage_format.xml.nodes import Node

if TYPE_CHECKING:
    from common.storage_format.page.block_path import Step
    from common.storage_format.to_markdown.opaque_tokens import PageToken


class Block:
    """The smallest piece of a page that is edited as a whole. Its fields are worked out when asked for.

    id          length and hash of its source, and its ordinal among the blocks with the same source
    kind        paragraph, heading, list_item, task, table_row, code, macro, quote, rule, image, term, definition
    span        where it stands in the page's source, in characters
    containers  the names of the containers around it, outermost first: `layout-cell`, `expand`, `ul` …
    headings    the texts of the headings it stands under, outermost first
    """

    __slots__ = ("_found", "_id", "_page", "number")

    def __init__(self, page: Page, number: int, found: Node, block_id: str = "") -> None:
        self._page = page
        self._found = found
        self._id = block_id
        self.number = number

    @property
    def id(self) -> str:
        """Length and hash of the source, and the ordinal among the blocks with the same source."""
        return self._id or self._page.ids[self.number]

    @property
    def kind(self) -> str:
        """What it is, such as `paragraph` or `list_item`."""
        return self._found.kind

    @property
    def span(self) -> tuple[int, int]:
        """Where it stands in the source of the page, in characters."""
        return self._found.start, self._found.end

    @property
    def source(self) -> str:
        """The storage format that it is."""
        return self._page.source[self._found.start : self._found.end]

    @property
    def containers(self) -> tuple[str, ...]:
        """The names of the containers around it, outermost first."""
        names = []
        container = self._found.container
        while container is not None:
            if container.name != BODY:
                names.append(container.name)
            container = container.above
        return tuple(reversed(names))

    @property
    def headings(self) -> tuple[str, ...]:
        """The texts of the headings it stands under, outermost first."""
        texts = []
        heading = self._found.heading
        while heading is not None:
            texts.append(self._page.heading_text(heading.block))
            heading = heading.above
        return tuple(reversed(texts))

    @property
    def found(self) -> Node:
        """What the sweep found: its element and containers (for those who edit, not for readers)."""
        return self._found

    def __repr__(self) -> str:
        return f"Block(id={self.id!r}, kind={self.kind!r}, span={self.span!r})"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Block):
            return NotImplemented
        return (self.id, self.kind, self.span) == (other.id, other.kind, other.span)

    def __hash__(self) -> int:
        return hash((self.id, self.kind, self.span))


class Page:
    """A parsed page. `source` is what was parsed; `blocks` are in document order and never overlap."""

    def __init__(self, source: str, found: list[Node], depth: int) -> None:
        self.source = source
        self.depth = depth
        self._found = found
        self._heading_texts: dict[int, str] = {}
        self._numbers: dict[str, int] = {}
        self._written_alone: dict[int, tuple[str, tuple[PageToken, ...]]] = {}

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """The blocks, in document order."""
        return tuple(Block(self, number, found) for number, found in enumerate(self._found))

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """What each block stands right below, as a reader names it (see `block_path`)."""
        from common.storage_format.page.block_path import steps

        return steps(self)

    @property
    def prefix(self) -> str:
        """What stands before the first block; the whole page if it has none."""
        return self.source[: self._found[0].start] if self._found else self.source

    @property
    def gaps(self) -> tuple[str, ...]:
        """What stands between one block and the next."""
        pairs = zip(self._found, self._found[1:], strict=False)
        return tuple(self.source[one.end : other.start] for one, other in pairs)

    @property
    def suffix(self) -> str:
        """What stands after the last block."""
        return self.source[self._found[-1].end :] if self._found else ""

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """The ids of the blocks, in order."""
        seen: dict[str, tuple[str, int]] = {}
        ids = []
        for found in self._found:
            source = self.source[found.start : found.end]
            name, ordinal = seen.get(source) or (_name(source), 0)
            seen[source] = name, ordinal + 1
            ids.append(f"{name}-{ordinal + 1}")
        return tuple(ids)

    def number(self, block_id: str) -> int:
        """Return which block has this id; raise InvalidEdit if none has."""
        match = _ID.match(block_id) if isinstance(block_id, str) else None
        if match and block_id in self._numbers:
            return self._numbers[block_id]
        if match:
            length, ordinal = int(match[2], 16), int(match[3])
            for number, found in enumerate(self._found):
                if (
                    found.end - found.start == length
                    and _name(self.source[found.start : found.end]) == match[1]
                ):
                    ordinal -= 1
                    if not ordinal:
                        self._numbers[block_id] = number
                        return number
        raise InvalidEdit(f"the page has no block {block_id!r}")

    def block(self, block_id: str) -> Block:
        """Return the block with this id; raise InvalidEdit if the page has none."""
        number = self.number(block_id)
        return Block(self, number, self._found[number], block_id)

    def heading_text(self, number: int) -> str:
        """Return the text of the heading that is block `number`."""
        text = self._heading_texts.get(number)
        if text is None:
            from common.storage_format.page.plain_text import visible_words

            found = self._found[number]
            text = visible_words(self.source[found.start : found.end])
            self._heading_texts[number] = text
        return text

    @cached_property
    def _written(self) -> tuple[tuple[str, ...], tuple[PageToken, ...]]:
        """Every block as Markdown, and the tokens of the page."""
        from common.storage_format.to_markdown.opaque_tokens import TokenWriter

        writer = TokenWriter()
        texts = [writer.block_of(self.source, found, number) for number, found in enumerate(self._found)]
        return tuple(texts), tuple(writer.found)

    def markdown(self, number: int) -> str:
        """Return block `number` as Markdown with tokens, without the marks of its list."""
        return self._written[0][number]

    def markdown_of(self, number: int, numbered: bool) -> str:
        """Return block `number` as Markdown; unless `numbered` its tokens need not have the page's numbers."""
        if numbered or "_written" in self.__dict__:
            return self.markdown(number)
        return self._alone(number)[0]

    def tokens_of(self, number: int, numbered: bool) -> tuple[PageToken, ...]:
        """Return the tokens of block `number`; unless `numbered` they need not have the page's numbers."""
        if numbered or "_written" in self.__dict__:
            return tuple(token for token in self.tokens if token.block == number)
        return self._alone(number)[1]

    def _alone(self, number: int) -> tuple[str, tuple[PageToken, ...]]:
        """Write one block without the rest of the page."""
        if number not in self._written_alone:
            from common.storage_format.to_markdown.opaque_tokens import TokenWriter

            writer = TokenWriter()
            text = writer.block_of(self.source, self._found[number], number)
            self._written_alone[number] = text, tuple(writer.found)
        return self._written_alone[number]

    @property
    def tokens(self) -> tuple[PageToken, ...]:
        """Return what Markdown cannot say in this page; the first has number 1."""
        return self._written[1]


def _name(source: str) -> str:
    """Return what an id says of a block's source: its length and its hash."""
    return f"{len(source):x}.{hashlib.blake2b(source.encode('utf-8'), digest_size=8).hexdigest()}"


_ID = re.compile(r"(([0-9a-f]+)\.[0-9a-f]{16})-([1-9][0-9]*)$")


def parse(storage: str) -> Page:
    """Parse storage format into blocks; raise MalformedStorage if it is not storage format."""
    wellformed.check(storage)
    collecting = gc.isenabled()
    # The tree is only allocations and no garbage; to look for some again and again doubles the time of a big page.
    gc.disable()
    try:
        root, depth = scan(storage)
        return Page(storage, block_finder.find(storage, root), depth)
    finally:
        if collecting:
            gc.enable()
