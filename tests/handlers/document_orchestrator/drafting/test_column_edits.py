"""Adding and deleting a table column as one edit of the model's answer."""

from __future__ import annotations

import pytest

from common import storage_format as sf
from handlers.document_orchestrator.drafting.edit_page_prompt import (
    InvalidEditAnswer,
    parse_edits,
    shown_outline,
)

TABLE = (
    "<p>Intro.</p><table><tbody><tr><th>Name</th><th>Limit</th></tr><tr><td>a</td><td><code>x | y</code></td></tr>"
    "<tr><td>b</td><td>2</td></tr></tbody></table>"
)


def answered(storage: str, *edits: dict[str, object]) -> str:
    page = sf.parse(storage)
    return parse_edits({"summary": "s", "edits": list(edits)}, page, shown_outline(page, ())).storage


def refused(storage: str, *edits: dict[str, object]) -> str:
    with pytest.raises(InvalidEditAnswer) as refusal:
        answered(storage, *edits)
    return str(refusal.value)


@pytest.mark.parametrize(
    "markdown",
    [
        "Owner\nteam a\n`p | q`",
        "- Owner\n- team a\n- `p | q`",
        "| Owner |\n| --- |\n| team a |\n| `p \\| q` |",
    ],
)
def test_a_column_is_added_with_one_edit(markdown: str) -> None:
    edit = {"action": "add_column", "block": 3, "column": 1, "markdown": markdown}
    assert answered(TABLE, edit) == TABLE.replace("<th>Limit", "<th>Owner</th><th>Limit").replace(
        "<td><code>x", "<td>team a</td><td><code>x"
    ).replace("<td>2", "<td><code>p | q</code></td><td>2")


def test_a_column_is_deleted_with_one_edit() -> None:
    deleted = answered(TABLE, {"action": "delete_column", "block": 2, "column": "1"})
    assert deleted == TABLE.replace("<th>Name</th>", "").replace("<td>a</td>", "").replace("<td>b</td>", "")


def test_a_large_table_gains_a_column_with_one_edit() -> None:
    rows = "".join(f"<tr><td>{number}</td></tr>" for number in range(60))
    markdown = "\n".join(f"n {number}" for number in range(60))
    edit = {"action": "add_column", "block": 1, "column": 1, "markdown": markdown}
    assert answered(f"<table><tbody>{rows}</tbody></table>", edit).count("<td>n ") == 60


def test_what_is_no_column_is_refused_with_the_reason() -> None:
    assert "has 2 cells, but the table has 3 rows" in refused(
        TABLE, {"action": "add_column", "block": 2, "column": 2, "markdown": "Owner\nteam a"}
    )
    assert "it must be 1 to 2" in refused(TABLE, {"action": "delete_column", "block": 2, "column": 3})
    assert "[1] is not a row" in refused(TABLE, {"action": "delete_column", "block": 1, "column": 1})
    assert "`column` a number" in refused(TABLE, {"action": "delete_column", "block": 2})
    merged = TABLE.replace("<td>2", '<td rowspan="1">2')
    assert "needs 2 cells" in refused(merged, {"action": "delete_column", "block": 2, "column": 1})
