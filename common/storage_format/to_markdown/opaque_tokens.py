"""Opaque tokens: how a model sees, keeps and moves what Markdown cannot say.

`⟦kind n: hint⟧` stands for the bytes of one element of the page; n counts over the whole page, in document order.
The bracket itself, as text, is written twice: `⟦⟦`.
While Markdown is rendered, each token is one character that no text uses, so that neither hint nor bytes are
ever read as Markdown.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from itertools import chain
from typing import NamedTuple

from common.storage_format.edits import Token
from common.storage_format.errors import InvalidEdit
from common.storage_format.to_markdown import describe_opaque
from common.storage_format.to_markdown.escaping import quoted, row
from common.storage_format.to_markdown.writer import Writer
from common.storage_format.xml.element_tree import Element, tree
from common.storage_format.xml.nodes import Node
from common.storage_format.xml.vocabulary import MACROS

_WRITTEN = re.compile(r"⟦⟦|⟦([^⟦⟧\n]{0,200})⟧")
_CONTENT = re.compile(r"\s*([a-z0-9-]+)\s+(\d{1,9})\s*(?::.*)?$", re.DOTALL)
_STAND_INS = range(0xF0000, 0xFFFFE), range(0x100000, 0x10FFFE)


class PageToken(NamedTuple):
    """An element of the page that Markdown cannot say. `stands_alone`: it needs no paragraph around it."""

    number: int
    token: Token
    source: str
    block: int
    stands_alone: bool

    @property
    def text(self) -> str:
        """The token as a model reads it."""
        hint = f": {self.token.hint}" if self.token.hint else ""
        return f"⟦{self.token.kind} {self.number}{hint}⟧"


class TokenWriter(Writer):
    """Writes the blocks of a page as Markdown with tokens, numbering them as it meets them."""

    def __init__(self, first: int = 1) -> None:
        super().__init__()
        self.found: list[PageToken] = []
        self._first = first
        self._block = 0

    def block_of(self, source: str, found: Node, number: int) -> str:
        """Return a block of the page as Markdown, without what its containers would add."""
        self._block = number
        root = tree(source, found.start, found.end)
        element = root.elements[0] if found.name else root
        kind = found.kind
        if not found.name or element.name == "p":
            return self.line(element.children)
        if kind == "list_item":
            return "\n\n".join(self.blocks(element.children))
        if kind == "task":
            return self.task(element)
        if kind == "table_row":
            return row([self.cell(cell) for cell in element.elements])
        if kind in ("term", "definition"):
            return "\n\n".join(self.blocks(element.children))
        if kind == "quote":
            return quoted("\n\n".join(self.blocks(element.children)))
        if kind in ("image", "macro"):
            return self.opaque(element)
        return self.block(element)

    def opaque(self, element: Element) -> str:
        """Return the token of an element, numbered."""
        alone = element.name in MACROS or element.name in ("ac:image", "ac:adf-extension")
        number = self._first + len(self.found)
        token = PageToken(number, describe_opaque.describe(element), element.markup, self._block, alone)
        self.found.append(token)
        return token.text

    def body_macro(self, element: Element, body: Element) -> str:
        """Return the token of a macro within a block."""
        return self.opaque(element)

    def text(self, text: str) -> str:
        """Return characters, brackets of tokens escaped."""
        return self.literal(super().text(text))

    def literal(self, text: str) -> str:
        """Return characters of code, brackets of tokens escaped."""
        return text.replace("⟦", "⟦⟦")


class Taken(NamedTuple):
    """Markdown with its tokens taken out: each stands as one character of `stand_ins`."""

    markdown: str
    stand_ins: Mapping[str, PageToken]


def take(markdown: str, token: Callable[[int, str], PageToken | None]) -> Taken:
    """Take the tokens out of Markdown; `token` answers a number and kind. Raises InvalidEdit for unknown ones."""
    if "⟦" not in markdown:
        return Taken(markdown, {})
    free = (chr(code) for code in chain(*_STAND_INS) if chr(code) not in markdown)
    stand_ins: dict[str, PageToken] = {}

    def put(match: re.Match[str]) -> str:
        inside = match[1]
        if inside is None:
            return "⟦"
        content = _CONTENT.match(inside)
        known = token(int(content[2]), content[1]) if content else None
        if known is None:
            raise InvalidEdit(
                f"{match[0]} is no token of this page: tokens can be kept, moved and dropped, not made up "
                "(write ⟦⟦ for the bracket itself)"
            )
        if any(other.number == known.number for other in stand_ins.values()):
            raise InvalidEdit(f"{known.text} stands twice in the edit: a token can stand in one place only")
        character = next(free)
        stand_ins[character] = known
        return character

    return Taken(_WRITTEN.sub(put, markdown), stand_ins)


def numbers(markdown: str) -> list[int]:
    """Return the numbers of the tokens in Markdown."""
    found = (_CONTENT.match(match[1]) for match in _WRITTEN.finditer(markdown) if match[1] is not None)
    return [int(match[2]) for match in found if match]


def renumbered(markdown: str, tokens: Mapping[int, PageToken]) -> str:
    """Return Markdown with the tokens that stand for those with these numbers; others stay as they are."""

    def put(match: re.Match[str]) -> str:
        content = _CONTENT.match(match[1]) if match[1] is not None else None
        token = tokens.get(int(content[2])) if content else None
        return token.text if token is not None else match[0]

    return _WRITTEN.sub(put, markdown)


def put_back(storage: str, stand_ins: Mapping[str, PageToken]) -> str:
    """Put the bytes of the tokens in the place of their characters; raises InvalidEdit where they cannot stand."""
    if not stand_ins:
        return storage
    standing = "".join(stand_ins)
    counted = dict.fromkeys(stand_ins, 0)
    for character in re.sub(r"<!\[CDATA\[.*?\]\]>|<[^>]*>", "", storage, flags=re.DOTALL):
        if character in counted:
            counted[character] += 1
    for character, token in stand_ins.items():
        if counted[character] != 1:
            raise InvalidEdit(
                f"{token.text} cannot stand within code or the address of a link; give it a place in the text"
            )
    alone = "".join(character for character, token in stand_ins.items() if token.stands_alone)
    if alone:
        storage = re.sub(rf"<p>([{alone}](?:[ \t\r\n]*[{alone}])*)</p>", r"\1", storage)
    return re.sub(f"[{standing}]", lambda match: stand_ins[match[0]].source, storage)
