"""Collects what is read of a page into passages: opens and closes them, keeps styles, boxes, lists and table rows."""

from __future__ import annotations

from handlers.review_ticket_creator.passage import Passage, Reading, Run

_WHOLE = ("chip", "cell", "headcell")
_CELLS = ("cell", "headcell")


class PassageWriter:
    """The passages so far, and the one that is open.

    Inside a table row nothing opens a passage: the row is one, and blocks in its cells become lines of it.
    """

    def __init__(self) -> None:
        self.kind = "p"
        self.target = ""  # where the text that is written now leads
        self._passages: list[Passage] = []
        self._markers: list[str] = []
        self._headings: list[tuple[str, ...]] = []
        self._above: tuple[tuple[int, str], ...] = ()
        self._runs: list[Run] | None = None  # of the open passage
        self._row: list[Run] | None = None
        self._tables_in_row = 0
        self._marker = ""
        self._frames: tuple[str, ...] = ()
        self._lists: list[tuple[bool, int]] = []  # ordered or not, and the next number
        self._styles: list[str] = []
        self._style = ""

    def done(self) -> Reading:
        """Close what is open and give all passages."""
        self.close()
        return Reading(tuple(self._passages), tuple(self._markers), tuple(self._headings))

    @property
    def inside(self) -> bool:
        """Whether text that comes now continues something."""
        return self._row is not None or self._runs is not None

    @property
    def written(self) -> list[Run]:
        """What is written so far of the open passage or row."""
        return (self._runs if self._row is None else self._row) or []

    def open(self, kind: str = "p") -> None:
        """Begin a passage."""
        self.close()
        if self._row is None:
            self.kind = kind
            self._runs = []

    def close(self) -> None:
        """End the open passage; in a table row, end the line."""
        if self._row is not None:
            if self._row and self._row[-1].style not in _CELLS and self._row[-1].text != "\n":
                self._row.append(Run("\n"))
            return
        runs, self._runs = self._runs, None
        if runs is None:
            return
        runs = _trimmed(runs)
        if runs:
            self.add("li" if self._marker and self.kind == "p" else self.kind, runs)
        self.kind = "p"

    def add(self, kind: str, runs: list[Run]) -> None:
        """Add a whole passage."""
        passage = Passage(kind, len(self._lists), self._frames, tuple(runs))
        if kind[0] == "h":
            level = int(kind[1])
            self._above = (*(one for one in self._above if one[0] < level), (level, passage.text))
        self._passages.append(passage)
        self._markers.append(self._marker)
        self._headings.append(tuple(text for _, text in self._above) if kind[0] == "h" else self._path())
        self._marker = ""

    def _path(self) -> tuple[str, ...]:
        """Give the headings above; the same tuple as for the passage before."""
        return self._headings[-1] if self._headings else ()

    def write(self, text: str, style: str | None = None) -> None:
        """Add text to what is open; text that stands loose opens a paragraph."""
        runs = self._row
        if runs is None:
            if self._runs is None:
                self._runs = []
            runs = self._runs
        run = Run(text, self._style if style is None else style, self.target)
        if runs and runs[-1][1:] == run[1:] and run.style not in _WHOLE:
            run = Run(runs.pop().text + text, run.style, run.target)
        runs.append(run)

    def space(self) -> None:
        """Add a space, unless it would begin a line."""
        runs = self.written
        if runs and runs[-1].style not in _CELLS and not runs[-1].text.endswith((" ", "\n")):
            self.write(" ")

    def chip(self, label: str) -> None:
        """Add something that has no text of its own; by itself it is a passage."""
        if self.inside:
            self.write(label, "chip")
        else:
            self.add("chip", [Run(label, "chip")])

    def preformatted(self) -> None:
        """Begin text whose white space counts; in a table row it only looks like code."""
        if self._row is None:
            self.open("pre")
        else:
            self.push("code")

    def end_preformatted(self) -> None:
        """End it, with a passage for each line."""
        if self._row is None:
            self.code("".join(run.text for run in self.written))
        else:
            self.pop("code")
            self.close()

    def code(self, text: str) -> None:
        """Add lines of code, each a passage; in a table row they are one run."""
        if self._row is not None:
            self._row.append(Run(text.strip("\n"), "code"))
            return
        self._runs, self.kind = None, "p"
        for line in text.strip("\n").split("\n"):
            self.add("code", [Run(line.rstrip("\r"))])

    def enter(self, frame: str, label: str = "") -> None:
        """Open a box, named by `label`; in a table row its name is a line."""
        self.close()
        if self._row is not None:
            self._row += [Run(label, "chip"), Run("\n")] if label else []
            return
        if label:
            self.add("frame", [Run(label)])
        self._frames = (*self._frames, frame)

    def leave(self) -> None:
        """Close the innermost box."""
        self.close()
        if self._row is None:
            self._frames = self._frames[:-1]

    def push(self, style: str) -> None:
        """Write in this style too, from now on."""
        self._styles.append(style)
        self._style = " ".join(sorted(set(self._styles)))

    def pop(self, style: str) -> None:
        """Leave a style off again."""
        if style in self._styles:
            self._styles.remove(style)
        self._style = " ".join(sorted(set(self._styles)))

    def enter_list(self, *, ordered: bool, first: int) -> None:
        """Begin a list, numbered from `first` if it is ordered."""
        self.close()
        self._lists.append((ordered, first))

    def leave_list(self) -> None:
        """End the innermost list."""
        self.close()
        self._lists[-1:] = []

    def item(self) -> None:
        """Begin an item of the innermost list: the next passage carries its marker."""
        self.close()
        self._marker = "•"
        if self._lists and self._lists[-1][0]:
            number = self._lists[-1][1]
            self._marker = f"{number}."
            self._lists[-1] = (True, number + 1)
        if self._row is not None:
            self.write(f"{self._marker} ", "")
            self._marker = ""

    def end_item(self) -> None:
        """End an item."""
        self.close()
        self._marker = ""

    def table(self, change: int) -> None:
        """Enter (1) or leave (-1) a table; one inside a row adds to that row."""
        if self._row is not None:
            self._tables_in_row = max(0, self._tables_in_row + change)

    def row(self) -> None:
        """Begin a table row."""
        self.close()
        if self._row is None:
            self._row = []

    def cell(self, *, head: bool) -> None:
        """Begin a cell; in a table inside a row it is set off by a bar."""
        if self._row is not None and self._tables_in_row:
            self.write("| ", "")
        elif self._row is not None:
            self._row.append(Run("", "headcell" if head else "cell"))

    def end_row(self) -> None:
        """End a table row, without the line breaks at the ends of its cells."""
        if self._row is None or self._tables_in_row:
            self.close()
            return
        row, self._row = self._row, None
        styles = [*(run.style for run in row[1:]), "cell"]
        runs = [
            run
            for run, follower in zip(row, styles, strict=True)
            if run.text != "\n" or follower not in _CELLS
        ]
        if runs:
            self.add("row", runs)


def _trimmed(runs: list[Run]) -> list[Run]:
    """Leave out white space and line breaks at both ends."""
    runs = list(runs)
    while runs and runs[0].style != "chip":
        first = runs[0]
        text = first.text.lstrip(" \t\r\n")
        if text:
            runs[0] = Run(text, first.style, first.target)
            break
        runs.pop(0)
    while runs and runs[-1].style != "chip":
        last = runs[-1]
        text = last.text.rstrip(" \t\r\n")
        if text:
            runs[-1] = Run(text, last.style, last.target)
            break
        runs.pop()
    return runs
