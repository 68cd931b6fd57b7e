"""What a block says and how, without what Confluence rewrites when anything on the page is saved.

Two versions of a block have one key if they differ only in ids, the order of attributes, the spelling of characters
and empty elements, or comment markers. Form and content count: another list type, colour or word is another key.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from common.storage_format import entities
from common.storage_format.comparing import Tree, normal
from common.storage_format.scan import MARKUP
from common.storage_format.tree import tree

_MARKER = re.compile(
    r"<!\[CDATA\[.*?\]\]>|<!--.*?-->|<\?.*?\?>"
    r"""|(</?ac:inline-comment-marker(?=[\s/>])[^>"']*(?:"[^"]*"[^>"']*|'[^']*'[^>"']*)*>)""",
    re.DOTALL,
)
_NOT_ONLY_TEXT = re.compile(r"<[!?]|<ac:(?:parameter|task|adf)")
"""Markup that adds characters to a block (CDATA), or takes some away, or has no fixed order."""


def key(storage: str) -> Tree:
    """Return what well-formed storage format says and how, the same for each spelling of it."""
    return normal(tree(without_markers(storage)))


def letters(storage: str) -> str:
    """Return the characters of a key without white space: equal where keys are, and found much faster."""
    if not _NOT_ONLY_TEXT.search(storage):
        return "".join(entities.decode(MARKUP.sub("", storage)).split())
    return "".join("".join(_texts(key(storage))).split())


def without_markers(storage: str) -> str:
    """Return storage format without the markers of inline comments; what they enclose stays."""
    if "ac:inline-comment-marker" not in storage:
        return storage
    return _MARKER.sub(lambda match: "" if match[1] else match[0], storage)


def _texts(node: Tree) -> Iterator[str]:
    for child in node[2]:
        if isinstance(child, str):
            yield child
        else:
            yield from _texts(child)
