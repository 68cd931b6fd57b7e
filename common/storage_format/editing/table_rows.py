"""Replace and insert table rows: Markdown rows are written cell by cell into an existing or a new row."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from common.storage_format.editing.replace_block import start_tag
from common.storage_format.editing.table_columns import Columns
from common.storage_format.errors import InvalidEdit
from common.storage_format.from_markdown.blocks import Paragraph, Piece, Table, cell_paragraphs
from common.storage_format.page.page import Block, Page
from common.storage_format.xml.element_tree import Element, parse_tree
from common.storage_format.xml.nodes import Container, Node, table_rows

_DELIMITER = re.compile(r"\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?$")

Reader = Callable[[str], Sequence[Piece]]


def parse_rows(markdown: str) -> list[list[str]] | None:
    """Return the cells of Markdown that consists only of table rows, or None."""
    from common.storage_format.from_markdown.table_rule import split_row

    lines = [line.strip() for line in markdown.strip().split("\n") if line.strip()]
    if not lines or not all(line.startswith("|") or _DELIMITER.match(line) for line in lines):
        return None
    return [split_row(line) for number, line in enumerate(lines) if not (number and _DELIMITER.match(line))]


def replaced_row(
    page: Page,
    block: Block,
    rows: list[list[str]] | None,
    read: Reader,
    old_cells: list[str],
    columns: Columns | None,
) -> tuple[str, str]:
    """Return the rows that replace a row, and the text of its cells that stay unchanged, with their bytes.

    `columns` are the new columns of the table, if the edits change them.
    """
    row = parse_tree(page.source, *block.span).elements[0]
    rows = _checked(rows, len(columns) if columns is not None else len(row.elements), columns is None)
    out = [page.source[row.start : row.opened]]
    at = row.opened
    kept = []
    for text, number in zip(rows[0], columns or range(len(row.elements)), strict=True):
        cell = row.elements[number] if number is not None else None
        if columns is not None:
            at = cell.start if cell is not None else at
        if cell is None or number is None:
            out.append(_new_cell(row, text, read))
        elif text == old_cells[number]:
            kept.append(text)
            out.append(page.source[at : cell.end])
            at = cell.end
        else:
            out.append(page.source[at : cell.start] + _filled(cell, _paragraphs(text, read)))
            at = cell.end
    out.append(page.source[row.elements[-1].end if columns is not None else at : row.end])
    return "".join(out) + "".join(_new_row(row, cells, read) for cells in rows[1:]), "".join(kept)


def inserted_rows(
    page: Page, block: Block, markdown: str, read: Reader, columns: Columns | None
) -> tuple[int, str]:
    """Return the offset and the storage format of new rows after a row."""
    row = parse_tree(page.source, *block.span).elements[0]
    node = block.node
    width = len(columns) if columns is not None else _width(page, block, node)
    rows = _checked(parse_rows(markdown), width, columns is None)
    text = "".join(_new_row(row, cells, read) for cells in rows)
    return _position(block.node.container, node), text


def _checked(rows: list[list[str]] | None, width: int, may_widen: bool) -> list[list[str]]:
    example = "| " + " | ".join(["text"] * width) + " |"
    if rows is None:
        raise InvalidEdit(f"only table rows can be between the rows of a table: `{example}`")
    for cells in rows:
        if len(cells) != width:
            raise InvalidEdit(
                f"a row here needs {width} cells, but the new one has {len(cells)}: `{example}`"
                + ("; to add or remove a column, do so in every row of the table" if may_widen else "")
            )
    return rows


def _line(text: str, read: Reader) -> str:
    """Return the Markdown of one cell as inline storage format."""
    pieces = read(f"| |\n|-|\n| {text} |")
    table = pieces[0] if pieces else None
    return table.rows[0][0].inline if isinstance(table, Table) and table.rows else ""


def _paragraphs(text: str, read: Reader) -> list[str]:
    """Return the Markdown of one cell as the inline storage format of its paragraphs."""
    return cell_paragraphs(_line(text, read))


def _filled(cell: Element, paragraphs: Sequence[str]) -> str:
    first = cell.child("p")
    if first is not None:
        content = f"{start_tag(first)}{paragraphs[0]}</p>" + _wrapped(paragraphs[1:])
    else:
        content = paragraphs[0] if len(paragraphs) == 1 else _wrapped(paragraphs)
    return f"{start_tag(cell)}{content}</{cell.name}>"


def _wrapped(paragraphs: Sequence[str]) -> str:
    return "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)


def _new_row(row: Element, cells: list[str], read: Reader) -> str:
    """Return a new row in the form of another: header cells in the same columns, `<p>` in cells if it has them."""
    models = row.elements
    if all(cell.name == "th" for cell in models) or len(models) != len(cells):
        names = ["td"] * len(cells)
    else:
        names = [cell.name for cell in models]
    return (
        "<tr>"
        + "".join(_new_cell(row, text, read, name) for name, text in zip(names, cells, strict=True))
        + "</tr>"
    )


def _new_cell(row: Element, text: str, read: Reader, name: str = "") -> str:
    """Return a new cell for a row in the form of its cells: a header cell in a header row, `<p>` if they have it."""
    models = row.elements
    name = name or ("th" if all(cell.name == "th" for cell in models) else "td")
    paragraphs = _paragraphs(text, read)
    wrap = len(paragraphs) > 1 or any(cell.child("p") is not None for cell in models)
    return f"<{name}>{_wrapped(paragraphs) if wrap else paragraphs[0]}</{name}>"


def _position(container: Container | None, row: Node) -> int:
    """Return the offset of a row after this one; after the last row of `thead` it is the start of `tbody`."""
    head = container.node if container is not None and container.node.name == "thead" else None
    if head is None or head.children[-1] is not row or container is None or container.above is None:
        return row.end
    parts = container.above.node.children
    body = next((part for part in parts[parts.index(head) + 1 :] if part.name == "tbody"), None)
    return body.opened if body is not None and body.closed > body.opened else row.end


def _width(page: Page, block: Block, row: Node) -> int:
    """Return how many cells a row after this one needs: the columns that no cell above spans into."""
    container = block.node.container
    while container is not None and container.node.name != "table":
        container = container.above
    if container is None:
        return len(_cell_elements(page, row))
    if "span" not in page.source[container.node.start : row.end]:
        return len(_cell_elements(page, row))
    reach: dict[int, int] = {}
    for other in table_rows(container.node):
        column = 0
        for cell in _cell_elements(page, other):
            while reach.get(column, 0) > 0:
                column += 1
            tag = page.source[cell.start : cell.opened]
            for taken in range(column, column + _span(tag, "colspan")):
                reach[taken] = _span(tag, "rowspan")
            column += _span(tag, "colspan")
        reach = {number: left - 1 for number, left in reach.items()}
        if other is row:
            break
    columns = max(reach, default=-1) + 1
    return sum(1 for column in range(columns) if reach.get(column, 0) <= 0)


def _cell_elements(page: Page, row: Node) -> list[Element]:
    return [
        cell
        for cell in parse_tree(page.source, row.start, row.end).elements[0].elements
        if cell.name in ("td", "th")
    ]


def _span(tag: str, name: str) -> int:
    match = re.search(rf"""\s{name}\s*=\s*["'](\d+)""", tag)
    return max(1, min(int(match[1]), 1000)) if match else 1


def is_text_below_table(pieces: Sequence[Piece]) -> bool:
    """Return whether new text after the last row is meant below the table, and is not a malformed row."""
    return any(not isinstance(piece, Paragraph | Table) for piece in pieces)
