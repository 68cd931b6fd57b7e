"""The views of a comparison (side by side, with changes, source), each as an HTML table without scripts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from handlers.review_ticket_creator.diff.formatting import passage_kind
from handlers.review_ticket_creator.diff.page_comparison import (
    PageComparison,
    SourceComparison,
    compare_pages,
    compare_sources,
)
from handlers.review_ticket_creator.diff.passage import PagePassages, TextRun
from handlers.review_ticket_creator.diff.passage_html import (
    passage_html,
    source_html,
    text_html,
    whole_pieces,
)
from handlers.review_ticket_creator.diff.row_comparison import CollapsedRows, Row, collapse_equal_rows
from handlers.review_ticket_creator.diff.word_diff import Piece, compare_runs

__all__ = [
    "PageComparison",
    "SourceComparison",
    "compare_pages",
    "compare_sources",
    "list_changes",
    "side_by_side_view",
    "source_view",
    "unified_view",
]

_WORDS = {"~": "Changed", "+": "Added", "-": "Removed"}
_CLASSES = {"~": "changed", "+": "added", "-": "removed", "=": "same"}


def side_by_side_view(view: PageComparison, name: str) -> str:
    """Return both versions side by side; `name` is the prefix of the ids of the changes."""
    lines = []
    for row, jump in _jumps(view, name):
        if isinstance(row, CollapsedRows):
            lines.append(_folded(view, row, 3))
            continue
        left = _side(view, row, view.before, row.before, "-")
        right = _side(view, row, view.after, row.after, "+")
        lines.append(f"{_opening(row.sign, jump)}{left}{right}</tr>")
    return _table("side", ("Before", "After"), lines)


def unified_view(view: PageComparison, name: str) -> str:
    """Return one text in which removed words are struck through and added words are marked."""
    lines = []
    for row, jump in _jumps(view, name):
        if isinstance(row, CollapsedRows):
            lines.append(_folded(view, row, 2))
            continue
        shown, marker, _ = view.shown(row)
        pieces = view.pieces.get(row)
        written = passage_html(
            shown, marker, pieces or whole_pieces(row.sign, shown.runs), marked=bool(pieces)
        )
        notes = hidden_label(row.sign) + formatting_html(view, row)
        lines.append(f"{_opening(row.sign, jump)}<td>{notes}{written}</td></tr>")
    if not view.before.passages:
        return _table("unified whole", ("The new page",), lines)
    return _table("unified", ("The page with its changes",), lines)


def source_view(view: SourceComparison, name: str) -> str:
    """Return the storage format line by line, removed lines above added lines."""
    lines: list[str] = []
    for row, jump in _jumps(view, name):
        if isinstance(row, CollapsedRows):
            lines.append(_folded(view, row, 4))
            continue
        old = view.before[row.before] if row.before is not None else ""
        new = view.after[row.after] if row.after is not None else ""
        pieces = compare_runs((TextRun(old),), (TextRun(new),)) if row.sign == "~" else ()
        if row.sign == "=":
            lines.append(_source_line("=", jump, row.before, row.after, whole_pieces("=", (TextRun(new),))))
        if row.sign in "~-":
            removed = [piece for piece in pieces if piece.sign != "+"]
            lines.append(
                _source_line(
                    "-", jump, row.before, None, removed or whole_pieces("-", (TextRun(old),)), bool(removed)
                )
            )
            jump = ""
        if row.sign in "~+":
            added = [piece for piece in pieces if piece.sign != "-"]
            lines.append(
                _source_line(
                    "+", jump, None, row.after, added or whole_pieces("+", (TextRun(new),)), bool(added)
                )
            )
    return _table("source", ("Old line", "New line", "Source"), lines)


def list_changes(view: PageComparison | SourceComparison) -> list[tuple[int, str]]:
    """List the changes: the number of each, and a label with its kind, the heading above it and its text."""
    labels: dict[int, str] = {}
    for row in view.rows:
        if row.change and row.change not in labels:
            labels[row.change] = f"{_word(view, row)}: {_excerpt(view, row)}"
    return list(labels.items())


def _word(view: PageComparison | SourceComparison, row: Row) -> str:
    """Return what happened to a row, in one word; a moved one is named as such."""
    return "Moved" if isinstance(view, PageComparison) and row in view.moved else _WORDS[row.sign]


def _excerpt(view: PageComparison | SourceComparison, row: Row) -> str:
    if isinstance(view, SourceComparison):
        return view.after[row.after] if row.after is not None else view.before[row.before or 0]
    shown, _, headings = view.shown(row)
    if shown.kind[0] == "h":
        headings = headings[:-1]
    columns = view.changed_columns(row)
    named = [f"column {', '.join(columns)}"] if columns else []
    return " › ".join([*headings[-1:], *named, shown.text or passage_kind(shown)])


def _jumps(view: PageComparison | SourceComparison, name: str) -> Iterator[tuple[Row | CollapsedRows, str]]:
    """Yield the rows to show; the first row of each change has its number, anchor and links to its neighbours."""
    last = max((row.change for row in view.rows), default=0)
    number = 0
    kept = view.header_rows if isinstance(view, PageComparison) else ()
    for row in collapse_equal_rows(view.rows, kept=kept):
        if isinstance(row, CollapsedRows) or row.change in (0, number):
            yield row, ""
            continue
        number = row.change
        yield row, jump_html(name, number, last)


def jump_html(name: str, number: int, last: int) -> str:
    """Return the number of a change as the target `name-number`, with links to the changes before and after it."""
    up = f'<a href="#{name}-{number - 1}" aria-label="Previous change">↑</a>' if number > 1 else ""
    down = f'<a href="#{name}-{number + 1}" aria-label="Next change">↓</a>' if number < last else ""
    return f'<span class="number" id="{name}-{number}">{number}</span>{up}{down}'


def _opening(sign: str, jump: str) -> str:
    return f'<tr class="{_CLASSES[sign]}"><td class="jump">{jump}</td>'


def _side(view: PageComparison, row: Row, reading: PagePassages, place: int | None, sign: str) -> str:
    if place is None:
        return '<td class="nothing"><span class="hidden">nothing here</span></td>'
    pieces = [piece for piece in view.pieces.get(row, ()) if piece.sign in ("=", sign)]
    shown = reading.passages[place]
    notes = hidden_label(row.sign) + (formatting_html(view, row) if sign == "+" or row.sign == "-" else "")
    written = passage_html(
        shown, reading.markers[place], pieces or whole_pieces(row.sign, shown.runs), marked=bool(pieces)
    )
    return f"<td>{notes}{written}</td>"


def hidden_label(sign: str) -> str:
    """Return what happened to a passage in one word, for screen readers only."""
    return f'<span class="hidden">{_WORDS[sign]}: </span>' if sign != "=" else ""


def formatting_html(view: PageComparison, row: Row) -> str:
    """Return the formatting changes of a passage, or the formatting of an added or removed one, as a list."""
    items = "".join(f"<li>{text_html(one)}</li>" for one in view.formatting.get(row, ()))
    return f'<ul class="form">{items}</ul>' if items else ""


def _source_line(
    sign: str, jump: str, old: int | None, new: int | None, pieces: Iterable[Piece], marked: bool = False
) -> str:
    numbers = "".join(f'<td class="line">{"" if place is None else place + 1}</td>' for place in (old, new))
    code = "".join(source_html(piece, marked=marked) for piece in pieces)
    mark = f'<span class="sign" aria-hidden="true">{"" if sign == "=" else sign}</span>'
    return f'{_opening(sign, jump)}{numbers}<td class="code">{mark}{hidden_label(sign)}<code>{code}</code></td></tr>'


def _folded(view: PageComparison | SourceComparison, collapsed: CollapsedRows, columns: int) -> str:
    """Return a table row that opens to show the folded rows; on a large page it only counts them."""
    text = folded_text(collapsed, "passage" if isinstance(view, PageComparison) else "line")
    if view.is_large:
        return f'<tr class="fold"><td colspan="{columns}">{text}</td></tr>'
    inside = "".join(_unchanged(view, row) for row in collapsed.rows)
    return (
        f'<tr class="fold"><td colspan="{columns}"><details><summary>{text}</summary>'
        f'<div class="unfolded">{inside}</div></details></td></tr>'
    )


def folded_text(collapsed: CollapsedRows, what: str) -> str:
    """Return how many unchanged rows are folded; `what` names one of them."""
    noun = what if len(collapsed.rows) == 1 else f"{what}s"
    return f"⋯ {len(collapsed.rows):,} unchanged {noun} ⋯"


def _unchanged(view: PageComparison | SourceComparison, row: Row) -> str:
    if isinstance(view, SourceComparison):
        return f"<div><code>{text_html(view.after[row.after or 0])}</code></div>"
    shown, marker, _ = view.shown(row)
    return passage_html(shown, marker, whole_pieces("=", shown.runs), marked=False)


def _table(kind: str, columns: Sequence[str], lines: Sequence[str]) -> str:
    heads = "".join(f'<th scope="col">{column}</th>' for column in columns)
    body = "\n".join(lines)
    return (
        f'<table class="{kind}"><thead><tr><th scope="col" class="jump"><span class="hidden">Change</span></th>'
        f"{heads}</tr></thead>\n<tbody>\n{body}\n</tbody></table>"
    )
