"""Splits a text into the units that the diff compares: words, white space and signs.

A unit never cuts a character that a reader sees as one: a letter keeps its combining marks, and an emoji its modifiers
and joined parts (a simplified form of the grapheme clusters of Unicode Standard Annex 29,
https://www.unicode.org/reports/tr29/). Scripts that are written without spaces (Han, kana, Thai, Lao, Khmer, Myanmar)
are split into such characters, since they have no words that spaces show.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

_ASCII = re.compile(r"\w+|\s+|[^\w\s]", re.ASCII)
#: Scripts without spaces between words, as ranges of code points.
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uf900-\ufaff\uff66-\uff9f\U00016fe0-\U00018cff\U0001b000-\U0001b16f\U00020000-\U0003fffd"
)
_PICTURE = (
    "[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2190-\u21ff\u2300-\u27bf\u2900-\u2bff\u3030\u303d\u3297\u3299"
    "\U0001f000-\U0001faff]"
)
_MODIFIERS = "[\ufe0e\ufe0f\u20e3\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]"
_JOINER = "\u200d"
_FLAG = "[\U0001f1e6-\U0001f1ff]"
_LAST_CODE_POINT = 0x1FFFF  # of the scripts with combining marks
_SELECTORS = "\ufe00-\ufe0f\U000e0100-\U000e01ef"


def split_words(text: str) -> list[str]:
    """Split a text into units; joined, they are the text again."""
    return _ASCII.findall(text) if text.isascii() else _pattern().findall(text)


@cache
def _pattern() -> re.Pattern[str]:
    marks = f"[{_combining_marks()}]"
    emoji = f"{_PICTURE}{_MODIFIERS}*"
    return re.compile(
        f"{_FLAG}{{2}}|[0-9#*]\ufe0f?\u20e3|{emoji}(?:{_JOINER}{emoji})*"
        f"|[{_UNSPACED}]{marks}*"
        rf"|(?:(?![{_UNSPACED}])\w{marks}*)+"
        rf"|\s+|[^\w\s]{marks}*"
    )


def _combining_marks() -> str:
    """Return the combining marks and the variation selectors as ranges for a regular expression."""
    marks = [n for n in range(0x300, _LAST_CODE_POINT) if unicodedata.category(chr(n))[0] == "M"]
    ranges: list[list[int]] = []
    for n in marks:
        if ranges and ranges[-1][1] == n - 1:
            ranges[-1][1] = n
        else:
            ranges.append([n, n])
    return "".join(f"{chr(first)}-{chr(last)}" for first, last in ranges) + _SELECTORS
