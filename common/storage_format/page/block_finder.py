"""Find the blocks of a page: the spans that are edited as a whole.

Blocks never overlap; between them there is only container markup, which edits do not touch:

* layouts, cells, rich-text bodies, `div`s, lists, tables and task lists are containers;
* a list item, task or table row is one block if it holds only text, paragraphs and opaque elements. If it holds more
  (a nested list, a panel), its own text is one block and the nested content has blocks of its own; the cells of such
  a row are containers;
* loose text in a container is a paragraph block without an element;
* an inline element around blocks is a container too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from common.storage_format.xml.block_scanner import MARKUP
from common.storage_format.xml.nodes import Container, HeadingAbove, Node
from common.storage_format.xml.vocabulary import CODE_MACROS, FLOWS, HEADINGS, MACROS

BODY = "body"
"""Container name of the rich-text body between a macro and its blocks."""

SPACE = " \t\r\n"

_NAME = re.compile(r"""\sac:name\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_NODE_TYPE = re.compile(r"""\stype\s*=\s*["']panel["']""")
_INVISIBLE = re.compile(r"<!--.*?-->|<\?.*?\?>", re.DOTALL)


def macro_name(source: str, node: Node) -> str:
    """Return the `ac:name` of a macro element; empty if it has none."""
    match = _NAME.search(source, node.start, node.opened)
    return (match[1] or match[2] or "") if match else ""


def find_blocks(source: str, root: Node) -> list[Node]:
    """Return the blocks of a page in document order."""
    finder = _Finder(source)
    finder.flow(root, None)
    return finder.blocks


class _Finder:
    """Walks the tree of elements and collects blocks. Recursion is bounded: `scan` limits the depth."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.blocks: list[Node] = []
        self.heading: HeadingAbove | None = None

    def add(self, kind: str, node: Node, container: Container | None) -> None:
        node.kind = kind
        node.container = container
        node.heading = self.heading
        self.blocks.append(node)

    # -- containers ------------------------------------------------------------------------------------------

    def flow(self, node: Node, container: Container | None) -> None:
        """Collect the blocks of a container that may hold both blocks and loose text."""
        source = self.source
        at = node.opened
        loose = False
        for child in node.children:
            if child.start > at and self.has_content(at, child.start):
                loose = True
                break
            at = child.end
        if not loose and (not node.children or not self.has_content(at, node.closed)):
            if not node.children and self.has_content(node.opened, node.closed):
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

    def has_content(self, start: int, end: int) -> bool:
        """Return whether the source between two elements holds anything that a reader sees."""
        text = self.source[start:end].strip(SPACE)
        if not text:
            return False
        return not (text.startswith(("<!--", "<?")) and not _INVISIBLE.sub("", text).strip(SPACE))

    def loose(self, pieces: list[tuple[int, int, Node | None]], container: Container | None) -> None:
        """Add a run of loose text as a paragraph; a run of only macros and images is added one by one."""
        if not any(node is None and self.has_content(start, end) for start, end, node in pieces):
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
        """Collect the blocks in a container. Its headings end with it, except those in layouts."""
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

    def element(self, node: Node, container: Container | None) -> None:  # noqa: C901 one branch per kind of element
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
            self.heading = HeadingAbove(level, len(self.blocks) - 1, self.heading)
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
                child.children or self.has_content(child.opened, child.closed)
            ):
                self.inside(child, Container(name or "macro", node, container), BODY)
                return
        self.add("code" if name in CODE_MACROS else "macro", node, container)

    def extension(self, node: Node, container: Container | None) -> None:
        """Add a panel of the new editor as a container. Its fallback and all other extensions are opaque."""
        panel = next((child for child in node.children if child.name == "ac:adf-node"), None)
        content = [child for child in panel.children if child.name == "ac:adf-content"] if panel else []
        if panel and len(content) == 1 and _NODE_TYPE.search(self.source, panel.start, panel.opened):
            self.inside(content[0], Container("panel", node, container), BODY)
        else:
            self.add("macro", node, container)

    def item(self, node: Node, body: Node, kind: str, container: Container | None) -> None:
        """Add a list item or task: as one block, or as its own text followed by its nested blocks."""
        if all(self.is_line(child) or self.is_opaque(child) for child in body.children):
            self.add(kind, node, container)
            return
        before = len(self.blocks)
        self.inside(body, container, "li" if kind == "list_item" else "task")
        if len(self.blocks) > before and self.blocks[before].kind == "paragraph":
            head = self.blocks[before]
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
        """Return whether an element is a paragraph that is a block, not a container."""
        return node.name == "p" and all(map(_is_inline_kind, node.children)) and not self.wraps_bodies(node)

    def is_plain_cell(self, cell: Node) -> bool:
        """Return whether a cell holds only inline content: loose, or in one paragraph."""
        children = cell.children
        if len(children) == 1 and children[0].name == "p":
            paragraph = children[0]
            return (
                not self.has_content(cell.opened, paragraph.start)
                and not self.has_content(paragraph.end, cell.closed)
                and all(self.is_opaque(child, inline=True) for child in paragraph.children)
            )
        return all(self.is_opaque(child, inline=True) for child in children)

    def is_opaque(self, node: Node, inline: bool = False) -> bool:
        """Return whether an element is an image or a macro without blocks in its body (`inline`: and without code)."""
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
        """Return whether a paragraph only wraps macros that hold blocks."""
        at = paragraph.opened
        for child in paragraph.children:
            if child.name not in MACROS or self.has_content(at, child.start):
                return False
            if not any(body.name == "ac:rich-text-body" and body.children for body in child.children):
                return False
            at = child.end
        return bool(paragraph.children) and not self.has_content(at, paragraph.closed)


def _is_inline_kind(node: Node) -> bool:
    """Return whether a paragraph that holds this element is still one line of text."""
    return node.name == "ac:image" or node.name in MACROS or node.name == "ac:adf-extension"


_LEAVES = {"ac:image": "image", "pre": "code", "hr": "rule"}
_Piece = tuple[int, int, "Node | None"]


def _without_crossing(source: str, run: Iterable[_Piece]) -> Iterator[Node | list[_Piece]]:
    """Split the content of a container into elements and runs of loose text, without cutting an inline element.

    The tags of an inline element that opens before a block and closes after it are left out: it is a container.
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
    """Return whether an element can be part of a line of text."""
    if node.name == "ac:image":
        return True
    return node.name in MACROS and not any(
        child.name in ("ac:rich-text-body", "ac:plain-text-body") for child in node.children
    )


def _balanced(source: str, group: list[_Piece]) -> Iterator[list[_Piece]]:  # noqa: C901 one branch per kind of element
    """Split a run of text at tags whose matching tag is not in the run."""
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
