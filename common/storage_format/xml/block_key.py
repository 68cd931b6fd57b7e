"""Comparison key of a block: its content and form, without what Confluence rewrites when a page is saved.

Two versions of a block have the same key if they differ only in ids, attribute order, spelling of characters and
empty elements, or comment markers. A different list type, colour or word gives a different key.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

from common.storage_format.errors import MalformedStorage
from common.storage_format.xml import entities
from common.storage_format.xml.block_scanner import MARKUP
from common.storage_format.xml.element_tree import Element, Text, parse_tree
from common.storage_format.xml.equivalence import Tree, normalised_element
from common.storage_format.xml.vocabulary import names
from common.storage_format.xml.wellformed import check_wellformed

_MARKER = "ac:inline-comment-marker"
_MARKS = names("strong em code del u sub sup span font a")
_NOT_ONLY_TEXT = re.compile(r"<[!?]|<ac:(?:parameter|task|adf)")
"""Markup that adds characters to a block (CDATA), removes some, or has no fixed order."""


def block_key(storage: str) -> Tree:
    """Return the comparison key of well-formed storage format: equal for all spellings of the same content and form."""
    element = parse_tree(storage)
    return _joined(normalised_element(_without_markers(element) if _MARKER in storage else element))


def content_fingerprint(storage: str) -> str:
    """Return a SHA-256 of the comparison key; of the text itself where it is malformed."""
    try:
        check_wellformed(storage)
        content = repr(block_key(storage))
    except MalformedStorage:
        content = storage
    return hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()


def visible_letters(storage: str) -> str:
    """Return the text of a key without white space: equal where keys are equal, and much faster to compute."""
    if not _NOT_ONLY_TEXT.search(storage):
        return "".join(entities.decode(MARKUP.sub("", storage)).split())
    return "".join("".join(_texts(block_key(storage))).split())


def _without_markers(element: Element) -> Element:
    """Return an element with each inline-comment marker replaced by its content."""
    bare = Element(element.source, element.name, element.start, element.opened)
    for child in element.children:
        if isinstance(child, Text):
            bare.children.append(child)
            continue
        inner = _without_markers(child)
        bare.children += inner.children if child.name == _MARKER else [inner]
    return bare


def _joined(node: Tree) -> Tree:
    """Return a tree with adjacent equal marks merged: a comment on half of a bold word splits it in two elements."""
    name, attributes, children = node
    out: list[Tree | str] = []
    for child in children:
        last = out[-1] if out else None
        if isinstance(child, str):
            out[-1:] = [last + child] if isinstance(last, str) else [*out[-1:], child]
            continue
        if isinstance(last, tuple) and child[0] in _MARKS and last[:2] == child[:2]:
            out.pop()
            child = (*child[:2], (*last[2], *child[2]))
        out.append(_joined(child))
    return name, attributes, tuple(out)


def _texts(node: Tree) -> Iterator[str]:
    for child in node[2]:
        if isinstance(child, str):
            yield child
        else:
            yield from _texts(child)
