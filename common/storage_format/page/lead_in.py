"""Paragraphs that a reader takes for the name of what follows: `Staging:`, a line all in bold, a line above a list."""

from __future__ import annotations

import re
from enum import IntEnum

from common.storage_format.page.plain_text import visible_words
from common.storage_format.xml.element_tree import Element, Text, tree
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
    """How far a paragraph reaches as a name; in the order of headings, whose levels are 1 to 6."""

    SUBHEADING = 7
    """To the next one, or the next heading: all of it is emphasised."""

    INTRODUCTION = 8
    """Over the paragraphs after it, to the end of the first list, table or other block that is none."""


def lead_in(source: str, found: Node, following: str) -> LeadIn | None:
    """Tell whether a paragraph names what follows; `following` is the element of the list or table right after it."""
    text = source[found.start : found.end]
    if _MAY_BE_EMPHASISED.match(text) and len(visible_words(text)) <= _LONGEST and _is_emphasised(tree(text)):
        return LeadIn.SUBHEADING
    if _ENDS_WITH_COLON.search(text):
        return LeadIn.INTRODUCTION
    if following in LISTS:
        said = visible_words(text)
        if said and len(said.split()) <= _FEW_WORDS and not _ENDS_SENTENCE.search(said):
            return LeadIn.INTRODUCTION
    return None


def _is_emphasised(element: Element) -> bool:
    """Tell whether every letter within stands in emphasis."""
    has_text = False
    for child in element.children:
        if isinstance(child, Text):
            if child.text.strip(" \t\r\n\u00a0:\uff1a"):
                return False
        elif child.name in _EMPHASIS:
            has_text = has_text or bool(child.words)
        elif child.name in _TRANSPARENT:
            if child.words and not _is_emphasised(child):
                return False
            has_text = has_text or bool(child.words)
        elif child.name != "br":
            return False
    return has_text
