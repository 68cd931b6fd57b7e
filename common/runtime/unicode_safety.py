"""Make invisible, reordering and look-alike characters visible in text that people read."""

from __future__ import annotations

import re
from collections.abc import Iterator

from common.runtime.invisible_characters import character_class, replace_invisible

#: Longest display name that is shown, in characters.
_MAX_NAME_LENGTH = 100

# Unicode 17.0, Scripts.txt; accents and Coptic left out.
_LATIN = character_class(
    "41-5A 61-7A AA BA C0-D6 D8-F6 F8-2B8 2E0-2E4 1D00-1D25 1D2C-1D5C 1D62-1D65 1D6B-1D77 1D79-1DBE 1E00-1EFF 2071"
    " 207F 2090-209C 212A-212B 2132 214E 2160-2188 2C60-2C7F A722-A787 A78B-A7FF AB30-AB5A AB5C-AB64 AB66-AB69"
    " FB00-FB06 FF21-FF3A FF41-FF5A 10780-107BA 1DF00-1DF2A"
)
_GREEK = character_class(
    "370-373 376-377 37A-37D 37F 386 388-3E1 3F0-3FF 1D26-1D2A 1D5D-1D61 1D66-1D6A 1F00-1FFE 2126 AB65"
)
_CYRILLIC = character_class("400-481 48A-52F 1C80-1C8F 1D2B 1D78 A640-A66E A680-A69D 1E030-1E06D")
_OTHER = re.compile(f"{_GREEK}|{_CYRILLIC}")
_WORD = re.compile("(?:[^\\W_][\u0300-\u036f\u0483-\u0487]*)+")
_SCRIPTS = {"Latin": re.compile(_LATIN), "Cyrillic": re.compile(_CYRILLIC), "Greek": re.compile(_GREEK)}


def make_visible(text: str) -> str:
    """Replace each invisible or reordering character with its code point, such as `⟨U+202E⟩`."""
    return replace_invisible(text, code_point_label)


def code_point_label(character: str) -> str:
    """Return the code point of a character as `⟨U+202E⟩`."""
    return f"⟨U+{ord(character):04X}⟩"


def visible_line(text: str, longest: int) -> str:
    """Return a text as one line of at most ``longest`` visible characters; a cut text ends in an ellipsis."""
    line = " ".join(make_visible(text).split())
    return line if len(line) <= longest else f"{line[: longest - 1]}…"


def safe_display_name(text: str) -> str:
    """Return a display name, which people choose themselves, as one line of at most 101 visible characters."""
    return visible_line(text, _MAX_NAME_LENGTH + 1)


def mixed_script_words(text: str) -> Iterator[tuple[re.Match[str], str]]:
    """Yield the words that mix Latin with Cyrillic or Greek letters, each with the names of its scripts.

    Such a word can look like another: “pаyments” with a Cyrillic а.
    """
    if not _OTHER.search(text):
        return
    for match in _WORD.finditer(text):
        if match[0].isascii() or not _OTHER.search(match[0]) or not _SCRIPTS["Latin"].search(match[0]):
            continue
        yield match, " and ".join(name for name, letters in _SCRIPTS.items() if letters.search(match[0]))
