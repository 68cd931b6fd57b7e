"""New text in places of the page that cannot hold it: where it is put instead, and how a refusal reads."""

from __future__ import annotations

import pytest

from common import storage_format as sf

TABLE = "| a |\n|---|\n| 1 |"
TABLE_STORED = "<table><thead><tr><th>a</th></tr></thead><tbody><tr><td>1</td></tr></tbody></table>"
PANEL = '<ac:structured-macro ac:name="info"><ac:rich-text-body>{}</ac:rich-text-body></ac:structured-macro>'
EXPAND = PANEL.replace("info", "expand")


def replaced(storage: str, markdown: str, number: int = 0) -> str:
    page = sf.parse(storage)
    return sf.apply(page, [sf.Replace(page.blocks[number].id, markdown)]).storage


def inserted(storage: str, markdown: str, number: int = 0) -> str:
    page = sf.parse(storage)
    return sf.apply(page, [sf.InsertAfter(page.blocks[number].id, markdown)]).storage


def test_a_table_splits_an_ordered_list_that_goes_on_counting() -> None:
    storage = '<ol start="3" local-id="x"><li>a</li><li>b</li><li>c</li></ol>'
    assert inserted(storage, TABLE, 1) == (
        f'<ol start="3" local-id="x"><li>a</li><li>b</li></ol>{TABLE_STORED}<ol start="5"><li>c</li></ol>'
    )
    assert inserted(storage, TABLE, 2) == storage + TABLE_STORED


def test_code_stays_in_the_list() -> None:
    assert inserted("<ul><li>a</li><li>b</li></ul>", "```\nx\n```").startswith(
        '<ul><li>a</li><li><ac:structured-macro ac:name="code">'
    )


def test_inserted_items_with_a_quote_go_below_the_list() -> None:
    assert inserted("<ul><li>a</li></ul>", "- b\n  > q") == (
        "<ul><li>a</li></ul><ul><li>b</li></ul><blockquote><p>q</p></blockquote>"
    )


@pytest.mark.parametrize(
    ("storage", "number"),
    [
        ("<ul><li>a<ul><li>b</li><li>c</li></ul></li></ul>", 1),
        (PANEL.format("<ul><li>b</li><li>c</li></ul>"), 0),
        (PANEL.format("<p>b</p><p>c</p>"), 0),
        ("<blockquote><ul><li>b</li></ul><p>c</p></blockquote>", 0),
        ("<table><tbody><tr><td><p>b</p><p>c</p></td></tr></tbody></table>", 0),
    ],
)
def test_a_table_that_fits_nowhere_is_refused(storage: str, number: int) -> None:
    with pytest.raises(sf.InvalidEdit, match=r"^a table cannot be in a .+ in Confluence; "):
        inserted(storage, TABLE, number)


def test_a_replacement_keeps_to_what_its_container_holds() -> None:
    with pytest.raises(sf.InvalidEdit, match="a quote cannot be in a list in Confluence; leave it out here"):
        replaced("<ul><li>a</li><li>b</li></ul>", "- a\n  > q")
    with pytest.raises(sf.InvalidEdit, match="a panel cannot be in a panel"):
        replaced(PANEL.format("<p>a</p>"), "> [!TIP]\n> b")
    with pytest.raises(sf.InvalidEdit, match="code cannot be in a task list"):
        replaced(
            "<ac:task-list><ac:task><ac:task-status>incomplete</ac:task-status><ac:task-body>a</ac:task-body>"
            "</ac:task></ac:task-list>",
            "- [ ] a\n\n  ```\n  x\n  ```",
        )


def test_text_after_the_last_block_of_a_panel_goes_behind_it() -> None:
    panel = PANEL.format("<p>a</p>")
    assert inserted(panel, TABLE) == panel + TABLE_STORED
    assert inserted(panel, "b") == PANEL.format("<p>a</p><p>b</p>")
    within = EXPAND.format(panel)
    assert inserted(within, TABLE) == EXPAND.format(panel + TABLE_STORED)
    quote = "<blockquote><ul><li>a</li></ul><p>b</p></blockquote>"
    assert inserted(quote, "---", 1) == quote + "<hr />"


def test_a_shape_that_the_page_has_stays() -> None:
    legacy = "<ul><li>a<blockquote><p>q</p></blockquote></li></ul>"
    assert replaced(legacy, "> new", 1) == "<ul><li>a<blockquote><p>new</p></blockquote></li></ul>"
    assert replaced("<dl><dt>t</dt><dd>d</dd></dl>", "new", 1) == "<dl><dt>t</dt><dd>new</dd></dl>"


def test_new_text_is_rewritten_to_say_the_same() -> None:
    quote = "<blockquote><p>a</p></blockquote>"
    assert replaced(quote, "> a\n>\n> > b") == "<blockquote><p>a</p><p>b</p></blockquote>"
    assert replaced("<p>a</p>", "term\n: definition") == "<p><strong>term</strong></p><p>definition</p>"
    assert inserted("<p>a</p>", "- b\n  > q\n- c") == (
        "<p>a</p><ul><li>b</li></ul><blockquote><p>q</p></blockquote><ul><li>c</li></ul>"
    )
