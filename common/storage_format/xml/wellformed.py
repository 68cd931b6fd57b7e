"""Check with expat that a text is well-formed storage format; only character entities are declared.

Storage format is a fragment without a root element or namespace declarations, so it is parsed inside an added root.
A document type declaration inside a root is an error, which excludes entity bombs and external entities.
"""

from __future__ import annotations

from xml.parsers import expat

from common.storage_format.errors import MalformedStorage
from common.storage_format.xml import entities

MAX_CHARACTERS = 32_000_000
"""Largest text that is parsed. Confluence itself refuses pages above 5 MB."""

_AFTER_THE_ROOT = expat.errors.codes[expat.errors.XML_ERROR_JUNK_AFTER_DOC_ELEMENT]


def check_wellformed(source: str) -> None:
    """Raise MalformedStorage unless `source` is well-formed storage format."""
    if len(source) > MAX_CHARACTERS:
        raise MalformedStorage(1, 1, f"the page has {len(source)} characters; the limit is {MAX_CHARACTERS}")
    try:
        content = source.encode("utf-8")
    except UnicodeEncodeError as error:
        line, column = position(source, error.start)
        raise MalformedStorage(line, column, "an unpaired surrogate") from None
    declared = "".join(
        f'<!ENTITY {name} "&#{ord(entities.NAMED[name])};">' for name in entities.used_in(source)
    )
    before = (f"<!DOCTYPE r [{declared}]>" if declared else "") + "<r>"
    parser = expat.ParserCreate("utf-8")
    try:
        parser.Parse(before, False)
        parser.Parse(content, False)
        parser.Parse(b"</r>", True)
    except expat.ExpatError as error:
        at = parser.ErrorByteIndex - len(before)
        characters = len(content[: max(0, min(at, len(content)))].decode("utf-8", "ignore"))
        line, column = position(source, characters)
        what = expat.ErrorString(error.code) or "not well-formed"
        if error.code == _AFTER_THE_ROOT:
            what = "an end tag without its start tag"
        elif at >= len(content):
            what = "the page ends inside an element"
        raise MalformedStorage(line, column, what) from None


def position(source: str, offset: int) -> tuple[int, int]:
    """Return the line and column (both from 1) of a character offset in `source`."""
    return source.count("\n", 0, offset) + 1, offset - source.rfind("\n", 0, offset)
