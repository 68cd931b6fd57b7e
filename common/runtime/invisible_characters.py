"""Invisible Unicode characters, and the few places where one is legitimate (emoji, joined scripts).

Text that a reviewer cannot see must not be published, so these characters are removed from what a model writes
(`without_invisible`), refused in titles, and shown as `⟨U+…⟩` to people (`common.runtime.unicode_safety`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator

DEFAULT_IGNORABLE = (
    "AD 34F 61C 115F-1160 17B4-17B5 180B-180F 200B-200F 202A-202E 2060-206F 3164 FE00-FE0F FEFF FFA0 FFF0-FFF8"
    " 1BCA0-1BCA3 1D173-1D17A E0000-E0FFF"
)
"""Unicode 17.0, DerivedCoreProperties.txt, Default_Ignorable_Code_Point: 4,174 code points.

https://www.unicode.org/Public/17.0.0/ucd/DerivedCoreProperties.txt
"""

EMOJI = (
    "A9 AE 203C 2049 2122 2139 2194-2199 21A9-21AA 231A-231B 2328 23CF 23E9-23F3 23F8-23FA 24C2 25AA-25AB 25B6 25C0"
    " 25FB-25FE 2600-2604 260E 2611 2614-2615 2618 261D 2620 2622-2623 2626 262A 262E-262F 2638-263A 2640 2642"
    " 2648-2653 265F-2660 2663 2665-2666 2668 267B 267E-267F 2692-2697 2699 269B-269C 26A0-26A1 26A7 26AA-26AB"
    " 26B0-26B1 26BD-26BE 26C4-26C5 26C8 26CE-26CF 26D1 26D3-26D4 26E9-26EA 26F0-26F5 26F7-26FA 26FD 2702 2705"
    " 2708-270D 270F 2712 2714 2716 271D 2721 2728 2733-2734 2744 2747 274C 274E 2753-2755 2757 2763-2764 2795-2797"
    " 27A1 27B0 27BF 2934-2935 2B05-2B07 2B1B-2B1C 2B50 2B55 3030 303D 3297 3299 1F004 1F0CF 1F170-1F171 1F17E-1F17F"
    " 1F18E 1F191-1F19A 1F1E6-1F1FF 1F201-1F202 1F21A 1F22F 1F232-1F23A 1F250-1F251 1F300-1F321 1F324-1F393"
    " 1F396-1F397 1F399-1F39B 1F39E-1F3F0 1F3F3-1F3F5 1F3F7-1F4FD 1F4FF-1F53D 1F549-1F54E 1F550-1F567 1F56F-1F570"
    " 1F573-1F57A 1F587 1F58A-1F58D 1F590 1F595-1F596 1F5A4-1F5A5 1F5A8 1F5B1-1F5B2 1F5BC 1F5C2-1F5C4 1F5D1-1F5D3"
    " 1F5DC-1F5DE 1F5E1 1F5E3 1F5E8 1F5EF 1F5F3 1F5FA-1F64F 1F680-1F6C5 1F6CB-1F6D2 1F6D5-1F6D8 1F6DC-1F6E5 1F6E9"
    " 1F6EB-1F6EC 1F6F0 1F6F3-1F6FC 1F7E0-1F7EB 1F7F0 1F90C-1F93A 1F93C-1F945 1F947-1F9FF 1FA70-1FA7C 1FA80-1FA8A"
    " 1FA8E-1FAC6 1FAC8 1FACD-1FADC 1FADF-1FAEA 1FAEF-1FAF8"
)
"""Unicode 17.0, emoji-data.txt, Emoji=Yes, without digits, # and *.

https://www.unicode.org/Public/17.0.0/ucd/emoji/emoji-data.txt
"""

_BLANK = "2800 16FE4 13430-13442 1D159"
"""Blank by design, but not default-ignorable in Unicode: Braille, Khitan filler, hieroglyph controls, a note."""

_CONTROLS = "0-8 B-C E-1F 7F-9F 2028-2029 D800-DFFF FDD0-FDEF FFF9-FFFB FFFE-FFFF"
"""Controls except tab and line ends, line separators, lone surrogates, annotations, non-characters."""

_CURSIVE = ((0x0600, 0x08FF), (0x0900, 0x0DFF), (0xA8E0, 0xA8FF), (0xFB50, 0xFDFF), (0xFE70, 0xFEFC))
"""Blocks of the Arabic and Indic scripts, where ZWJ and ZWNJ control whether letters join."""

_SELECTORS, _ZWNJ, _ZWJ = "\ufe0e\ufe0f", "\u200c", "\u200d"
_SEPARATORS = frozenset("\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029")


def code_points(table: str) -> Iterator[tuple[int, int]]:
    """Yield the first and last code points of ranges such as `AD 115F-1160`."""
    for entry in table.split():
        first, _, last = entry.partition("-")
        yield int(first, 16), int(last or first, 16)


def character_class(table: str) -> str:
    """Return ranges of code points as a character class of a regular expression."""
    pairs = (f"{re.escape(chr(first))}-{re.escape(chr(last))}" for first, last in code_points(table))
    return f"[{''.join(pairs)}]"


_ANYWHERE = re.compile(character_class(f"{DEFAULT_IGNORABLE} {_BLANK} {_CONTROLS}"))
_EMOJI = frozenset(chr(code) for first, last in code_points(EMOJI) for code in range(first, last + 1))


def invisible_in(text: str) -> Iterator[re.Match[str]]:
    """Yield the invisible characters of a text, except the legitimate ones.

    Legitimate are a variation selector after an emoji or in a keycap, ZWJ between two emoji, and a joiner next to an
    Arabic or Indic letter. Only visible neighbours count, so text without the yielded characters yields none.
    """
    return (match for match in _ANYWHERE.finditer(text) if not _belongs(text, match.start()))


def is_invisible(character: str) -> bool:
    """Return whether a character is invisible, except where it is legitimate."""
    return _ANYWHERE.match(character) is not None


def without_invisible(text: str) -> str:
    """Return text without invisible characters; line separators become a space."""
    return replace_invisible(text, replacement_for)


def replacement_for(character: str) -> str:
    """Return the replacement of an invisible character: a space for a line separator, otherwise nothing."""
    return " " if character in _SEPARATORS else ""


def replace_invisible(text: str, by: Callable[[str], str]) -> str:
    """Return text with each invisible character replaced by what ``by`` returns for it."""
    parts: list[str] = []
    at = 0
    for match in invisible_in(text):
        parts += [text[at : match.start()], by(match[0])]
        at = match.end()
    return "".join(parts) + text[at:] if parts else text


def _belongs(text: str, place: int) -> bool:
    character, after = text[place], text[place + 1 : place + 2]
    before = text[place - 1] if place else ""
    if character in _SELECTORS:
        return before in _EMOJI or (
            character == "\ufe0f" and after == "\u20e3" and before in tuple("0123456789#*")
        )
    if character not in (_ZWNJ, _ZWJ):
        return False
    if _is_cursive(before) or _is_cursive(after):
        return True
    emoji = text[place - 2] if before == "\ufe0f" and place > 1 else before
    return character == _ZWJ and emoji in _EMOJI and after in _EMOJI


def _is_cursive(character: str) -> bool:
    return (
        bool(character)
        and any(first <= ord(character) <= last for first, last in _CURSIVE)
        and unicodedata.category(character)[0] in "LM"
    )
