"""Preserve inline markup that Markdown does not show: comment markers, spans, attributes of links.

If the replacement still contains the text, the markup is put back around it; otherwise it is reported as lost.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from common.storage_format.edits import Token
from common.storage_format.to_markdown import describe_opaque
from common.storage_format.to_markdown.opaque_tokens import PageToken
from common.storage_format.to_markdown.writer import WRAPPERS
from common.storage_format.xml import entities
from common.storage_format.xml.block_scanner import MARKUP
from common.storage_format.xml.element_tree import Element, Text

_PIECE = re.compile(r"&(?:#[xX]?[0-9A-Fa-f]+|[A-Za-z][A-Za-z0-9]*);|[ \t\r\n]+|.", re.DOTALL)
_START_TAG = re.compile(r"<(?:strong|em|del|code|span|a)(?:\s[^<>]*)?>\Z")
_END_TAG = re.compile(r"</(?:strong|em|del|code|span|a|p></ac:caption)>")
_CAPTION_EDGE = re.compile(r"</?ac:caption>")
_MOST_TAGS = 5
_LINK = re.compile(r"""<a\s[^>"']*(?:"[^"]*"[^>"']*|'[^']*'[^>"']*)*>""")


class _Character(NamedTuple):
    text: str
    start: int
    end: int


def restore_inline_markup(
    old: Element, new: str, tokens: Iterable[PageToken], stand_ins: Mapping[str, PageToken]
) -> tuple[str, tuple[Token, ...]]:
    """Return the replacement of `old` with its wrappers put back, and the wrappers whose text is gone.

    `tokens` are the tokens of the old block (their content is skipped), `stand_ins` those in the replacement.
    """
    new = _links(old, new)
    lost: list[Token] = []
    kept = {character for character in stand_ins if f"{character}<ac:caption>" not in new}
    block = _Old(old, tokens, {c: token for c, token in stand_ins.items() if c in new}, kept)
    present = Counter(match[0] for match in MARKUP.finditer(new))
    for element in block.wrappers:
        text = _collapsed(block.content(element))
        tag = element.source[element.start : element.opened]
        if present[tag]:
            present[tag] -= 1
            continue
        ordinal = _collapsed(block.content(old, element.start)).count(text) if text else 0
        wrapped = _wrap(new, text, tag, element.name, ordinal) if text else None
        if wrapped is None:
            lost.append(describe_opaque.describe_element(element))
        else:
            new = wrapped
    return new, tuple(lost)


class _Old:
    """The old block: its wrappers, outer before inner, and its tokens as their stand-in characters."""

    def __init__(
        self,
        old: Element,
        tokens: Iterable[PageToken],
        stand_ins: Mapping[str, PageToken],
        kept: Collection[str] = (),
    ) -> None:
        """Read a block; `kept` are the stand-ins of images whose captions stay as they are."""
        characters = {token.number: character for character, token in stand_ins.items()}
        waiting_tokens: dict[str, list[str]] = {}
        for token in tokens:
            waiting_tokens.setdefault(token.source, []).append(characters.get(token.number, ""))
        self.wrappers: list[Element] = []
        self._opaque: dict[int, str] = {}
        self._captions: dict[int, Element] = {}
        waiting = old.elements[::-1]
        while waiting:
            element = waiting.pop()
            if same := waiting_tokens.get(element.markup):
                self._opaque[element.start] = character = same.pop(0)
                caption = element.child("ac:caption")
                if caption is not None and character not in kept:
                    self._captions[element.start] = caption
                    waiting.extend(caption.elements[::-1])
                elif caption is not None:
                    for inner in caption.below():
                        if same := waiting_tokens.get(inner.markup):
                            same.pop(0)
                continue
            if element.name in WRAPPERS and element.collapsed_text:
                self.wrappers.append(element)
            waiting.extend(element.elements[::-1])

    def content(self, element: Element, until: int | None = None) -> str:
        """Return the text of an element (up to an offset), with tokens as their stand-in characters."""
        parts = []
        for child in element.children:
            if until is not None and child.start >= until:
                break
            if isinstance(child, Text):
                parts.append(child.text)
            elif child.start in self._opaque:
                parts.append(self._opaque[child.start])
                if caption := self._captions.get(child.start):
                    parts.append(self.content(caption, until))
            else:
                parts.append(" " if child.name == "br" else self.content(child, until))
        return "".join(parts)


def inline_wrappers(old: Element, tokens: Iterable[PageToken]) -> list[Element]:
    """Return the wrappers in a block: elements around text that are not tokens."""
    return _Old(old, tokens, {}).wrappers


def _collapsed(text: str) -> str:
    return " ".join(text.split())


def _characters(storage: str) -> list[_Character]:
    """Return the visible characters with their offsets; a run of white space is one space."""
    found: list[_Character] = []

    def add(start: int, end: int, literal: bool) -> None:
        for match in _PIECE.finditer(storage, start, end):
            text = match[0] if literal else entities.decode(match[0])
            if not text.strip():
                if found and found[-1].text == " ":
                    continue
                text = " "
            found.append(_Character(text, *match.span()))

    at = 0
    for match in MARKUP.finditer(storage):
        add(at, match.start(), literal=False)
        at = match.end()
        if match[1] in ("br", "/p", "/li", "/td", "/th") and not (found and found[-1].text == " "):
            found.append(_Character(" ", at, at))
    add(at, len(storage), literal=False)
    return found


def _wrap(storage: str, text: str, tag: str, name: str, ordinal: int) -> str | None:
    """Put a wrapper around the occurrence of `text` with this ordinal, or around the last one; None if it cannot be."""
    characters = _characters(storage)
    shown = "".join(character.text for character in characters)
    if len(shown) != len(characters):
        return None
    found = shown.find(text)
    while ordinal and found >= 0 and (following := shown.find(text, found + len(text))) >= 0:
        found = following
        ordinal -= 1
    if found < 0:
        return None
    run = characters[found : found + len(text)]
    start, end = run[0].start, run[-1].end
    close = f"</{name}>"
    whole = _balanced_around(storage, start, end)
    if whole is not None:
        start, end = whole
        return f"{storage[:start]}{tag}{storage[start:end]}{close}{storage[end:]}"
    if _CAPTION_EDGE.search(storage, start, end):
        return None  # a caption stands right behind its image
    out, at = [storage[:start]], start
    for match in (*MARKUP.finditer(storage, start, end), None):
        stop = match.start() if match else end
        segment = storage[at:stop]
        out.append(f"{tag}{segment}{close}" if segment.strip() else segment)
        if match:
            out.append(match[0])
            at = match.end()
    return "".join(out) + storage[end:]


def _balanced_around(storage: str, start: int, end: int) -> tuple[int, int] | None:
    """Return a span that cuts no element: this one, or this one with adjacent tags; None if there is no such span."""
    starts, ends = [start], [end]
    while (before := _START_TAG.search(storage, max(0, starts[-1] - 300), starts[-1])) and len(
        starts
    ) < _MOST_TAGS:
        starts.append(before.start())
    while (after := _END_TAG.match(storage, ends[-1])) and len(ends) < _MOST_TAGS:
        ends.append(after.end())
    for first in starts:
        for last in ends:
            if _is_balanced(storage[first:last]):
                return first, last
    return None


def _is_balanced(storage: str) -> bool:
    depth = 0
    for match in MARKUP.finditer(storage):
        if match[1] is None:
            continue
        if match[1][0] == "/":
            depth -= 1
            if depth < 0:
                return False
        elif not match[0].endswith("/>"):
            depth += 1
    return depth == 0


def _links(old: Element, new: str) -> str:
    """Give links with an unchanged target their old start tag, with all its attributes."""
    tags: dict[str, list[str]] = {}
    for element in old.below():
        if element.name == "a" and len(element.attributes) > 1 and element.end > element.opened:
            target = element.attributes.get("href", "")
            tags.setdefault(target, []).append(element.source[element.start : element.opened])
    if not tags:
        return new

    def put(match: re.Match[str]) -> str:
        href = re.search(r'href="([^"]*)"', match[0])
        same = tags.get(entities.decode(href[1])) if href else None
        return same.pop(0) if same else match[0]

    return _LINK.sub(put, new)
