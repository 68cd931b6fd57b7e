"""Scan a page once with a regular expression: the tree of its structural elements, with character offsets.

`wellformed` has already checked the page with expat, so a `<` always begins markup and one regular expression reads
it exactly: including comments, CDATA, processing instructions and `>` inside quoted attributes. This gives offsets
in characters (expat counts bytes) and is faster than an expat callback for each tag: a paragraph, list item or table
row that holds only text and well-known inline elements is one match. Anything else is read tag by tag; the tree is
the same.
"""

from __future__ import annotations

import re

from common.storage_format.errors import MalformedStorage
from common.storage_format.xml.nodes import Node
from common.storage_format.xml.vocabulary import MAX_DEPTH, STRUCTURE
from common.storage_format.xml.wellformed import position

NON_ELEMENT = r"!--.*?-->|!\[CDATA\[.*?\]\]>|\?.*?\?>"
ATTRIBUTES = r"""[^>"']*+(?:"[^"]*+"[^>"']*+|'[^']*+'[^>"']*+)*+"""
_OPEN = rf"{ATTRIBUTES}(?<!/)>"

MARKUP = re.compile(rf"<(?:(/?[^\s/>!?]+){ATTRIBUTES}>|{NON_ELEMENT})", re.DOTALL)
"""A tag (group 1 is its name, `/name` for an end tag), a comment, a CDATA section or a processing instruction."""

# Common inline elements. Others are read correctly too, only tag by tag.
_INLINE = (
    r"strong|em|code|a|br|span|b|i|u|s|sub|sup|del|ins|time|small|font|ri:(?:page|attachment|user|url|space)"
    r"|ac:(?:link|link-body|plain-text-link-body|inline-comment-marker|emoticon|placeholder)"
)
_TEXT = rf"(?>[^<]++|</?(?:{_INLINE})(?=[\s/>]){ATTRIBUTES}>|<(?:{NON_ELEMENT}))*+"
_LINE = rf"<p(?=[\s>]){_OPEN}{_TEXT}</p\s*>"
_SWEEP = re.compile(
    rf"<(?:(p|h[1-6])(?=[\s>]){_OPEN}{_TEXT}</\1\s*>"
    rf"|(li)(?=[\s>]){_OPEN}(?:{_TEXT}|\s*+(?>{_LINE}\s*+)++)</li\s*>"
    rf"|(tr)(?=[\s>]){_OPEN}\s*+(?><t[dh](?=[\s>]){_OPEN}(?>\s*+{_LINE}\s*+(?=</t)|{_TEXT})</t[dh]\s*>\s*+)++</tr\s*>"
    rf"|ac:parameter(?=[\s>]){_OPEN}[^<]*+</ac:parameter\s*>"
    rf"|(/?[^\s/>!?]+){ATTRIBUTES}>|{NON_ELEMENT})",
    re.DOTALL,
)
_GENERIC = 4
_CLOSING = frozenset(f"/{name}" for name in STRUCTURE)


def scan(source: str) -> tuple[Node, int]:  # noqa: C901 a scanner, one branch per kind of markup
    """Return the tree of structural elements of a well-formed page, and its deepest nesting.

    Raises MalformedStorage where elements nest more than MAX_DEPTH deep.
    """
    root = node = Node("", 0, 0, len(source))
    count = source.count
    above: list[Node] = []
    depth = deepest = 0
    for match in _SWEEP.finditer(source):
        group = match.lastindex
        if group is None:
            continue
        name = match[group]
        start, end = match.span()
        if group != _GENERIC:
            child = Node(name, start, start, end)
            if node.children:
                node.children.append(child)
            else:
                node.children = [child]
            if group == _GENERIC - 1:
                child.kind = "table_row"
            nested = depth + (count("<", start, end) + 1) // 2
            if nested > deepest:
                deepest = nested if nested <= MAX_DEPTH else max(deepest, _deep(source, start, end, depth))
            continue
        if name[0] == "/":
            depth -= 1
            if name in _CLOSING:
                node.closed = start
                node.end = end
                node = above.pop()
            continue
        is_open = source[end - 2] != "/"
        depth += is_open
        if name in STRUCTURE:
            child = Node(name, start, end, end)
            if node.children:
                node.children.append(child)
            else:
                node.children = [child]
            if is_open:
                above.append(node)
                node = child
        if depth > deepest:
            deepest = depth
            if deepest > MAX_DEPTH:
                _refuse(source, start)
    return root, deepest


def _deep(source: str, start: int, end: int, depth: int) -> int:
    """Return the deepest nesting between two offsets; `depth` is the nesting at `start`."""
    deepest = depth
    for match in MARKUP.finditer(source, start, end):
        if match[1] is not None:
            depth += -1 if match[1][0] == "/" else source[match.end() - 2] != "/"
            if depth > deepest:
                deepest = depth
                if deepest > MAX_DEPTH:
                    _refuse(source, match.start())
    return deepest


def _refuse(source: str, start: int) -> None:
    line, column = position(source, start)
    raise MalformedStorage(line, column, f"elements nested more than {MAX_DEPTH} deep")
