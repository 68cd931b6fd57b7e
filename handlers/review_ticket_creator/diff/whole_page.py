"""The view of the whole page as its readers will see it: boxes, columns, tables, and the changes marked in place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

from common.domain.page_links import attachments_url
from common.markup.html_page import escape
from handlers.review_ticket_creator.diff.diff_views import (
    folded_text,
    formatting_html,
    hidden_label,
    jump_html,
)
from handlers.review_ticket_creator.diff.page_comparison import PageComparison
from handlers.review_ticket_creator.diff.passage import Passage
from handlers.review_ticket_creator.diff.passage_html import (
    WholePage,
    cells_html,
    split_words_html,
    unboxed_html,
    whole_pieces,
)
from handlers.review_ticket_creator.diff.row_comparison import CollapsedRows, Row, collapse_equal_rows

_CONTEXT_ROWS = 30  # unchanged passages around each change of a large page
_SPANNED = re.compile(r"cell (\d+) (columns|rows) spanned: (\d{1,3})")
_CLASSES = {"~": "changed", "+": "added", "-": "removed", "=": "same"}


@dataclass(frozen=True)
class _Item:
    """A passage to show: its row, its marker, the number of its table (0 if it is no table row), its change's number.

    `jump` is the number and links of the change that begins here, else "".
    """

    row: Row
    passage: Passage
    marker: str
    table: int
    jump: str


class _Page(NamedTuple):
    view: PageComparison
    whole: WholePage


def whole_page_view(view: PageComparison, name: str, page_url: str | None = None) -> str:
    """Return the newer version as HTML; `name` is the prefix of the ids of the changes.

    With `page_url`, the page's address in Confluence, the boxes of its images link to them. Removed passages are shown
    struck through where they were. Of a page with more than `MAX_WHOLE_PAGE` characters only the parts around changes
    are shown.
    """
    page = _Page(view, WholePage(attachments_url(page_url or "")))
    parts: list[str] = []
    for is_fold, group in groupby(_items(view, name), lambda item: isinstance(item, str)):
        shown = list(group)
        if is_fold:
            parts += [f'<p class="fold">{text}</p>' for text in shown if isinstance(text, str)]
        else:
            parts.append(_level(page, [item for item in shown if isinstance(item, _Item)], 0))
    kind = "page" if view.before.passages else "page new"
    return f'<div class="{kind}">{"".join(parts)}</div>'


def _items(view: PageComparison, name: str) -> Iterator[_Item | str]:
    """Yield the passages to show in order, and a text where unchanged ones are left out."""
    last = max((row.change for row in view.rows), default=0)
    rows: Sequence[Row | CollapsedRows] = view.rows
    if view.is_large:
        rows = collapse_equal_rows(view.rows, _CONTEXT_ROWS, view.header_rows)
    number = table = 0
    for row in rows:
        if isinstance(row, CollapsedRows):
            yield folded_text(row, "passage")
            continue
        shown, marker, _ = view.shown(row)
        jump = ""
        if row.change not in (0, number):
            number = row.change
            jump = jump_html(name, number, last)
        if row.after is not None:
            table = view.after.tables[row.after]
        elif shown.kind != "row":
            table = 0
        elif not table:
            table = -view.before.tables[row.before or 0]  # a table that is removed as a whole
        yield _Item(row, shown, marker, table if shown.kind == "row" else 0, jump)


@dataclass
class _Box:
    """A box with its label and content, or, with `kind` None, passages that are in no inner box."""

    kind: str | None
    label: _Item | None
    inside: list[_Item]


def _boxes(items: Iterable[_Item], depth: int) -> list[_Box]:
    """Divide passages inside the same `depth` outer boxes into inner boxes and the passages between them."""
    boxes: list[_Box] = []
    for item in items:
        frames = item.passage.frames
        if item.passage.kind == "frame" and len(frames) == depth:
            boxes.append(_Box(None, item, []))
            continue
        kind = frames[depth] if len(frames) > depth else None
        last = boxes[-1] if boxes else None
        if last and last.label and not last.inside:
            last.kind = kind
        if last is None or last.kind != kind or (kind is None and last.label):
            last = _Box(kind, None, [])
            boxes.append(last)
        last.inside.append(item)
    return boxes


def _level(page: _Page, items: Iterable[_Item], depth: int) -> str:
    """Return passages inside the same `depth` outer boxes: each inner box and each table as one element."""
    parts: list[str] = []
    for is_column, group in groupby(_boxes(items, depth), lambda box: box.kind == "column"):
        written = [_box(page, box, depth) for box in group]
        parts += [f'<div class="columns">{"".join(written)}</div>'] if is_column else written
    return "".join(parts)


def _box(page: _Page, box: _Box, depth: int) -> str:
    label = box.label
    if label and box.kind == "column" and label.row.sign == "=":
        label = None  # the columns stand side by side, which says enough
    written = _block(page, label) if label else ""
    if box.kind is not None:
        return f'<div class="box {escape(box.kind)}">{written}{_level(page, box.inside, depth + 1)}</div>'
    for table, group in groupby(box.inside, lambda item: item.table):
        rows = list(group)
        written += _table(page, rows) if table else "".join(_block(page, item) for item in rows)
    return written


def _block(page: _Page, item: _Item) -> str:
    row, passage = item.row, item.passage
    pieces = page.view.pieces.get(row)
    inner = unboxed_html(
        passage,
        item.marker,
        pieces or whole_pieces(row.sign, passage.runs),
        marked=bool(pieces),
        whole=page.whole,
    )
    return (
        f'<div class="block {_CLASSES[row.sign]}">{_note(page, item)}{inner}</div>'
        if row.sign != "="
        else inner
    )


def _note(page: _Page, item: _Item) -> str:
    """Return the number of the change that begins here, and the formatting changes of the passage."""
    jump = f'<span class="here">{item.jump}</span>' if item.jump else ""
    return jump + hidden_label(item.row.sign) + formatting_html(page.view, item.row)


def _table(page: _Page, rows: Iterable[_Item]) -> str:
    written = "".join(_row(page, item) for item in rows)
    return f'<div class="scroll" tabindex="0"><table class="content">{written}</table></div>'


def _row(page: _Page, item: _Item) -> str:
    row, passage = item.row, item.passage
    pieces = page.view.pieces.get(row)
    cells = cells_html(pieces or whole_pieces(row.sign, passage.runs), marked=bool(pieces), whole=page.whole)
    spans = {
        (int(number), what): int(span) for number, what, span in _SPANNED.findall("\n".join(passage.look))
    }
    written: list[str] = []
    for number, cell in enumerate(cells, 1):
        tag = "th" if cell.is_head else "td"
        size = "".join(
            f' {name}="{spans[number, what]}"'
            for what, name in (("columns", "colspan"), ("rows", "rowspan"))
            if (number, what) in spans
        )
        note = _note(page, item) if number == 1 and row.sign != "=" else ""
        split = split_words_html(passage) if number == 1 else ""
        written.append(f'<{tag}{size} dir="auto">{note}{cell.html or "&nbsp;"}{split}</{tag}>')
    return f'<tr class="{_CLASSES[row.sign]}">{"".join(written)}</tr>'
