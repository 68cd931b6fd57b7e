"""Replace and insert table rows: Markdown rows are written cell by cell into an existing or a new row."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from common.storage_format.editing.replace_block import start_tag
from common.storage_format.errors import InvalidEdit
from common.storage_format.from_markdown.blocks import Paragraph, Piece, Table
from common.storage_format.page.page import Block, Page
from common.storage_format.xml.element_tree import Element, parse_tree
from common.storage_format.xml.nodes import Container, Node, table_rows

_DELIMITER = re.compile(r"\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?$")
_PIPE = re.compile(r"(?<!\\)((?:\\\\)*)\|")

Reader = Callable[[str], Sequence[Piece]]


def parse_rows(markdown: str) -> list[list[str]] | None:
    """Return the cells of Markdown that consists only of table rows, or None."""
    lines = [line.strip() for line in markdown.strip().split("\n") if line.strip()]
    if not lines or not all(line.startswith("|") or _DELIMITER.match(line) for line in lines):
        return None
    return [_cells(line) for number, line in enumerate(lines) if not (number and _DELIMITER.match(line))]


def _cells(line: str) -> list[str]:
    inner = line.removeprefix("|")
    cut = [0]
    for match in _PIPE.finditer(inner):
        cut += [match.end() - 1, match.end()]
    cut.append(len(inner))
    cells = [inner[start:end].strip() for start, end in zip(cut[::2], cut[1::2], strict=True)]
    return cells[:-1] if len(cells) > 1 and not cells[-1] else cells


def replaced_row(
    page: Page, block: Block, rows: list[list[str]] | None, read: Reader, old_cells: list[str]
) -> str:
    """Return the rows that replace a row; cells with unchanged text keep their bytes."""
    row = parse_tree(page.source, *block.span).elements[0]
    rows = _checked(rows, len(row.elements))
    out = [page.source[row.start : row.opened]]
    at = row.opened
    for cell, text, old in zip(row.elements, rows[0], old_cells, strict=True):
        if text != old:
            out.append(page.source[at : cell.start] + _filled(cell, _line(text, read)))
            at = cell.end
    out.append(page.source[at : row.end])
    return "".join(out) + "".join(_new_row(row, cells, read) for cells in rows[1:])


def inserted_rows(page: Page, block: Block, rows: list[list[str]] | None, read: Reader) -> tuple[int, str]:
    """Return the offset and the storage format of new rows after a row."""
    row = parse_tree(page.source, *block.span).elements[0]
    node = block.node
    rows = _checked(rows, _width(page, block, node))
    text = "".join(_new_row(row, cells, read) for cells in rows)
    return _position(block.node.container, node), text


def _checked(rows: list[list[str]] | None, width: int) -> list[list[str]]:
    example = "| " + " | ".join(["text"] * width) + " |"
    if rows is None:
        raise InvalidEdit(f"only table rows can be between the rows of a table: `{example}`")
    for cells in rows:
        if len(cells) != width:
            raise InvalidEdit(
                f"a row here needs {width} cells, but the new one has {len(cells)}: `{example}`"
            )
    return rows


def _line(text: str, read: Reader) -> str:
    """Return the Markdown of one cell as inline storage format."""
    pieces = read(f"| |\n|-|\n| {text} |")
    table = pieces[0] if pieces else None
    return table.rows[0][0].inline if isinstance(table, Table) and table.rows else ""


def _filled(cell: Element, content: str) -> str:
    paragraph = cell.child("p")
    if paragraph is not None:
        content = f"{start_tag(paragraph)}{content}</p>"
    return f"{start_tag(cell)}{content}</{cell.name}>"


def _new_row(row: Element, cells: list[str], read: Reader) -> str:
    """Return a new row in the form of another: header cells in the same columns, `<p>` in cells if it has them."""
    models = row.elements
    if all(cell.name == "th" for cell in models) or len(models) != len(cells):
        names = ["td"] * len(cells)
    else:
        names = [cell.name for cell in models]
    wrap = any(cell.child("p") is not None for cell in models)
    contents = [f"<p>{_line(text, read)}</p>" if wrap else _line(text, read) for text in cells]
    return "<tr>" + "".join(f"<{n}>{c}</{n}>" for n, c in zip(names, contents, strict=True)) + "</tr>"


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
