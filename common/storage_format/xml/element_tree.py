"""Full element tree of storage format, inline elements and text included, with offsets. For reading, not splicing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property

from common.storage_format.errors import MalformedStorage
from common.storage_format.xml import entities
from common.storage_format.xml.block_scanner import MARKUP
from common.storage_format.xml.vocabulary import MAX_DEPTH
from common.storage_format.xml.wellformed import position

ATTRIBUTE = re.compile(r"""\s([^\s=/>]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
"""An attribute of a tag: its name, and its value in double or in single quotes."""


class Text:
    """Text with entities decoded; `start` and `end` are its offsets in the source."""

    __slots__ = ("end", "is_cdata", "start", "text")

    def __init__(self, text: str, start: int, end: int, is_cdata: bool = False) -> None:
        self.text = text
        self.start = start
        self.end = end
        self.is_cdata = is_cdata


class Element:
    """An element. Its start tag is at `start`–`opened`, its end tag at `closed`–`end`."""

    def __init__(self, source: str, name: str, start: int, opened: int) -> None:
        self.source = source
        self.name = name
        self.start = start
        self.opened = opened
        self.closed = opened
        self.end = opened
        self.children: list[Element | Text] = []

    @cached_property
    def attributes(self) -> dict[str, str]:
        """The attributes, with entities in their values decoded."""
        tag = self.source[self.start + 1 + len(self.name) : self.opened]
        return {name: entities.decode(one or other) for name, one, other in ATTRIBUTE.findall(tag)}

    @property
    def elements(self) -> list[Element]:
        """The child elements."""
        return [child for child in self.children if isinstance(child, Element)]

    def child(self, name: str) -> Element | None:
        """Return the first child element with this name, or None."""
        return next((child for child in self.elements if child.name == name), None)

    def joined(self, other: Element | Text) -> Element:
        """Return an element with the content of this one followed by that of `other`."""
        both = Element(self.source, self.name, self.start, self.opened)
        both.children = [*self.children, *(other.children if isinstance(other, Element) else (other,))]
        both.end = other.end
        return both

    def below(self) -> Iterator[Element]:
        """Yield every element below this one, in document order."""
        for child in self.elements:
            yield child
            yield from child.below()

    @property
    def text(self) -> str:
        """All text inside the element."""
        return "".join(child.text for child in self.children)

    @property
    def collapsed_text(self) -> str:
        """All text inside the element, white space collapsed."""
        return " ".join(self.text.split())

    @property
    def markup(self) -> str:
        """The source of the element."""
        return self.source[self.start : self.end]

    def parameter(self, name: str) -> str:
        """Return the text of a macro parameter; empty if there is none."""
        for child in self.elements:
            if child.name == "ac:parameter" and child.attributes.get("ac:name", "") == name:
                return child.collapsed_text
        return ""


def parse_tree(source: str, start: int = 0, end: int | None = None) -> Element:
    """Return the nameless root element of well-formed storage format; raise MalformedStorage if it nests too deep."""
    stop = len(source) if end is None else end
    root = node = Element(source, "", start, start)
    root.closed = root.end = stop
    above: list[Element] = []
    at = start
    for match in MARKUP.finditer(source, start, stop):
        here, after = match.span()
        if here > at:
            node.children.append(Text(entities.decode(source[at:here]), at, here))
        at = after
        name = match[1]
        if name is None:
            if source.startswith("<![CDATA[", here):
                node.children.append(Text(source[here + 9 : after - 3], here, after, is_cdata=True))
            continue
        if name[0] == "/":
            node.closed = here
            node.end = after
            node = above.pop()
            continue
        child = Element(source, name, here, after)
        node.children.append(child)
        if source[after - 2] != "/":
            above.append(node)
            node = child
            if len(above) > MAX_DEPTH:
                line, column = position(source, here)
                raise MalformedStorage(line, column, f"elements nested more than {MAX_DEPTH} deep")
        else:
            child.end = after
    if at < stop:
        node.children.append(Text(entities.decode(source[at:stop]), at, stop))
    return root
