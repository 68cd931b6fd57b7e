"""One sweep over a page: the tree of its structural elements, with offsets in characters.

expat has said before that the page is well-formed (`wellformed`), so that a `<` always begins markup and one
regular expression reads it exactly: comments, CDATA and processing instructions included, and `>` within
quoted attributes. That gives offsets in characters at once (expat counts bytes), and costs less than a call
from expat for each tag. Inline elements are only counted, for the depth.
"""

from __future__ import annotations

import re

from common.storage_format.errors import MalformedStorage
from common.storage_format.vocabulary import MAX_DEPTH, STRUCTURE
from common.storage_format.wellformed import position

MARKUP = re.compile(
    r"""<(?:(/?[^\s/>!?]+)[^>"']*(?:"[^"]*"[^>"']*|'[^']*'[^>"']*)*>"""
    r"""|!--.*?-->|!\[CDATA\[.*?\]\]>|\?.*?\?>)""",
    re.DOTALL,
)
"""A tag (group 1 is its name, with `/` before it in an end tag), a comment, a CDATA section or an instruction."""


class Node:
    """A structural element: its tags span `start`–`opened` and `closed`–`end` (both empty at the root)."""

    __slots__ = ("children", "closed", "end", "name", "opened", "start")

    def __init__(self, name: str, start: int, opened: int) -> None:
        self.name = name
        self.start = start
        self.opened = opened
        self.closed = opened
        self.end = opened
        self.children: list[Node] = []


def scan(source: str) -> tuple[Node, int]:
    """Return the root over the structural elements of a well-formed page, and how deep its elements nest.

    Too deep a nesting is malformed.
    """
    root = node = Node("", 0, 0)
    above: list[Node] = []
    inline = deepest = 0
    for match in MARKUP.finditer(source):
        name = match[1]
        if name is None:
            continue
        start, end = match.span()
        if name[0] == "/":
            if name[1:] in STRUCTURE:
                node.closed = start
                node.end = end
                node = above.pop()
            else:
                inline -= 1
            continue
        if name in STRUCTURE:
            child = Node(name, start, end)
            node.children.append(child)
            if source[end - 2] != "/":
                above.append(node)
                node = child
        elif source[end - 2] != "/":
            inline += 1
        if inline + len(above) > deepest:
            deepest = inline + len(above)
            if deepest <= MAX_DEPTH:
                continue
            line, column = position(source, start)
            raise MalformedStorage(line, column, f"elements nested more than {MAX_DEPTH} deep")
    root.closed = root.end = len(source)
    return root, deepest
