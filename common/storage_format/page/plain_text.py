"""Fast plain text of a page, for ranking and headings. For reading, see `to_markdown`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from common.storage_format.xml import entities
from common.storage_format.xml.block_scanner import MARKUP
from common.storage_format.xml.vocabulary import HEADINGS, STRUCTURE
from common.storage_format.xml.wellformed import check_wellformed

_VISIBLE_ATTRIBUTE = re.compile(
    r"""\s(?:ri:content-title|ri:filename|ac:alt|datetime|ac:emoji-fallback)\s*=\s*(?:"([^"]*)"|'([^']*)')"""
)
_WITH_VISIBLE_ATTRIBUTE = frozenset(
    {"ri:page", "ri:blog-post", "ri:attachment", "ac:image", "time", "ac:emoticon"}
)
_BREAKING = (STRUCTURE | {"br", "ac:parameter", "ac:caption"}) - {
    "ac:structured-macro",
    "ac:macro",
    "ac:image",
}
_HIDDEN = frozenset({"ac:parameter", "ac:task-id", "ac:task-uuid", "ac:task-status", "ac:adf-fallback"})
_VISIBLE_PARAMETER = re.compile(r"""\sac:name\s*=\s*["'](?:title|key|jqlQuery)["']""")


@dataclass(frozen=True)
class Section:
    """The text under one heading; `headings` are that heading and those above it, outermost first."""

    headings: tuple[str, ...]
    text: str


def plain_text(storage: str) -> str:
    """Return the text of a page in reading order, one line for each block; raise MalformedStorage."""
    check_wellformed(storage)
    return visible_text(storage)


def visible_text(storage: str) -> str:
    """Return the plain text of storage format that is known to be well-formed."""
    return "\n".join(line for _, line in _lines(storage))


def sections(storage: str) -> tuple[Section, ...]:
    """Return the text of a page split at its headings (the first section may have none); raise MalformedStorage."""
    check_wellformed(storage)
    done: list[Section] = []
    above: list[tuple[int, str]] = []
    text: list[str] = []
    for level, line in _lines(storage):
        if not level:
            text.append(line)
            continue
        if text or above:
            done.append(Section(tuple(title for _, title in above), "\n".join(text)))
        above = [(outer, title) for outer, title in above if outer < level] + [(level, line)]
        text = []
    if text or above:
        done.append(Section(tuple(title for _, title in above), "\n".join(text)))
    return tuple(done)


def _lines(source: str) -> Iterator[tuple[int, str]]:  # noqa: C901 one branch per kind of element
    """Yield the lines of a well-formed page, each with its heading level (0: not a heading)."""
    words: list[str] = []
    level = 0
    hidden = ""
    at = 0
    for match in MARKUP.finditer(source):
        start, end = match.span()
        if start > at and not hidden:
            words.append(entities.decode(source[at:start]))
        at = end
        name = match[1]
        if name is None:
            if not hidden and source.startswith("<![CDATA[", start):
                words.append(source[start + 9 : end - 3])
            continue
        if hidden:
            if name[0] == "/" and name[1:] == hidden:
                hidden = ""
            continue
        bare = name.removeprefix("/")
        if bare in _BREAKING:
            if not level or bare in HEADINGS:
                line = " ".join("".join(words).split())
                words = []
                if line:
                    yield level, line
                level = HEADINGS.get(name, 0)
            else:
                words.append(" ")
        if bare in _HIDDEN and name is bare and source[end - 2] != "/":
            hidden = "" if _VISIBLE_PARAMETER.search(source, start, end) else bare
        elif name in _WITH_VISIBLE_ATTRIBUTE and (visible := _VISIBLE_ATTRIBUTE.search(source, start, end)):
            words.append(f" {entities.decode(visible[1] or visible[2] or '')} ")
    if at < len(source):
        words.append(entities.decode(source[at:]))
    line = " ".join("".join(words).split())
    if line:
        yield level, line
