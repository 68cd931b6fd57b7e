"""Jira wiki markup as the blocks and runs of `comment_tree`.

What reaches further than a careful reader can tell (an unclosed macro, a quotation that goes on in the next line) is
taken to reach as far as it may. Notation that is not read here stays in the text, where no approval survives it.
https://jira.atlassian.com/secure/WikiRendererHelpAction.jspa?section=all
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from handlers.approval_handler.decision.comment_tree import BLANK, Block, BlockKind, Run, RunKind, text_blocks

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


def from_wiki(markup: str) -> tuple[Block, ...]:
    """Return the blocks of Jira wiki markup, without those that are empty."""
    return tuple(_blocks(markup.replace("\r\n", "\n"), 0))


def _blocks(source: str, depth: int) -> Iterator[Block]:
    position = 0
    while opening := _MACRO.search(source, position):
        yield from _paragraphs(source[position : opening.start()])
        name = opening.group(1)
        end, position = _closing(source, name, opening.end())
        if name != "panel":
            yield Block(_KINDS[name])
        elif "title=" in (opening.group(2) or "") or depth > _MAX_DEPTH:
            yield Block(BlockKind.OTHER)
        else:
            yield from _blocks(source[opening.end() : end], depth + 1)
    yield from _paragraphs(source[position:])


def _closing(source: str, name: str, position: int) -> tuple[int, int]:
    """Return where the body of a macro ends and what follows begins; code inside it hides its tags."""
    while tag := _MACRO.search(source, position):
        position = tag.end()
        if tag.group(1) == name and not tag.group(2):
            return tag.start(), tag.end()
        if name not in _LITERAL and tag.group(1) in _LITERAL:
            literal = source.find(f"{{{tag.group(1)}}}", position)
            position = len(source) if literal < 0 else literal + len(tag.group(1)) + 2
    return len(source), len(source)


def _paragraphs(source: str) -> Iterator[Block]:
    """Yield the blocks of text without block macros: paragraphs, list items, quotations and tables."""
    lines: list[str] = []
    kind = BlockKind.TEXT
    for line in [*source.split("\n"), ""]:
        bare = line.strip(BLANK)
        item = _ITEM.match(bare) if kind is BlockKind.TEXT else None
        starts = _kind(bare) if kind is BlockKind.TEXT else kind
        if lines and (not bare or item or starts is not kind):
            yield from _finished(kind, lines)
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


def _finished(kind: BlockKind, lines: list[str]) -> Iterator[Block]:
    if kind is BlockKind.TEXT:
        yield from text_blocks(tuple(_runs("\n".join(lines))))
    else:
        yield Block(kind)


def _runs(source: str) -> Iterator[Run]:
    position = 0
    for match in _INLINE.finditer(source):
        if match.start() > position:
            yield Run(source[position : match.start()])
        position = match.end()
        value = match.group(str(match.lastgroup))
        match match.lastgroup:
            case "line_break":
                yield Run("\n")
            case "code":
                yield Run(value, code=True)
            case "struck":
                yield Run(value, struck=True)
            case "person":
                yield Run(value, RunKind.MENTION)
            case "smiley":
                yield Run(_SMILEYS[value], RunKind.EMOJI)
    if position < len(source):
        yield Run(source[position:])
