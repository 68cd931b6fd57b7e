"""Compare storage format as Confluence does: it rewrites ids and spelling when it saves, so bytes differ."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import zip_longest
from typing import NamedTuple, TypeAlias

from common.storage_format.xml.block_scanner import ATTRIBUTES, MARKUP, NON_ELEMENT, scan
from common.storage_format.xml.element_tree import ATTRIBUTE, Element, Text, parse_tree
from common.storage_format.xml.nodes import Node
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


_VOLATILE_TAG = re.compile(
    rf"<(?:{NON_ELEMENT}|[^\s/>!?]+(?=[^>]*?\s(?:{'|'.join(sorted(VOLATILE))})\s*=){ATTRIBUTES}>)", re.DOTALL
)
_ENDS = _BLOCKS & STRUCTURE - _DROPPED
"""Block elements that a part of a page ends with: white space beside them has no meaning."""
_DIVIDED = _ENDS - {"pre", "ac:plain-text-body"}
_SHORT = 1_000


def equivalent(a: str, b: str) -> bool:
    """Return whether two pieces of storage format are the same tree, apart from what Confluence itself may change.

    That is: generated ids, the order of attributes and of macro parameters, `b` for `strong`, white space between
    blocks, entities for characters, CDATA for text. Raises MalformedStorage. Only blocks that differ without their
    generated ids are normalised: the time for a megabyte that Confluence saved is that of parsing it.
    """
    check_wellformed(a)
    if a == b:
        return True
    check_wellformed(b)
    a, b = _without_volatile(a), _without_volatile(b)
    return a == b or _same_content(a, scan(a)[0], b, scan(b)[0])


def _without_volatile(storage: str) -> str:
    """Return storage format without the attributes that Confluence sets, except in tags that are hard to read."""

    def bare(tag: re.Match[str]) -> str:
        if tag[0][1] in "!?":
            return tag[0]
        return ATTRIBUTE.sub(lambda match: "" if match[1] in VOLATILE else match[0], tag[0])

    return _VOLATILE_TAG.sub(bare, storage)


class _Part(NamedTuple):
    """A part of the content of an element; `only` is its block if there is nothing else in it."""

    start: int
    end: int
    only: Node | None


def _parts(source: str, node: Node) -> Iterator[_Part]:
    """Divide the content of an element after each block. The normalised content is that of the parts in a row."""
    start = at = node.opened
    depth = 0
    for child in node.children:
        if child.start > at:
            depth += _nesting(source, at, child.start)
        at = child.end
        if depth == 0 and child.name in _ENDS:
            yield _Part(start, at, child if not source[start : child.start].strip() else None)
            start = at
    if start < node.closed:
        yield _Part(start, node.closed, None)


def _nesting(source: str, start: int, end: int) -> int:
    """Return how many elements are open at the end of a text that were not at its start."""
    tags = (match[0] for match in MARKUP.finditer(source, start, end) if match[1] is not None)
    return sum(-1 if tag[1] == "/" else not tag.endswith("/>") for tag in tags)


def _same_content(a: str, one: Node, b: str, other: Node) -> bool:
    """Return whether two elements have the same content, apart from what Confluence may change."""
    parts = zip_longest(_parts(a, one), _parts(b, other), fillvalue=_Part(0, 0, None))
    return all(_same_part(a, left, b, right) for left, right in parts)


def _same_part(a: str, one: _Part, b: str, other: _Part) -> bool:
    ours, theirs = one.only, other.only
    if a[one.start : one.end] == b[other.start : other.end]:
        return True
    if ours and theirs and ours.name == theirs.name in _DIVIDED and _is_divided(ours) and _is_divided(theirs):
        tags = (a[ours.start : ours.opened], b[theirs.start : theirs.opened])
        return _same_tag(*tags, ours.name) and _same_content(a, ours, b, theirs)
    return normalised_element(parse_tree(a, one.start, one.end)) == normalised_element(
        parse_tree(b, other.start, other.end)
    )


def _is_divided(node: Node) -> bool:
    """Return whether an element is so long that its parts are compared, and its tags were read."""
    return node.end - node.start > _SHORT and node.start < node.opened < node.closed


def _same_tag(one: str, other: str, name: str) -> bool:
    """Return whether two start tags are the same, apart from what Confluence may change."""
    if one == other:
        return True
    end = f"</{name}>"
    return normalised_element(parse_tree(one + end)) == normalised_element(parse_tree(other + end))


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
