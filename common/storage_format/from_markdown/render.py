"""Render Markdown to pieces and storage format.

Any string renders, and the result always parses. The text can add no macros except panels, expands, code and
anchors, no scripts, and no links except http, https, mailto and Confluence pages.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from common.storage_format.errors import InvalidEdit
from common.storage_format.from_markdown import blocks, code_languages, editor_shapes, inline
from common.storage_format.from_markdown.blocks import (
    Cell,
    Code,
    Definitions,
    Heading,
    HorizontalRule,
    Item,
    List,
    Macro,
    Paragraph,
    Piece,
    Quote,
    Table,
)
from common.storage_format.xml import entities

if TYPE_CHECKING:
    from markdown_it.token import Token

_FRONT_MATTER = re.compile(
    r"---[ \t]*\n(?:(?:[\w.-]+[ \t]*:.*|[ \t]+.*|-[ \t].*|#.*|)\n)+?(?:---|\.\.\.)[ \t]*(?:\n|$)"
)
_TASK = re.compile(r"\[([ xX])\](?:\s+|$)")
_ALERT = re.compile(r"\[!([A-Za-z]+)\][ \t]*([^\n]*)(?:\n|$)")
_HTML_TAG = re.compile(
    r"(?P<kept>(?P<ticks>`+)(?!`).*?(?<!`)(?P=ticks)(?!`)|\\.)|</?[A-Za-z][\w-]*(?:\s[^<>]*)?/?>", re.DOTALL
)
_TITLE = re.compile(r"""\btitle=(?:"([^"]*)"|'([^']*)'|(\S+))""")


def render(markdown: str) -> str:
    """Return Markdown as storage format that the editor can hold; front matter is dropped.

    Never raises: cells beyond a table's last column are left out (`table_faults` tells of them).
    """
    text = _clean(markdown)
    front = _FRONT_MATTER.match(text)
    if front and ":" in front[0]:
        text = text[front.end() :]
    counter = itertools.count(1)
    return blocks.to_storage(
        editor_shapes.fit_pieces(_read(text, inline.InlineContext())[0]), lambda: next(counter)
    )


def read_markdown(
    markdown: str,
    anchors: Mapping[str, str] | None = None,
    unlinked: frozenset[str] = frozenset(),
    images: Mapping[str, bool] | None = None,
) -> tuple[Piece, ...]:
    """Return Markdown as pieces.

    `anchors` are those of the page it is written for (`inline.anchor_key` → anchor), `unlinked` the addresses that
    are plain text there and stay text. Raises InvalidEdit if a table has a row with too many cells.
    """
    pieces, faults = _read(_clean(markdown), inline.InlineContext(anchors or {}, images or {}, unlinked))
    if faults:
        raise InvalidEdit("; ".join(faults))
    return pieces


def table_faults(markdown: str) -> tuple[str, ...]:
    """Return a sentence for each table row with more cells than its table has columns."""
    return _read(_clean(markdown), inline.InlineContext())[1]


def _read(text: str, context: inline.InlineContext) -> tuple[tuple[Piece, ...], tuple[str, ...]]:
    """Return the pieces of a clean text, and the faults of its tables."""
    from common.storage_format.from_markdown import grammar, table_rule

    env: dict[str, Any] = {}
    tokens = grammar.parser().parse(text, env)
    faults = tuple(
        f"the row `{row}` has {cells} cells, but its table has {columns} columns; write a pipe that is text as `\\|`"
        for row, cells, columns in env.get(table_rule.LONG_ROWS, ())
    )
    return _Reader(tokens, context).all(), faults


def _clean(markdown: str) -> str:
    """Return the text with LF line ends and without characters that XML forbids."""
    return entities.allowed(markdown.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff"))


class _Reader:
    """Reads the tokens once, in order; recursion is bounded by the nesting limit of the grammar."""

    def __init__(self, tokens: list[Token], context: inline.InlineContext) -> None:
        self.tokens = tokens
        self.position = 0
        context.anchors = {**context.anchors, **_anchors(tokens)}
        self.context = context

    def all(self) -> tuple[Piece, ...]:
        return self.until(None)

    def until(self, closing: str | None) -> tuple[Piece, ...]:
        """Read pieces up to and including a closing token."""
        out: list[Piece] = []
        while self.position < len(self.tokens):
            token = self.tokens[self.position]
            self.position += 1
            if token.type == closing:
                break
            piece = self.piece(token)
            if piece is not None:
                out.extend(piece if isinstance(piece, tuple) else (piece,))
        return tuple(out)

    def piece(self, token: Token) -> Piece | tuple[Piece, ...] | None:  # noqa: C901 one branch per kind of token
        kind = token.type
        if kind == "paragraph_open":
            return self.paragraph(token)
        if kind == "heading_open":
            return Heading(int(token.tag[1]), self.line("heading_close"))
        if kind in ("bullet_list_open", "ordered_list_open"):
            return self.list(token)
        if kind == "table_open":
            return self.table()
        if kind in ("fence", "code_block"):
            return self.code(token)
        if kind == "blockquote_open":
            return self.quote()
        if kind == "hr":
            return HorizontalRule()
        if kind in ("math_block", "math_block_label"):
            return Paragraph(entities.escape_text(f"$${token.content}$$"))
        if kind == "dl_open":
            return self.definitions()
        if kind == "footnote_block_open":
            return self.footnotes()
        return self.framed(token)

    def framed(self, token: Token) -> Piece | tuple[Piece, ...] | None:
        """Read a token that becomes a macro."""
        from common.storage_format.from_markdown.grammar import PANELS

        kind = token.type
        if kind == "details_open":
            return Macro("expand", self.title(token.content), self.until("details_close"))
        if kind == "container_open":
            body = self.until("container_close")
            if token.info == "details":
                return Macro("expand", self.title(token.content), body)
            title = self.words(token.content) or _named(token.info)
            return Macro(PANELS[token.info], (), (*_bold(title), *body))
        if kind == "admonition_open":
            return self.admonition(token)
        if kind in ("inline", "literal"):
            return Paragraph(self.inline(token) if kind == "inline" else entities.escape_text(token.content))
        return None

    def code(self, token: Token) -> Code:
        text = token.content.removesuffix("\n")
        info = token.info.strip() if token.type == "fence" else ""
        language, _, rest = info.partition(" ")
        language = language.strip("{}.").split("{")[0].split(":")[0].split(",")[0]
        if "=" in language:
            language, rest = "", info
        words = rest.split()
        title = ""
        if match := _TITLE.search(rest):
            title = match[1] or match[2] or match[3] or ""
        elif "title" in words:
            title = " ".join(words[words.index("title") + 1 :])
        # Underscores stay: many titles are the names of files.
        title = self.words(re.sub(r"(?<!\\)_", r"\_", title))
        return Code(text, code_languages.known_language(language), title, collapse="collapse" in words)

    def words(self, markdown: str) -> str:
        """Return the words of a title that is written as Markdown."""
        from common.storage_format.from_markdown import grammar

        tokens = grammar.parser().parseInline(_HTML_TAG.sub(lambda found: found["kept"] or "", markdown))
        return "".join(inline.words(token.children or []) for token in tokens)

    def title(self, markdown: str) -> tuple[tuple[str, str], ...]:
        """Return the title parameter of a macro; nothing without a title."""
        words = self.words(markdown)
        return (("title", words),) if words else ()

    def paragraph(self, token: Token) -> Piece:
        parts = []
        while (inner := self.tokens[self.position]).type != "paragraph_close":
            parts.append(
                self.inline(inner) if inner.type == "inline" else entities.escape_text(inner.content)
            )
            self.position += 1
        self.position += 1
        text = "".join(parts)
        is_figure = text.startswith("<ac:image") and text.find("</ac:caption></ac:image>") == len(text) - 24
        return Paragraph(text, bare=token.hidden or is_figure)

    def line(self, closing: str) -> str:
        """Read the inline content up to a closing token."""
        parts = []
        while (inner := self.tokens[self.position]).type != closing:
            if inner.type == "inline":
                parts.append(self.inline(inner))
            self.position += 1
        self.position += 1
        return "".join(parts)

    def inline(self, token: Token) -> str:
        return inline.render_inline(token.children or [], self.context)

    def list(self, token: Token) -> Piece:
        start = int(token.attrGet("start") or 1) if token.type == "ordered_list_open" else None
        if start is not None and token.attrGet("start") == 0:
            start = 0
        items: list[Item] = []
        closing = token.type.replace("_open", "_close")
        while self.tokens[self.position].type != closing:
            self.position += 1  # list_item_open
            done = self.task_box()
            items.append(Item(self.until("list_item_close"), done))
        self.position += 1
        return List(tuple(items), start)

    def task_box(self) -> bool | None:
        """Remove the checkbox of a task at the start of an item; return its state, or None if there is none."""
        following = self.tokens[self.position : self.position + 2]
        if len(following) < 2 or following[0].type != "paragraph_open" or not following[1].children:
            return None
        first = following[1].children[0]
        match = _TASK.match(first.content) if first.type == "text" else None
        if match is None:
            return None
        first.content = first.content[match.end() :]
        return match[1] != " "

    def table(self) -> Piece:
        rows: list[tuple[Cell, ...]] = []
        header: tuple[Cell, ...] = ()
        cells: list[Cell] = []
        while (token := self.tokens[self.position]).type != "table_close":
            self.position += 1
            if token.type in ("th_open", "td_open"):
                align = str(token.attrGet("style") or "").removeprefix("text-align:")
                cells.append(Cell(self.line(token.type.replace("_open", "_close")), align))
            elif token.type == "tr_close":
                rows.append(tuple(cells))
                cells = []
            elif token.type == "thead_close":
                header = rows.pop()
        self.position += 1
        if not any(cell.inline for cell in header):
            header = ()
        return Table(header, tuple(rows))

    def quote(self) -> Piece:
        alert = self.alert()
        inner = self.until("blockquote_close")
        if alert is None:
            return Quote(inner)
        name, title = alert
        return Macro(name, (), (*_bold(title), *inner))

    def alert(self) -> tuple[str, str] | None:
        """Remove the `[!NOTE]` line at the start of a quote; return its panel and title, or None if there is none."""
        from common.storage_format.from_markdown.grammar import ALERTS, PANELS

        following = self.tokens[self.position : self.position + 3]
        if len(following) < 3 or following[0].type != "paragraph_open" or following[1].type != "inline":
            return None
        match = _ALERT.match(following[1].content)
        if match is None:
            return None
        alert = ALERTS.get(match[1].upper())
        panel = alert or PANELS.get(match[1].lower())
        children = following[1].children or []
        if panel is None:
            return None
        breaks = [number for number, child in enumerate(children) if child.type in ("softbreak", "hardbreak")]
        first = children[: breaks[0]] if breaks else children
        rest = children[breaks[0] + 1 :] if breaks else []
        title = inline.words(first).partition("]")[2].strip()
        if not alert:
            title = title or _named(match[1].lower())
        if rest:
            following[1].children = rest
        else:
            self.position += 3
        return panel, title

    def admonition(self, token: Token) -> Piece:
        from common.storage_format.from_markdown.grammar import PANELS

        name = str(token.meta.get("tag", "")).lower()
        title = ""
        if self.tokens[self.position].type == "admonition_title_open":
            title = self.words(self.tokens[self.position + 1].content)
            self.line("admonition_title_close")
        body = self.until("admonition_close")
        if title.lower() == name and '"' not in token.info:
            title = _named(name)
        return Macro(PANELS.get(name, "info"), (), (*_bold(title), *body))

    def definitions(self) -> Piece:
        entries: list[tuple[str | None, tuple[Piece, ...]]] = []
        while (token := self.tokens[self.position]).type != "dl_close":
            self.position += 1
            if token.type == "dt_open":
                entries.append((self.line("dt_close"), ()))
            elif token.type == "dd_open":
                entries.append((None, self.until("dd_close")))
        self.position += 1
        return Definitions(tuple(entries))

    def footnotes(self) -> tuple[Piece, ...]:
        """Read the footnotes: a rule, and a list whose items have the anchors that the footnote marks link to."""
        items: list[Item] = []
        while (token := self.tokens[self.position]).type != "footnote_block_close":
            self.position += 1
            if token.type == "footnote_open":
                body = self.until("footnote_close")
                mark = _anchor(f"footnote-{len(items) + 1}")
                if body and isinstance(body[0], Paragraph):
                    body = (Paragraph(mark + body[0].inline, body[0].bare), *body[1:])
                else:
                    body = (Paragraph(mark), *body)
                if len(body) == 1 and isinstance(body[0], Paragraph):
                    body = (Paragraph(body[0].inline, bare=True),)
                items.append(Item(body))
        self.position += 1
        return HorizontalRule(), List(tuple(items), 1)


def _anchor(name: str) -> str:
    return f'<ac:structured-macro ac:name="anchor">{blocks.parameter("", name)}</ac:structured-macro>'


def _bold(title: str) -> tuple[Piece, ...]:
    """Return the title of a panel, which has no other place for it, as a paragraph in bold."""
    return (Paragraph(f"<strong>{entities.escape_text(title)}</strong>"),) if title else ()


def _named(kind: str) -> str:
    """Return the title of an untitled admonition: its kind where Confluence has no panel of that kind."""
    return "" if kind in ("info", "note", "tip", "warning") else kind.capitalize()


def _anchors(tokens: Iterable[Token]) -> dict[str, str]:
    """Return the anchors of the headings in the text by `anchor_key`; ambiguous ones are left out."""
    found: dict[str, set[str]] = {}
    previous = None
    for token in tokens:
        if previous is not None and previous.type == "heading_open" and token.type == "inline":
            text = inline.plain(inline.render_inline(token.children or [], inline.InlineContext()))
            anchor = inline.anchor_of(text)
            found.setdefault(inline.anchor_key(previous.meta.get("id", anchor)), set()).add(anchor)
        previous = token
    return {key: anchors.pop() for key, anchors in found.items() if len(anchors) == 1}
