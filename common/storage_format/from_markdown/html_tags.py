"""Harmless HTML tags within a line: emphasis, code, subscript, superscript, underline, keys and line breaks.

A tag with any attribute and a tag without its counterpart are text.
"""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline

from common.storage_format.xml import entities

_ELEMENTS = {
    "strong": "strong",
    "b": "strong",
    "em": "em",
    "i": "em",
    "sub": "sub",
    "sup": "sup",
    "u": "u",
    "code": "code",
    "kbd": "code",
}
"""The element of storage format for each tag."""

_BREAK = re.compile(r"<br\s*/?>[ \t]*\n?", re.IGNORECASE)
_TAG = re.compile(
    rf"(`+)(?!`).*?(?<!`)\1(?!`)|\\.|<(/?)({'|'.join(_ELEMENTS)})\s*>", re.IGNORECASE | re.DOTALL
)


def html_tags(markdown: MarkdownIt) -> None:
    """Add the tags to a parser."""
    markdown.inline.ruler.before("autolink", "html_tag", _html_tag)


def _html_tag(state: StateInline, silent: bool) -> bool:
    if state.src[state.pos] != "<":
        return False
    if line_break := _BREAK.match(state.src, state.pos, state.posMax):
        if not silent:
            state.push("hardbreak", "br", 0)
        state.pos = line_break.end()
        return True
    opened = _TAG.match(state.src, state.pos, state.posMax)
    closed = _closing_tags(state).get(state.pos)
    if opened is None or closed is None or closed[1] > state.posMax:
        return False
    if not silent:
        _element(state, _ELEMENTS[opened[3].lower()], opened.end(), closed[0])
    state.pos = closed[1]
    return True


def _element(state: StateInline, name: str, start: int, end: int) -> None:
    """Write an element with its content; the content of code is not read as Markdown."""
    if name == "code":
        token = state.push("code_inline", "code", 0)
        token.content = " ".join(entities.decode(state.src[start:end]).split())
        return
    outside, state.pos, state.posMax = state.posMax, start, end
    state.push("html_open", name, 1)
    state.md.inline.tokenize(state)
    state.push("html_close", name, -1)
    state.posMax = outside


def _closing_tags(state: StateInline) -> dict[int, tuple[int, int]]:
    """Return start and end of the closing tag for each opening tag of a text, by its place; code spans hold none."""
    known: tuple[str, dict[int, tuple[int, int]]] | None = state.env.get("closing_tags")
    if known is not None and known[0] is state.src:
        return known[1]
    found: dict[int, tuple[int, int]] = {}
    waiting: dict[str, list[int]] = {}
    for match in _TAG.finditer(state.src):
        name = (match[3] or "").lower()
        if name and not match[2]:
            waiting.setdefault(name, []).append(match.start())
        elif name and waiting.get(name):
            found[waiting[name].pop()] = match.span()
    state.env["closing_tags"] = state.src, found
    return found
