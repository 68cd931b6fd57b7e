"""Builds the passages of a page: opens and closes them, and keeps the open styles, boxes, lists and table rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from handlers.review_ticket_creator.diff.passage import PagePassages, Passage, SourceOnlyDetail, TextRun

_WHOLE = ("chip", "cell", "headcell")
_CELLS = ("cell", "headcell")


@dataclass
class _List:
    """An open list: whether it is ordered, its first number, and the number of its next item."""

    ordered: bool
    first: int
    number: int

    def start_look(self) -> tuple[str, ...]:
        """Return the look of its first item if the list does not start at 1."""
        is_first = self.ordered and self.number == self.first + 1
        return (f"starts at: {self.first}",) if is_first and self.first != 1 else ()


class PassageBuilder:
    """The finished passages and the open one.

    A table row is one passage: a block in a cell opens no passage of its own, but becomes a line of the row.
    """

    def __init__(self) -> None:
        self.kind = "p"
        self.target = ""  # the link target of the text that is written now
        self._passages: list[Passage] = []
        self._markers: list[str] = []
        self._headings: list[tuple[str, ...]] = []
        self._tables: list[int] = []
        self._table_number = 0
        self._above: tuple[tuple[int, str], ...] = ()
        self._source_only: list[SourceOnlyDetail] = []
        self._runs: list[TextRun] | None = None  # of the open passage
        self._row: list[TextRun] | None = None
        self._row_looks: list[str] = []
        self._cell = 0
        self._table: list[str] | None = None  # the looks of a table, until its first row
        self._tables_in_row = 0
        self._marker = ""
        self._item = ""  # the kind of the next passage, if it begins an item
        self._frames: tuple[str, ...] = ()
        self._lists: list[_List] = []
        self._tasks = 0  # the number of open task lists
        self._styles: list[str] = []
        self._style = ""
        self._looks: list[str] = []  # of the open blocks
        self._run_looks: list[str] = []

    def finish(self) -> PagePassages:
        """Close what is open and return all passages."""
        self.close()
        return PagePassages(
            tuple(self._passages),
            tuple(self._markers),
            tuple(self._headings),
            tuple(self._tables),
            tuple(self._source_only),
        )

    @property
    def inside(self) -> bool:
        """Whether a passage or a table row is open, so that text continues it."""
        return self._row is not None or self._runs is not None

    @property
    def in_row(self) -> bool:
        """Whether a table row is open."""
        return self._row is not None

    @property
    def written(self) -> list[TextRun]:
        """The runs of the open passage or row."""
        return (self._runs if self._row is None else self._row) or []

    def open(self, kind: str = "p") -> None:
        """Begin a passage; in a table row, begin a line."""
        self.close()
        if self._row is None:
            self.kind = kind
            self._runs = []

    def close(self) -> None:
        """End the open passage; in a table row, end the line. An empty passage becomes a source-only detail."""
        if self._row is not None:
            if self._row and self._row[-1].style not in _CELLS and self._row[-1].text != "\n":
                self._row.append(TextRun("\n"))
            return
        runs, self._runs = self._runs, None
        if runs is None:
            return
        kind = self.kind
        self.kind = "p"
        if runs := _trimmed(runs):
            self.add((self._item or kind) if kind == "p" else kind, runs)
        else:
            self._without_passage(f"empty {kind}")

    def _without_passage(self, what: str) -> None:
        """Note an element that became no passage, and assign the source-only details in it to no passage."""
        first = len(self._source_only)
        while first and self._source_only[first - 1].passage == len(self._passages):
            first -= 1
        self._source_only[first:] = [SourceOnlyDetail(one.what, None) for one in self._source_only[first:]]
        self._source_only.append(SourceOnlyDetail(what, None))

    def add(self, kind: str, runs: list[TextRun], looks: Iterable[str] = ()) -> None:
        """Add a complete passage."""
        list_type = ""
        looks = (*self._looks, *looks)
        if self._marker and self._lists:
            list_type = "numbers" if self._lists[-1].ordered else "bullets"
            looks = (*looks, *self._lists[-1].start_look())
        depth = len(self._lists) + max(0, self._tasks - 1)
        passage = Passage(kind, depth, self._frames, tuple(runs), looks, list_type)
        if kind[0] == "h":
            level = int(kind[1])
            self._above = (*(one for one in self._above if one[0] < level), (level, passage.text))
        self._passages.append(passage)
        self._tables.append(self._table_number if kind == "row" else 0)
        self._markers.append(self._marker)
        self._headings.append(tuple(text for _, text in self._above) if kind[0] == "h" else self._path())
        self._marker = self._item = ""

    def note_source_only(self, what: str) -> None:
        """Note a detail that only the source view shows."""
        self._source_only.append(SourceOnlyDetail(what, len(self._passages) if self.inside else None))

    def add_block_looks(self, looks: Iterable[str]) -> int:
        """Add looks for the following blocks, or for the open cell of a row; return how many to remove again."""
        looks = list(looks)
        if self._row is not None:
            where = f"cell {self._cell} " if self._cell else ""
            self._row_looks += [where + look for look in looks]
            return 0
        self._looks += looks
        return len(looks)

    def remove_block_looks(self, count: int) -> None:
        """Remove the last `count` looks of blocks."""
        if count:
            del self._looks[-count:]

    def add_text_looks(self, looks: Iterable[str]) -> int:
        """Add looks for the following text; return how many to remove again."""
        looks = list(looks)
        self._run_looks += looks
        return len(looks)

    def remove_text_looks(self, count: int) -> None:
        """Remove the last `count` looks of text."""
        if count:
            del self._run_looks[-count:]

    def _path(self) -> tuple[str, ...]:
        """Return the headings above: the same tuple as for the passage before."""
        return self._headings[-1] if self._headings else ()

    def write(self, text: str, style: str | None = None) -> None:
        """Add text to the open passage or row; without one, open a paragraph."""
        runs = self._row
        if runs is None:
            if self._runs is None:
                self._runs = []
            runs = self._runs
        run = TextRun(text, self._style if style is None else style, self.target, tuple(self._run_looks))
        if runs and runs[-1][1:] == run[1:] and run.style not in _WHOLE:
            run = run._replace(text=runs.pop().text + text)
        runs.append(run)

    def set_target(self, first: int, target: str) -> None:
        """Set the link target of the runs from index `first` on, except those that have one."""
        runs = self._runs if self._row is None else self._row
        if runs is not None:
            runs[first:] = [run if run.target else run._replace(target=target) for run in runs[first:]]

    def space(self) -> None:
        """Add a space, except at the beginning of a line or after another space."""
        runs = self.written
        if runs and runs[-1].style not in _CELLS and not runs[-1].text.endswith((" ", "\n")):
            self.write(" ")

    def chip(self, label: str, looks: Iterable[str] = ()) -> None:
        """Add the label of an element without text; outside of a passage it becomes one."""
        count = self.add_text_looks(looks)
        if self.inside:
            self.write(label, "chip")
        else:
            self.add("chip", [TextRun(label, "chip", self.target, tuple(self._run_looks))])
        self.remove_text_looks(count)

    def preformatted(self) -> None:
        """Begin preformatted text, which keeps its white space; in a table row it is only styled as code."""
        if self._row is None:
            self.open("pre")
        else:
            self.push("code")

    def end_preformatted(self) -> None:
        """End preformatted text; each line becomes a passage."""
        if self._row is None:
            self.code("".join(run.text for run in self.written))
        else:
            self.pop("code")
            self.close()

    def code(self, text: str) -> None:
        """Add lines of code, each as a passage; in a table row, all as one run."""
        if self._row is not None:
            self._row.append(TextRun(text.strip("\n"), "code"))
            return
        self._runs, self.kind = None, "p"
        for line in text.strip("\n").split("\n"):
            self.add("code", [TextRun(line.rstrip("\r"))])

    def enter(self, frame: str, label: str = "", looks: Iterable[str] = ()) -> None:
        """Open a box with a passage for its `label`; in a table row the label is a line."""
        self.close()
        if self._row is not None:
            if label:
                self._row += [TextRun(label, "chip", "", tuple(looks)), TextRun("\n")]
            else:
                self.add_block_looks([f"box: {frame}", *looks])
            return
        if label:
            self.add("frame", [TextRun(label)], looks)
        self._frames = (*self._frames, frame)

    def leave(self) -> None:
        """Close the innermost box."""
        self.close()
        if self._row is None:
            self._frames = self._frames[:-1]

    def push(self, style: str) -> None:
        """Add a style for the following text."""
        self._styles.append(style)
        self._style = " ".join(sorted(set(self._styles)))

    def pop(self, style: str) -> None:
        """Remove a style that `push` added."""
        if style in self._styles:
            self._styles.remove(style)
        self._style = " ".join(sorted(set(self._styles)))

    def enter_list(self, *, ordered: bool, first: int) -> None:
        """Begin a list, numbered from `first` if it is ordered."""
        self.close()
        self._empty_item()
        self._lists.append(_List(ordered, first, first))

    def leave_list(self) -> None:
        """End the innermost list."""
        self.close()
        self._lists[-1:] = []

    def item(self) -> None:
        """Begin an item of the innermost list: the next passage gets its marker."""
        self.close()
        self._empty_item()
        self._marker, self._item = "•", "li"
        if self._lists and self._lists[-1].ordered:
            self._marker = f"{self._lists[-1].number}."
            self._lists[-1].number += 1
        if self._row is not None:
            self.write(f"{self._marker} ", "")
            self._marker = self._item = ""

    def task(self, *, done: bool) -> None:
        """Begin a task: the next passage is the task."""
        self.close()
        self._empty_item()
        self._item = "task-done" if done else "task-open"
        if self._row is not None:
            self.write("☑ " if done else "☐ ", "")
            self._item = ""

    def end_item(self) -> None:
        """End an item or a task."""
        self.close()
        self._empty_item()

    def _empty_item(self) -> None:
        """Add an empty passage for an item that has begun and has no content of its own."""
        if self._item and self._row is None:
            self.add(self._item, [])
        self._marker = self._item = ""

    def tasks(self, change: int) -> None:
        """Enter (1) or leave (-1) a task list."""
        self.close()
        if change > 0:
            self._empty_item()
        self._tasks += change

    def table(self, looks: Iterable[str]) -> None:
        """Enter a table; a table inside a row becomes part of that row."""
        if self._row is not None:
            self._tables_in_row += 1
            self.add_block_looks(f"inner table {look}" for look in looks)
        else:
            self.close()
            self._table = list(looks)
            self._table_number += 1

    def columns(self, looks: Iterable[str]) -> None:
        """Note the looks of the next column of a table."""
        if self._row is None and self._table is not None:
            self._table.append(f"column: {' '.join(looks) or 'usual'}")

    def end_table(self) -> None:
        """Leave a table."""
        if self._row is not None:
            self._tables_in_row = max(0, self._tables_in_row - 1)
        self._table = None

    def row(self, looks: Iterable[str]) -> None:
        """Begin a table row."""
        self.close()
        if self._row is None:
            if any(look != "column: usual" for look in self._table or ()):
                self.add("frame", [TextRun(" · ".join(["Table", *(self._table or ())]))])
            self._table = None
            self._row, self._row_looks, self._cell = [], [], 0
        self.add_block_looks(looks)

    def cell(self, looks: Iterable[str], *, head: bool) -> None:
        """Begin a cell; in a table inside a row, add a bar."""
        if self._row is not None and self._tables_in_row:
            self.write("| ", "")
        elif self._row is not None:
            self._cell += 1
            self._row.append(TextRun("", "headcell" if head else "cell"))
        self.add_block_looks(looks)

    def end_row(self) -> None:
        """End a table row and remove the line breaks at the ends of its cells."""
        if self._row is None or self._tables_in_row:
            self.close()
            return
        row, self._row = self._row, None
        looks, self._row_looks, self._cell = self._row_looks, [], 0
        followers = [*(run.style for run in row), "cell"][1:]
        pairs = zip(row, followers, strict=True) if row else ()
        runs = [run for run, follower in pairs if run.text != "\n" or follower not in _CELLS]
        if runs:
            self.add("row", runs, looks)
        else:
            self._without_passage("empty row")


def _trimmed(runs: list[TextRun]) -> list[TextRun]:
    """Remove white space and line breaks at both ends."""
    runs = list(runs)
    while runs and runs[0].style != "chip":
        first = runs[0]
        text = first.text.lstrip(" \t\r\n")
        if text:
            runs[0] = first._replace(text=text)
            break
        runs.pop(0)
    while runs and runs[-1].style != "chip":
        last = runs[-1]
        text = last.text.rstrip(" \t\r\n")
        if text:
            runs[-1] = last._replace(text=text)
            break
        runs.pop()
    return runs
