"""Compare storage format as Confluence does: it rewrites ids and spelling when it saves, so bytes differ."""

from __future__ import annotations

import re
from typing import TypeAlias

from common.storage_format.xml.element_tree import Element, Text, parse_tree
from common.storage_format.xml.vocabulary import STRUCTURE, names
from common.storage_format.xml.wellformed import check_wellformed

VOLATILE = names(
    "id local-id ac:local-id ac:macro-id ac:schema-version ri:version-at-save ac:task-uuid data-uuid"
)
"""Attributes that Confluence itself sets, renames or drops."""

_SAME = {"b": "strong", "i": "em", "strike": "del", "s": "del", "ac:macro": "ac:structured-macro"}
_DROPPED = frozenset({"ac:task-uuid", "ac:task-id", "ac:adf-fallback"})
_BLOCKS = STRUCTURE - {"ac:structured-macro", "ac:macro", "ac:image"} | {
    "ac:parameter",
    "ac:task-status",
    "ac:task-id",
    "ac:caption",
    "colgroup",
    "col",
    "",
}
_SPACE = re.compile(r"[ \t\r\n]+")

Tree: TypeAlias = tuple[str, tuple[tuple[str, str], ...], tuple["Tree | str", ...]]


def equivalent(a: str, b: str) -> bool:
    """Return whether two pieces of storage format are the same tree, apart from what Confluence itself may change.

    That is: generated ids, the order of attributes and of macro parameters, `b` for `strong`, white space between
    blocks, entities for characters, CDATA for text. Raises MalformedStorage.
    """
    if a == b:
        check_wellformed(a)
        return True
    return normalised(a) == normalised(b)


def normalised(storage: str) -> Tree:
    """Return the normalised tree that `equivalent` compares; raise MalformedStorage."""
    check_wellformed(storage)
    return normalised_element(parse_tree(storage))


def normalised_element(element: Element) -> Tree:
    """Return an element as a normalised tree, without what Confluence itself generates, renames or drops."""
    name = _SAME.get(element.name, element.name)
    attributes = tuple(
        sorted((key, _value(key, value)) for key, value in element.attributes.items() if key not in VOLATILE)
    )
    verbatim = element.name in ("ac:plain-text-body", "pre")
    children: list[Tree | str] = []
    for child in element.children:
        if isinstance(child, Text):
            if not child.text:
                continue
            if children and isinstance(children[-1], str):
                children[-1] += child.text
            else:
                children.append(child.text)
        elif child.name not in _DROPPED:
            children.append(normalised_element(child))
    if not verbatim:
        children = _spaced(children, name)
    parameters = sorted((child for child in children if child[0] == "ac:parameter"), key=repr)
    rest = [child for child in children if child[0] != "ac:parameter"]
    return name, attributes, (*parameters, *rest)


def _spaced(children: list[Tree | str], name: str) -> list[Tree | str]:
    """Return children with white space collapsed, and removed at the edges of blocks."""
    edge = name in _BLOCKS or name.startswith(("ac:", "ri:"))
    out: list[Tree | str] = []
    for number, child in enumerate(children):
        if not isinstance(child, str):
            out.append(child)
            continue
        text = _SPACE.sub(" ", child)
        before = children[number - 1] if number else None
        after = children[number + 1] if number + 1 < len(children) else None
        if _is_block(before) or (before is None and edge):
            text = text.removeprefix(" ")
        if _is_block(after) or (after is None and edge):
            text = text.removesuffix(" ")
        if text:
            out.append(text)
    return out


def _is_block(neighbour: Tree | str | None) -> bool:
    if not isinstance(neighbour, tuple):
        return False
    name, _, children = neighbour
    if name == "ac:structured-macro":
        return any(child[0] in ("ac:rich-text-body", "ac:plain-text-body") for child in children)
    return name in _BLOCKS or name == "br"


def _value(key: str, value: str) -> str:
    if key == "style":
        return ";".join(sorted(_SPACE.sub("", part) for part in value.split(";") if part.strip()))
    if key == "class":
        return " ".join(sorted(value.split()))
    return value
