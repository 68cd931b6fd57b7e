"""Passages as HTML. All text from the page is escaped; only this module writes markup."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import quote

from common.markup.html_page import escape
from common.runtime.invisible_characters import invisible_in
from common.runtime.unicode_safety import code_point_label, make_visible, mixed_script_words
from handlers.review_ticket_creator.diff import formatting
from handlers.review_ticket_creator.diff.passage import Passage, TextRun
from handlers.review_ticket_creator.diff.word_diff import Piece

_TAGS = {"b": "b", "i": "i", "u": "u", "s": "s", "code": "code", "sub": "sub", "sup": "sup"}
_WEB = re.compile(r"(?:https?://|mailto:)[^\s\x00-\x1f]+$", re.IGNORECASE)
_MAX_UNCHANGED = 1_200  # characters of one unchanged stretch that are shown inside a changed passage
_IMAGE = re.compile(r"image · (.+?)(?: · .*)?$")
_MARKERS = {"task-open": "☐", "task-done": "☑"}
_SIGNED = {"+": ("<ins>", "</ins>"), "-": ("<del>", "</del>"), "=": ("", "")}


def passage_html(shown: Passage, marker: str, pieces: Iterable[Piece], *, marked: bool) -> str:
    """Return a passage inside its boxes; with `marked`, added and removed pieces are in `<ins>` and `<del>`."""
    written = unboxed_html(shown, marker, pieces, marked=marked)
    for frame in reversed(shown.frames):
        written = f'<div class="box {escape(frame)}">{written}</div>'
    return written


def unboxed_html(
    shown: Passage, marker: str, pieces: Iterable[Piece], *, marked: bool, whole: WholePage | None = None
) -> str:
    """Return a passage without its boxes; with `whole`, as a part of the whole page."""
    if shown.kind == "row":
        cells = cells_html(pieces, marked=marked, whole=whole)
        each = (f'<span class="cell{" head" * cell.is_head}">{cell.html}</span>' for cell in cells)
        inner = f'<span class="cells">{"".join(each)}</span>' if cells else ""
    else:
        inner = "".join(_piece(piece, marked, whole) for piece in pieces)
    sign = _MARKERS.get(shown.kind, marker)
    if sign:
        inner = f'<span class="marker">{escape(sign)}</span>{inner}'
    depth = f" d{min(shown.depth, 6)}" if shown.depth else ""
    return f'<div class="passage {shown.kind}{depth}" dir="auto">{inner or "&nbsp;"}{split_words_html(shown)}</div>'


def split_words_html(shown: Passage) -> str:
    """Return a note for each word that mixes scripts and is split over several runs."""
    return "".join(
        f'<span class="unseen">{escape(note)}</span>' for note in formatting.mixed_words_across_runs(shown)
    )


class CellHtml(NamedTuple):
    """A cell of a table row: whether it is a header cell, and its content."""

    is_head: bool
    html: str


def whole_pieces(sign: str, runs: Iterable[TextRun]) -> list[Piece]:
    """Return runs as pieces that all have the same sign."""
    return [Piece(sign, run) for run in runs]


class WholePage(NamedTuple):
    """A page that is shown whole: long unchanged text is not shortened, and images have links.

    `attachments_url` is where the page's attachments can be downloaded, "" if unknown.
    """

    attachments_url: str = ""

    def image_url(self, source: str) -> str:
        """Return the address of an image; "" if it is unknown."""
        if _WEB.match(source):
            return source
        is_on_page = self.attachments_url and " on " not in source
        return f"{self.attachments_url}/{quote(source, safe='')}" if is_on_page else ""


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


def cells_html(pieces: Iterable[Piece], *, marked: bool, whole: WholePage | None = None) -> list[CellHtml]:
    """Return the cells of a table row; `marked` and `whole` as for `unboxed_html`."""
    cells: list[CellHtml] = []
    begun = ""  # the sign of a cell that has just been opened
    for piece in pieces:
        if piece.run.style in ("cell", "headcell"):
            if {begun, piece.sign} == {"-", "+"}:
                cells.pop()  # a cell became a header cell, or the reverse
            cells.append(CellHtml(piece.run.style == "headcell", ""))
            begun = piece.sign
            continue
        begun = ""
        last = cells.pop() if cells else CellHtml(False, "")
        cells.append(last._replace(html=last.html + _piece(piece, marked, whole)))
    return cells


def _piece(piece: Piece, marked: bool, whole: WholePage | None) -> str:
    opening, closing = _SIGNED[piece.sign] if marked else ("", "")
    return opening + _run(piece.run, changed=piece.sign != "=", whole=whole) + closing


def _run(run: TextRun, *, changed: bool, whole: WholePage | None) -> str:
    """Return a run as HTML.

    Only an unchanged run is shortened, unless `whole`; only a changed one shows its link target and look.
    """
    styles = run.style.split()
    shown = text_html(run.text) if changed or whole else _shortened(run.text)
    written = shown.replace("\n", "<br>")
    if "chip" in styles:
        written = f'<span class="chip">{written}</span>'
        if whole and (image := _IMAGE.match(run.text)) and not run.target:
            run = run._replace(target=whole.image_url(image[1]))
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
