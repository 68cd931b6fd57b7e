"""The model of a page for the diff: passages with runs of text, which can be compared with those of another version."""

from __future__ import annotations

from typing import NamedTuple


class TextRun(NamedTuple):
    """A stretch of text in one style.

    `style` has any of these, separated by spaces: b i u s code sub sup mark link chip cell headcell. A `chip` is the
    label of an element without text (a macro, an image, a date); `cell` and `headcell` begin a cell of a table row.
    `target` is the target of a link: a URL, or a text such as `page: Title`. `look` are other properties of how it is
    shown, such as `color: red`.
    """

    text: str
    style: str = ""
    target: str = ""
    look: tuple[str, ...] = ()


class Passage(NamedTuple):
    """The smallest piece of a page that is shown as a unit, such as a paragraph, a list item or a table row.

    `kind` is one of: p h1 … h6 li task-open task-done row code rule chip frame. A `frame` is the label of a box (panel,
    expand, macro, code, column) whose content follows. `frames` are the boxes around the passage, outermost first.
    `depth` is its nesting level in lists. `look` are other properties of how it is shown (`text-align: center`).
    `list_type` is `numbers` or `bullets` if the passage begins a list item, else "".
    """

    kind: str
    depth: int
    frames: tuple[str, ...]
    runs: tuple[TextRun, ...]
    look: tuple[str, ...] = ()
    list_type: str = ""

    @property
    def text(self) -> str:
        """The text of the passage; table cells are separated by " | "."""
        parts: list[str] = []
        for run in self.runs:
            parts.append(" | " if run.style in ("cell", "headcell") and parts else run.text)
        return "".join(parts)


class SourceOnlyDetail(NamedTuple):
    """A detail that only the source view shows, such as a class; `passage` is the index of its passage, or None."""

    what: str
    passage: int | None


class PagePassages(NamedTuple):
    """The passages of a page, with the marker of each (`•`, `3.`, or "") and the headings above each.

    `tables` is the number of the table that each passage is a row of, counted from 1; 0 if it is no row.
    """

    passages: tuple[Passage, ...]
    markers: tuple[str, ...]
    headings: tuple[tuple[str, ...], ...]
    tables: tuple[int, ...]
    source_only: tuple[SourceOnlyDetail, ...] = ()

    def header_rows(self) -> dict[int, int]:
        """Map the number of each table whose first row consists of header cells to the index of that row."""
        first: dict[int, int] = {}
        for place, table in enumerate(self.tables):
            first.setdefault(table, place)
        first.pop(0, None)
        return {table: place for table, place in first.items() if _is_header(self.passages[place])}


def _is_header(row: Passage) -> bool:
    return {run.style for run in row.runs if run.style in ("cell", "headcell")} == {"headcell"}


def cell_texts(row: Passage) -> tuple[str, ...]:
    """Return the text of each cell of a table row."""
    cells: list[str] = []
    for run in row.runs:
        if run.style in ("cell", "headcell"):
            cells.append("")
        elif cells:
            cells[-1] += run.text
    return tuple(" ".join(cell.split()) for cell in cells)
