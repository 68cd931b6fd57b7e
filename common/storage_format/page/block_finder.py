"""From the tree of elements to blocks: which spans of a page are edited as a whole.

Containers are transparent, so blocks never overlap, and between them there is only markup that stays:

* layouts, cells, rich-text bodies, `div`s, lists, tables, task lists are containers;
* a list item, task or table row is one block while it holds only text, paragraphs and opaque things. Where it
  holds more (a list within, a panel within), its own text is the block and what it holds are blocks of their
  own; the cells of such a row are containers;
* loose text in a container is a paragraph without its element;
* an inline element around blocks is a container like any other.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from common.storage_format.xml.block_scanner import MARKUP
from common.storage_format.xml.nodes import Container, Heading, Node
from common.storage_format.xml.vocabulary import CODE_MACROS, FLOWS, HEADINGS, MACROS

BODY = "body"
"""The name of what holds the blocks of a macro, between the macro and its blocks."""

SPACE = " \t\r\n"

_NAME = re.compile(r"""\sac:name\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_NODE_TYPE = re.compile(r"""\stype\s*=\s*["']panel["']""")
_SILENT = re.compile(r"<!--.*?-->|<\?.*?\?>", re.DOTALL)


def macro_name(source: str, node: Node) -> str:
    """Return the `ac:name` of a macro element, or an empty string."""
    match = _NAME.search(source, node.start, node.opened)
    return (match[1] or match[2] or "") if match else ""


def find(source: str, root: Node) -> list[Node]:
    """Return the blocks of a page in document order."""
    finder = _Finder(source)
    finder.flow(root, None)
    return finder.found


class _Finder:
    """Walks the tree; recursion is bounded by the depth that `scan` allows."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.found: list[Node] = []
        self.heading: Heading | None = None

    def add(self, kind: str, node: Node, container: Container | None) -> None:
        node.kind = kind
        node.container = container
        node.heading = self.heading
        self.found.append(node)

    # -- containers ------------------------------------------------------------------------------------------

    def flow(self, node: Node, container: Container | None) -> None:
        """Find the blocks of a container that holds blocks and loose text."""
        source = self.source
        at = node.opened
        loose = False
        for child in node.children:
            if child.start > at and self.speaks(at, child.start):
                loose = True
                break
            at = child.end
        if not loose and (not node.children or not self.speaks(at, node.closed)):
            if not node.children and self.speaks(node.opened, node.closed):
                self.loose([(node.opened, node.closed, None)], container)
                return
            for child in node.children:
                self.element(child, container)
            return
        run: list[tuple[int, int, Node | None]] = []
        at = node.opened
        for child in node.children:
            run.append((at, child.start, None))
            run.append((child.start, child.end, child))
            at = child.end
        run.append((at, node.closed, None))
        for piece in _without_crossing(source, run):
            if isinstance(piece, Node):
                self.element(piece, container)
            else:
                self.loose(piece, container)

    def speaks(self, start: int, end: int) -> bool:
        """Tell whether a stretch between elements holds anything that a reader sees."""
        text = self.source[start:end].strip(SPACE)
        if not text:
            return False
        return not (text.startswith(("<!--", "<?")) and not _SILENT.sub("", text).strip(SPACE))

    def loose(self, pieces: list[tuple[int, int, Node | None]], container: Container | None) -> None:
        """Add a run of loose text; a run of nothing but macros and images is those."""
        if not any(node is None and self.speaks(start, end) for start, end, node in pieces):
            for _, _, node in pieces:
                if node is not None:
                    self.element(node, container)
            return
        start, end = pieces[0][0], pieces[-1][1]
        text = self.source[start:end]
        end -= len(text) - len(text.rstrip(SPACE))
        start += len(text) - len(text.lstrip(SPACE))
        self.add("paragraph", Node("", start, start, end), container)

    def inside(self, node: Node, container: Container | None, name: str = "") -> None:
        """Find the blocks within a container; its headings do not reach beyond it, but for layouts."""
        entered = Container(name or node.name.removeprefix("ac:"), node, container)
        outside = self.heading
        if node.name in FLOWS:
            self.flow(node, entered)
        else:
            for child in node.children:
                self.element(child, entered)
        if not node.name.startswith("ac:layout"):
            self.heading = outside

    # -- elements --------------------------------------------------------------------------------------------

    def element(self, node: Node, container: Container | None) -> None:
        """Add the blocks of one element."""
        name = node.name
        if name == "p":
            if not node.children or self.is_line(node):
                self.add("paragraph", node, container)
            else:
                self.inside(node, container)
        elif name in HEADINGS:
            level = HEADINGS[name]
            while self.heading is not None and self.heading.level >= level:
                self.heading = self.heading.above
            self.add("heading", node, container)
            self.heading = Heading(level, len(self.found) - 1, self.heading)
        elif name in MACROS:
            self.macro(node, container)
        elif name == "li":
            self.item(node, node, "list_item", container)
        elif name == "ac:task":
            body = next((child for child in node.children if child.name == "ac:task-body"), None)
            self.item(node, body or node, "task", container)
        elif name == "tr":
            self.row(node, container)
        elif name in _LEAVES:
            self.add(_LEAVES[name], node, container)
        elif name == "blockquote":
            if all(self.is_line(child) for child in node.children):
                self.add("quote", node, container)
            else:
                self.inside(node, container)
        elif name in ("dt", "dd"):
            if all(self.is_line(child) or self.is_opaque(child) for child in node.children):
                self.add("term" if name == "dt" else "definition", node, container)
            else:
                self.inside(node, container)
        elif name == "ac:adf-extension":
            self.extension(node, container)
        else:
            self.inside(node, container)

    def macro(self, node: Node, container: Container | None) -> None:
        name = macro_name(self.source, node)
        for child in node.children:
            if child.name == "ac:rich-text-body" and (
                child.children or self.speaks(child.opened, child.closed)
            ):
                self.inside(child, Container(name or "macro", node, container), BODY)
                return
        self.add("code" if name in CODE_MACROS else "macro", node, container)

    def extension(self, node: Node, container: Container | None) -> None:
        """Add a panel of the new editor as a container; its fallback, and any other extension, is opaque."""
        panel = next((child for child in node.children if child.name == "ac:adf-node"), None)
        content = [child for child in panel.children if child.name == "ac:adf-content"] if panel else []
        if panel and len(content) == 1 and _NODE_TYPE.search(self.source, panel.start, panel.opened):
            self.inside(content[0], container, "panel")
        else:
            self.add("macro", node, container)

    def item(self, node: Node, body: Node, kind: str, container: Container | None) -> None:
        """Add a list item or task: as one block, or its own text and then what it holds."""
        if all(self.is_line(child) or self.is_opaque(child) for child in body.children):
            self.add(kind, node, container)
            return
        before = len(self.found)
        self.inside(body, container, "li" if kind == "list_item" else "task")
        if len(self.found) > before and self.found[before].kind == "paragraph":
            head = self.found[before]
            if head.container is not None and head.container.node is body:
                head.kind = kind

    def row(self, node: Node, container: Container | None) -> None:
        if node.kind:
            self.add(node.kind, node, container)
            return
        cells = [child for child in node.children if child.name in ("td", "th")]
        if cells and len(cells) == len(node.children) and all(map(self.is_plain_cell, cells)):
            self.add("table_row", node, container)
        else:
            self.inside(node, container)

    def is_line(self, node: Node) -> bool:
        """Tell whether an element is a paragraph that is a block, and no container."""
        return node.name == "p" and all(map(_is_inline_kind, node.children)) and not self.wraps_bodies(node)

    def is_plain_cell(self, cell: Node) -> bool:
        """Tell whether a cell holds one line of inline content: loose, or one paragraph."""
        children = cell.children
        if len(children) == 1 and children[0].name == "p":
            paragraph = children[0]
            return (
                not self.speaks(cell.opened, paragraph.start)
                and not self.speaks(paragraph.end, cell.closed)
                and all(self.is_opaque(child, inline=True) for child in paragraph.children)
            )
        return all(self.is_opaque(child, inline=True) for child in children)

    def is_opaque(self, node: Node, inline: bool = False) -> bool:
        """Tell whether an element is a picture or a macro without a body of blocks (`inline`: nor of code)."""
        if node.name == "ac:image":
            return True
        if node.name not in MACROS:
            return node.name == "pre" and not inline
        for child in node.children:
            if child.name == "ac:rich-text-body":
                return False
            if inline and child.name == "ac:plain-text-body":
                return False
        return True

    def wraps_bodies(self, paragraph: Node) -> bool:
        """Tell whether a paragraph is nothing but a wrapper around macros that hold blocks."""
        at = paragraph.opened
        for child in paragraph.children:
            if child.name not in MACROS or self.speaks(at, child.start):
                return False
            if not any(body.name == "ac:rich-text-body" and body.children for body in child.children):
                return False
            at = child.end
        return bool(paragraph.children) and not self.speaks(at, paragraph.closed)


def _is_inline_kind(node: Node) -> bool:
    """Tell whether a paragraph may hold an element and still be one line of text."""
    return node.name == "ac:image" or node.name in MACROS or node.name == "ac:adf-extension"


_LEAVES = {"ac:image": "image", "pre": "code", "hr": "rule"}
_Piece = tuple[int, int, "Node | None"]


def _without_crossing(source: str, run: Iterable[_Piece]) -> Iterator[Node | list[_Piece]]:
    """Split the content of a container into elements and runs of loose text, no inline element cut in two.

    Inline elements that open before a block and close after it are left out: they are containers.
    """
    group: list[_Piece] = []
    for piece in run:
        node = piece[2]
        if node is None or _joins_text(node):
            group.append(piece)
            continue
        yield from _balanced(source, group)
        group = []
        yield node
    yield from _balanced(source, group)


def _joins_text(node: Node) -> bool:
    """Tell whether an element may stand in a line of text."""
    if node.name == "ac:image":
        return True
    return node.name in MACROS and not any(
        child.name in ("ac:rich-text-body", "ac:plain-text-body") for child in node.children
    )


def _balanced(source: str, group: list[_Piece]) -> Iterator[list[_Piece]]:
    """Cut a run at the tags that have no partner within it."""
    open_tags: list[tuple[int, int]] = []
    cuts: list[tuple[int, int]] = []
    for start, end, node in group:
        if node is not None:
            continue
        for match in MARKUP.finditer(source, start, end):
            if match[1] is None:
                continue
            if match[1][0] == "/":
                if open_tags:
                    open_tags.pop()
                else:
                    cuts.append(match.span())
            elif source[match.end() - 2] != "/":
                open_tags.append(match.span())
    cuts = sorted(cuts + open_tags)
    part: list[_Piece] = []
    for start, end, node in group:
        while cuts and node is None and start <= cuts[0][0] < end:
            part.append((start, cuts[0][0], None))
            yield part
            part = []
            start = cuts.pop(0)[1]
        part.append((start, end, node))
    if part:
        yield part
