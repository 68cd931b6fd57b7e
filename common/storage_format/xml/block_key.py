"""What a block says and how, without what Confluence rewrites when anything on the page is saved.

Two versions of a block have one key if they differ only in ids, the order of attributes, the spelling of characters
and empty elements, or comment markers. Form and content count: another list type, colour or word is another key.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

from common.storage_format.errors import MalformedStorage
from common.storage_format.xml import entities, wellformed
from common.storage_format.xml.block_scanner import MARKUP
from common.storage_format.xml.element_tree import Element, Text, tree
from common.storage_format.xml.equivalence import Tree, normal
from common.storage_format.xml.vocabulary import names

_MARKER = "ac:inline-comment-marker"
_MARKS = names("strong em code del u sub sup span font a")
_NOT_ONLY_TEXT = re.compile(r"<[!?]|<ac:(?:parameter|task|adf)")
"""Markup that adds characters to a block (CDATA), or takes some away, or has no fixed order."""


def key(storage: str) -> Tree:
    """Return what well-formed storage format says and how, the same for each spelling of it."""
    element = tree(storage)
    return _joined(normal(_without_markers(element) if _MARKER in storage else element))


def meaning(storage: str) -> str:
    """Return a name for what a page says, which all versions with one key have; what does not parse has its own."""
    try:
        wellformed.check(storage)
        said = repr(key(storage))
    except MalformedStorage:
        said = storage
    return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()


def letters(storage: str) -> str:
    """Return the characters of a key without white space: equal where keys are, and found much faster."""
    if not _NOT_ONLY_TEXT.search(storage):
        return "".join(entities.decode(MARKUP.sub("", storage)).split())
    return "".join("".join(_texts(key(storage))).split())


def _without_markers(element: Element) -> Element:
    """Return an element with the content of inline-comment markers in place of the markers."""
    bare = Element(element.source, element.name, element.start, element.opened)
    for child in element.children:
        if isinstance(child, Text):
            bare.children.append(child)
            continue
        inner = _without_markers(child)
        bare.children += inner.children if child.name == _MARKER else [inner]
    return bare


def _joined(node: Tree) -> Tree:
    """Return a tree with text marked alike in one element: a comment on half of a bold word cuts it in two."""
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
