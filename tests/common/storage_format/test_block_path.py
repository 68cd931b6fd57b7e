"""The path of a block: the headings, lead-ins, items, panels, tables, rows and columns that it is under or in."""

from __future__ import annotations

import pytest

from common import storage_format as sf
from common.storage_format.page.block_path import Name

X = "<p>here</p>"


def path(storage: str, source: str = X, *, nth: int = 0) -> str:
    """Return the path of the block with this source, such as `heading A / item b 2 of 2`."""
    page = sf.parse(storage)
    number = [block.number for block in page.blocks if source in block.source][nth]
    return " / ".join(map(_name_text, page.steps[number].path))


def _name_text(name: Name) -> str:
    which, of = name.place
    text = f"{name.kind} {'|'.join(name.texts)}".strip()
    return text if (which, of) == (1, 1) else f"{text} {which} of {of}"


def expand(title: str, body: str) -> str:
    return (
        f'<ac:structured-macro ac:name="expand"><ac:parameter ac:name="title">{title}</ac:parameter>'
        f"<ac:rich-text-body>{body}</ac:rich-text-body></ac:structured-macro>"
    )


def info(body: str) -> str:
    return f'<ac:structured-macro ac:name="info"><ac:rich-text-body>{body}</ac:rich-text-body></ac:structured-macro>'


def cell(body: str) -> str:
    return f"<ac:layout-cell>{body}</ac:layout-cell>"


def layout(*cells: str) -> str:
    inner = "".join(map(cell, cells))
    return f'<ac:layout><ac:layout-section ac:type="x">{inner}</ac:layout-section></ac:layout>'


def table(*rows: str) -> str:
    """Return a table from rows such as `a|1`; `!a|b` is a row of header cells."""
    lines = []
    for row in rows:
        names = row.removeprefix("!").split("|")
        tag = "th" if row.startswith("!") else "td"
        lines.append("<tr>" + "".join(f"<{tag}>{name}</{tag}>" for name in names) + "</tr>")
    return f"<table><tbody>{''.join(lines)}</tbody></table>"


PAGES = {
    "nothing": (X, ""),
    "headings by level": (f"<h1>A</h1><h2>B</h2><h3>C</h3><h2>D</h2>{X}", "heading A / heading D"),
    "a level left out": (f"<h1>A</h1><h3>B</h3><h2>C</h2>{X}", "heading A / heading C"),
    "same level": (f"<h2>A</h2><h2>B</h2>{X}", "heading B"),
    "a heading of that name before": (f"<h2>A</h2><h2>B</h2><h2>A</h2>{X}", "heading A 2 of 2"),
    "a heading of that name elsewhere": (f"<h2>A</h2><h3>L</h3><h2>B</h2><h3>L</h3>{X}", "heading B / heading L"),
    "a heading with a line break and marks": (f"<h2>A <em>b</em><br/>c</h2>{X}", "heading A b c"),
    "a title": (f"<h2>A</h2>{expand('T', X)}", "heading A / expand T"),
    "titles alike": (expand("T", "<p>a</p>") + expand("T", X), "expand T 2 of 2"),
    "no title": (info("<p>a</p>") + info(X), "info"),
    "a heading within": (f"<h3>A</h3>{expand('T', '<h1>B</h1>' + X)}", "heading A / expand T / heading B"),
    "after a heading within": (f"<h3>A</h3>{expand('T', '<h1>B</h1>')}{X}", "heading A"),
    "panel of the new editor": (
        f'<ac:adf-extension><ac:adf-node type="panel"><ac:adf-content>{X}</ac:adf-content></ac:adf-node>'
        "</ac:adf-extension>",
        "panel",
    ),
    "a heading in another column": (layout("<h2>A</h2>", X), "heading A"),
    "headings in columns": (layout("<h1>A</h1><h2>B</h2>", f"<h2>C</h2>{X}"), "heading A / heading C"),
    "after columns": (layout("<h2>A</h2>") + X, "heading A"),
    "a lead-in in another column": (layout("<p>A:</p><p>b</p>", X), ""),
    "a bold line in another column": (layout("<p><strong>A</strong></p><p>b</p>", X), ""),
    "item": (f"<ul><li>a<ul><li>{X}</li></ul></li></ul>", "item a"),
    "item with a paragraph": (f"<ul><li><p>a</p>{X}</li></ul>", ""),
    "items alike": (f"<ul><li>a<ul><li>b</li></ul></li><li>a<ul><li>{X}</li></ul></li></ul>", "item a 2 of 2"),
    "item without text of its own": (f"<ul><li>{info(X)}</li></ul>", "item / info"),
    "item that begins with a panel": (f"<ul><li>{info('<p>y</p>')}{X}</li></ul>", "item"),
    "item that begins with a list": (f"<ul><li><ul><li>y</li><li>z<ul><li>{X}</li></ul></li></ul></li></ul>", "item / item z"),
    "item that begins with a heading": (f"<ul><li><h3>t</h3>{X}</li></ul>", "item / heading t"),
    "task": (
        "<ac:task-list><ac:task><ac:task-id>1</ac:task-id><ac:task-status>incomplete</ac:task-status><ac:task-body>a"
        f"<ul><li>{X}</li></ul></ac:task-body></ac:task></ac:task-list>",
        "item a",
    ),
    "div and quote": (f"<div><blockquote>{X}<ul><li>y</li></ul></blockquote></div>", ""),
    "term": (f"<dl><dt>a</dt><dd>y</dd><dt>b</dt><dd>y</dd><dd>{X}<ul><li>z</li></ul></dd></dl>", "term b"),
    "after a definition list": (f"<dl><dt>a</dt><dd>y</dd></dl>{X}", ""),
    # -- lead-ins
    "bold line": (f"<p><strong>A</strong></p><p>y</p><ul><li>y</li></ul>{X}", "lead-in A"),
    "bold line after another": (f"<p><b>A</b></p><p>y</p><p><b>B</b></p>{X}", "lead-in B"),
    "bold line under a heading": (f"<p><b>A</b></p><h2>B</h2>{X}", "heading B"),
    "bold in italics, with a colon outside": (f"<p><em><strong>A</strong></em>:&nbsp;</p><p>y</p>{X}", "lead-in A:"),
    "bold with a colon outside reaches over a list": (
        f"<p><b>A</b>:&nbsp;</p><ul><li>y</li></ul>{X}",
        "lead-in A:",
    ),
    "bold before what is empty": (f"<p><b>A</b><b> </b><em> </em><span></span><br/></p><p>y</p>{X}", "lead-in A"),
    "line of code": (f"<p><code>A</code></p>{X}", "lead-in A"),
    "bold loose text": (f"<ac:layout-cell><strong>A</strong>{X}</ac:layout-cell>", "lead-in A"),
    "bold only in part": (f"<p><strong>A</strong> b</p>{X}", ""),
    "bold beside an image": (
        f'<p><strong>A</strong><ac:image><ri:attachment ri:filename="a" /></ac:image></p>{X}',
        "",
    ),
    "bold without letters": (f"<p><strong> </strong></p>{X}", ""),
    "bold at length": (f"<p><strong>{'word ' * 20}</strong></p>{X}", ""),
    "italics": (f"<p><em>A</em></p>{X}", ""),
    "a colon": (f"<p>See A:</p><p>y</p>{X}", "lead-in See A:"),
    "a wide colon in marks": (f"<p>A<em>\uff1a</em> </p>{X}", "lead-in A\uff1a"),
    "a colon within": (f"<p>A: b</p>{X}", ""),
    "after what a colon introduces": (f"<p>A:</p><ul><li>y</li></ul>{X}", ""),
    "after code that a colon introduces": (f"<p>A:</p><pre>y</pre>{X}", ""),
    "a colon below a bold line": (f"<p><b>B</b></p><p>A:</p>{X}", "lead-in B / lead-in A:"),
    "the name of a list": (f"<p>A b c</p><ul><li>{X}</li></ul>", "lead-in A b c"),
    "the name of a list whose items hold others": (
        f"<p>A b c</p><ul><li>q<ul><li>{X}</li></ul></li></ul>",
        "lead-in A b c / item q",
    ),
    "a sentence before a list": (f"<p>A b.</p><ul><li>{X}</li></ul>", ""),
    "a long line before a list": (f"<p>A b c d</p><ul><li>{X}</li></ul>", ""),
    "an empty line before a list": (f"<p></p><ul><li>{X}</li></ul>", ""),
    "a line before an expand": (f"<p>A</p>{expand('T', X)}", "expand T"),
    "a line before the end of its cell": (layout("<p>A</p>", f"<ul><li>{X}</li></ul>"), ""),
}  # fmt: skip


@pytest.mark.parametrize("case", PAGES.values(), ids=PAGES)
def test_a_path_holds_headings_containers_and_lead_ins(case: tuple[str, str]) -> None:
    storage, expected = case
    page = sf.parse(storage)
    source = X if any(block.source == X for block in page.blocks) else "here"
    assert path(storage, source) == expected


def test_a_heading_is_not_in_its_own_path() -> None:
    """The same holds for lead-ins, list items and terms."""
    storage = "<h2>A</h2><p>B:</p><ul><li>c<ul><li>d</li></ul></li></ul><dl><dt>e</dt><dd>f</dd></dl>"
    below = {
        "<h2>": "",
        "<p>B": "heading A",
        "c": "heading A / lead-in B:",
        "<dt>": "heading A",
        "<dd>": "heading A / term e",
    }
    assert {source: path(storage, source) for source in below} == below


ROWS = {
    "header cells": (table("!N|L", "a|1"), "table N|L"),
    "two header rows": (table("!N|L", "!x|y", "a|1"), "table N|L|x|y"),
    "head of data cells": (
        "<table><thead><tr><td>N</td><td>L</td></tr></thead><tbody><tr><td>a</td><td>1</td></tr></tbody></table>",
        "table N|L",
    ),
    "first row of data cells": (table("N|L", "a|1"), "table N|L"),
    "header column": (
        "<table><tbody><tr><th>N</th><td>L</td></tr><tr><th>a</th><td>1</td></tr></tbody></table>",
        "table",
    ),
    "second table of that header": (table("!N|L", "x|1") + table("!N|L", "a|1"), "table N|L 2 of 2"),
    "second table of another header": (table("!N|L", "x|1") + table("!N|M", "a|1"), "table N|M"),
    "second table without a header": (
        "<table><tbody><tr><th>N</th><td>L</td></tr></tbody></table>"
        "<table><tbody><tr><th>a</th><td>1</td></tr></tbody></table>",
        "table 2 of 2",
    ),
    "row across the table": (
        table("!N|L", "x|1").replace(
            "</tbody>", '<tr><td colspan="2">G</td></tr><tr><td>a</td><td>1</td></tr></tbody>'
        ),
        "table N|L / group G",
    ),
    "rows across the table": (
        table("!N|L").replace(
            "</tbody>",
            '<tr><td colspan="2">F</td></tr><tr><td colspan="2">G</td></tr><tr><td>a</td><td>1</td></tr></tbody>',
        ),
        "table N|L / group G",
    ),
    "header row within": (table("!N|L", "x|1", "!G|H", "a|1"), "table N|L / group G H"),
    "row of one cell": (table("!N", "x", "a"), "table N"),
    "cell that reaches down": (
        '<table><tbody><tr><th>N</th><th>L</th></tr><tr><td rowspan="2">R</td><td>x</td></tr><tr><td>a</td></tr>'
        "<tr><td>b</td><td>c</td></tr></tbody></table>",
        "table N|L / span R",
    ),
    "cells that reach down": (
        '<table><tbody><tr><th>N</th><th>M</th><th>L</th></tr><tr><td rowspan="3">R</td><td rowspan="2">S</td><td>x</td>'
        "</tr><tr><td>a</td></tr><tr><td>c</td><td>d</td></tr></tbody></table>",
        "table N|M|L / span R|S",
    ),
    "after a cell that reached down": (
        '<table><tbody><tr><th>N</th><th>L</th></tr><tr><td rowspan="2">R</td><td>x</td></tr><tr><td>y</td></tr>'
        "<tr><td>a</td><td>c</td></tr></tbody></table>",
        "table N|L",
    ),
    "after a cell that reached down far": (
        '<table><tbody><tr><th>N</th><th>L</th></tr><tr><td rowspan="3">R</td><td>x</td></tr><tr><td>y</td></tr>'
        "<tr><td>z</td></tr><tr><td>a</td><td>c</td></tr></tbody></table>",
        "table N|L",
    ),
    "a cell that reaches into its own row only": (
        '<table><tbody><tr><th>N</th><th>L</th></tr><tr><td rowspan="1">R</td><td>x</td></tr>'
        "<tr><td>a</td><td>c</td></tr></tbody></table>",
        "table N|L",
    ),
    "a wide cell beside one that reaches down": (
        '<table><tbody><tr><th>N</th><th>M</th><th>L</th></tr><tr><td rowspan="2">R</td><td>x</td><td>y</td></tr>'
        '<tr><td colspan="2">z</td></tr><tr><td>a</td><td>b</td><td>c</td></tr></tbody></table>',
        "table N|M|L",
    ),
    "a wide cell beside another": (
        '<table><tbody><tr><th>N</th><th>M</th><th>L</th></tr><tr><td colspan="2">x</td><td>y</td></tr>'
        "<tr><td>a</td><td>b</td><td>c</td></tr></tbody></table>",
        "table N|M|L",
    ),
    "header cells below a head": (
        "<table><thead><tr><th>N</th><th>L</th></tr></thead><tbody><tr><th>G</th><th>H</th></tr>"
        "<tr><td>a</td><td>1</td></tr></tbody></table>",
        "table N|L / group G H",
    ),
    "header column but for the first row": (
        "<table><tbody><tr><td>N</td><td>L</td></tr><tr><th>a</th><td>1</td></tr></tbody></table>",
        "table",
    ),
    "a span of no number": (
        '<table><tbody><tr><th>N</th></tr><tr><td rowspan="x">R</td></tr><tr><td>a</td></tr></tbody></table>',
        "table N",
    ),
    "table within a section": ("<h2>A</h2>" + table("!N|L", "a|1"), "heading A / table N|L"),
}


@pytest.mark.parametrize("case", ROWS.values(), ids=ROWS)
def test_a_row_path_holds_its_table_and_group(case: tuple[str, str]) -> None:
    """It also holds the cells above that span into the row."""
    storage, expected = case
    assert path(storage, ">a<") == expected


def big(*cells: str) -> str:
    """Return a row with blocks in its cells."""
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


TWO = "<p>y</p><p>here</p>"
CELLS = {
    "row and column": (["a", TWO], "!N|L", "table N|L / row a / column L"),
    "label that is a number": (["1", "b", TWO], "!#|N|L", "table #|N|L / row 1 b / column L"),
    "label of several lines": (["<p>a</p><p>b</p>", TWO], "!N|L", "table N|L / row a / column L"),
    "no name above the column": (["a", TWO], "!N|", "table N| / row a / column 2"),
    "a header of other width": (["a", TWO], "!N|L|M", "table N|L|M / row a / column 2"),
}


@pytest.mark.parametrize("case", CELLS.values(), ids=CELLS)
def test_the_path_in_a_cell_has_row_and_column(case: tuple[list[str], str, str]) -> None:
    cells, header, expected = case
    assert path(table(header).replace("</tbody>", f"{big(*cells)}</tbody>")) == expected


def test_without_a_header_a_column_is_numbered() -> None:
    storage = f"<table><tbody><tr><th>a</th><td>b</td></tr><tr><th>c</th><td>{TWO}</td></tr></tbody></table>"
    assert path(storage) == "table / row c / column 2"


def test_rows_with_the_same_label_are_numbered() -> None:
    storage = table("!N|L").replace("</tbody>", f"{big('a', TWO)}{big('a', TWO)}</tbody>")
    assert path(storage, nth=1) == "table N|L / row a 2 of 2 / column L"


def test_columns_of_the_first_row_are_numbered() -> None:
    storage = f"<table><tbody>{big('a', TWO)}</tbody></table>"
    assert path(storage) == "table a|y here / row a / column 2"


def test_a_row_with_blocks_has_its_group_and_rowspan() -> None:
    """The path holds the group row above it, and a cell above that spans into it."""
    group = '<tr><td colspan="2">G</td></tr>'
    reaching = f'<tr><td rowspan="2">R</td><td>{TWO}</td></tr>' + big("x" + TWO)
    storage = table("!N|L").replace("</tbody>", f"{group}{reaching}</tbody>")
    assert path(storage, nth=0) == "table N|L / group G / row R / column L"
    assert path(storage, nth=1) == "table N|L / group G / span R / row x / column 1"


def test_mentions_and_page_links_are_part_of_a_name() -> None:
    def named(resource: str) -> str:
        return path(f"<h2>Of <ac:link>{resource}</ac:link></h2>{X}")

    assert named('<ri:user ri:account-id="5:1" />') == "heading Of 5:1"
    assert named('<ri:page ri:content-title="P" />') == "heading Of P"
