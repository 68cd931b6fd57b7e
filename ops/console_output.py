"""Prints the tables and lines of commands, in colour only on a terminal.

Texts of tickets and pages are never read as markup, and their control characters are written out.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from common.runtime.unicode_safety import make_visible

#: Width of a table that goes to a file or a pipe, in characters.
WIDE = 150
Cells = Sequence[str]
#: Colours of some statuses.
STYLES = {
    "ok": "green",
    "warning": "yellow",
    "failed": "bold red",
    "published": "green",
    "rejected": "yellow",
}


class Terminal:
    """The output of a command. Without a terminal there is no colour, and tables are ``WIDE``."""

    def __init__(self, console: Console | None = None) -> None:
        self.console = console or Console(highlight=False, soft_wrap=False)
        if not self.console.is_terminal and console is None:
            self.console.width = WIDE

    def say(self, *lines: str, style: str = "") -> None:
        """Print lines of text."""
        for line in lines:
            self.console.print(Text(make_visible(line), style=style), soft_wrap=True)

    def table(self, title: str, columns: Cells, rows: Iterable[Cells]) -> None:
        """Print a table; a cell that begins with a known status is coloured."""
        table = Table(
            title=Text(make_visible(title)), title_justify="left", box=box.SIMPLE_HEAD, expand=False
        )
        for number, column in enumerate(columns):
            table.add_column(column, overflow="fold", no_wrap=number == 0)
        for row in rows:
            table.add_row(
                *(Text(make_visible(cell), style=STYLES.get(cell.partition(" ")[0], "")) for cell in row)
            )
        self.console.print(table)


def format_time(seconds: float) -> str:
    """Format a time, in seconds since the epoch, as UTC; ``""`` for 0."""
    return time.strftime("%Y-%m-%d %H:%M", time.gmtime(seconds)) + " UTC" if seconds else ""


def pluralize(number: int, noun: str) -> str:
    """Return a number with its noun: 1 message, 2 messages."""
    return f"{number} {noun}" + ("" if number == 1 else "s")
