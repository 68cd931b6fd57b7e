"""Passages as HTML. Everything that comes from the page is escaped; only what is written here is markup."""

from __future__ import annotations

import re
from collections.abc import Iterable

from common.markup.html_page import escape
from common.runtime.invisible_characters import invisible_in
from common.runtime.unicode_safety import code_point_label, make_visible, mixed_script_words
from handlers.review_ticket_creator.diff import forms
from handlers.review_ticket_creator.diff.passage import Passage, Run
from handlers.review_ticket_creator.diff.word_diff import Piece

_TAGS = {"b": "b", "i": "i", "u": "u", "s": "s", "code": "code", "sub": "sub", "sup": "sup"}
_WEB = re.compile(r"(?:https?://|mailto:)[^\s\x00-\x1f]+$", re.IGNORECASE)
_LONGEST = 1_200  # characters of unchanged text shown inside one changed passage
_MARKERS = {"task-open": "☐", "task-done": "☑"}
_SIGNED = {"+": ("<ins>", "</ins>"), "-": ("<del>", "</del>"), "=": ("", "")}


def passage(shown: Passage, marker: str, pieces: Iterable[Piece], *, marked: bool) -> str:
    """Write a passage from its pieces, inside the boxes it stands in; `marked` if what comes and goes is marked."""
    inner = (
        _cells(pieces, marked) if shown.kind == "row" else "".join(_piece(piece, marked) for piece in pieces)
    )
    sign = _MARKERS.get(shown.kind, marker)
    if sign:
        inner = f'<span class="marker">{escape(sign)}</span>{inner}'
    depth = f" d{min(shown.depth, 6)}" if shown.depth else ""
    split = "".join(f'<span class="unseen">{escape(said)}</span>' for said in forms.split_words(shown))
    written = f'<div class="passage {shown.kind}{depth}" dir="auto">{inner or "&nbsp;"}{split}</div>'
    for frame in reversed(shown.frames):
        written = f'<div class="box {escape(frame)}">{written}</div>'
    return written


def whole(sign: str, runs: Iterable[Run]) -> list[Piece]:
    """Take runs as pieces that all stay, come or go."""
    return [Piece(sign, run) for run in runs]


def text(value: str) -> str:
    """Escape text, write out invisible characters, and mark words that mix scripts."""
    written: list[str] = []
    at = 0
    for match, scripts in mixed_script_words(value):
        written += [_written_out(value[at : match.start()]), f'<span class="mixed">{_written_out(match[0])}']
        written.append(f'<span class="unseen"> {scripts}</span></span>')
        at = match.end()
    return "".join(written) + _written_out(value[at:])


def _written_out(value: str) -> str:
    written: list[str] = []
    at = 0
    for match in invisible_in(value):
        written += [
            escape(value[at : match.start()]),
            f'<span class="unseen">{code_point_label(match[0])}</span>',
        ]
        at = match.end()
    return "".join(written) + escape(value[at:])


def source(piece: Piece, *, marked: bool) -> str:
    """Write a piece of storage format."""
    if piece.sign == "=":
        return _shortened(piece.run.text)
    opening, closing = _SIGNED[piece.sign] if marked else ("", "")
    return opening + text(piece.run.text) + closing


def _cells(pieces: Iterable[Piece], marked: bool) -> str:
    cells: list[str] = []
    begun = ""  # the sign of a cell that has just begun
    for piece in pieces:
        if piece.run.style in ("cell", "headcell"):
            if {begun, piece.sign} == {"-", "+"}:
                cells.pop()  # it became one of the other kind
            head = " head" if piece.run.style == "headcell" else ""
            cells.append(f'<span class="cell{head}">')
            begun = piece.sign
            continue
        begun = ""
        if not cells:
            cells.append('<span class="cell">')
        cells[-1] += _piece(piece, marked)
    return f'<span class="cells">{"</span>".join(cells)}</span></span>' if cells else ""


def _piece(piece: Piece, marked: bool) -> str:
    opening, closing = _SIGNED[piece.sign] if marked else ("", "")
    return opening + _run(piece.run, changed=piece.sign != "=") + closing


def _run(run: Run, *, changed: bool) -> str:
    """Write a run; only what stays is shortened, and of what does not it is told where it leads and how it looks."""
    styles = run.style.split()
    shown = text(run.text) if changed else _shortened(run.text)
    written = shown.replace("\n", "<br>")
    if "chip" in styles:
        written = f'<span class="chip">{written}</span>'
    for style in styles:
        if style in _TAGS:
            written = f"<{_TAGS[style]}>{written}</{_TAGS[style]}>"
        elif style == "mark":
            written = f'<mark title="inline comment">{written}</mark>'
    if run.target and _WEB.match(run.target):
        written = f'<a href="{escape(run.target)}" rel="noreferrer noopener">{written}</a>'
    elif run.target:
        written = f'<span class="reference" title="{escape(make_visible(run.target))}">{written}</span>'
    if not changed:
        return written
    told = [*([run.target] if run.target not in ("", run.text) else []), *run.look]
    return written + "".join(f'<span class="target"> ({text(one)})</span>' for one in told)


def _shortened(value: str) -> str:
    """Leave out the middle of what stays where it is very long, and say how much."""
    if len(value) <= _LONGEST:
        return text(value)
    side = _LONGEST // 2
    left_out = f'<span class="gap"> ⋯ {len(value) - 2 * side:,} unchanged characters ⋯ </span>'
    return text(value[:side]) + left_out + text(value[-side:])
