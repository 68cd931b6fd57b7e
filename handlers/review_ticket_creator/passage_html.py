"""Passages as HTML. Everything that comes from the page is escaped; only what is written here is markup."""

from __future__ import annotations

import re
from collections.abc import Iterable

from common.html_page import escape
from common.invisible import invisible_in
from common.visible_text import mixed_words, visible, written_out
from handlers.review_ticket_creator.passage import Passage, Run
from handlers.review_ticket_creator.words import Piece

_TAGS = {"b": "b", "i": "i", "u": "u", "s": "s", "code": "code", "sub": "sub", "sup": "sup"}
_WEB = re.compile(r"(?:https?://|mailto:)[^\s\x00-\x1f]+$", re.IGNORECASE)
_LONGEST = 1_200  # characters of unchanged text shown inside one changed passage
_MARKERS = {"task-open": "☐", "task-done": "☑"}
_SIGNED = {"+": ("<ins>", "</ins>"), "-": ("<del>", "</del>"), "=": ("", "")}


def passage(shown: Passage, marker: str, pieces: Iterable[Piece]) -> str:
    """Write a passage from its pieces, inside the boxes it stands in."""
    inner = _cells(pieces) if shown.kind == "row" else "".join(_piece(piece) for piece in pieces)
    sign = _MARKERS.get(shown.kind, marker)
    if sign:
        inner = f'<span class="marker">{escape(sign)}</span>{inner}'
    depth = f" d{min(shown.depth, 6)}" if shown.depth else ""
    written = f'<div class="passage {shown.kind}{depth}" dir="auto">{inner or "&nbsp;"}</div>'
    for frame in reversed(shown.frames):
        written = f'<div class="box {escape(frame)}">{written}</div>'
    return written


def plain(runs: Iterable[Run]) -> list[Piece]:
    """Take runs as pieces of which none is marked."""
    return [Piece("=", run) for run in runs]


def text(value: str) -> str:
    """Escape text, write out invisible characters, and mark words that mix scripts."""
    written: list[str] = []
    at = 0
    for match, scripts in mixed_words(value):
        written += [_written_out(value[at : match.start()]), f'<span class="mixed">{_written_out(match[0])}']
        written.append(f'<span class="unseen"> {scripts}</span></span>')
        at = match.end()
    return "".join(written) + _written_out(value[at:])


def _written_out(value: str) -> str:
    written: list[str] = []
    at = 0
    for match in invisible_in(value):
        written += [escape(value[at : match.start()]), f'<span class="unseen">{written_out(match[0])}</span>']
        at = match.end()
    return "".join(written) + escape(value[at:])


def source(piece: Piece) -> str:
    """Write a piece of storage format, with what has no width written out."""
    opening, closing = _SIGNED[piece.sign]
    value = piece.run.text
    if piece.sign == "=" and len(value) > _LONGEST:
        return _shortened(value)
    return opening + text(value) + closing


def _cells(pieces: Iterable[Piece]) -> str:
    cells: list[str] = []
    for piece in pieces:
        if piece.run.style in ("cell", "headcell"):
            head = " head" if piece.run.style == "headcell" else ""
            cells.append(f'<span class="cell{head}">')
        elif not cells:
            cells.append('<span class="cell">')
        if piece.run.style not in ("cell", "headcell"):
            cells[-1] += _piece(piece)
    return f'<span class="cells">{"</span>".join(cells)}</span></span>'


def _piece(piece: Piece) -> str:
    opening, closing = _SIGNED[piece.sign]
    return opening + _run(piece.run, changed=piece.sign != "=") + closing


def _run(run: Run, *, changed: bool) -> str:
    styles = run.style.split()
    if "chip" in styles:
        return f'<span class="chip">{text(run.text)}</span>'
    shown = text(run.text) if changed else _shortened(run.text)
    written = shown.replace("\n", "<br>")
    for style in styles:
        if style in _TAGS:
            written = f"<{_TAGS[style]}>{written}</{_TAGS[style]}>"
        elif style == "mark":
            written = f'<mark title="inline comment">{written}</mark>'
    if not run.target:
        return written
    target = text(run.target)
    if _WEB.match(run.target):
        written = f'<a href="{escape(run.target)}" rel="noreferrer noopener">{written}</a>'
    else:
        written = f'<span class="reference" title="{escape(visible(run.target))}">{written}</span>'
    return (
        written + f'<span class="target"> ({target})</span>'
        if changed and run.target != run.text
        else written
    )


def _shortened(value: str) -> str:
    """Leave out the middle of what stays where it is very long, and say how much."""
    if len(value) <= _LONGEST:
        return text(value)
    side = _LONGEST // 2
    left_out = f'<span class="gap"> ⋯ {len(value) - 2 * side:,} unchanged characters ⋯ </span>'
    return text(value[:side]) + left_out + text(value[-side:])
