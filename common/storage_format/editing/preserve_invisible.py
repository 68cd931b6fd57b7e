"""Remove invisible characters from new text, except those that the replaced text had in the same place.

Both texts are storage format. The text on both sides of a character decides whether the place is the same, so a model
can neither add an invisible character nor lose one of the page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import accumulate
from typing import NamedTuple

from common.runtime.invisible_characters import invisible_in, is_invisible, replacement_for
from common.storage_format.xml import entities

_REFERENCE = re.compile(r"&(?:#[xX]?[0-9A-Fa-f]+|[A-Za-z]+);")
_CDATA = re.compile(r"(<!\[CDATA\[)(.*?)(?=\]\]>)", re.DOTALL)
_TOKEN = re.compile(r"\w+|\s+|[^\w\s]")
_SPLIT = "]]><![CDATA["


class _Hidden(NamedTuple):
    """An invisible character as it is written in the source, and the number of visible characters before it."""

    place: int
    written: str


def strip_invisible(storage: str, replaced: str = "") -> str:
    """Return new storage format without invisible characters, except those that `replaced` has in the same place."""
    bare, _ = _split_invisible(storage)
    old, hidden = _split_invisible(replaced)
    return _reinsert(bare, old, hidden) if hidden else bare


def _split_invisible(storage: str) -> tuple[str, list[_Hidden]]:
    """Return storage format without its invisible characters, and the removed characters."""
    parts: list[str] = []
    hidden: list[_Hidden] = []
    visible = 0
    for text, is_literal in _segments(storage):
        kept: list[str] = []
        at = place = 0
        found: list[_Hidden] = []
        for start, end, instead in _invisible_spans(text, is_literal):
            kept += [text[at:start], instead]
            place += start - at
            if not instead:
                found.append(_Hidden(place, text[start:end]))
            place += len(instead)
            at = end
        bare = "".join(kept) + text[at:] if kept else text
        ends = [match.end() - 1 for match in re.finditer(r"\]\]>", bare)] if is_literal and kept else []
        for end in reversed(ends):  # the removed characters kept this from ending the section
            bare = f"{bare[:end]}{_SPLIT}{bare[end:]}"
        for one in found:
            moved = one.place + len(_SPLIT) * sum(end < one.place for end in ends)
            hidden.append(_Hidden(visible + moved, one.written))
        parts.append(bare)
        visible += len(bare)
    return "".join(parts), hidden


def _segments(storage: str) -> Iterator[tuple[str, bool]]:
    """Yield the source in segments; True marks the content of a CDATA section."""
    at = 0
    for match in _CDATA.finditer(storage):
        yield storage[at : match.start(2)], False
        yield match[2], True
        at = match.end()
    yield storage[at:], False


def _invisible_spans(text: str, is_literal: bool) -> list[tuple[int, int, str]]:
    """Return the spans of the invisible characters of a text, and what replaces each."""
    found = [(*match.span(), replacement_for(match[0])) for match in invisible_in(text)]
    if not is_literal and "&" in text:
        references = ((match, entities.decode(match[0])) for match in _REFERENCE.finditer(text))
        found += [
            (*match.span(), replacement_for(character))
            for match, character in references
            if len(character) == 1 and is_invisible(character)
        ]
        found.sort()
    return found


def _reinsert(bare: str, old: str, hidden: Sequence[_Hidden]) -> str:
    """Put each invisible character back where the text on both sides of it is unchanged."""
    # The beginning and the end count as text, too.
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
    for place, written in ((one.place + 1, one.written) for one in hidden):
        while number < len(stretches) and stretches[number][1] <= place:
            number += 1
        if number < len(stretches) and stretches[number][0] < place:
            start, _, there = stretches[number]
            parts += [bare[at : there + place - start], written]
            at = there + place - start
    return ("".join(parts) + bare[at:])[1:-1]
