"""Convert storage format to Markdown that `render` reads back: the base of what readers and models are shown.

`Writer` converts elements with a Markdown form. For other elements it calls `opaque`, which a subclass implements:
`reader_view` returns text, `opaque_tokens` returns tokens.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from common.storage_format.from_markdown import inline
from common.storage_format.to_markdown.escaping import (
    blockquote,
    code_span,
    destination,
    escape_line,
    escape_markdown,
    fenced,
    indent,
    table_row,
)
from common.storage_format.xml.element_tree import Element, Text
from common.storage_format.xml.vocabulary import CODE_MACROS, HEADINGS, MACROS, STRUCTURE, names

EMPHASIS = {"strong": "**", "b": "**", "em": "*", "i": "*", "del": "~~", "s": "~~", "strike": "~~"}
WRAPPERS = names("ac:inline-comment-marker span u font ins mark small big cite abbr q dfn var samp tt bdo")
"""Elements without a Markdown form whose text stays editable: an edit puts them back around it."""

BREAK = "\x02"
"""A hard line break while a line is built: a character that no page can contain."""

SEPARATOR = "<!-- -->"
"""Separates two marks that would be read as one: `render` drops comments."""

_PADDED = re.compile(rf"([\s{BREAK}]*)(.*?)([\s{BREAK}]*)$", re.DOTALL)
_MARKS = frozenset("*~`")
_LIST = re.compile(r"(?:[-*+]|\d{1,9}[.)]) ")
_TAG = re.compile(r"<(/?)([\w:-]+)")
_BREAK = re.compile(r"[ \t\r\n]+")


class Writer:
    """Writes elements as Markdown. `in_cell` and `in_heading` mark places without line breaks."""

    def __init__(self) -> None:
        self.in_cell = False
        self.in_heading = False
        self._in_link = False
        self._active: list[str] = []

    # -- for subclasses ------------------------------------------------------------------------------

    def opaque(self, element: Element) -> str:
        """Return the Markdown for an element without a Markdown form."""
        raise NotImplementedError

    def body_macro(self, element: Element, body: Element) -> str:
        """Return the Markdown for a macro that contains blocks."""
        raise NotImplementedError

    def is_inline(self, element: Element) -> bool:
        """Return whether an element is part of a line of text."""
        return is_inline(element)

    def literal(self, text: str) -> str:
        """Return literal text (code), escaped where the output format needs it."""
        return text

    # -- within a line ---------------------------------------------------------------------------------------

    def inline(self, nodes: Iterable[Element | Text]) -> str:
        """Return inline content as Markdown on one line, a backslash and a line break for each hard break."""
        out = ""
        previous: Element | Text | None = None
        for node in self.flattened(nodes):
            piece = self.text(node.text) if isinstance(node, Text) else self.element(node)
            # Marks at the end of a text are escaped, except a single tilde.
            is_mark = isinstance(previous, Element) or piece[:1] == "~"
            if piece[:1] in _MARKS and out[-1:] == piece[0] and is_mark:
                piece = SEPARATOR + piece
            previous = node
            if out.endswith((" ", BREAK)) and piece.startswith(" "):
                piece = piece[1:]
            out += piece
        return out

    def flattened(self, nodes: Iterable[Element | Text]) -> list[Element | Text]:
        """Return nodes without wrappers, and with nested or adjacent equal emphasis merged."""
        out: list[Element | Text] = []
        for node in nodes:
            if isinstance(node, Text):
                out.append(node)
                continue
            mark = EMPHASIS.get(node.name)
            if mark in self._active or (node.name in WRAPPERS and node.collapsed_text):
                inner = self.flattened(node.children)
            else:
                inner = [node]
            for child in inner:
                last = out[-1] if out else None
                same = EMPHASIS.get(child.name) if isinstance(child, Element) else None
                if same and isinstance(last, Element) and EMPHASIS.get(last.name) == same:
                    out[-1] = last.joined(child)
                else:
                    out.append(child)
        return out

    def text(self, text: str) -> str:
        """Return text as Markdown that shows it literally."""
        escaped = escape_markdown(_BREAK.sub(" ", text))
        return escaped.replace("|", "\\|") if self.in_cell else escaped

    def element(self, element: Element) -> str:
        """Return one inline element."""
        name = element.name
        if name in EMPHASIS:
            return self.emphasis(element, EMPHASIS[name])
        if name == "br":
            return self.line_break(element)
        if name == "code":
            if not all(child.name in WRAPPERS for child in element.below()) or not element.text.strip():
                return self.opaque(element)
            return code_span(self.literal(_BREAK.sub(" ", element.text)), self.in_cell)
        if name == "a":
            return self.link(element)
        return self.opaque(element)

    def link(self, element: Element) -> str:
        """Return an `a` element as a link; as opaque where `render` would not make it a link again."""
        target = element.attributes.get("href", "")
        outside, self._in_link = self._in_link, True
        body = self.inline(element.children).strip()
        self._in_link = outside
        if not body or not inline.link_element(target, "x", {}).startswith("<a") or self._in_link:
            return self.opaque(element)
        return f"[{body}]({destination(target)})"

    def caption(self, image: Element) -> str:
        """Return the caption of an image as it follows the image: in underscores, which no other text has.

        A separator ends it if something follows the image at once: underscores inside a word would be no emphasis.
        """
        caption = image.child("ac:caption")
        if caption is None:
            return ""
        nodes: list[Element | Text] = []
        for child in caption.children:
            nodes += child.children if isinstance(child, Element) and child.name == "p" else [child]
        words = _padded(self.inline(nodes))[1]
        return f" _{words}_{SEPARATOR * _is_followed_at_once(image)}" if words else ""

    def line_break(self, element: Element) -> str:
        """Return a hard line break in the form that is possible here."""
        if self.in_cell:
            return "<br>"
        return self.opaque(element) if self.in_heading else BREAK

    def emphasis(self, element: Element, mark: str) -> str:
        """Return emphasised text, with white space moved outside the marks."""
        self._active.append(mark)
        text = self.inline(element.children)
        self._active.pop()
        start, body, end = _padded(text)
        first, last = body.startswith(mark[0]), body.endswith(mark[0])
        if mark == "~~" or self._is_ambiguous(element, first, last):
            body = f"{SEPARATOR * first}{body}{SEPARATOR * last}"
        return f"{start}{mark}{body}{mark}{end}" if body else text

    def _is_ambiguous(self, element: Element, first: bool, last: bool) -> bool:
        """Return whether touching marks are ambiguous: `***a** b **c***` or `***a*b*c*d**`."""
        within = sum(child.name in EMPHASIS for child in element.below())
        return (first and last and len(self.flattened(element.children)) > 1) or (
            (first or last) and within > 1
        )

    def line(self, nodes: Iterable[Element | Text]) -> str:
        """Return inline content as the text of a block: no breaks at its edges, no line that begins another block."""
        text = _padded(self.inline(nodes))[1].removesuffix(SEPARATOR)
        if self.in_heading:
            return text
        return "\\\n".join(escape_line(part.strip(" ")) for part in text.split(BREAK))

    # -- blocks ----------------------------------------------------------------------------------------------

    def blocks(self, nodes: Iterable[Element | Text]) -> list[str]:
        """Return nodes as blocks of Markdown, with loose text as paragraphs."""
        out: list[str] = []
        run: list[Element | Text] = []
        for node in nodes:
            if isinstance(node, Text) or self.is_inline(node):
                run.append(node)
                continue
            out.append(self.line(run))
            run = []
            out.append(self.block(node))
        out.append(self.line(run))
        return [block for block in out if block]

    def block(self, element: Element) -> str:  # noqa: C901 one branch per kind of block
        """Return one block element."""
        name = element.name
        if name == "p":
            return "\n\n".join(self.blocks(element.children))
        if name in HEADINGS:
            return self.heading(element)
        if name in ("ul", "ol"):
            return self.list_of(element)
        if name == "ac:task-list":
            return self.tasks(element)
        if name == "blockquote":
            return blockquote("\n\n".join(self.blocks(element.children)))
        if name == "hr":
            return "---"
        if name == "pre":
            return fenced(self.literal(element.text.strip("\n")))
        if name == "table":
            return self.table(element)
        if name == "dl":
            return self.definitions(element)
        if name in MACROS:
            return self.macro(element)
        return "\n\n".join(self.blocks(element.children))

    def heading(self, element: Element) -> str:
        """Return a heading; empty if it has no text."""
        self.in_heading = True
        text = " ".join(self.line(element.children).split("\n"))
        self.in_heading = False
        text = re.sub(r"(#+)$", r"\\\1", text)
        return f"{'#' * HEADINGS[element.name]} {text}" if text else ""

    def list_of(self, element: Element) -> str:
        """Return a list, with nested lists inside their items."""
        number = int(start) if (start := element.attributes.get("start", "")).isdigit() else 1
        lines = []
        for item in element.elements:
            if item.name != "li":
                lines.extend(self.blocks([item]))
                continue
            mark = f"{number}. " if element.name == "ol" else "- "
            lines.append(self.item(mark, item.children))
            number += 1
        return "\n".join(lines)

    def item(self, mark: str, nodes: Iterable[Element | Text]) -> str:
        """Return a list item with its mark."""
        parts = self.blocks(nodes)
        text = ""
        for part in parts:
            tight = not text or _LIST.match(part)
            text += ("" if not text else "\n" if tight else "\n\n") + part
        return (mark + indent(text, " " * len(mark))).rstrip()

    def tasks(self, element: Element) -> str:
        """Return a task list."""
        lines = []
        for child in element.elements:
            lines.append(
                self.task(child) if child.name == "ac:task" else indent("  " + self.block(child), "  ")
            )
        return "\n".join(lines)

    def task(self, element: Element) -> str:
        """Return one task."""
        status, body = element.child("ac:task-status"), element.child("ac:task-body")
        box = "[x]" if status is not None and status.collapsed_text == "complete" else "[ ]"
        text = self.item("- ", body.children if body is not None else ())
        return f"- {box} {text[2:]}".rstrip()

    def table(self, element: Element) -> str:
        """Return a table; blocks in its cells are joined on one line."""
        rows = [
            self.cells(row) for row in element.below() if row.name == "tr" and nearest_table(element, row)
        ]
        rows = [cells for cells in rows if cells]
        if not rows:
            return ""
        width = max(map(len, rows))
        rows = [cells + [""] * (width - len(cells)) for cells in rows]
        first = next(child for child in element.below() if child.name == "tr")
        has_header = all(cell.name == "th" for cell in first.elements)
        if not has_header:
            rows.insert(0, [""] * width)
        return "\n".join([table_row(rows[0]), table_row(["---"] * width), *map(table_row, rows[1:])])

    def cells(self, element: Element) -> list[str]:
        """Return the cells of a row, with an empty cell for each further column that a cell spans."""
        out: list[str] = []
        for cell in element.elements:
            if cell.name in ("td", "th"):
                span = cell.attributes.get("colspan", "1")
                out += [self.cell(cell), *[""] * (min(int(span), 100) - 1 if span.isdigit() else 0)]
        return out

    def cell(self, element: Element) -> str:
        """Return the content of a cell on one line."""
        outside, self.in_cell = self.in_cell, True
        parts = self.blocks(element.children)
        self.in_cell = outside
        return "<br>".join("<br>".join(part.split("\n")) for part in parts)

    def definitions(self, element: Element) -> str:
        """Return a definition list."""
        parts: list[str] = []
        for child in element.elements:
            text = "\n\n".join(self.blocks(child.children))
            if child.name == "dd":
                parts.append(": " + indent(text, "  "))
            else:
                parts.append(("\n" if parts else "") + " ".join(text.split("\n")))
        return "\n".join(parts)

    def macro(self, element: Element) -> str:
        """Return a macro that is a block."""
        name = element.attributes.get("ac:name", "")
        code = element.child("ac:plain-text-body")
        if name in CODE_MACROS and not self.in_cell:
            text = code.text if code is not None else ""
            return fenced(self.literal(text), element.parameter("language"), element.parameter("title"))
        if name in CODE_MACROS and code is not None and code.text.strip():
            return code_span(self.literal(" ".join(code.text.split())), in_cell=True)
        body = element.child("ac:rich-text-body")
        return self.body_macro(element, body) if body is not None else self.opaque(element)


def _is_followed_at_once(element: Element) -> bool:
    """Return whether something in the same line follows an element without white space."""
    rest = element.source[element.end : element.end + 60]
    if rest[:1] != "<":
        return bool(rest[:1].strip())
    tag = _TAG.match(rest)
    ends_the_line = tag is not None and (tag[2] == "br" or (tag[1] == "/" and tag[2] in STRUCTURE))
    return not ends_the_line


def is_inline(element: Element) -> bool:
    """Return whether an element is part of a line of text."""
    if element.name in MACROS:
        return (
            element.attributes.get("ac:name") not in CODE_MACROS
            and element.child("ac:rich-text-body") is None
        )
    if element.name in STRUCTURE:
        return element.name in ("ac:image", "ac:adf-extension")
    if element.name in WRAPPERS or element.name in EMPHASIS:
        return not any(child.name in STRUCTURE and not is_inline(child) for child in element.below())
    return True


def nearest_table(table: Element, row: Element) -> bool:
    """Return whether a row belongs to this table and not to a nested one."""
    return not any(
        inner is not row and inner.name == "table" and inner.start < row.start < inner.end
        for inner in table.below()
    )


def _padded(text: str) -> tuple[str, str, str]:
    """Split text into leading white space and breaks, the core, and trailing white space and breaks."""
    core = text.strip()
    if BREAK not in text:
        at = text.find(core) if core else len(text)
        return text[:at], core, text[at + len(core) :]
    match = _PADDED.match(text)
    return (match[1], match[2], match[3]) if match else ("", text, "")
