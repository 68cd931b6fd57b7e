"""Add and remove table columns: all rows of a table are replaced by rows with another number of cells."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from common.storage_format.page.block_path import table_around
from common.storage_format.page.page import Page
from common.storage_format.xml.nodes import Node, table_rows

Columns: TypeAlias = Sequence[int | None]
"""For each new column the number of the old one, or None if it is new."""

Rows: TypeAlias = Sequence[tuple[Sequence[str], Sequence[str]]]
"""The cells of each row of a table before and after, as Markdown."""

_SPANS = re.compile(r"\s(?:col|row)span\s*=")
_COLGROUP = re.compile(r"(<colgroup\b[^>]*>)(.*?)(</colgroup\s*>)", re.DOTALL)
_COL = re.compile(r"<col\b[^>]*?/>|<col\b[^>]*>\s*</col\s*>", re.DOTALL)


def new_columns(
    page: Page,
    replaced: Mapping[int, Sequence[Sequence[str]] | None],
    deleted: frozenset[int],
    shown: Mapping[int, Sequence[str]],
) -> dict[int, Columns]:
    """Return the new columns of each table whose number of columns the edits change, by the identity of its node.

    `replaced` holds the new rows of each replaced row by block number, `shown` its present cells, `deleted` the other
    blocks that go. The number changes only if each row is replaced by rows of the same new number of cells or deleted;
    tables with merged cells or with rows that are no blocks stay as they are.
    """
    tables: dict[int, tuple[Node, list[int]]] = {}
    for number in replaced:
        if (around := table_around(page.blocks[number].node.container)) is not None:
            tables.setdefault(id(around.node), (around.node, []))[1].append(number)
    found: dict[int, Columns] = {}
    for key, (table, numbers) in tables.items():
        rows = table_rows(table)
        starts = {page.blocks[number].node.start for number in (*numbers, *deleted)}
        widths = {len(cells) for number in numbers for cells in replaced[number] or [[]]}
        old = {len(shown[number]) for number in numbers}
        is_whole = all(row.kind == "table_row" and row.start in starts for row in rows)
        has_spans = _SPANS.search(page.source, table.start, table.end)
        if is_whole and len(widths) == len(old) == 1 and widths != old and 0 not in widths and not has_spans:
            pairs = [(shown[number], (replaced[number] or [[]])[0]) for number in sorted(numbers)]
            found[key] = matched_columns(pairs)
    return found


def matched_columns(rows: Rows) -> Columns:
    """Match the new columns to the old ones in order, so that most cells are the same."""
    before, after = len(rows[0][0]), len(rows[0][1])
    same = [
        [sum(old[i] == new[j] for old, new in rows) * 1000 + 1 for j in range(after)] for i in range(before)
    ]
    best = [[0] * (after + 1) for _ in range(before + 1)]
    for i in range(before - 1, -1, -1):
        for j in range(after - 1, -1, -1):
            best[i][j] = max(best[i + 1][j], best[i][j + 1], best[i + 1][j + 1] + same[i][j])
    columns: list[int | None] = []
    i = j = 0
    while j < after:
        if i < before and best[i][j] == best[i + 1][j + 1] + same[i][j]:
            columns.append(i)
            i, j = i + 1, j + 1
        elif i < before and best[i][j] == best[i + 1][j]:
            i += 1
        else:
            columns.append(None)
            j += 1
    return columns


def column_group(page: Page, table: Node, columns: Columns) -> tuple[int, int, str] | None:
    """Return the span of a table's column widths and their new text, None if there are none for each column."""
    rows = table_rows(table)
    group = _COLGROUP.search(page.source, table.opened, rows[0].start if rows else table.closed)
    if group is None:
        return None
    widths = _COL.findall(group[2])
    if _COL.sub("", group[2]).strip() or len(widths) <= max((c for c in columns if c is not None), default=0):
        return None
    text = "".join(widths[column] if column is not None else "<col />" for column in columns)
    return group.start(2), group.end(2), text
