"""Turns a comment in Jira wiki markup into the blocks and runs of `comment_tree`.

If it is not clear where something ends (an unclosed macro, a quotation that continues in the next line), it extends as
far as possible. Unknown notation stays in the text, and a comment with such text is never an approval.
https://jira.atlassian.com/secure/WikiRendererHelpAction.jspa?section=all
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from handlers.approval_handler.decision.comment_tree import (
    BLANK,
    BlockKind,
    CommentBlock,
    CommentRun,
    RunKind,
    text_blocks,
)

_MACRO = re.compile(r"(?<!\\)\{(code|noformat|quote|panel)(:[^{}\n]{0,400})?\}")
_KINDS = {"code": BlockKind.CODE, "noformat": BlockKind.CODE, "quote": BlockKind.QUOTATION}
_LITERAL = frozenset({"code", "noformat"})
_ITEM = re.compile(r"(?:h[1-6]\.|[*#]{1,10}|-)[ \t\u00a0]+(?=\S)")
_RULE = re.compile(r"-{4,}$")

_INLINE = re.compile(
    r"""
      (?P<line_break>\\\\(?=[ \t\u00a0\n]|$))
    | \{\{(?P<code>[^{}\n]{1,1000})\}\}
    | (?P<color>\{color(?::[^{}\n]{0,100})?\})
    | \[~(?P<person>[^\[\]\n]{1,200})\]
    | (?P<smiley>\((?:/|x|y|n|!|\?)\))
    | (?<![\w-])-(?=[^ \t\u00a0\n-])(?P<struck>[^-\n]{1,2000})(?<=[^ \t\u00a0])-(?![\w-])
    """,
    re.VERBOSE,
)
_SMILEYS = {"(/)": "✅", "(x)": "❌", "(y)": "👍", "(n)": "👎", "(!)": "⚠️", "(?)": "❓"}
_MAX_DEPTH = 10


def from_wiki(markup: str) -> tuple[CommentBlock, ...]:
    """Return the blocks of Jira wiki markup, without empty ones."""
    return tuple(_blocks(markup.replace("\r\n", "\n"), 0))


def _blocks(source: str, depth: int) -> Iterator[CommentBlock]:
    position = 0
    while opening := _MACRO.search(source, position):
        yield from _paragraphs(source[position : opening.start()])
        name = opening.group(1)
        end, position = _closing(source, name, opening.end())
        if name != "panel":
            yield CommentBlock(_KINDS[name])
        elif "title=" in (opening.group(2) or "") or depth > _MAX_DEPTH:
            yield CommentBlock(BlockKind.OTHER)
        else:
            yield from _blocks(source[opening.end() : end], depth + 1)
    yield from _paragraphs(source[position:])


def _closing(source: str, name: str, position: int) -> tuple[int, int]:
    """Return where the body of a macro ends and where the text after it begins; tags inside code do not count."""
    while tag := _MACRO.search(source, position):
        position = tag.end()
        if tag.group(1) == name and not tag.group(2):
            return tag.start(), tag.end()
        if name not in _LITERAL and tag.group(1) in _LITERAL:
            literal = source.find(f"{{{tag.group(1)}}}", position)
            position = len(source) if literal < 0 else literal + len(tag.group(1)) + 2
    return len(source), len(source)


def _paragraphs(source: str) -> Iterator[CommentBlock]:
    """Yield the blocks of text without block macros: paragraphs, list items, quotations and tables."""
    lines: list[str] = []
    kind = BlockKind.TEXT
    for line in [*source.split("\n"), ""]:
        bare = line.strip(BLANK)
        item = _ITEM.match(bare) if kind is BlockKind.TEXT else None
        starts = _kind(bare) if kind is BlockKind.TEXT else kind
        if lines and (not bare or item or starts is not kind):
            yield from _block_of(kind, lines)
            lines, kind = [], BlockKind.TEXT
        if bare:
            kind = starts
            lines.append(bare[item.end() :] if item else line)


def _kind(line: str) -> BlockKind:
    if line.startswith("bq."):
        return BlockKind.QUOTATION
    if line.startswith("|"):
        return BlockKind.TABLE
    return BlockKind.OTHER if _RULE.match(line) else BlockKind.TEXT


def _block_of(kind: BlockKind, lines: list[str]) -> Iterator[CommentBlock]:
    if kind is BlockKind.TEXT:
        yield from text_blocks(tuple(_runs("\n".join(lines))))
    else:
        yield CommentBlock(kind)


def _runs(source: str) -> Iterator[CommentRun]:
    position = 0
    for match in _INLINE.finditer(source):
        if match.start() > position:
            yield CommentRun(source[position : match.start()])
        position = match.end()
        value = match.group(str(match.lastgroup))
        match match.lastgroup:
            case "line_break":
                yield CommentRun("\n")
            case "code":
                yield CommentRun(value, code=True)
            case "struck":
                yield CommentRun(value, struck=True)
            case "person":
                yield CommentRun(value, RunKind.MENTION)
            case "smiley":
                yield CommentRun(_SMILEYS[value], RunKind.EMOJI)
    if position < len(source):
        yield CommentRun(source[position:])
