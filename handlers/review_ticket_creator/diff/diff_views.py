"""The views of one comparison, each a table that reads from top to bottom without any script."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from handlers.review_ticket_creator.diff import passage_html
from handlers.review_ticket_creator.diff.compared import Compared, SourceCompared, compared, source_compared
from handlers.review_ticket_creator.diff.comparison import CollapsedRows, Row, collapse_equal_rows
from handlers.review_ticket_creator.diff.forms import form
from handlers.review_ticket_creator.diff.passage import Reading, Run
from handlers.review_ticket_creator.diff.passage_html import passage, text, whole
from handlers.review_ticket_creator.diff.word_diff import Piece, compare_runs

__all__ = [
    "Compared",
    "SourceCompared",
    "compared",
    "listed",
    "side_by_side",
    "source",
    "source_compared",
    "unified",
]

_WORDS = {"~": "Changed", "+": "Added", "-": "Removed"}
_CLASSES = {"~": "changed", "+": "added", "-": "removed", "=": "same"}


def side_by_side(view: Compared, name: str) -> str:
    """Write both versions beside one another; `name` begins the ids of the changes."""
    lines = []
    for row, jump in _jumps(view.rows, name):
        if isinstance(row, CollapsedRows):
            lines.append(_folded(row, 3, "passage"))
            continue
        left = _side(view, row, view.before, row.before, "-")
        right = _side(view, row, view.after, row.after, "+")
        lines.append(f"{_opening(row.sign, jump)}{left}{right}</tr>")
    return _table("side", ("Before", "After"), lines)


def unified(view: Compared, name: str) -> str:
    """Write one text in which what goes is struck and what comes is marked."""
    lines = []
    for row, jump in _jumps(view.rows, name):
        if isinstance(row, CollapsedRows):
            lines.append(_folded(row, 2, "passage"))
            continue
        shown, marker, _ = view.shown(row)
        pieces = view.pieces.get(row)
        written = passage(shown, marker, pieces or whole(row.sign, shown.runs), marked=bool(pieces))
        lines.append(f"{_opening(row.sign, jump)}<td>{_said(row.sign)}{_form(view, row)}{written}</td></tr>")
    if not view.before.passages:
        return _table("unified whole", ("The new page",), lines)
    return _table("unified", ("The page with its changes",), lines)


def source(view: SourceCompared, name: str) -> str:
    """Write the storage format line by line, what goes above what comes."""
    lines: list[str] = []
    for row, jump in _jumps(view.rows, name):
        if isinstance(row, CollapsedRows):
            lines.append(_folded(row, 4, "line"))
            continue
        old = view.before[row.before] if row.before is not None else ""
        new = view.after[row.after] if row.after is not None else ""
        pieces = compare_runs((Run(old),), (Run(new),)) if row.sign == "~" else ()
        if row.sign == "=":
            lines.append(_source_line("=", jump, row.before, row.after, whole("=", (Run(new),))))
        if row.sign in "~-":
            gone = [piece for piece in pieces if piece.sign != "+"]
            lines.append(
                _source_line("-", jump, row.before, None, gone or whole("-", (Run(old),)), bool(gone))
            )
            jump = ""
        if row.sign in "~+":
            come = [piece for piece in pieces if piece.sign != "-"]
            lines.append(
                _source_line("+", jump, None, row.after, come or whole("+", (Run(new),)), bool(come))
            )
    return _table("source", ("Old line", "New line", "Source"), lines)


def listed(view: Compared | SourceCompared) -> list[tuple[int, str]]:
    """List the changes: the number of each, and in words where it is and what it says."""
    found: dict[int, str] = {}
    for row in view.rows:
        if row.change and row.change not in found:
            found[row.change] = f"{_WORDS[row.sign]}: {_excerpt(view, row)}"
    return list(found.items())


def _excerpt(view: Compared | SourceCompared, row: Row) -> str:
    if isinstance(view, SourceCompared):
        return view.after[row.after] if row.after is not None else view.before[row.before or 0]
    shown, _, headings = view.shown(row)
    if shown.kind[0] == "h":
        headings = headings[:-1]
    return " › ".join([*headings[-1:], shown.text or form(shown)])


def _jumps(rows: Sequence[Row], name: str) -> Iterator[tuple[Row | CollapsedRows, str]]:
    """Yield the rows to show; with the first of each change its number, anchor and the ways to its neighbours."""
    last = max((row.change for row in rows), default=0)
    seen = 0
    for row in collapse_equal_rows(rows):
        if isinstance(row, CollapsedRows) or row.change in (0, seen):
            yield row, ""
            continue
        seen = row.change
        up = f'<a href="#{name}-{seen - 1}" aria-label="Previous change">↑</a>' if seen > 1 else ""
        down = f'<a href="#{name}-{seen + 1}" aria-label="Next change">↓</a>' if seen < last else ""
        yield row, f'<span class="number" id="{name}-{seen}">{seen}</span>{up}{down}'


def _opening(sign: str, jump: str) -> str:
    return f'<tr class="{_CLASSES[sign]}"><td class="jump">{jump}</td>'


def _side(view: Compared, row: Row, reading: Reading, place: int | None, sign: str) -> str:
    if place is None:
        return '<td class="nothing"><span class="hidden">nothing here</span></td>'
    pieces = [piece for piece in view.pieces.get(row, ()) if piece.sign in ("=", sign)]
    shown = reading.passages[place]
    said = _said(row.sign) + (_form(view, row) if sign == "+" or row.sign == "-" else "")
    written = passage(
        shown, reading.markers[place], pieces or whole(row.sign, shown.runs), marked=bool(pieces)
    )
    return f"<td>{said}{written}</td>"


def _said(sign: str) -> str:
    return f'<span class="hidden">{_WORDS[sign]}: </span>' if sign != "=" else ""


def _form(view: Compared, row: Row) -> str:
    """Say how the form of a passage changed, or what form a new one has."""
    said = "".join(f"<li>{text(one)}</li>" for one in view.forms.get(row, ()))
    return f'<ul class="form">{said}</ul>' if said else ""


def _source_line(
    sign: str, jump: str, old: int | None, new: int | None, pieces: Iterable[Piece], marked: bool = False
) -> str:
    numbers = "".join(f'<td class="line">{"" if place is None else place + 1}</td>' for place in (old, new))
    code = "".join(passage_html.source(piece, marked=marked) for piece in pieces)
    mark = f'<span class="sign" aria-hidden="true">{"" if sign == "=" else sign}</span>'
    return f'{_opening(sign, jump)}{numbers}<td class="code">{mark}{_said(sign)}<code>{code}</code></td></tr>'


def _folded(fold_: CollapsedRows, columns: int, what: str) -> str:
    noun = what if fold_.rows == 1 else f"{what}s"
    return f'<tr class="fold"><td colspan="{columns}">⋯ {fold_.rows:,} unchanged {noun} ⋯</td></tr>'


def _table(kind: str, columns: Sequence[str], lines: Sequence[str]) -> str:
    heads = "".join(f'<th scope="col">{column}</th>' for column in columns)
    body = "\n".join(lines)
    return (
        f'<table class="{kind}"><thead><tr><th scope="col" class="jump"><span class="hidden">Change</span></th>'
        f"{heads}</tr></thead>\n<tbody>\n{body}\n</tbody></table>"
    )
