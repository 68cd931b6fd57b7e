"""Character entities of storage format: the 248 of XHTML 1.0 and the five of XML. Decoding and escaping."""

from __future__ import annotations

import re
from html.entities import name2codepoint

OF_XML = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
NAMED = {name: chr(code) for name, code in name2codepoint.items()} | OF_XML

_NAMES = re.compile(r"&([A-Za-z][A-Za-z0-9]*);")
_REFERENCE = re.compile(r"&(?:#(?:[xX]([0-9A-Fa-f]+)|([0-9]+))|([A-Za-z][A-Za-z0-9]*));")
_MARKUP = {ord("&"): "&amp;", ord("<"): "&lt;", ord(">"): "&gt;"}
_MARKUP_AND_QUOTE = _MARKUP | {ord('"'): "&quot;", ord("\n"): "&#10;", ord("\t"): "&#9;"}
_NOT_XML = re.compile("[^\\t\\n\\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def used_in(source: str) -> set[str]:
    """Return the XHTML entity names that `source` uses and that XML itself does not define."""
    if "&" not in source:
        return set()
    return {name for name in _NAMES.findall(source) if name in NAMED and name not in OF_XML}


def decode(text: str) -> str:
    """Return `text` with character references decoded; unknown ones stay as they are."""
    return _REFERENCE.sub(_character, text) if "&" in text else text


def _character(match: re.Match[str]) -> str:
    hexadecimal, decimal, name = match.groups()
    if name:
        return NAMED.get(name, match[0])
    return chr(int(hexadecimal, 16) if hexadecimal else int(decimal))


def escape_text(text: str) -> str:
    """Escape `text` for the content of an element; characters that XML forbids become U+FFFD."""
    return allowed(text).translate(_MARKUP)


def escape_attribute(text: str) -> str:
    """Escape `text` for an attribute value in double quotes."""
    return allowed(text).translate(_MARKUP_AND_QUOTE)


def allowed(text: str) -> str:
    """Return `text` with each character that XML 1.0 forbids replaced by U+FFFD."""
    return _NOT_XML.sub("\ufffd", text)
