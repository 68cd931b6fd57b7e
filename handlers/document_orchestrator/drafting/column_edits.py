"""Edits of a whole table column, which the model proposes as one: they become replacements of all rows of the table."""

from __future__ import annotations

import re

from common import storage_format as sf
from common.storage_format.editing.table_rows import parse_rows
from common.storage_format.page.block_path import table_around

ACTIONS = ("add_column", "delete_column")

_LIST_MARK = re.compile(r"^(?:[-*+]|\d+[.)])\s+")


def column_edits(page: sf.Page, action: str, number: int, column: int, markdown: str) -> list[sf.Edit]:
    """Return the replacements of all rows of the table that block `number` is a row of.

    `add_column` puts a column after `column` (0: before the first) with one line of `markdown` for each row, the
    header first; `delete_column` removes `column`, counted from 1. Raises InvalidEdit.
    """
    rows = _rows(page, number)
    width = len(rows[0][1])
    lowest = 0 if action == "add_column" else 1
    if not lowest <= column <= width:
        raise sf.InvalidEdit(
            f"`column` is {column}, but the table has {width} columns; it must be {lowest} to {width}"
        )
    if action == "delete_column":
        if width == 1:
            raise sf.InvalidEdit("this is the only column of the table; delete its rows instead")
        return [_replaced(block, [*cells[: column - 1], *cells[column:]]) for block, cells in rows]
    new = _lines(markdown)
    if len(new) != len(rows):
        raise sf.InvalidEdit(
            f"`markdown` has {len(new)} cells, but the table has {len(rows)} rows: write one line for each row, the "
            "header first"
        )
    return [
        _replaced(block, [*cells[:column], text, *cells[column:]])
        for (block, cells), text in zip(rows, new, strict=True)
    ]


def _rows(page: sf.Page, number: int) -> list[tuple[sf.Block, list[str]]]:
    """Return the rows of the table around a block, each with its cells as Markdown."""
    table = table_around(page.blocks[number].node.container)
    if table is None:
        raise sf.InvalidEdit(f"[{number + 1}] is not a row of a table")
    rows: list[tuple[sf.Block, list[str]]] = []
    for block in page.blocks:
        if table.node.start < block.node.start < table.node.end:
            cells = parse_rows(page.markdown(block.number))
            if block.kind != "table_row" or cells is None or (rows and len(cells[0]) != len(rows[0][1])):
                raise sf.InvalidEdit(
                    f"the columns of this table cannot be edited: [{block.number + 1}] is not a row with one cell for "
                    "each column"
                )
            rows.append((block, cells[0]))
    return rows


def _lines(markdown: str) -> list[str]:
    """Return the cells of a new column: its lines, without the marks of a list or of table cells."""
    lines = [line.strip() for line in markdown.strip("\n").split("\n")]
    cells = []
    for line in lines:
        if line.startswith("|") and line.endswith("|") and len(line) > 1:
            row = parse_rows(line)
            line = row[0][0] if row and len(row[0]) == 1 else line
        cells.append(line)
    if len(cells) > 1 and re.fullmatch(r":?-{3,}:?", cells[1]):
        del cells[1]
    if cells and all(map(_LIST_MARK.match, cells)):
        cells = [_LIST_MARK.sub("", cell) for cell in cells]
    return [re.sub(r"(?<!\\)\|", r"\\|", cell) for cell in cells]


def _replaced(block: sf.Block, cells: list[str]) -> sf.Replace:
    return sf.Replace(block.id, "| " + " | ".join(cells) + " |")
