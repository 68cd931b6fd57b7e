"""Which containers go when blocks are removed, decided from the text alone; checks `editing.emptied_containers`."""

from __future__ import annotations

import re

from common.storage_format.xml.element_tree import Element, Text, parse_tree

GONE, KEPT, NEW = "\ue0fd", "\ue0fe", "\ue0ff"
"""Marks for a removed block, before a block that stays, and for new text."""

_GOES = frozenset(
    {
        "ul",
        "ol",
        "li",
        "dl",
        "dt",
        "dd",
        "table",
        "thead",
        "tbody",
        "tfoot",
        "tr",
        "blockquote",
        "ac:task-list",
    }
    | {"ac:task", "ac:adf-extension", "p", "div", "section", "article", "header", "footer", "main", "aside"}
    | {"nav", "center", "figure"}
)
_BOXES = frozenset(["info", "note", "warning", "tip", "panel", "expand"])
_KEEPS_PARAGRAPH = frozenset(["td", "th", "ac:layout-cell", "ac:rich-text-body"])
_LISTS = frozenset(["ul", "ol", "dl", "table", "thead", "tbody", "tfoot", "tr", "ac:task-list"])
_MACROS = frozenset({"ac:structured-macro", "ac:macro"})


def without_emptied(marked: str) -> str:
    """Return a page with marks as it is without the containers that only removed blocks are left in, and without marks.

    A cell or another macro keeps an empty paragraph where the first of its removed blocks was.
    """
    return re.sub(f"[{GONE}{KEPT}{NEW}]", "", _content(parse_tree(marked)))


def _content(element: Element) -> str:
    """Return the content of an element; a child that is emptied leaves the mark of a removed block."""
    out, at = "", element.opened
    for child in element.elements:
        out += element.source[at : child.start] + _pruned(child)
        at = child.end
    return out + element.source[at : element.closed]


def _pruned(element: Element) -> str:
    source = element.source
    if GONE not in element.markup:
        return element.markup
    used = _is_used(element)
    if not used and (_is_box(element) if element.name in _MACROS else element.name in _GOES):
        return GONE
    inner = _content(element)
    if not used and element.name in _KEEPS_PARAGRAPH:
        inner = inner.replace(GONE, "<p />", 1)
    return source[element.start : element.opened] + inner + source[element.closed : element.end]


def _is_used(element: Element) -> bool:
    """Return whether anything stays in an element: a block, new text, a macro that is kept, text between items."""
    return (
        KEPT in element.markup
        or NEW in element.markup
        or _has_stray_text(element)
        or any(
            _has_stray_text(inner)
            or (inner.name in _MACROS and not _is_box(inner))
            or (inner.name == "ac:layout-cell" and GONE in inner.markup)
            for inner in element.below()
        )
    )


def _is_box(macro: Element) -> bool:
    return macro.attributes.get("ac:name") in _BOXES


def _has_stray_text(element: Element) -> bool:
    texts = (child.text for child in element.children if isinstance(child, Text))
    return element.name in _LISTS and any(text.replace(GONE, "").strip() for text in texts)
