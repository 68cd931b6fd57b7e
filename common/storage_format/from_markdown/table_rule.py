"""Markdown tables: a pipe within a code span is text, and a row with too many cells is reported.

GitHub splits a row at every pipe without a backslash, even in code, and drops the cells beyond the header's. Here such
pipes are hidden from the parser's own rule while it runs.
"""

from __future__ import annotations

import re

from markdown_it.rules_block import StateBlock
from markdown_it.rules_block import table as parse_table

LONG_ROWS = "long_rows"
"""Key in the parser's environment: the rows with too many cells, each as (text, cells, columns)."""

_HIDDEN = "\uffff"  # XML forbids it, so no text holds it
_DELIMITER = re.compile(r"\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$")
_CODE = re.compile(r"(?<![`\\])(`+)(?!`)(.+?)(?<!`)\1(?!`)")
_PIPE = re.compile(r"(?<!\\)((?:\\\\)*)\|")


def split_row(line: str) -> list[str]:
    """Return the cells of a row; pipes in code spans do not split."""
    return [cell.replace(_HIDDEN, "|") for cell in _split(_without_code_pipes(line))]


def table(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Parse a table; replaces the parser's own rule."""
    if start + 2 > end or "|" not in _line(state, start) or not _DELIMITER.match(_line(state, start + 1)):
        return parse_table(state, start, end, silent)
    columns = len(_split(_line(state, start + 1)))
    source, first = state.src, len(state.tokens)
    long_rows = _hide_pipes(state, start, end, columns)
    try:
        found = parse_table(state, start, end, silent)
    finally:
        state.src = source
    for token in state.tokens[first:]:
        token.content = token.content.replace(_HIDDEN, "|")
        if token.type == "tr_open" and token.map and token.map[0] in long_rows:
            state.env.setdefault(LONG_ROWS, []).append(long_rows[token.map[0]])
    return found


def _hide_pipes(state: StateBlock, start: int, end: int, columns: int) -> dict[int, tuple[str, int, int]]:
    """Hide the pipes that do not separate cells, up to the next empty line; return the rows with too many cells."""
    parts: list[str] = []
    at, long_rows = 0, {}
    for number in range(start, end):
        line = _line(state, number)
        if not line:
            break
        hidden = _without_code_pipes(line)
        cells = _split(hidden)
        if number > start + 1 and any(cells[columns:]):
            long_rows[number] = line.strip(), len(cells), columns
        place = state.bMarks[number] + state.tShift[number]
        parts += [state.src[at:place], hidden]
        at = place + len(line)
    state.src = "".join(parts) + state.src[at:]
    return long_rows


def _without_code_pipes(line: str) -> str:
    if "`" not in line or "|" not in line:
        return line
    return _CODE.sub(lambda match: _PIPE.sub(rf"\1{_HIDDEN}", match[0]), line)


def _split(line: str) -> list[str]:
    inner = line.strip().removeprefix("|")
    cut = [0]
    for match in _PIPE.finditer(inner):
        cut += [match.end() - 1, match.end()]
    cut.append(len(inner))
    cells = [inner[start:end].strip() for start, end in zip(cut[::2], cut[1::2], strict=True)]
    return cells[:-1] if len(cells) > 1 and not cells[-1] else cells


def _line(state: StateBlock, number: int) -> str:
    return state.src[state.bMarks[number] + state.tShift[number] : state.eMarks[number]]
