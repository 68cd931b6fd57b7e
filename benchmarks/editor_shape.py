"""Storage format as Confluence's new editor writes it: rendered Markdown in the shape of a page that people edited.

A paragraph stands in every list item and table cell, and a table has a layout and column widths. `render` writes
shorter forms, so a corpus of Markdown alone would not show edits of these.
"""

from __future__ import annotations

from collections.abc import Callable

from common.storage_format.to_markdown.writer import is_inline
from common.storage_format.xml.element_tree import Element, Text, parse_tree

TABLE_WIDTH = 760


def as_editor(storage: str) -> str:
    """Return storage format in the editor's shape."""
    return _inner(parse_tree(storage))


def _inner(element: Element) -> str:
    return "".join(
        _element(child) if isinstance(child, Element) else _source(child, element)
        for child in element.children
    )


def _source(text: Text, around: Element) -> str:
    return around.source[text.start : text.end]


def _element(element: Element) -> str:
    shaped = _SHAPES.get(element.name, _inner)(element)
    if element.closed == element.end and element.end == element.opened:
        return element.markup
    return f"{_start(element)}{shaped}</{element.name}>"


def _start(element: Element) -> str:
    tag = element.source[element.start : element.opened]
    if element.name == "table" and "data-layout" not in tag:
        return f'{tag[:-1]} data-table-width="{TABLE_WIDTH}" data-layout="default">'
    return tag


def _in_paragraphs(element: Element) -> str:
    """Return the content of a list item or cell, its loose text in paragraphs."""
    out: list[str] = []
    line: list[str] = []

    def close() -> None:
        if text := "".join(line).strip():
            out.append(f"<p>{text}</p>")
        line.clear()

    for child in element.children:
        if isinstance(child, Text):
            line.append(_source(child, element))
        elif is_inline(child):
            line.append(_element(child))
        else:
            close()
            out.append(_element(child))
    close()
    return "".join(out) or "<p />"


def _table(element: Element) -> str:
    rows = [row for row in element.below() if row.name == "tr"]
    columns = max((len(row.elements) for row in rows), default=0)
    if not columns or element.child("colgroup") is not None:
        return _inner(element)
    column = f'<col style="width: {TABLE_WIDTH / columns:.1f}px;" />'
    return f"<colgroup>{column * columns}</colgroup>{_inner(element)}"


_SHAPES: dict[str, Callable[[Element], str]] = {
    "li": _in_paragraphs,
    "td": _in_paragraphs,
    "th": _in_paragraphs,
    "table": _table,
}
