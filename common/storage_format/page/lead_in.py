"""Lead-ins: paragraphs that name the text after them, such as `Staging:`, a bold line or a short line above a list."""

from __future__ import annotations

import re
from enum import IntEnum

from common.storage_format.page.plain_text import visible_text
from common.storage_format.xml.element_tree import Element, Text, parse_tree
from common.storage_format.xml.nodes import Node

_MAY_BE_EMPHASISED = re.compile(r"(?:<p(?:\s[^>]*)?>)?\s*<(?!p[\s>])")
_ENDS_WITH_COLON = re.compile(r"[:\uff1a](?:\s|&nbsp;|&#160;|&#xa0;|</?[^<>]*>)*$", re.IGNORECASE)
_ENDS_SENTENCE = re.compile(r"[.!?\u3002\uff01\uff1f\u2026][\"'\u201d\u2019\u00bb)\]]*$")
_EMPHASIS = frozenset({"strong", "b", "u", "code"})
_TRANSPARENT = frozenset({"p", "em", "i", "span", "font", "ac:inline-comment-marker"})
_LONGEST = 80
_FEW_WORDS = 3
LISTS = frozenset({"ul", "ol", "table", "ac:task-list", "dl"})


class LeadIn(IntEnum):
    """How far a lead-in reaches. The values continue the heading levels 1 to 6."""

    SUBHEADING = 7
    """A fully emphasised paragraph: reaches to the next such paragraph or heading."""

    INTRODUCTION = 8
    """Reaches over the paragraphs after it, to the end of the first block that is not a paragraph (list, table …)."""


def lead_in(source: str, node: Node, following: str) -> LeadIn | None:
    """Return how far a paragraph reaches as a lead-in, or None; `following` is the element right after it."""
    text = source[node.start : node.end]
    if (
        _MAY_BE_EMPHASISED.match(text)
        and len(visible_text(text)) <= _LONGEST
        and _is_emphasised(parse_tree(text))
    ):
        return LeadIn.SUBHEADING
    if _ENDS_WITH_COLON.search(text):
        return LeadIn.INTRODUCTION
    if following in LISTS:
        visible = visible_text(text)
        if visible and len(visible.split()) <= _FEW_WORDS and not _ENDS_SENTENCE.search(visible):
            return LeadIn.INTRODUCTION
    return None


def _is_emphasised(element: Element) -> bool:
    """Return whether all text of an element is emphasised."""
    has_text = False
    for child in element.children:
        if isinstance(child, Text):
            if child.text.strip(" \t\r\n\u00a0:\uff1a"):
                return False
        elif child.name in _EMPHASIS:
            has_text = has_text or bool(child.collapsed_text)
        elif child.name in _TRANSPARENT:
            if child.collapsed_text and not _is_emphasised(child):
                return False
            has_text = has_text or bool(child.collapsed_text)
        elif child.name != "br":
            return False
    return has_text
