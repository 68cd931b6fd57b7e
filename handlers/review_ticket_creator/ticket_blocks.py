"""A changed passage as a block of Jira rich text (ADF): a heading, a list, a table, a code block or a paragraph."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from common.markup import adf
from common.runtime.unicode_safety import make_visible, mixed_script_words
from handlers.review_ticket_creator.changed_passage import ChangedPassage
from handlers.review_ticket_creator.diff.word_diff import Piece

ADDED: tuple[adf.Mark, ...] = (adf.color("#006644"), adf.UNDERLINE)
REMOVED: tuple[adf.Mark, ...] = (adf.color("#bf2600"), adf.STRIKE)
_Marks = dict[str, tuple[adf.Mark, ...]]
_PARTLY: _Marks = {"+": ADDED, "-": REMOVED, "=": ()}
_ALL_NEW: _Marks = {**_PARTLY, "+": ADDED[:1]}  # a passage that is all new is not underlined
_NEW_PAGE: _Marks = {"+": (), "-": (), "=": ()}
_CONTEXT = 90  # characters of unchanged text that are shown on each side of a change
_CELLS = ("cell", "headcell")
_TASKS = {"task-open": "☐ ", "task-done": "☑ "}


def passage_block(one: ChangedPassage) -> adf.Node:
    """Return a changed passage as one block."""
    kind = one.shown.kind
    if kind == "row":
        return _table(one)
    if kind == "code" and one.is_new_page and not one.formatting:
        return adf.code_block("".join(_text(piece) for piece in one.pieces))
    inline = [*_inline(one.pieces, _marks(one)), *_notes(one)]
    if kind.startswith("h"):
        return adf.heading(3 + int(kind[1]), *inline)
    if lead := "\u2003" * max(0, one.shown.depth - 1) + _TASKS.get(kind, ""):
        inline.insert(0, adf.text(lead))
    if one.marker == "•":
        return adf.bullet_list(adf.paragraph(*inline))
    if one.marker:
        return adf.ordered_list(adf.paragraph(*inline), first=int(one.marker.rstrip(".")))
    return adf.paragraph(*inline)


def join_blocks(blocks: Iterable[adf.Node]) -> list[adf.Node]:
    """Join neighbouring items to one list, rows to one table, and lines to one code block."""
    groups: list[list[adf.Node]] = []
    for block in blocks:
        if groups and _continues(groups[-1], block):
            groups[-1].append(block)
        else:
            groups.append([block])
    return [_joined(group) for group in groups]


def _continues(group: Sequence[adf.Node], block: adf.Node) -> bool:
    """Return whether a block continues the list, table or code block that a group of blocks is."""
    first = group[0]
    if first["type"] != block["type"]:
        return False
    match block["type"]:
        case "bulletList" | "codeBlock":
            return True
        case "orderedList":
            return bool(block["attrs"]["order"] == first["attrs"]["order"] + len(group))
        case "table":
            return _column_names(first) == _column_names(block)
    return False


def _joined(group: Sequence[adf.Node]) -> adf.Node:
    first = group[0]
    if len(group) == 1:
        return first
    if first["type"] == "codeBlock":
        lines = (block["content"][0]["text"] if block["content"] else "" for block in group)
        return adf.code_block("\n".join(lines))
    if first["type"] == "table":
        rows = [*first["content"], *(block["content"][-1] for block in group[1:])]
        widest = max(len(row["content"]) for row in rows)
        return {**first, "content": [_widened(row, widest) for row in rows]}
    return {**first, "content": [item for block in group for item in block["content"]]}


def _column_names(table: adf.Node) -> list[str] | None:
    """Return the texts of the first row of a table, which may be its only one; None if that is no header row."""
    cells = table["content"][0]["content"]
    is_header = all(cell["type"] == "tableHeader" for cell in cells)
    return [adf.adf_to_text(adf.doc(*cell["content"])).strip() for cell in cells] if is_header else None


def _widened(row: adf.Node, cells: int) -> adf.Node:
    missing = cells - len(row["content"])
    empty = [{"type": "tableCell", "attrs": {}, "content": [adf.paragraph()]} for _ in range(missing)]
    return {**row, "content": [*row["content"], *empty]} if missing else row


def _table(one: ChangedPassage) -> adf.Node:
    """Return a table row as a table, below the row with the names of its columns."""
    cells: list[tuple[str, list[Piece]]] = []
    for piece in one.pieces:
        if piece.run.style in _CELLS:
            if cells and not cells[-1][1]:
                cells.pop()  # a cell became a header cell, or the reverse
            cells.append((piece.run.style, []))
        else:
            if not cells:
                cells.append(("cell", []))
            cells[-1][1].append(piece)
    marks = _marks(one)
    written = [(style, adf.paragraph(*_inline(pieces, marks))) for style, pieces in cells]
    if one.formatting:
        style, last = written.pop() if written else ("cell", adf.paragraph())
        written.append((style, adf.paragraph(*last["content"], *_notes(one))))
    row = [adf.header_cell(block) if style == "headcell" else block for style, block in written]
    names = [adf.header_cell(adf.paragraph(adf.text(make_visible(name), adf.STRONG))) for name in one.columns]
    width = max(len(row), len(names))
    row += [adf.paragraph()] * (width - len(row))
    if names:
        names += [adf.header_cell(adf.paragraph())] * (width - len(names))
    return adf.table(*filter(None, (names, row)))


def _marks(one: ChangedPassage) -> _Marks:
    if one.is_new_page:
        return _NEW_PAGE
    return _PARTLY if one.partly else _ALL_NEW


def _notes(one: ChangedPassage) -> list[adf.Node]:
    return [adf.text(f" ({'; '.join(one.formatting)})", adf.EM)] if one.formatting else []


def _inline(pieces: Sequence[Piece], marks: _Marks) -> list[adf.Node]:
    """Return pieces as text nodes; unchanged text is shortened to what is next to a change."""
    nodes: list[adf.Node] = []
    place = 0
    for sign, group in groupby(pieces, key=lambda piece: piece.sign):
        same = list(group)
        text = "".join(map(_text, same))
        if sign == "=":
            text = _shortened(text, first=place == 0, last=place + len(same) == len(pieces))
        if text:
            nodes.append(adf.text(text, *marks[sign]))
        place += len(same)
    return nodes


def _text(piece: Piece) -> str:
    run = piece.run
    if run.style in _CELLS:
        return " | "
    text = shown_text(f"[{run.text}]" if run.style == "chip" else run.text)
    notes = [run.target] if run.target not in ("", run.text) else []
    if piece.sign != "=":
        notes += run.look
    return text + "".join(f" ({shown_text(note)})" for note in notes)


def shown_text(text: str) -> str:
    """Return a text as it is shown: invisible characters are visible, and words that mix scripts are marked."""
    parts: list[str] = []
    at = 0
    for match, scripts in mixed_script_words(text):
        parts.append(f"{text[at : match.end()]} ⟨{scripts}⟩")
        at = match.end()
    return make_visible("".join(parts) + text[at:])


def _shortened(text: str, *, first: bool, last: bool) -> str:
    """Shorten unchanged text to _CONTEXT characters next to each change, and at both ends of a cell without one."""
    if first and last:
        first = last = False
    head, tail = ("" if first else text[:_CONTEXT]), ("" if last else text[-_CONTEXT:])
    return text if len(text) <= len(head) + len(tail) + 3 else f"{head}…{tail}"
