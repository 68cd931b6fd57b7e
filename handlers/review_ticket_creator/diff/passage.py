"""A page as a reader goes through it: passages of runs of text, each comparable with those of another version."""

from __future__ import annotations

from typing import NamedTuple


class Run(NamedTuple):
    """A stretch of text in one style.

    `style` is a space-separated choice of: b i u s code sub sup mark link chip cell headcell. A `chip` stands for what
    has no text of its own (a macro, an image, a date), `cell` and `headcell` begin a cell of a table row. `target` is
    where a link leads: an address, or words such as `page: Title`. `look` says in words what else decides how it is
    shown, such as `color: red`.
    """

    text: str
    style: str = ""
    target: str = ""
    look: tuple[str, ...] = ()


class Passage(NamedTuple):
    """The smallest piece of a page that is shown as a whole.

    `kind` is one of: p h1 … h6 li task-open task-done row code rule chip frame. A `frame` names the box (panel,
    expand, macro, code, column) whose content follows; `frames` are the boxes around the passage, outermost first,
    and `depth` how deep it stands in lists. `look` says what else decides how it is shown (`text-align: center`), and
    `list_type` whether it begins an item of `numbers` or of `bullets`.
    """

    kind: str
    depth: int
    frames: tuple[str, ...]
    runs: tuple[Run, ...]
    look: tuple[str, ...] = ()
    list_type: str = ""

    @property
    def text(self) -> str:
        """The passage's words, cells separated by a bar."""
        parts: list[str] = []
        for run in self.runs:
            parts.append(" | " if run.style in ("cell", "headcell") and parts else run.text)
        return "".join(parts)


class Undrawn(NamedTuple):
    """Something of a page that no view can draw, such as a class; `passage` is the number of the one that it is in."""

    what: str
    passage: int | None


class Reading(NamedTuple):
    """A page read: its passages, with each one's marker (`•`, `3.`, or empty) and the headings it stands under."""

    passages: tuple[Passage, ...]
    markers: tuple[str, ...]
    headings: tuple[tuple[str, ...], ...]
    undrawn: tuple[Undrawn, ...] = ()
