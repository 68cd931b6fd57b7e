"""Passages as HTML. All text from the page is escaped; only this module writes markup."""

from __future__ import annotations

import re
from collections.abc import Iterable

from common.markup.html_page import escape
from common.runtime.invisible_characters import invisible_in
from common.runtime.unicode_safety import code_point_label, make_visible, mixed_script_words
from handlers.review_ticket_creator.diff import formatting
from handlers.review_ticket_creator.diff.passage import Passage, TextRun
from handlers.review_ticket_creator.diff.word_diff import Piece

_TAGS = {"b": "b", "i": "i", "u": "u", "s": "s", "code": "code", "sub": "sub", "sup": "sup"}
_WEB = re.compile(r"(?:https?://|mailto:)[^\s\x00-\x1f]+$", re.IGNORECASE)
_MAX_UNCHANGED = 1_200  # characters of one unchanged stretch that are shown inside a changed passage
_MARKERS = {"task-open": "☐", "task-done": "☑"}
_SIGNED = {"+": ("<ins>", "</ins>"), "-": ("<del>", "</del>"), "=": ("", "")}


def passage_html(shown: Passage, marker: str, pieces: Iterable[Piece], *, marked: bool) -> str:
    """Return a passage inside its boxes; with `marked`, added and removed pieces are in `<ins>` and `<del>`."""
    inner = (
        _cells(pieces, marked) if shown.kind == "row" else "".join(_piece(piece, marked) for piece in pieces)
    )
    sign = _MARKERS.get(shown.kind, marker)
    if sign:
        inner = f'<span class="marker">{escape(sign)}</span>{inner}'
    depth = f" d{min(shown.depth, 6)}" if shown.depth else ""
    split = "".join(
        f'<span class="unseen">{escape(note)}</span>' for note in formatting.mixed_words_across_runs(shown)
    )
    written = f'<div class="passage {shown.kind}{depth}" dir="auto">{inner or "&nbsp;"}{split}</div>'
    for frame in reversed(shown.frames):
        written = f'<div class="box {escape(frame)}">{written}</div>'
    return written


def whole_pieces(sign: str, runs: Iterable[TextRun]) -> list[Piece]:
    """Return runs as pieces that all have the same sign."""
    return [Piece(sign, run) for run in runs]


def text_html(value: str) -> str:
    """Escape text, make invisible characters visible, and mark words that mix scripts."""
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


def source_html(piece: Piece, *, marked: bool) -> str:
    """Return a piece of storage format as HTML; a long unchanged piece is shortened."""
    if piece.sign == "=":
        return _shortened(piece.run.text)
    opening, closing = _SIGNED[piece.sign] if marked else ("", "")
    return opening + text_html(piece.run.text) + closing


def _cells(pieces: Iterable[Piece], marked: bool) -> str:
    cells: list[str] = []
    begun = ""  # the sign of a cell that has just been opened
    for piece in pieces:
        if piece.run.style in ("cell", "headcell"):
            if {begun, piece.sign} == {"-", "+"}:
                cells.pop()  # a cell became a header cell, or the reverse
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


def _run(run: TextRun, *, changed: bool) -> str:
    """Return a run as HTML. Only an unchanged run is shortened; only a changed one shows its link target and look."""
    styles = run.style.split()
    shown = text_html(run.text) if changed else _shortened(run.text)
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
    notes = [*([run.target] if run.target not in ("", run.text) else []), *run.look]
    return written + "".join(f'<span class="target"> ({text_html(note)})</span>' for note in notes)


def _shortened(value: str) -> str:
    """Leave out the middle of a long unchanged text, and say how many characters."""
    if len(value) <= _MAX_UNCHANGED:
        return text_html(value)
    side = _MAX_UNCHANGED // 2
    left_out = f'<span class="gap"> ⋯ {len(value) - 2 * side:,} unchanged characters ⋯ </span>'
    return text_html(value[:side]) + left_out + text_html(value[-side:])
