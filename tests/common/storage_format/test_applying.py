"""Applying edits: the result for each kind of block, which bytes stay, and which edits are refused with which reason."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from common import storage_format as sf
from tests.common.storage_format.strategies import BLOCKS
from tests.example_count import examples


def edited(storage: str, *edits: sf.Edit) -> str:
    return sf.apply(sf.parse(storage), edits).storage


def replaced(storage: str, markdown: str, number: int = 0) -> str:
    page = sf.parse(storage)
    return sf.apply(page, [sf.Replace(page.blocks[number].id, markdown)]).storage


def inserted(storage: str, markdown: str, number: int = 0) -> str:
    page = sf.parse(storage)
    return sf.apply(page, [sf.InsertAfter(page.blocks[number].id, markdown)]).storage


def refused(storage: str, markdown: str, number: int = 0, insert: bool = False) -> str:
    page = sf.parse(storage)
    kind = sf.InsertAfter if insert else sf.Replace
    with pytest.raises(sf.InvalidEdit) as refusal:
        sf.apply(page, [kind(page.blocks[number].id, markdown)])
    return refusal.value.reason


def test_a_paragraph_keeps_its_attributes() -> None:
    assert (
        replaced('<p local-id="1" style="x">a</p>', "b **c**")
        == '<p local-id="1" style="x">b <strong>c</strong></p>'
    )
    assert replaced("<p />", "b") == "<p>b</p>"
    assert replaced('<p local-id="1">a</p>', "# b\n\nc") == "<h1>b</h1><p>c</p>"


def test_loose_text_stays_loose() -> None:
    assert replaced("<div>loose<p>x</p></div>", "text") == "<div>text<p>x</p></div>"


def test_a_heading_is_replaced_by_text_or_another_level() -> None:
    assert replaced('<h2 local-id="1">a</h2>', "b") == '<h2 local-id="1">b</h2>'
    assert replaced('<h2 local-id="1">a</h2>', "### b") == '<h3 local-id="1">b</h3>'


def test_text_for_a_list_item_becomes_items() -> None:
    assert replaced('<ul><li id="x">a</li></ul>', "b") == '<ul><li id="x">b</li></ul>'
    assert (
        replaced('<ul><li><p local-id="1">a</p></li></ul>', "- b")
        == '<ul><li><p local-id="1">b</p></li></ul>'
    )
    assert replaced("<ul><li>a</li></ul>", "- b\n- c") == "<ul><li>b</li><li>c</li></ul>"
    assert replaced("<ul><li>a</li></ul>", "b\n- c") == "<ul><li>b<ul><li>c</li></ul></li></ul>"


def test_an_item_with_a_nested_list_is_edited() -> None:
    storage = "<ul><li><p>a</p><ul><li>n</li></ul></li></ul>"
    assert replaced(storage, "b") == "<ul><li><p>b</p><ul><li>n</li></ul></li></ul>"
    assert replaced(storage, "- b\n- c") == "<ul><li><p>b</p></li><li><p>c</p><ul><li>n</li></ul></li></ul>"
    assert inserted(storage, "- c") == "<ul><li><p>a</p><ul><li>n</li></ul></li><li><p>c</p></li></ul>"


@pytest.mark.parametrize(("markdown", "new"), [("## New", "<h2>New</h2>"), ("New.", "<p>New.</p>")])
def test_text_after_the_last_item_stands_after_the_list(markdown: str, new: str) -> None:
    """After another item it is refused, because it would split the list."""
    nested = "<ul><li>a<ol><li>b</li></ol></li></ul>"
    assert inserted(f"{nested}<p>x</p>", markdown, 1) == f"{nested}{new}<p>x</p>"
    assert inserted(TASKS, markdown) == f"{TASKS}{new}"
    for storage, number in (
        ("<ul><li>a</li><li>b</li></ul>", 0),
        (nested.replace("</li></ul>", "</li><li>c</li></ul>"), 1),
    ):
        with pytest.raises(sf.InvalidEdit, match="between the items of a list"):
            inserted(storage, markdown, number)


@pytest.mark.parametrize("indent", [2, 3, 4])
def test_items_indented_by_two_to_four_spaces_are_children(indent: int) -> None:
    child = " " * indent + "- n"
    assert (
        inserted("<ul><li>a</li><li>b</li></ul>", child) == "<ul><li>a<ul><li>n</li></ul></li><li>b</li></ul>"
    )
    assert inserted("<ol><li><p>a</p></li></ol>", child) == "<ol><li><p>a</p><ul><li>n</li></ul></li></ol>"
    nested = "<ul><li>a<ul><li><p>x</p></li></ul></li></ul>"
    assert inserted(nested, child) == nested.replace("<li><p>x", "<li><p>n</p></li><li><p>x")
    deeper = nested.replace("<p>x</p>", "<p>x</p><ul><li>n</li></ul>")
    assert inserted(nested, "  " + child, 1) == deeper
    assert inserted(nested, "  - n", 1) == nested.replace("</p></li>", "</p></li><li><p>n</p></li>")
    assert sf.render(f"10. a\n{child}\n{child}\n11. b").startswith(
        '<ol start="10"><li>a<ul><li>n</li><li>n</li></ul>'
    )


def test_a_task_has_nested_tasks() -> None:
    nested = inserted(TASKS, "  - [ ] n")
    assert "<span>do it</span><ac:task-list><ac:task><ac:task-id>8</ac:task-id>" in nested
    assert sf.parse(nested).blocks[1].containers == ("task-list", "task", "task-list")


@given(BLOCKS, st.integers(0, 2**16), st.integers(2, 4))
@settings(max_examples=examples(50), deadline=None, suppress_health_check=list(HealthCheck))
def test_nesting_items_changes_nothing_else(storage: str, chosen: int, indent: int) -> None:
    page = sf.parse(storage)
    items = [block for block in page.blocks if block.kind == "list_item"]
    assume(items)
    block = items[chosen % len(items)]
    levels = sum(name in ("ul", "ol") for name in block.containers) - 1
    nested = inserted(storage, " " * (2 * levels + indent) + "- unlike others", block.number)
    at = next(
        (number for number, (old, new) in enumerate(zip(storage, nested, strict=False)) if old != new), 0
    )
    added = len(nested) - len(storage)
    assert any(
        storage == nested[:place] + nested[place + added :] for place in range(max(0, at - added), at + 1)
    )
    mine = next(
        one for one in sf.parse(nested).blocks if one.source.startswith(("<li>unlike", "<li><p>unlike"))
    )
    assert sum(name in ("ul", "ol") for name in mine.containers) == levels + 2


def test_only_the_spaces_of_code_can_be_changed() -> None:
    assert replaced(CODE, "```java\n  a\n```") == CODE.replace("[a]", "[  a]")


ROWS = (
    '<table><thead><tr><th>A</th><th>B</th></tr></thead><tbody><tr><td class="k"><p>1</p></td>'
    '<td>2 <time datetime="2024-01-01"/></td></tr></tbody></table>'
)


def test_only_changed_cells_of_a_row_are_rewritten() -> None:
    assert replaced(ROWS, "| one | 2 ⟦date 1: x⟧ |", 1) == ROWS.replace("<p>1</p>", "<p>one</p>")
    assert replaced(ROWS, "| 1 | two |", 1) == ROWS.replace('2 <time datetime="2024-01-01"/>', "two")


def test_new_rows_take_the_form_of_their_neighbours() -> None:
    assert inserted(ROWS, "| 3 | 4 |", 1).endswith(
        "</tr><tr><td><p>3</p></td><td><p>4</p></td></tr></tbody></table>"
    )
    assert "<tbody><tr><td>0</td><td>x</td></tr><tr>" in inserted(ROWS, "| 0 | x |", 0)


def test_only_rows_are_accepted_among_rows() -> None:
    assert "`| text | text |`" in refused(ROWS, "a paragraph", 1)
    assert "`| text | text |`" in refused(ROWS, "a paragraph", 1, insert=True)
    assert "2 cells" in refused(ROWS, "| only one |", 1)
    assert inserted(ROWS, "## Below", 1) == ROWS + "<h2>Below</h2>"


def test_new_rows_account_for_rowspans() -> None:
    """A new row needs no cell in a column that a cell above spans into."""
    storage = '<table><tbody><tr><td rowspan="2">a</td><td>b</td></tr><tr><td>c</td></tr></tbody></table>'
    assert inserted(storage, "| n | m |", 1).count("<tr>") == 3
    assert "1 cells" in refused(storage, "| n | m |", 0, insert=True)


TASKS = (
    "<ac:task-list><ac:task><ac:task-id>7</ac:task-id><ac:task-uuid>u</ac:task-uuid>"
    "<ac:task-status>incomplete</ac:task-status><ac:task-body><span>do it</span></ac:task-body></ac:task></ac:task-list>"
)


def test_a_task_keeps_its_id_and_takes_a_new_checkbox() -> None:
    assert replaced(TASKS, "- [x] did") == TASKS.replace("incomplete", "complete").replace(
        "<span>do it</span>", "did"
    )
    assert "<ac:task-status>incomplete</ac:task-status><ac:task-body>later" in replaced(TASKS, "later")
    assert "<ac:task-id>8</ac:task-id>" in inserted(TASKS, "- [ ] more")
    assert "`- [ ] text`" in refused(TASKS, "# heading")


CODE = (
    '<ac:structured-macro ac:name="code" ac:macro-id="m"><ac:parameter ac:name="title">T</ac:parameter>'
    '<ac:parameter ac:name="language">java</ac:parameter><ac:plain-text-body><![CDATA[a]]></ac:plain-text-body>'
    "</ac:structured-macro>"
)


def test_code_keeps_the_other_parameters_of_its_macro() -> None:
    assert replaced(CODE, "```java\nb ]]>\n```") == CODE.replace("[a]", "[b ]]]]><![CDATA[>]")
    assert replaced(CODE, "```js\nb\n```") == CODE.replace("[a]", "[b]").replace("java", "javascript")
    assert replaced(CODE, "```\nb\n```") == CODE.replace("[a]", "[b]")
    assert replaced("<pre>a</pre>", "```\nb < c\n```") == "<pre>b &lt; c</pre>"


def test_quotes_macros_and_rules_are_edited() -> None:
    assert (
        replaced('<blockquote class="x"><p>a</p></blockquote>', "> b")
        == '<blockquote class="x"><p>b</p></blockquote>'
    )
    assert replaced("<blockquote><p>a</p></blockquote>", "b") == "<blockquote><p>b</p></blockquote>"
    assert replaced('<ac:structured-macro ac:name="toc" />', "text") == "<p>text</p>"
    assert inserted("<hr/>", "text") == "<hr/><p>text</p>"


def test_deleting_removes_only_the_block() -> None:
    page = sf.parse("<p>a</p>\n<ul><li>b</li> <li>c</li></ul>")
    assert sf.apply(page, [sf.Delete(page.blocks[1].id)]).storage == "<p>a</p>\n<ul> <li>c</li></ul>"


def test_text_before_the_first_block_stays_inside_layouts() -> None:
    """It goes before the outermost container of the first block, but into the layout cell."""
    assert edited("<ul><li>a</li></ul>", sf.InsertAfter(None, "b")) == "<p>b</p><ul><li>a</li></ul>"
    cell = "<ac:layout><ac:layout-section><ac:layout-cell>{}</ac:layout-cell></ac:layout-section></ac:layout>"
    assert edited(cell.format("<p>a</p>"), sf.InsertAfter(None, "b")) == cell.format("<p>b</p><p>a</p>")
    assert edited(cell.format(""), sf.InsertAfter(None, "b")) == cell.format("<p>b</p>")
    assert edited("", sf.InsertAfter(None, "b")) == "<p>b</p>"


def test_edits_are_independent_and_insertions_keep_their_order() -> None:
    """Only several insertions after the same block depend on the order of the edits."""
    page = sf.parse("<p>a</p><p>b</p><p>c</p>")
    a, b, c = (block.id for block in page.blocks)
    edits: list[sf.Edit] = [
        sf.InsertAfter(c, "1"),
        sf.Replace(b, "B"),
        sf.InsertAfter(c, "2"),
        sf.Delete(a),
        sf.InsertAfter(a, "0"),
    ]
    assert sf.apply(page, edits).storage == "<p>0</p><p>B</p><p>c</p><p>1</p><p>2</p>"


def test_changes_have_the_source_before_and_after() -> None:
    page = sf.parse("<h1>T</h1><p>a</p>")
    changes = sf.apply(
        page, [sf.Replace(page.blocks[1].id, "b"), sf.InsertAfter(page.blocks[1].id, "c")]
    ).changes
    assert [(change.before, change.after, change.headings) for change in changes] == [
        ("<p>a</p>", "<p>b</p>", ("T",)),
        ("", "<p>c</p>", ("T",)),
    ]


def test_empty_double_and_unknown_targets_are_refused() -> None:
    assert "delete it" in refused("<p>a</p>", "   ")
    page = sf.parse("<p>a</p>")
    with pytest.raises(sf.InvalidEdit, match="two edits"):
        sf.apply(page, [sf.Delete(page.blocks[0].id), sf.Replace(page.blocks[0].id, "b")])
    with pytest.raises(sf.InvalidEdit, match="no block"):
        sf.apply(page, [sf.Delete("1.0000000000000000-1")])


def test_new_text_cannot_add_macros_scripts_or_unsafe_links() -> None:
    storage = replaced(
        "<p>a</p>",
        '<ac:structured-macro ac:name="html"/> <script>x</script> [l](javascript:x) ![i](file:///x)',
    )
    assert storage == '<p>&lt;ac:structured-macro ac:name="html"/&gt; &lt;script&gt;x&lt;/script&gt; l i</p>'


def test_a_link_to_a_heading_is_resolved() -> None:
    assert replaced("<h1>Get Started</h1><p>a</p>", "[up](#get-started)", 1).endswith(
        '<a href="#Get-Started">up</a></p>'
    )


def test_an_address_that_was_plain_text_stays_text() -> None:
    assert (
        replaced("<p>at http://localhost:1/x now</p>", "at http://localhost:1/x then")
        == "<p>at http://localhost:1/x then</p>"
    )


def test_an_item_returned_as_shown_keeps_its_bytes() -> None:
    storage = '<ol start="3">\n<li> a <b>b</b> </li><li>c</li></ol><dl><dt>t</dt><dd> d </dd></dl>'
    for number, markdown in ((0, "3. a **b**"), (0, "- a **b**"), (1, "  4. c"), (3, ": d")):
        assert replaced(storage, markdown, number) == storage


_CODE = (
    '<ac:structured-macro ac:name="code" ac:macro-id="7"><ac:parameter ac:name="language">yaml</ac:parameter>'
    '<ac:parameter ac:name="title">T</ac:parameter><ac:parameter ac:name="collapse">true</ac:parameter>'
    "<ac:plain-text-body><![CDATA[{}]]></ac:plain-text-body></ac:structured-macro>"
)


@pytest.mark.parametrize(
    "text",
    [
        "retries: 5\nhosts:\n  - a",
        "# a\n\n- b\n| c |",
        "<!-- x -->",
        "[l]: y",
        "npm install *x* <b>c</b> {: .x}",
    ],
)
def test_code_replaced_by_text_without_a_fence_stays_that_code(text: str) -> None:
    page = sf.parse(_CODE.format("retries: 3"))
    for new in (text, f"```\n{text}\n```", f"\n{text}\n"):
        assert edited(page.source, sf.Replace(page.blocks[0].id, new)) == _CODE.format(text)


def test_text_around_a_fence_stands_around_the_code_that_it_replaces() -> None:
    text = "Run\n\n```\nnew\n```\n\nthen wait."
    assert replaced(_CODE.format("old"), text) == f"<p>Run</p>{_CODE.format('new')}<p>then wait.</p>"


@given(st.text("ab -*#|>_`<&[]():\n⟦⟧{}", min_size=1, max_size=30))
def test_a_block_of_code_never_dissolves(text: str) -> None:
    try:
        storage = replaced(_CODE.format("old"), text)
    except sf.InvalidEdit:
        return
    assert 'ac:macro-id="7"' in storage
    assert ">yaml<" in storage


def test_code_in_an_item_keeps_its_parameters_or_is_reported_as_removed() -> None:
    storage = f"<ul><li>Run{_CODE.format('make')}</li></ul>"
    page = sf.parse(storage)
    shown = page.markdown(0)
    assert replaced(storage, shown.replace("Run", "Then run")) == storage.replace("Run", "Then run")
    assert replaced(storage, shown.replace("make", "make all")) == storage.replace("make", "make all")
    more = replaced(storage, f"{shown}\n\n```\nother\n```")
    assert _CODE.format("make") in more
    change = sf.apply(page, [sf.Replace(page.blocks[0].id, "Run it")]).changes[0]
    assert [token.kind for token in change.removed] == ["code-macro"]
