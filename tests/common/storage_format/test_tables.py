"""Tables: columns that all rows gain or lose, cells with paragraphs, pipes in code, and rows with too many cells."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common import storage_format as sf
from tests.example_count import examples

TABLE = (
    '<table><colgroup><col style="width: 1px;" /><col style="width: 2px;" /></colgroup><tbody><tr><th>A</th><th>B</th></tr>'
    '<tr class="q"><td id="1"><p>1</p></td><td>2 <time datetime="2024-01-01"/></td></tr></tbody></table>'
)
DATE = "⟦date 1: 2024-01-01⟧"


def rows_replaced(storage: str, *rows: str, first: int = 0) -> str:
    page = sf.parse(storage)
    edits = [sf.Replace(page.blocks[first + number].id, row) for number, row in enumerate(rows)]
    return sf.apply(page, edits).storage


def refused(storage: str, *rows: str, first: int = 0) -> str:
    with pytest.raises(sf.InvalidEdit) as refusal:
        rows_replaced(storage, *rows, first=first)
    return refusal.value.reason


def test_every_row_with_a_third_cell_makes_a_third_column() -> None:
    assert rows_replaced(TABLE, "| A | B | C |", f"| 1 | 2 {DATE} | 3 |") == TABLE.replace(
        '2px;" />', '2px;" /><col />'
    ).replace("<th>B</th>", "<th>B</th><th>C</th>").replace("</td></tr>", "</td><td><p>3</p></td></tr>")


def test_a_new_column_stands_where_it_was_written() -> None:
    assert rows_replaced(TABLE, "| A | N | B |", f"| 1 | n | 2 {DATE} |") == TABLE.replace(
        '1px;" />', '1px;" /><col />'
    ).replace("<th>B</th>", "<th>N</th><th>B</th>").replace("<td>2", "<td><p>n</p></td><td>2")


def test_a_column_that_every_row_loses_is_removed() -> None:
    assert rows_replaced(TABLE, "| A |", "| 1 |").count("<t") == 6
    assert rows_replaced(TABLE, "| B |", f"| 2 {DATE} |") == TABLE.replace(
        '<col style="width: 1px;" />', ""
    ).replace("<th>A</th>", "").replace('<td id="1"><p>1</p></td>', "")


@pytest.mark.parametrize(
    "rows", [("| A | B | C |",), ("| A | B | C |", "| 1 | 2 |"), ("| A | B | C |", "| 1 |")]
)
def test_some_rows_alone_do_not_change_the_columns(rows: tuple[str, ...]) -> None:
    assert "needs 2 cells, but the new one has 3" in refused(TABLE, *rows)
    assert "in every row of the table" in refused(TABLE, *rows)


def test_a_table_with_merged_cells_keeps_its_columns() -> None:
    merged = TABLE.replace("<td>2", '<td colspan="1">2')
    assert "needs 2 cells" in refused(merged, "| A | B | C |", "| 1 | 2 | 3 |")


def test_a_row_that_somebody_added_makes_a_new_column_a_conflict() -> None:
    base = sf.parse(TABLE)
    now = sf.parse(TABLE.replace("</tbody>", "<tr><td>3</td><td>4</td></tr></tbody>"))
    edits = [sf.Replace(base.blocks[n].id, row) for n, row in enumerate(("| A | B | C |", "| 1 | 2 | 3 |"))]
    assert isinstance(sf.rebase(edits, base, now), sf.EditConflict)
    moved = sf.parse("<p>A sentence of theirs.</p>" + TABLE)
    result = sf.rebase(edits, base, moved)
    assert isinstance(result, sf.Edited)
    assert result.storage == "<p>A sentence of theirs.</p>" + sf.apply(base, edits).storage


CELLS = st.sampled_from(("a", "b", "c", "`x | y`", "**d**"))


@settings(max_examples=examples(60), deadline=None)
@given(st.integers(1, 4), st.data())
def test_columns_can_be_added_and_removed_and_the_other_cells_keep_their_bytes(
    width: int, data: st.DataObject
) -> None:
    rows = data.draw(st.lists(st.lists(CELLS, min_size=width, max_size=width), min_size=1, max_size=4))
    kept = data.draw(st.lists(st.integers(0, width - 1), unique=True, min_size=1).map(sorted))
    columns: list[int | None] = list(kept)
    for _ in range(data.draw(st.integers(0, 2))):
        columns.insert(data.draw(st.integers(0, len(columns))), None)
    cells = [[sf.render(cell).removeprefix("<p>").removesuffix("</p>") for cell in row] for row in rows]
    table = "<table><tbody>{}</tbody></table>"
    row = "<tr>{}</tr>"
    before = [[f'<td id="{column}">{cell}</td>' for column, cell in enumerate(line)] for line in cells]
    storage = table.format("".join(row.format("".join(line)) for line in before))
    new = [
        "| " + " | ".join("new" if column is None else line[column] for column in columns) + " |"
        for line in rows
    ]
    edited = rows_replaced(storage, *new)
    assert sf.parse(edited).blocks[-1].source.count("<td") == len(columns)
    assert [sf.plain_text(block.source) for block in sf.parse(edited).blocks] == [
        sf.plain_text(row.format("".join("<td>new</td>" if c is None else line[c] for c in columns)))
        for line in before
    ]


def test_two_line_breaks_in_a_cell_separate_paragraphs() -> None:
    assert "<td><p>one</p><p>two</p></td>" in sf.render("| a |\n|---|\n| one<br><br>two |")
    assert '<td id="1"><p>one</p><p>two</p></td>' in rows_replaced(
        TABLE, f"| one<br><br>two | 2 {DATE} |", first=1
    )
    assert "<br>" in sf.to_markdown("<table><tbody><tr><td><p>one</p><p>two</p></td></tr></tbody></table>")


def test_paragraphs_do_not_split_inline_markup() -> None:
    assert "<td><strong>a<br /><br />b</strong></td>" in sf.render("| a |\n|---|\n| **a<br><br>b** |")


def test_a_pipe_in_code_does_not_split_a_cell() -> None:
    new = sf.render("| a | b |\n|---|---|\n| `ps | grep x` | find |")
    assert "<td><code>ps | grep x</code></td><td>find</td>" in new
    assert "<code>x | y</code>" in rows_replaced(TABLE, "| `x | y` | B |")
    quoted = sf.render("> | `a|b` | b |\n> |---|---|\n> | ``c ` | d`` | 2 |")
    assert "<th><code>a|b</code></th>" in quoted
    assert "<td><code>c ` | d</code></td><td>2</td>" in quoted


def test_a_table_in_code_is_not_touched() -> None:
    text = "| a | b |\n|---|---|\n| `ps | grep x` | find |"
    assert f"<![CDATA[{text}]]>" in sf.render(f"```\n{text}\n```")


def test_a_row_with_too_many_cells_is_refused_by_name() -> None:
    markdown = "| a | b |\n|---|---|\n| 1 | 2 | 3 |"
    page = sf.parse("<p>x</p>")
    for kind in (sf.Replace, sf.InsertAfter):
        with pytest.raises(sf.InvalidEdit, match=r"`\| 1 \| 2 \| 3 \|` has 3 cells.*2 columns"):
            sf.apply(page, [kind(page.blocks[0].id, markdown)])
    [fault] = sf.table_faults(markdown)
    assert "`| 1 | 2 | 3 |` has 3 cells" in fault
    assert sf.table_faults(markdown.replace("| 3 |", "| |")) == ()


WORDS = st.text(alphabet="ab|`\\ ", max_size=8)


@settings(max_examples=examples(200), deadline=None)
@given(st.lists(st.lists(WORDS, min_size=1, max_size=4).map(" | ".join), min_size=1, max_size=3))
def test_no_text_of_a_new_table_is_lost_without_a_fault(rows: list[str]) -> None:
    markdown = "| h | h |\n|---|---|\n" + "\n".join(f"| {row} |" for row in rows)
    letters = [letter for letter in sf.plain_text(sf.render(markdown)) if letter in "ab"]
    assert letters == [letter for letter in markdown if letter in "ab"] or sf.table_faults(markdown)
