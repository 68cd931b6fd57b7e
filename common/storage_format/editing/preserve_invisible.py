"""Invisible characters in new text: removed, but for those that the replaced text held in the same place.

Both are storage format. What a character stands between tells whether it is in the same place, so a model can neither
add one nor lose one that the page had.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import accumulate
from typing import NamedTuple

from common.runtime.invisible_characters import invisible_in, is_invisible, stand_in
from common.storage_format.xml import entities

_REFERENCE = re.compile(r"&(?:#[xX]?[0-9A-Fa-f]+|[A-Za-z]+);")
_CDATA = re.compile(r"(<!\[CDATA\[)(.*?)(?=\]\]>)", re.DOTALL)
_TOKEN = re.compile(r"\w+|\s+|[^\w\s]")
_SPLIT = "]]><![CDATA["


class _Held(NamedTuple):
    """An invisible character as it is spelled, and how many visible characters stand before it."""

    place: int
    spelled: str


def without_unseen(storage: str, replaced: str = "") -> str:
    """Return new storage format without invisible characters that `replaced` did not hold in the same place."""
    bare, _ = _taken_apart(storage)
    old, held = _taken_apart(replaced)
    return _put_back(bare, old, held) if held else bare


def _taken_apart(storage: str) -> tuple[str, list[_Held]]:
    """Return storage format without its invisible characters, and these."""
    parts: list[str] = []
    held: list[_Held] = []
    visible = 0
    for text, is_literal in _segments(storage):
        kept: list[str] = []
        at = place = 0
        found: list[_Held] = []
        for start, end, instead in _unseen(text, is_literal):
            kept += [text[at:start], instead]
            place += start - at
            if not instead:
                found.append(_Held(place, text[start:end]))
            place += len(instead)
            at = end
        bare = "".join(kept) + text[at:] if kept else text
        ends = [match.end() - 1 for match in re.finditer(r"\]\]>", bare)] if is_literal and kept else []
        for end in reversed(ends):  # what is removed has kept apart what ends a section
            bare = f"{bare[:end]}{_SPLIT}{bare[end:]}"
        for one in found:
            moved = one.place + len(_SPLIT) * sum(end < one.place for end in ends)
            held.append(_Held(visible + moved, one.spelled))
        parts.append(bare)
        visible += len(bare)
    return "".join(parts), held


def _segments(storage: str) -> Iterator[tuple[str, bool]]:
    """Yield the contents of CDATA sections, and what stands before and between them."""
    at = 0
    for match in _CDATA.finditer(storage):
        yield storage[at : match.start(2)], False
        yield match[2], True
        at = match.end()
    yield storage[at:], False


def _unseen(text: str, is_literal: bool) -> list[tuple[int, int, str]]:
    """Return where the invisible characters of a text stand, and what takes their place."""
    found = [(*match.span(), stand_in(match[0])) for match in invisible_in(text)]
    if not is_literal and "&" in text:
        references = ((match, entities.decode(match[0])) for match in _REFERENCE.finditer(text))
        found += [
            (*match.span(), stand_in(character))
            for match, character in references
            if len(character) == 1 and is_invisible(character)
        ]
        found.sort()
    return found


def _put_back(bare: str, old: str, held: Sequence[_Held]) -> str:
    """Put each character back where the text on both sides of it is what it was."""
    # The ends are neighbours, too.
    old, bare = f"\x00{old}\x00", f"\x00{bare}\x00"
    a, b = _TOKEN.findall(old), _TOKEN.findall(bare)
    ends_a, ends_b = (list(accumulate(map(len, tokens), initial=0)) for tokens in (a, b))
    stretches = [
        (ends_a[i], ends_a[i + size], ends_b[j])
        for i, j, size in SequenceMatcher(None, a, b).get_matching_blocks()
        if size
    ]
    parts: list[str] = []
    at = number = 0
    for place, spelled in ((one.place + 1, one.spelled) for one in held):
        while number < len(stretches) and stretches[number][1] <= place:
            number += 1
        if number < len(stretches) and stretches[number][0] < place:
            start, _, there = stretches[number]
            parts += [bare[at : there + place - start], spelled]
            at = there + place - start
    return ("".join(parts) + bare[at:])[1:-1]
