"""The views of one comparison, each a table that reads from top to bottom without any script."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from handlers.review_ticket_creator import passage_html, source_lines
from handlers.review_ticket_creator.comparison import Fold, Row, compare, fold
from handlers.review_ticket_creator.passage import Passage, Reading, Run, form
from handlers.review_ticket_creator.passage_html import passage, plain, text
from handlers.review_ticket_creator.reading import read
from handlers.review_ticket_creator.words import Piece, compare_runs

_WORD = re.compile(r"\w+")
_WORDS = {"~": "Changed", "+": "Added", "-": "Removed"}
_CLASSES = {"~": "changed", "+": "added", "-": "removed", "=": "same"}


@dataclass(frozen=True)
class Compared:
    """Two versions of a page as a reader sees them, compared."""

    before: Reading
    after: Reading
    rows: list[Row]

    @cached_property
    def pieces(self) -> dict[Row, tuple[Piece, ...]]:
        """What changed inside each changed passage, word by word."""
        return {
            row: compare_runs(self.before.passages[row.before].runs, self.after.passages[row.after].runs)
            for row in self.rows
            if row.sign == "~" and row.before is not None and row.after is not None
        }

    @cached_property
    def words(self) -> tuple[int, int]:
        """How many words come and how many go; names of macros and images are no words."""
        come = gone = 0
        for row in self.rows:
            if row.sign == "=":
                continue
            pieces = self.pieces.get(row) or [Piece(row.sign, run) for run in self.shown(row)[0].runs]
            come += sum(_words(piece.run) for piece in pieces if piece.sign == "+")
            gone += sum(_words(piece.run) for piece in pieces if piece.sign == "-")
        return come, gone

    def shown(self, row: Row) -> tuple[Passage, str, tuple[str, ...]]:
        """Give the newer passage of a row, its marker and the headings it stands under."""
        reading, place = (self.after, row.after) if row.after is not None else (self.before, row.before or 0)
        return reading.passages[place], reading.markers[place], reading.headings[place]


def _words(run: Run) -> int:
    return 0 if run.style == "chip" else len(_WORD.findall(run.text))


def compared(before: str, after: str) -> Compared:
    """Compare two versions of a page in storage format as a reader sees them."""
    old, new = read(before), read(after)
    return Compared(old, new, compare(old.passages, new.passages, _text_of))


@dataclass(frozen=True)
class SourceCompared:
    """Two versions of a page's storage format, broken into lines and compared."""

    before: list[str]
    after: list[str]
    rows: list[Row]


def source_compared(before: str, after: str) -> SourceCompared:
    """Compare two versions of a page as they are stored."""
    old, new = source_lines.split_both(before, after)
    return SourceCompared(old, new, compare(old, new, str))


def _text_of(shown: Passage) -> str:
    return shown.text


def side_by_side(view: Compared, name: str) -> str:
    """Write both versions beside one another; `name` begins the ids of the changes."""
    lines = []
    for row, jump in _jumps(view.rows, name):
        if isinstance(row, Fold):
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
        if isinstance(row, Fold):
            lines.append(_folded(row, 2, "passage"))
            continue
        shown, marker, _ = view.shown(row)
        written = passage(shown, marker, view.pieces.get(row) or plain(shown.runs))
        lines.append(f"{_opening(row.sign, jump)}<td>{_said(row.sign)}{_form(view, row)}{written}</td></tr>")
    if not view.before.passages:
        return _table("unified whole", ("The new page",), lines)
    return _table("unified", ("The page with its changes",), lines)


def source(view: SourceCompared, name: str) -> str:
    """Write the storage format line by line, what goes above what comes."""
    lines: list[str] = []
    for row, jump in _jumps(view.rows, name):
        if isinstance(row, Fold):
            lines.append(_folded(row, 4, "line"))
            continue
        old = view.before[row.before] if row.before is not None else ""
        new = view.after[row.after] if row.after is not None else ""
        pieces = compare_runs((Run(old),), (Run(new),)) if row.sign == "~" else ()
        if row.sign == "=":
            lines.append(_source_line("=", jump, row.before, row.after, plain((Run(new),))))
        if row.sign in "~-":
            gone = [piece for piece in pieces if piece.sign != "+"] or plain((Run(old),))
            lines.append(_source_line("-", jump, row.before, None, gone))
            jump = ""
        if row.sign in "~+":
            come = [piece for piece in pieces if piece.sign != "-"] or plain((Run(new),))
            lines.append(_source_line("+", jump, None, row.after, come))
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


def _jumps(rows: Sequence[Row], name: str) -> Iterator[tuple[Row | Fold, str]]:
    """Yield the rows to show; with the first of each change its number, anchor and the ways to its neighbours."""
    last = max((row.change for row in rows), default=0)
    seen = 0
    for row in fold(rows):
        if isinstance(row, Fold) or row.change in (0, seen):
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
    said = _said(row.sign) + (_form(view, row) if sign == "+" else "")
    written = passage(shown, reading.markers[place], pieces or plain(shown.runs))
    return f"<td>{said}{written}</td>"


def _said(sign: str) -> str:
    return f'<span class="hidden">{_WORDS[sign]}: </span>' if sign != "=" else ""


def _form(view: Compared, row: Row) -> str:
    """Say what a passage was, where not only its words changed."""
    if row.before is None or row.after is None or row.sign != "~":
        return ""
    was, now = form(view.before.passages[row.before]), form(view.after.passages[row.after])
    return f'<span class="form">was {text(was)}, now {text(now)}</span>' if was != now else ""


def _source_line(sign: str, jump: str, old: int | None, new: int | None, pieces: Iterable[Piece]) -> str:
    numbers = "".join(f'<td class="line">{"" if place is None else place + 1}</td>' for place in (old, new))
    code = "".join(passage_html.source(piece) for piece in pieces)
    mark = f'<span class="sign" aria-hidden="true">{"" if sign == "=" else sign}</span>'
    return f'{_opening(sign, jump)}{numbers}<td class="code">{mark}{_said(sign)}<code>{code}</code></td></tr>'


def _folded(fold_: Fold, columns: int, what: str) -> str:
    noun = what if fold_.rows == 1 else f"{what}s"
    return f'<tr class="fold"><td colspan="{columns}">⋯ {fold_.rows:,} unchanged {noun} ⋯</td></tr>'


def _table(kind: str, columns: Sequence[str], lines: Sequence[str]) -> str:
    heads = "".join(f'<th scope="col">{column}</th>' for column in columns)
    body = "\n".join(lines)
    return (
        f'<table class="{kind}"><thead><tr><th scope="col" class="jump"><span class="hidden">Change</span></th>'
        f"{heads}</tr></thead>\n<tbody>\n{body}\n</tbody></table>"
    )
