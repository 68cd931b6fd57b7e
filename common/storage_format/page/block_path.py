"""The path of a block: the headings above it, and the list item, panel, table, row or column it is in.

A path holds the names of all of these as a reader sees them, outermost first. Equal names in the same place are
numbered in their order there; tables are always numbered.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from common.storage_format.page import plain_text
from common.storage_format.page.lead_in import LeadIn, lead_in
from common.storage_format.xml.element_tree import parse_tree
from common.storage_format.xml.nodes import Container, Node, table_rows
from common.storage_format.xml.vocabulary import HEADINGS, MACROS

if TYPE_CHECKING:
    from common.storage_format.page.page import Page

_REFERENCE_ATTRIBUTES = re.compile(
    r"""\s(?:ri:account-id|ri:userkey|ri:username|ri:value|ri:key|ri:space-key)\s*=\s*["']([^"']*)"""
)
_CELL = re.compile(r"<t[dh][\s/>]")
_DATA_CELL = re.compile(r"<td[\s/>]")
_LETTER = re.compile(r"[^\W\d_]")


class Name(NamedTuple):
    """One step of a path.

    kind   heading, lead-in, term, item, panel, table, group, span, row, column, or the name of a macro
    texts  the visible texts: one, or one for each cell of a header row
    place  its number among equal names in the same place, and how many there are
    """

    kind: str
    texts: tuple[str, ...]
    place: tuple[int, int]


Path: TypeAlias = tuple[Name, ...]


class Step:
    """A step of a path. `block` is the number of the block that holds the texts, or None if no block does."""

    def __init__(
        self,
        kind: str,
        above: Step | None,
        read: Callable[[], tuple[str, ...]],
        level: int,
        block: int | None,
    ) -> None:
        self.kind = kind
        self.above = above
        self.level = level
        self.block = block
        self.below: list[Step] = []
        self._read = read
        if above is not None:
            above.below.append(self)

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """The visible texts."""
        return self._read()

    @cached_property
    def places(self) -> dict[Step, tuple[int, int]]:
        """For each step below this one: its number among equal ones, and how many there are."""
        alike: dict[tuple[str, tuple[str, ...]], list[Step]] = {}
        for step in self.below:
            alike.setdefault((step.kind, step.texts), []).append(step)
        return {
            step: (number, len(steps))
            for steps in alike.values()
            for number, step in enumerate(steps, start=1)
        }

    @cached_property
    def path(self) -> Path:
        """The names from the page down to this step."""
        if self.above is None:
            return ()
        named = self.kind == "table" or any(self.texts)
        place = self.above.places[self] if named else (1, 1)
        return (*self.above.path, Name(self.kind, self.texts, place))

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps from the page down to this one, in the order of `path`."""
        return (*self.above.steps, self) if self.above is not None else ()


class _Scope:
    """A container that is open during the walk, and the innermost step in it."""

    def __init__(self, container: Container | None, step: Step, floor: Step) -> None:
        self.container = container
        self.step = step
        self.floor = floor
        self.header: tuple[Node, ...] = ()
        self.reaching: list[tuple[str, int]] = []
        self.reached: dict[tuple[Step, tuple[str, ...]], Step] = {}

    def close(self, level: int) -> None:
        """End the headings and lead-ins of this level and all deeper ones."""
        while self.step is not self.floor and self.step.above is not None and self.step.level >= level:
            self.step = self.step.above


def steps(page: Page) -> tuple[Step, ...]:
    """Return for each block of a page the innermost step of its path."""
    return tuple(_Walk(page).above)


class _Walk:
    """One walk over the blocks of a page, in order."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.source = page.source
        self.root = Step("page", None, tuple, 0, None)
        self.scopes = [_Scope(None, self.root, self.root)]
        self.above: list[Step] = []
        found = [block.node for block in page.blocks]
        for number, node in enumerate(found):
            if node.container is not self.scopes[-1].container:
                self.enter(_chain(node.container), number, node)
            self.block(number, node, found[number + 1] if number + 1 < len(found) else None)

    # -- containers ------------------------------------------------------------------------------------------

    def enter(self, chain: list[Container], number: int, node: Node) -> None:
        """Close the containers that ended before a block, and open those that begin with it."""
        depth = 0
        while (
            depth < len(chain)
            and depth + 1 < len(self.scopes)
            and self.scopes[depth + 1].container is chain[depth]
        ):
            depth += 1
        while len(self.scopes) - 1 > depth:
            closed, outer = self.scopes.pop(), self.scopes[-1]
            if closed.container is not None and _is_layout(closed.container):
                closed.close(LeadIn.SUBHEADING)
                outer.step = closed.step
            else:
                outer.close(LeadIn.INTRODUCTION)
        for container in chain[depth:]:
            self.open(container, number, node)

    def open(self, container: Container, number: int, first: Node) -> None:
        """Open a container; `first` is the first block in it."""
        outer = self.scopes[-1]
        name = container.node.name
        step = outer.step
        if name == "li" or container.name == "task":
            head = number if first.container is container and first.kind in ("list_item", "task") else None
            step = self.step("item", step, lambda: (self.text(first) if head is not None else "",), head)
        elif name in MACROS:
            step = self.step(container.name, step, lambda: (self.title(container),), None)
        elif name == "ac:adf-content":
            step = self.step("panel", step, lambda: ("",), None)
        elif name == "tr":
            step = self.step(
                "row", self.row(container.node, outer, number), lambda: (self.label(container.node),), None
            )
        elif name in ("td", "th"):
            step = self.step("column", step, lambda: (self.column(container),), None)
        elif name == "table":
            self.table(container, outer, number)
            return
        floor = outer.floor if _is_layout(container) else step
        scope = _Scope(container, step, floor)
        if name in ("thead", "tbody", "tfoot"):
            scope.header = outer.header
            scope.reaching, scope.reached = outer.reaching, outer.reached
        self.scopes.append(scope)

    def table(self, container: Container, outer: _Scope, number: int) -> None:
        header = header_rows(self.source, container.node)
        plain_rows = header and all(row.kind == "table_row" for row in header)
        last = number + len(header) - 1 if plain_rows else None
        step = self.step(
            "table", outer.step, lambda: tuple(text for row in header for text in self.cells(row)), last
        )
        scope = _Scope(container, step, step)
        scope.header = header
        self.scopes.append(scope)

    def step(
        self, kind: str, above: Step, read: Callable[[], tuple[str, ...]], block: int | None, level: int = 0
    ) -> Step:
        return Step(kind, above, read, level, block)

    # -- blocks ----------------------------------------------------------------------------------------------

    def block(self, number: int, node: Node, following: Node | None) -> None:
        """Record the innermost step above a block, and the step that it begins; `following` is the next block."""
        scope = self.scopes[-1]
        if level := HEADINGS.get(node.name, 0):
            scope.close(level)
            self.above.append(scope.step)
            scope.step = self.step("heading", scope.step, lambda: (self.text(node),), number, level)
            return
        if node.kind == "table_row":
            self.above.append(self.row(node, scope, number))
            return
        if node.kind == "term":
            scope.close(LeadIn.SUBHEADING)
            self.above.append(scope.step)
            scope.step = self.step("term", scope.step, lambda: (self.text(node),), number, LeadIn.SUBHEADING)
            return
        if node.kind == "paragraph":
            begins = lead_in(self.source, node, _entered(following, scope.container))
            if begins:
                scope.close(begins)
                self.above.append(scope.step)
                scope.step = self.step("lead-in", scope.step, lambda: (self.text(node),), number, begins)
                return
            self.above.append(scope.step)
            return
        is_head = scope.step.block == number
        self.above.append(scope.step.above if is_head and scope.step.above else scope.step)
        scope.close(LeadIn.INTRODUCTION)

    def row(self, node: Node, scope: _Scope, number: int) -> Step:
        """Return the innermost step above a row: its table, its group row, or cells above that span into it."""
        if node not in scope.header and not scope.reaching and self.names_rows(node):
            scope.close(LeadIn.SUBHEADING)
            above = scope.step
            scope.step = self.step("group", above, lambda: (self.text(node),), number, LeadIn.SUBHEADING)
            return above
        above = scope.step
        if reached := tuple(text for text, _ in scope.reaching):
            if (above, reached) not in scope.reached:
                scope.reached[above, reached] = self.step("span", above, lambda: reached, None)
            above = scope.reached[above, reached]
        scope.reaching[:] = [(text, rows - 1) for text, rows in scope.reaching if rows > 1]
        scope.reaching += self.reaching(node)
        return above

    def names_rows(self, row: Node) -> bool:
        """Return whether a row is the title of the rows after it: one cell across the table, or only header cells."""
        cells, data = _counted(self.source, row)
        return not data or (cells == 1 and "colspan" in self.source[row.start : row.end])

    def reaching(self, row: Node) -> list[tuple[str, int]]:
        """Return the text of each cell with a rowspan, and how many rows below it spans into."""
        text = self.source[row.start : row.end]
        if "rowspan" not in text:
            return []
        cells = parse_tree(text).elements[0].elements
        spans = [(cell, cell.attributes.get("rowspan", "").strip()) for cell in cells]
        return [
            (_visible_text(cell.markup), int(rows) - 1)
            for cell, rows in spans
            if rows.isdecimal() and int(rows) > 1
        ]

    # -- texts -----------------------------------------------------------------------------------------------

    def text(self, node: Node) -> str:
        return _visible_text(self.source[node.start : node.end])

    def title(self, container: Container) -> str:
        """Return the title of a macro."""
        element = parse_tree(self.source, container.node.start, container.node.end).elements[0]
        return element.parameter("title")

    def cells(self, row: Node, lines: int | None = None) -> list[str]:
        """Return the text of each cell of a row, or only its first `lines` lines."""
        element = parse_tree(self.source, row.start, row.end).elements[0]
        return [_visible_text(cell.markup, lines) for cell in element.elements]

    def label(self, row: Node) -> str:
        """Return the label of a row: its first cells, up to and including the first that contains a letter."""
        names: list[str] = []
        for text in self.cells(row, lines=1):
            names.append(text)
            if _LETTER.search(text):
                break
        return " ".join(names)

    def column(self, container: Container) -> str:
        """Return the header text above a cell; without one, the number of the cell in its row."""
        row, table = container.above, table_around(container)
        if row is None or table is None:
            return ""
        number = row.node.children.index(container.node)
        header = header_rows(self.source, table.node)
        if header and row.node not in header:
            over = self.cells(header[-1])
            if len(over) == len(row.node.children) and over[number]:
                return over[number]
        return str(number + 1)


def _entered(following: Node | None, container: Container | None) -> str:
    """Return the name of the outermost element below `container` that the next block is in; empty if there is none."""
    entered = following.container if following is not None else None
    while entered is not None and entered.above is not container:
        entered = entered.above
    return entered.node.name if entered is not None else ""


def _chain(container: Container | None) -> list[Container]:
    chain = []
    while container is not None:
        chain.append(container)
        container = container.above
    return chain[::-1]


def table_around(container: Container | None) -> Container | None:
    """Return the innermost table that is or contains a container; None if there is none."""
    while container is not None and container.node.name != "table":
        container = container.above
    return container


def _is_layout(container: Container) -> bool:
    return container.node.name.startswith("ac:layout")


def _visible_text(storage: str, lines: int | None = None) -> str:
    """Return the visible text of storage format on one line, followed by the ids of what it mentions and links to."""
    text = " ".join(" ".join(plain_text.visible_text(storage).split("\n")[:lines]).split())
    return " ".join((text, *_REFERENCE_ATTRIBUTES.findall(storage))) if "ri:" in storage else text


def header_rows(source: str, table: Node) -> tuple[Node, ...]:
    """Return the header rows of a table.

    These are its `thead`, or its leading rows that have only header cells. A table without any header cell has its
    first row as header.
    """
    rows = table_rows(table)
    counts = [_counted(source, row) for row in rows]
    head = next((part for part in table.children if part.name == "thead"), None)
    header = [row for row in rows if head is not None and head.start <= row.start < head.end]
    if not header:
        for row, (cells, data) in zip(rows, counts, strict=True):
            if data or not cells:
                break
            header.append(row)
    if not header and rows and all(cells == data for cells, data in counts):
        header = rows[:1]
    return tuple(header)


def _counted(source: str, row: Node) -> tuple[int, int]:
    """Return how many cells a row has, and how many of them are data cells."""
    if row.children:
        cells = [child for child in row.children if child.name in ("td", "th")]
        return len(cells), sum(cell.name == "td" for cell in cells)
    text = source[row.start : row.end]
    return len(_CELL.findall(text)), len(_DATA_CELL.findall(text))
