"""Opaque tokens: how a model sees, keeps and moves content that has no Markdown form.

`⟦kind n: hint⟧` represents the bytes of one element of the page; n counts over the whole page, in document order.
The bracket itself, as text, is doubled: `⟦⟦`. The caption of an image follows its token in underscores,
`⟦image 2: a.png⟧ _caption_`, and can be edited; the token alone keeps it. While Markdown is rendered, each token is a
single private-use character that the text does not contain (its stand-in), so neither hint nor bytes are read as
Markdown.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from itertools import chain
from typing import NamedTuple

from common.storage_format.edits import Token
from common.storage_format.errors import InvalidEdit
from common.storage_format.to_markdown import describe_opaque
from common.storage_format.to_markdown.captions import captioned
from common.storage_format.to_markdown.escaping import blockquote, table_row
from common.storage_format.to_markdown.writer import Writer
from common.storage_format.xml.element_tree import Element, parse_tree
from common.storage_format.xml.nodes import Node
from common.storage_format.xml.vocabulary import MACROS

_WRITTEN = re.compile(r"⟦⟦|⟦([^⟦⟧\n]{0,200})⟧")
_CONTENT = re.compile(r"\s*([a-z0-9-]+)\s+(\d{1,9})\s*(?::.*)?$", re.DOTALL)
_CAPTION = r"<ac:caption><p>(.*?)</p></ac:caption>"
_STAND_INS = range(0xF0000, 0xFFFFE), range(0x100000, 0x10FFFE)


class PageToken(NamedTuple):
    """An element of the page without a Markdown form. `stands_alone`: it needs no paragraph around it.

    `captioned` tells whether it is an image with a caption; None if it is no image.
    """

    number: int
    token: Token
    source: str
    block: int
    stands_alone: bool
    captioned: bool | None = None

    @property
    def text(self) -> str:
        """The token in the form that a model reads."""
        hint = f": {self.token.hint}" if self.token.hint else ""
        return f"⟦{self.token.kind} {self.number}{hint}⟧"


class TokenWriter(Writer):
    """Writes the blocks of a page as Markdown with opaque tokens, numbered in document order."""

    def __init__(self, first: int = 1) -> None:
        super().__init__()
        self.tokens: list[PageToken] = []
        self._first = first
        self._block = 0

    def block_of(self, source: str, node: Node, number: int) -> str:
        """Return a block of the page as Markdown, without the marks of its list or container."""
        self._block = number
        root = parse_tree(source, node.start, node.end)
        element = root.elements[0] if node.name else root
        kind = node.kind
        if not node.name or element.name == "p":
            return self.line(element.children)
        if kind == "list_item":
            return "\n\n".join(self.blocks(element.children))
        if kind == "task":
            return self.task(element)
        if kind == "table_row":
            return table_row([self.cell(cell) for cell in element.elements])
        if kind in ("term", "definition"):
            return "\n\n".join(self.blocks(element.children))
        if kind == "quote":
            return blockquote("\n\n".join(self.blocks(element.children)))
        if kind == "image":
            return self.line([element])
        if kind == "macro":
            return self.opaque(element)
        return self.block(element)

    def opaque(self, element: Element) -> str:
        """Record an element as the next token; return the text of the token, followed by a caption."""
        alone = element.name in MACROS or element.name in ("ac:image", "ac:adf-extension")
        number = self._first + len(self.tokens)
        captioned = element.child("ac:caption") is not None if element.name == "ac:image" else None
        token = PageToken(
            number, describe_opaque.describe_element(element), element.markup, self._block, alone, captioned
        )
        self.tokens.append(token)
        return token.text + (self.caption(element) if captioned else "")

    def body_macro(self, element: Element, body: Element) -> str:
        """Return the token of a macro inside a block."""
        return self.opaque(element)

    def text(self, text: str) -> str:
        """Return text as Markdown, with token brackets escaped."""
        return self.literal(super().text(text))

    def literal(self, text: str) -> str:
        """Return code, with token brackets escaped."""
        return text.replace("⟦", "⟦⟦")


class ExtractedTokens(NamedTuple):
    """Markdown with each token replaced by one character, a key of `stand_ins`."""

    markdown: str
    stand_ins: Mapping[str, PageToken]


def extract_tokens(markdown: str, token: Callable[[int, str], PageToken | None]) -> ExtractedTokens:
    """Replace the tokens in Markdown by stand-ins; `token` looks one up by number and kind. Raises InvalidEdit."""
    if "⟦" not in markdown:
        return ExtractedTokens(markdown, {})
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
                f"{match[0]} is not a token of this page: tokens can be kept, moved or left out, but not invented "
                "(write ⟦⟦ for the bracket itself)"
            )
        if any(other.number == known.number for other in stand_ins.values()):
            raise InvalidEdit(
                f"{known.text} appears twice in the edit; a token can appear only once on the page"
            )
        character = next(free)
        stand_ins[character] = known
        return character

    return ExtractedTokens(_WRITTEN.sub(put, markdown), stand_ins)


def token_numbers(markdown: str) -> list[int]:
    """Return the numbers of the tokens in Markdown."""
    found = (_CONTENT.match(match[1]) for match in _WRITTEN.finditer(markdown) if match[1] is not None)
    return [int(match[2]) for match in found if match]


def renumber_tokens(markdown: str, tokens: Mapping[int, PageToken]) -> str:
    """Return Markdown with tokens replaced by number, as `tokens` maps them; other tokens stay."""

    def put(match: re.Match[str]) -> str:
        content = _CONTENT.match(match[1]) if match[1] is not None else None
        token = tokens.get(int(content[2])) if content else None
        return token.text if token is not None else match[0]

    return _WRITTEN.sub(put, markdown)


def restore_tokens(storage: str, stand_ins: Mapping[str, PageToken]) -> str:
    """Replace stand-ins by the bytes of their tokens; raise InvalidEdit for a token inside code or a link address."""
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
                f"{token.text} cannot be inside code or the address of a link; put it into the text"
            )
    alone = "".join(character for character, token in stand_ins.items() if token.stands_alone)
    if alone:
        one = f"[{alone}](?:{_CAPTION})?"
        storage = re.sub(rf"<p>({one}(?:[ \t\r\n]*{one})*)</p>", r"\1", storage, flags=re.DOTALL)
    if "<ac:caption>" in storage:
        storage = re.sub(
            f"([{standing}]){_CAPTION}",
            lambda match: captioned(stand_ins[match[1]].source, restore(match[2], stand_ins)),
            storage,
            flags=re.DOTALL,
        )
    return restore(storage, stand_ins)


def restore(storage: str, stand_ins: Mapping[str, PageToken]) -> str:
    """Replace stand-ins by the bytes of their tokens."""
    return re.sub(f"[{''.join(stand_ins)}]", lambda match: stand_ins[match[0]].source, storage)
