"""Changes of real pages, made by kind: an element is added, removed or reworded.

A corpus of Markdown has no captions, layouts or macros. Here pages in storage format are the page before or after, and
the other one lacks an element (a container that would be left empty goes with it) or has another word in it.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from common.storage_format.xml.element_tree import Element, Text, parse_tree

_KINDS = {
    "p": "paragraph",
    "li": "item",
    "tr": "row",
    "table": "table",
    "ul": "list",
    "ol": "list",
    "blockquote": "quote",
    "ac:image": "image",
    "ac:caption": "caption",
    "ac:task": "task",
} | {f"h{level}": "heading" for level in range(1, 7)}
_BOXES = frozenset({"info", "note", "tip", "warning", "panel", "expand"})
_STAY = frozenset({"", "td", "th", "ac:layout-cell", "ac:layout-section", "ac:layout", "ac:task-body"})
_WORD = re.compile(r"[a-z]{4,}")


class Change(NamedTuple):
    """A change of one kind, such as "add caption", and the page before and after."""

    kind: str
    before: str
    after: str


def changes(storage: str, each: int = 2) -> Iterator[Change]:
    """Yield changes of a page, of at most so many elements of each kind; always the same ones."""
    chance = random.Random(len(storage))
    by_kind: defaultdict[str, list[tuple[Element, Element]]] = defaultdict(list)
    for element, goes in _elements(parse_tree(storage)):
        if kind := _kind(element):
            by_kind[kind].append((element, goes))
    for kind, found in by_kind.items():
        for element, goes in chance.sample(found, min(each, len(found))):
            without = storage[: goes.start] + storage[goes.end :]
            yield Change(f"remove {kind}", storage, without)
            yield Change(f"add {kind}", without, storage)
            if reworded := _reworded(storage, element):
                yield Change(f"reword {kind}", storage, reworded)


def _elements(around: Element, goes: Element | None = None) -> Iterator[tuple[Element, Element]]:
    """Yield each element with the outermost one that would be empty without it."""
    only = len(around.elements) == 1 and not any(
        child.text.strip() for child in around.children if isinstance(child, Text)
    )
    for child in around.elements:
        last = goes or around if only and around.name not in _STAY else child
        yield child, last
        yield from _elements(child, last if last is not child else None)


def _kind(element: Element) -> str:
    if element.name == "ac:structured-macro":
        name = element.attributes.get("ac:name", "")
        return "box" if name in _BOXES else "code" if name == "code" else ""
    return _KINDS.get(element.name, "")


def _reworded(storage: str, element: Element) -> str:
    """Return the page with another word in the element's own text; empty if it has none."""
    for child in element.children:
        if (
            isinstance(child, Text)
            and "&" not in (text := storage[child.start : child.end])
            and _WORD.search(text)
        ):
            return storage[: child.start] + _WORD.sub("changed", text, count=1) + storage[child.end :]
    return ""
