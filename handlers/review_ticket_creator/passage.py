"""A page as a reader goes through it: passages of runs of text, each comparable with those of another version."""

from __future__ import annotations

from typing import NamedTuple


class Run(NamedTuple):
    """A stretch of text in one style.

    `style` is a space-separated choice of: b i u s code sub sup mark link chip cell headcell. A `chip` stands for what
    has no text of its own (a macro, an image, a date), `cell` and `headcell` begin a cell of a table row. `target` is
    where a link leads: an address, or words such as `page: Title`.
    """

    text: str
    style: str = ""
    target: str = ""


class Passage(NamedTuple):
    """The smallest piece of a page that is shown as a whole.

    `kind` is one of: p h1 … h6 li task-open task-done row code rule chip frame. A `frame` names the box (panel,
    expand, macro, code, column) whose content follows; `frames` are the boxes around the passage, outermost first,
    and `depth` how deep it stands in lists.
    """

    kind: str
    depth: int
    frames: tuple[str, ...]
    runs: tuple[Run, ...]

    @property
    def text(self) -> str:
        """The passage's words, cells separated by a bar."""
        parts: list[str] = []
        for run in self.runs:
            parts.append(" | " if run.style in ("cell", "headcell") and parts else run.text)
        return "".join(parts)


_KINDS = {
    "p": "paragraph", "li": "list item", "task-open": "open task", "task-done": "done task", "row": "table row",
    "code": "code line", "rule": "line", "chip": "macro", "frame": "box",
}  # fmt: skip


def form(shown: Passage) -> str:
    """Name what kind of passage it is and where it stands, for changes that leave the words alone."""
    kind = f"heading {shown.kind[1]}" if shown.kind[0] == "h" else _KINDS[shown.kind]
    depth = f", level {shown.depth}" if shown.depth > 1 else ""
    inside = f" in {' in '.join(reversed(shown.frames))}" if shown.frames else ""
    return kind + depth + inside


class Reading(NamedTuple):
    """A page read: its passages, with each one's marker (`•`, `3.`, or empty) and the headings it stands under."""

    passages: tuple[Passage, ...]
    markers: tuple[str, ...]
    headings: tuple[tuple[str, ...], ...]
