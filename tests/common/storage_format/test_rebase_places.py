"""Rebasing by content and place: an edit lands on its passage or is a conflict.

Each case has the base page, the current page, the number of the edited block and the accepted results: the expected
page, or None for a conflict. Some cases accept both.
"""

from __future__ import annotations

import pytest

from common import storage_format as sf
from common.storage_format.page import plain_text

S, P, D = "<h2>Staging</h2>", "<h2>Production</h2>", "<h2>Dev</h2>"
L, SIX, SEVEN, TEN = "<p>Limit: 5</p>", "<p>Limit: 6</p>", "<p>Limit: 7</p>", "<p>Limit: 10</p>"
H3 = "<h3>Limits</h3>"


def outcome(base: str, current: str, number: int, markdown: str = "Limit: 10") -> str | None:
    page = sf.parse(base)
    result = sf.rebase([sf.Replace(page.blocks[number].id, markdown)], page, sf.parse(current))
    if isinstance(result, sf.Edited):
        return result.storage
    [(_, reason)] = result.reasons
    passage = " ".join(plain_text.visible_text(page.blocks[number].source).split())
    assert " ".join(passage.split("\t"))[:59] in reason
    assert "<" not in reason, "people read it"
    return None


def table(*rows: str, header: str = "th") -> str:
    """Return a table from rows such as `a|1`; the first is its header."""
    lines = []
    for number, row in enumerate(rows):
        cell = header if number == 0 else "td"
        lines.append("<tr>" + "".join(f"<{cell}>{text}</{cell}>" for text in row.split("|")) + "</tr>")
    return f"<table><tbody>{''.join(lines)}</tbody></table>"


def items(*texts: str) -> str:
    return "<ul>" + "".join(f"<li>{text}<ul><li>Default: none</li></ul></li>" for text in texts) + "</ul>"


def expand(title: str, body: str) -> str:
    return (
        f'<ac:structured-macro ac:name="expand"><ac:parameter ac:name="title">{title}</ac:parameter>'
        f"<ac:rich-text-body>{body}</ac:rich-text-body></ac:structured-macro>"
    )


def lines(*texts: str) -> str:
    """Return paragraphs. Text without a colon gets a full stop, so it is not a lead-in; `none` stays as it is."""
    return "".join(f"<p>{text}{'' if ':' in text or text == 'none' else '.'}</p>" for text in texts)


LONG = (
    "what a reader of this page has to know before anything else on it is changed, which is a lot, and then:"
)
T = table("Name|Limit", "a|1", "b|2")

CASES = {
    "sections with one heading exchanged": (
        D + L + lines("x") + D + L + lines("y"),
        D + L + lines("y") + D + L + lines("x"),
        1,
        (None,),
    ),
    "sections with one heading rotated": (
        D + L + lines("x") + D + L + lines("y") + D + L + lines("z"),
        D + L + lines("y") + D + L + lines("z") + D + L + lines("x"),
        4,
        (None,),
    ),
    "sections with one heading as they were": (
        D + L + lines("x") + D + L + lines("y") + P + lines("z"),
        D + L + lines("x") + D + L + lines("y") + P + lines("zz"),
        4,
        (D + L + lines("x") + D + TEN + lines("y") + P + lines("zz"),),
    ),
    "sections swapped": (S + L + P + L, P + L + S + L, 3, (P + TEN + S + L, None)),
    "value corrected, a section with the old one added": (
        S + L + P + L,
        S + L + P + SEVEN + D + L,
        3,
        (None,),
    ),
    "section of the twin deleted": (S + L + P + L, P + L, 3, (P + TEN, None)),
    "section between added": (S + L + P + L, S + L + D + L + P + L, 3, (S + L + D + L + P + TEN,)),
    "values swapped": (S + L + P + SIX, S + SIX + P + L, 3, (None,)),
    "values swapped below equal subheadings": (
        S + H3 + L + P + H3 + SEVEN,
        S + H3 + SEVEN + P + H3 + L,
        5,
        (None,),
    ),
    "words of the headings swapped": (
        S + "<p>a</p><p>b</p><p>c</p>" + P + "<p>d</p><p>e</p><p>f</p>",
        P + "<p>a</p><p>b</p><p>c</p>" + S + "<p>d</p><p>e</p><p>f</p>",
        6,
        (None,),
    ),
    "heading replaced right above": (P + SEVEN, D + SEVEN, 1, (None,)),
    "number in the heading right above": (
        "<h2>Release 1</h2>" + SEVEN,
        "<h2>Release 2</h2>" + SEVEN,
        1,
        (None,),
    ),
    "version in the heading right above": (
        "<h2>Release 1.2</h2>" + SEVEN,
        "<h2>Release 1.3</h2>" + SEVEN,
        1,
        (None,),
    ),
    "one word for two in the heading right above": (S + SEVEN, "<h2>Stage two</h2>" + SEVEN, 1, (None,)),
    "a word exchanged in the heading right above": (
        "<h2>Staging Berlin</h2>" + SEVEN,
        "<h2>Stagging Paris</h2>" + SEVEN,
        1,
        (None,),
    ),
    "words given to an empty heading right above": ("<h2></h2>" + SEVEN, D + SEVEN, 1, (None,)),
    "a word more in the heading right above": (
        S + SEVEN,
        "<h2>Our Staging</h2>" + SEVEN,
        1,
        ("<h2>Our Staging</h2>" + TEN,),
    ),
    "heading respelled right above": ("<h2>Stagging</h2>" + SEVEN, S + SEVEN, 1, (S + TEN,)),
    "heading corrected, neighbours the same": (
        S + "<p>a</p>" + SEVEN + "<p>b</p>",
        D + "<p>a</p>" + SEVEN + "<p>b</p>",
        2,
        (D + "<p>a</p>" + TEN + "<p>b</p>",),
    ),
    "heading corrected, a neighbour changed": (
        S + "<p>a</p>" + SEVEN + "<p>b</p>",
        D + "<p>a</p>" + SEVEN + "<p>c</p>",
        2,
        (None,),
    ),
    "heading corrected, the old wording is elsewhere": (
        S + "<p>a</p>" + SEVEN + "<p>b</p>",
        D + "<p>a</p>" + SEVEN + "<p>b</p>" + S,
        2,
        (None,),
    ),
    "heading corrected, the new wording was elsewhere": (
        D + S + "<p>a</p>" + SEVEN + "<p>b</p>",
        D + "<p>x</p>" + D + "<p>a</p>" + SEVEN + "<p>b</p>",
        3,
        (None,),
    ),
    "a second section of the same name": (P + SEVEN, P + SEVEN + P, 1, (None,)),
    "equal values where a label was renamed": (
        "<p>Staging</p>" + L + "<p>Production</p>" + L,
        "<p>Staging</p>" + L + "<p>Production</p>" + SEVEN + "<p>Dev</p>" + L,
        3,
        (None,),
    ),
    "values of one field swapped without any heading": (
        "<p>timeout</p><p>Default: 30</p><p>retries</p><p>Default: 3</p>",
        "<p>timeout</p><p>Default: 3</p><p>retries</p><p>Default: 30</p>",
        3,
        (None,),
    ),
    "values swapped below lines in bold": (
        f"<p><strong>Staging</strong></p>{L}<p><strong>Production</strong></p>{SEVEN}",
        f"<p><strong>Staging</strong></p>{SEVEN}<p><strong>Production</strong></p>{L}",
        3,
        (None,),
    ),
    "values swapped below lines with a colon": (
        "<p>Staging:</p><ul><li>5 a day</li></ul><p>Production:</p><ul><li>7 a day</li></ul>",
        "<p>Staging:</p><ul><li>7 a day</li></ul><p>Production:</p><ul><li>5 a day</li></ul>",
        3,
        (None,),
    ),
    "values swapped below the names of lists": (
        "<p>Staging</p><ul><li>5 a day</li></ul><p>Production</p><ul><li>7 a day</li></ul>",
        "<p>Staging</p><ul><li>7 a day</li></ul><p>Production</p><ul><li>5 a day</li></ul>",
        3,
        (None,),
    ),
    "definitions swapped": (
        "<dl><dt>Staging</dt><dd>5 a day</dd><dt>Production</dt><dd>7 a day</dd></dl>",
        "<dl><dt>Staging</dt><dd>7 a day</dd><dt>Production</dt><dd>5 a day</dd></dl>",
        3,
        (None,),
    ),
    "moved into another expand": (
        expand("Staging", SIX) + expand("Production", SEVEN),
        expand("Staging", SEVEN) + expand("Production", SIX),
        1,
        (None,),
    ),
    "moved between expands of one name": (
        expand("Limits", SIX) + expand("Limits", SEVEN),
        expand("Limits", SEVEN) + expand("Limits", SIX),
        1,
        (None,),
    ),
    "wrapped in a panel": (P + SEVEN, P + expand("Outdated", SEVEN), 1, (None,)),
    "item below another item": (
        "<ul><li>a<ul><li>5 a day</li></ul></li><li>b<ul><li>7 a day</li></ul></li></ul>",
        "<ul><li>a<ul><li>7 a day</li></ul></li><li>b<ul><li>5 a day</li></ul></li></ul>",
        3,
        (None,),
    ),
    "value of another label deleted, its value moved there": (
        lines("timeout", "Default: 30", "retries", "Default: 3"),
        lines("timeout", "Default: 3", "retries", "none yet"),
        3,
        (None,),
    ),
    "value corrected, the old one added below a new label": (
        lines("retries", "Default: 3"),
        lines("retries", "Default: 5", "timeout", "Default: 3"),
        1,
        (None,),
    ),
    "value corrected, the old one added below a new label before the same text": (
        lines("retries", "Default: 3", "end"),
        lines("retries", "Default: 9", "timeout", "Default: 3", "end"),
        1,
        (None,),
    ),
    "text put between a label and one of two values": (
        lines("timeout", "Default: 30", "retries", "Default: 3", "end"),
        lines("timeout", "retries", "of what", "Default: 3", "end"),
        3,
        (None,),
    ),
    "equal values without a field where a label was renamed": (
        lines("Staging", "none", "Production", "none", "end"),
        lines("Staging", "none", "Production", "seven", "Dev", "none", "end"),
        3,
        (None,),
    ),
    "label of one of two equal values exchanged": (
        lines("a", "x", "none", "b", "none", "z"),
        lines("x", "none", "q", "a", "none", "z"),
        4,
        (None,),
    ),
    "one of two equal values deleted with the text before it": (
        S + lines("none", "x", "none") + P,
        S + lines("y", "none") + P,
        3,
        (None,),
    ),
    "one of two equal values deleted with the text after it": (
        S + lines("none", "x", "none") + P,
        S + lines("none", "y") + P,
        1,
        (None,),
    ),
    "one of two equal values deleted, the other between the same": (
        S + lines("a", "none", "b", "c", "none", "d"),
        S + lines("a", "none", "b"),
        2,
        (S + lines("a", "Limit: 10", "b"),),
    ),
    "text put between a heading and one of two equal values": (
        S + L + P + L,
        S + lines("new") + L + P + L,
        1,
        (S + lines("new") + TEN + P + L,),
    ),
    "one of two equal values at the beginning": (
        lines("none", "a", "none", "b"),
        lines("none", "c", "none", "b"),
        0,
        (TEN + lines("c", "none", "b"),),
    ),
    "sentences that begin alike": (
        lines(f"Note: {LONG} one", "a", f"Note: {LONG} two"),
        lines(f"Note: {LONG} two", "b", f"Note: {LONG} one"),
        2,
        (TEN + lines("b", f"Note: {LONG} one"),),
    ),
    "neighbour changed below a heading that was respelled": (
        "<h2>Stagging</h2>" + lines("a") + SEVEN,
        S + lines("b") + SEVEN,
        2,
        (None,),
    ),
    "headings respelled above": (
        "<h2>Stagging</h2><h3>Limmits</h3>" + SEVEN,
        S + H3 + SEVEN,
        2,
        (S + H3 + TEN,),
    ),
    "heading of a section taken from one that is gone": (
        D + lines("x") + S + lines("a") + SEVEN + lines("b"),
        D + lines("a") + SEVEN + lines("b"),
        4,
        (None,),
    ),
    "a section of the same name added before": (
        P + lines("a") + SEVEN + lines("b"),
        P + lines("x") + P + lines("a") + SEVEN + lines("b"),
        2,
        (None,),
    ),
    "heading turned into an expand": (
        P + lines("a") + SEVEN + lines("b"),
        expand("Production", lines("a") + SEVEN + lines("b")),
        2,
        (None,),
    ),
    "mention in the heading exchanged": (
        '<h2>Of <ac:link><ri:user ri:account-id="1" /></ac:link></h2>' + SEVEN,
        '<h2>Of <ac:link><ri:user ri:account-id="2" /></ac:link></h2>' + SEVEN,
        1,
        (None,),
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_an_edit_lands_on_its_passage_or_is_a_conflict(
    case: tuple[str, str, int, tuple[str | None, ...]],
) -> None:
    base, current, number, right = case
    assert outcome(base, current, number) in right


ROWS = {
    "tables with one header exchanged": (
        table("N|V", "a|1", "b|2") + table("N|V", "a|1", "c|3"),
        table("N|V", "a|1", "c|3") + table("N|V", "a|1", "b|2"),
        4,
        (None,),
    ),
    "tables with one header exchanged and corrected": (
        table("N|V", "a|1", "b|2") + table("N|V", "a|1", "c|3"),
        table("N|V", "a|1", "c|4") + table("N|V", "a|1", "b|5"),
        4,
        (None,),
    ),
    "equal rows, sections swapped": (S + T + P + T, P + T + S + T, 6, (P + table("Name|Limit", "a|9", "b|2") + S + T, None)),
    "equal rows, a paragraph added above": (
        S + T + P + T,
        "<p>x</p>" + S + T + P + T,
        6,
        ("<p>x</p>" + S + T + P + table("Name|Limit", "a|9", "b|2"),),
    ),
    "words of the header swapped": (S + T, S + table("Limit|Name", "a|1", "b|2"), 2, (None,)),
    "words of a plain first row swapped": (
        S + table("Name|Limit", "a|1", "b|2", header="td"),
        S + table("Limit|Name", "a|1", "b|2", header="td"),
        2,
        (None,),
    ),
    "header reworded, neighbours the same": (
        table("Name|Limit", "z|0", "a|1", "b|2"),
        table("Name|Quota", "z|0", "a|1", "b|2"),
        2,
        (table("Name|Quota", "z|0", "a|9", "b|2"),),
    ),
    "row moved into the table of another section": (
        S + table("Name|Limit", "c|3") + P + T,
        S + table("Name|Limit", "c|3", "a|1") + P + table("Name|Limit", "b|2"),
        5,
        (None,),
    ),
    "row moved into another table of the section": (
        table("Name|Limit", "c|3") + "<p>x</p>" + T,
        table("Name|Limit", "c|3", "a|1") + "<p>x</p>" + table("Name|Limit", "b|2"),
        4,
        (None,),
    ),
    "row moved into a table with another header": (
        table("Name|Quota", "c|3") + T,
        table("Name|Quota", "c|3", "a|1") + table("Name|Limit", "b|2"),
        3,
        (None,),
    ),
    "header reworded right above": (T, table("Name|Quota", "a|1", "b|2"), 1, (None,)),
    "header respelled right above": (
        table("Name|Limmit", "a|1", "b|2"),
        table("Name|Limit", "a|1", "b|2"),
        1,
        (table("Name|Limit", "a|9", "b|2"),),
    ),
    "header with a cell more": (
        table("Name|Limit", "z|0", "a|1", "b|2"),
        table("Name|Limit|Note", "z|0", "a|1", "b|2"),
        2,
        (None,),
    ),
    "values of rows with one label swapped": (
        table("Name|Limit", "x|0", "a|1", "y|0", "a|2"),
        table("Name|Limit", "x|0", "a|2", "y|0", "a|1"),
        2,
        (None,),
    ),
    "row above added": (T, table("Name|Limit", "z|0", "a|1", "b|2"), 1, (table("Name|Limit", "z|0", "a|9", "b|2"),)),
}  # fmt: skip


@pytest.mark.parametrize("case", ROWS.values(), ids=ROWS)
def test_a_row_edit_stays_in_its_table_or_conflicts(
    case: tuple[str, str, int, tuple[str | None, ...]],
) -> None:
    base, current, number, right = case
    assert outcome(base, current, number, "| a | 9 |") in right


def group(name: str) -> str:
    return f'<tr><td colspan="2">{name}</td></tr>'


def reaching(name: str, *values: str) -> str:
    first, *others = (f"<td>{value}</td>" for value in values)
    return f'<tr><td rowspan="2">{name}</td>{first}</tr>' + "".join(f"<tr>{value}</tr>" for value in others)


def rows(*parts: str) -> str:
    return f"<table><tbody><tr><th>Name</th><th>Limit</th></tr>{''.join(parts)}</tbody></table>"


def test_a_row_stays_in_its_group() -> None:
    five, seven = "<tr><td>day</td><td>5</td></tr>", "<tr><td>hour</td><td>7</td></tr>"
    base = rows(group("Staging"), five, group("Production"), seven)
    assert outcome(base, rows(group("Staging"), seven, group("Production"), five), 4, "| hour | 8 |") is None
    grown = rows("<tr><td>all</td><td>9</td></tr>", group("Staging"), five, group("Production"), seven)
    assert outcome(base, grown, 4, "| hour | 8 |") == grown.replace("<td>7", "<td>8")


def test_a_row_stays_beside_its_rowspan_cell() -> None:
    base = rows(reaching("Staging", "a", "five"), reaching("Production", "b", "seven"))
    swapped = rows(reaching("Staging", "a", "seven"), reaching("Production", "b", "five"))
    assert outcome(base, swapped, 4, "| ten |") is None
    assert outcome(base, base + L, 4, "| ten |") == base.replace("seven", "ten") + L


def test_text_in_a_cell_stays_in_its_row_and_column() -> None:
    def cells(*names: str, columns: str = "Name|Limit|Note") -> str:
        lines = [
            f"<tr><td>{name[0]}</td><td><p>{name[1:]}</p><p>per day</p></td><td>x</td></tr>" for name in names
        ]
        return table(columns).replace("</tbody>", "".join(lines) + "</tbody>")

    base = cells("aone", "btwo")
    number = next(block.number for block in sf.parse(base).blocks if block.source == "<p>two</p>")
    assert outcome(base, cells("atwo", "bone"), number, "ten") is None
    assert outcome(base, cells("bone", "atwo"), number, "ten") is None
    assert outcome(base, cells("btwo", "aone"), number, "ten") == cells("bten", "aone")
    assert outcome(base, cells("aone", "btwo", columns="Limit|Name|Note"), number, "ten") is None


@pytest.mark.parametrize("order", ["abc", "bca", "cab", "acb"])
def test_among_equal_nested_items_the_parent_decides(order: str) -> None:
    result = outcome(items("a", "b", "c"), items(*order), 3, "Default: 1")
    right = items(*order).replace("b<ul><li>Default: none", "b<ul><li>Default: 1")
    assert result in (None, right)


def test_ambiguous_neighbours_of_equal_blocks_are_a_conflict() -> None:
    """The neighbours before and after lead to different blocks."""
    base, current = S + L * 3 + P, S + L * 2 + P
    for number in (1, 2, 3):
        assert outcome(base, current, number) is None
    assert outcome(S + L + P, S + L * 2 + P, 1) is None


def test_the_reason_names_the_old_and_new_path() -> None:
    base = sf.parse(S + H3 + L + P + H3 + SEVEN)
    current = sf.parse(S + H3 + SEVEN + P + H3 + L)
    conflict = sf.rebase([sf.Replace(base.blocks[5].id, "x")], base, current)
    assert isinstance(conflict, sf.EditConflict)
    assert conflict.reasons[0][1] == (
        '"Limit: 7" is now under "Staging" › "Limits"; before, it was under "Production" › "Limits"'
    )


def test_the_reason_names_and_numbers_tables() -> None:
    base = sf.parse(T + T.replace("a<", "u<").replace("b<", "v<"))
    current = sf.parse(table("Name|Limit", "a|1", "u|1") + table("Name|Limit", "b|2", "v|2"))
    conflict = sf.rebase([sf.Delete(base.blocks[4].id)], base, current)
    assert isinstance(conflict, sf.EditConflict)
    assert conflict.reasons[0][1] == (
        '"u 1" is now under the table "Name | Limit" (1 of 2); '
        'before, it was under the table "Name | Limit" (2 of 2)'
    )


# -- insertions and headings -------------------------------------------------------------------------------------


def inserted(base: str, current: str, number: int | None, markdown: str) -> str | None:
    page = sf.parse(base)
    anchor = None if number is None else page.blocks[number].id
    result = sf.rebase([sf.InsertAfter(anchor, markdown)], page, sf.parse(current))
    return result.storage if isinstance(result, sf.Edited) else None


def test_an_insertion_needs_its_block_in_place() -> None:
    assert inserted(S + SIX + P + SEVEN, S + SEVEN + P + SIX, 3, "new") is None
    assert inserted(S + "<p>a</p>" + P + SEVEN, P + "<p>a</p>" + SEVEN + S, 3, "new") == (
        P + "<p>a</p>" + SEVEN + "<p>new</p>" + S
    )


def test_text_goes_below_a_list_that_grew() -> None:
    base, current = "<ul><li>a</li></ul><h2>x</h2>", "<ul><li>a</li><li>theirs</li></ul><h2>x</h2>"
    assert inserted(base, current, 0, "## New") == current.replace("</ul>", "</ul><h2>New</h2>")
    shorter = "<ul><li>a</li></ul>"
    assert inserted("<ul><li>a</li><li>b</li></ul>", shorter, 0, "> q") == (
        "<ul><li>a</li></ul><blockquote><p>q</p></blockquote>"
    )


def test_text_goes_below_a_list_that_became_numbered() -> None:
    assert inserted("<ul><li>a</li></ul>", "<ol><li>a</li></ol>", 0, "> q") == (
        "<ol><li>a</li></ol><blockquote><p>q</p></blockquote>"
    )


def test_text_goes_below_tasks_and_definitions_that_grew() -> None:
    def tasks(*texts: str) -> str:
        each = (
            f"<ac:task><ac:task-id>{number}</ac:task-id><ac:task-status>incomplete</ac:task-status>"
            f"<ac:task-body>{text}</ac:task-body></ac:task>"
            for number, text in enumerate(texts)
        )
        return f"<ac:task-list>{''.join(each)}</ac:task-list>"

    assert (
        inserted(tasks("a"), tasks("a", "b"), 0, "> q")
        == tasks("a", "b") + "<blockquote><p>q</p></blockquote>"
    )
    assert inserted("<dl><dt>a</dt></dl>", "<dl><dt>a</dt><dd>b</dd></dl>", 0, "new") == (
        "<dl><dt>a</dt><dd>b</dd></dl><p>new</p>"
    )
    assert inserted(tasks("a", "b"), tasks("a", "b", "c"), 0, "- [ ] new") is not None


def test_a_passage_is_deleted_in_its_new_position() -> None:
    base = sf.parse(S + L + P + L)
    current = (
        '<h2 local-id="1">Staging</h2><p local-id="2">Limit: 5</p>' + D + P + '<p local-id="3">Limit: 5</p>'
    )
    result = sf.rebase([sf.Delete(base.blocks[3].id)], base, sf.parse(current))
    assert isinstance(result, sf.Edited)
    assert result.storage == current.replace('<p local-id="3">Limit: 5</p>', "")


def test_other_text_is_inserted_only_after_the_last_row() -> None:
    """After another row it is refused; after the last row it goes below the table."""
    page = sf.parse(T)
    with pytest.raises(sf.InvalidEdit):
        sf.apply(page, [sf.InsertAfter(page.blocks[1].id, "## New")])
    assert sf.apply(page, [sf.InsertAfter(page.blocks[2].id, "## New")]).storage == T + "<h2>New</h2>"


def test_text_goes_below_a_table_that_grew() -> None:
    grown = table("Name|Limit", "a|1", "b|2", "c|3")
    assert inserted(T, grown, 2, "## New") == grown + "<h2>New</h2>"


def test_a_new_heading_does_not_capture_newer_text() -> None:
    """Text that was added since is not moved under a heading that this edit adds."""
    base, current = S + SIX + P, S + SIX + "<p>theirs</p>" + P
    assert inserted(base, current, 1, "## New\n\ntext") is None
    assert inserted(base, current, 1, "text") == S + SIX + "<p>text</p><p>theirs</p>" + P
    assert inserted(base, S + "<p>theirs</p>" + SIX + P, 1, "## New") is not None
    assert inserted(S + SIX, "<p>theirs</p>" + S + SIX, None, "# New") is None


NEW_HEADING = {
    "text added in the next section": (S + lines("a") + P, S + lines("a") + P + lines("theirs"), 1, "## New", True),
    "text added below a subheading of its level": (
        S + lines("a") + H3 + lines("b"),
        S + lines("a") + H3 + lines("b", "theirs"),
        1,
        "### New",
        True,
    ),
    "text added below a subheading": (
        S + lines("a") + H3 + lines("b"),
        S + lines("a") + H3 + lines("b", "theirs"),
        1,
        "## New",
        False,
    ),
    "text added after an expand with a heading": (
        S + lines("a") + expand("T", P + lines("b")) + lines("c"),
        S + lines("a") + expand("T", P + lines("b")) + lines("c", "theirs"),
        1,
        "## New",
        False,
    ),
    "text added after the expand that it leaves": (
        S + expand("T", lines("a")) + lines("c"),
        S + expand("T", lines("a")) + lines("c", "theirs"),
        1,
        "## New",
        False,
    ),
    "text added after the expand that it stays in": (
        S + expand("T", S + lines("a")) + lines("c"),
        S + expand("T", S + lines("a")) + lines("c", "theirs"),
        2,
        "## New",
        True,
    ),
    "text added below the list above it": (
        "<ul><li>a</li></ul>" + lines("b"),
        "<ul><li>a</li></ul>" + lines("b", "theirs"),
        0,
        "## New",
        False,
    ),
    "text that is no heading": (S + lines("a"), S + lines("a", "theirs"), 0, "new\n\nmore", True),
    "a row below the header of a table that grew": (
        T,
        table("Name|Limit", "a|1", "b|2", "theirs|3"),
        0,
        "| new | 0 |",
        True,
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", NEW_HEADING.values(), ids=NEW_HEADING)
def test_an_insertion_does_not_capture_newer_text(case: tuple[str, str, int, str, bool]) -> None:
    base, current, number, markdown, is_applied = case
    assert (inserted(base, current, number, markdown) is not None) == is_applied


@pytest.mark.parametrize(
    ("markdown", "is_applied"),
    [
        ("Test", True),
        ("## Test", True),
        ("### Test", False),
        ("## Test\n\n## More", False),
        ("no heading\n\nat all", False),
        ("- item", False),
    ],
)
def test_a_heading_is_reworded_but_not_moved_above_newer_text(markdown: str, is_applied: bool) -> None:
    """Rewording is applied; another level, another heading or no heading is a conflict."""
    base, current = S + SIX + D + SEVEN, S + SIX + D + SEVEN + "<p>theirs</p>"
    assert (outcome(base, current, 2, markdown) is not None) == is_applied
    assert outcome(base, "<p>theirs</p>" + base, 2, markdown) is not None


def test_a_heading_above_newer_text_is_not_deleted() -> None:
    """Text that was added below it would get another heading."""
    base, current = sf.parse(S + SIX + D + SEVEN), sf.parse(S + SIX + D + SEVEN + "<p>theirs</p>")
    edits = [sf.Delete(base.blocks[2].id), sf.Delete(base.blocks[3].id)]
    conflict = sf.rebase(edits, base, current)
    assert isinstance(conflict, sf.EditConflict)
    assert [edit for edit, _ in conflict.reasons] == edits[:1]


@pytest.mark.parametrize(
    ("start", "end"),
    [("<tbody>", ""), ("<thead>", "</thead><tbody>")],
    ids=["header cells", "head of data cells"],
)
def test_a_header_row_above_newer_rows_is_not_changed(start: str, end: str) -> None:
    """Rows that were added since would get another header; other text does not matter."""
    cell = "th" if start == "<tbody>" else "td"
    header = f"<tr><{cell}>Name</{cell}><{cell}>Limit</{cell}></tr>"
    rows_of = "<tr><td>a</td><td>1</td></tr>"
    base = f"<table>{start}{header}{end}{rows_of}</tbody></table>"
    grown = base.replace(rows_of, rows_of + "<tr><td>theirs</td><td>2</td></tr>")
    assert outcome(base, grown, 0, "| Limit | Name |") is None
    assert outcome(base, "<p>It was so.</p>" + base, 0, "| Limit | Name |") is not None
    assert outcome(base, base + "<p>theirs</p>", 0, "| Limit | Name |") is not None


def test_a_first_row_of_data_is_changed_above_newer_rows() -> None:
    base, grown = (table("a|1", *more, header="td") for more in (["b|2"], ["b|2", "c|3"]))
    assert outcome(base, grown, 0, "| a | 9 |") == grown.replace("<td>1<", "<td>9<")


# -- the current bytes -------------------------------------------------------------------------------------------

STATUS = (
    '<p>A <ac:structured-macro ac:name="status" ac:macro-id="{}"><ac:parameter ac:name="title">X</ac:parameter>'
    "</ac:structured-macro></p>"
)
MARKER = '<ac:inline-comment-marker ac:ref="r">{}</ac:inline-comment-marker>'


def test_ids_and_macros_of_the_current_page_stay() -> None:
    base, current = STATUS.format(1) + "<p>B</p>", STATUS.format(2) + "<p>B!</p>"
    assert outcome(base, current, 0, "A new ⟦status 1: X⟧") == current.replace("<p>A ", "<p>A new ")
    assert outcome("<p>A</p><p>B</p>", '<p local-id="x">A</p><p local-id="y">B!</p>', 0, "C") == (
        '<p local-id="x">C</p><p local-id="y">B!</p>'
    )


def test_tokens_are_taken_from_the_current_block() -> None:
    """Also where other tokens were added before it, so that the numbers differ."""
    image = '<ac:image ac:local-id="{}"><ri:attachment ri:filename="{}" /></ac:image>'
    base = sf.parse(f"<p>a {image.format(1, 'a.png')}</p><p>b {image.format(2, 'b.png')}</p>")
    current = f"<p>new {image.format(9, 'z.png')}</p><p>a {image.format(3, 'a.png')}</p><p>b {image.format(4, 'b.png')}</p>"
    edits = [
        sf.Replace(base.blocks[0].id, "c ⟦image 2⟧"),
        sf.Replace(base.blocks[1].id, "d ⟦image 1⟧ ⟦⟦image 2⟧"),
    ]
    result = sf.rebase(edits, base, sf.parse(current))
    assert isinstance(result, sf.Edited)
    assert result.storage == (
        f"<p>new {image.format(9, 'z.png')}</p><p>c {image.format(4, 'b.png')}</p>"
        f"<p>d {image.format(3, 'a.png')} ⟦image 2⟧</p>"
    )
    assert [change.edit for change in result.changes] == edits


def test_a_token_in_a_comment_marker_keeps_its_marker() -> None:
    image = '<ac:image><ri:attachment ri:filename="a.png" /></ac:image>'
    base = sf.parse(f"<p>a {image}</p>")
    current = sf.parse(f"<p>a {MARKER.format(image)}</p>")
    result = sf.rebase([sf.Replace(base.blocks[0].id, "b ⟦image 1⟧")], base, current)
    assert isinstance(result, sf.Edited)
    assert result.storage == f"<p>b {MARKER.format(image)}</p>"


def test_current_comment_markers_are_kept() -> None:
    """A marker that was added later is carried over; a resolved one stays gone."""
    plain, marked = "<p>whole amount</p>", f"<p>whole {MARKER.format('amount')}</p>"
    assert outcome(plain, marked, 0, "whole net amount") == f"<p>whole net {MARKER.format('amount')}</p>"
    assert outcome(marked, plain, 0, "whole net amount") == "<p>whole net amount</p>"
    lost = sf.rebase([sf.Replace(sf.parse(plain).blocks[0].id, "all")], sf.parse(plain), sf.parse(marked))
    assert isinstance(lost, sf.Edited)
    assert [token.kind for token in lost.changes[0].removed] == ["inline-comment"]


def test_a_comment_marker_does_not_change_a_path() -> None:
    current = f"<h2>{MARKER.format('Stag')}ing</h2><p>Limit: {MARKER.format('7')}</p>"
    assert outcome(S + SEVEN, current, 1) == f"<h2>{MARKER.format('Stag')}ing</h2><p>Limit: 10</p>"


def test_a_comment_on_half_a_bold_word_is_no_change() -> None:
    base = "<p>a <strong>bold word</strong> b</p>"
    current = f"<p>a <strong>bold </strong>{MARKER.format('<strong>word</strong>')} b</p>"
    assert outcome(base, current, 0, "c **bold word** b") == (
        f"<p>c <strong>bold {MARKER.format('word')}</strong> b</p>"
    )


RESPELLED = {
    "entities": ("<p>a&nbsp;b&mdash;c<br/>d</p>", "<p>a\u00a0b—c<br />d</p>"),
    "attributes": ('<p class="x" style="y">a</p>', '<p style="y" class="x">a</p>'),
    "emphasis": ("<p><b>a</b> <i>b</i></p>", "<p><strong>a</strong> <em>b</em></p>"),
    "parameters": (
        '<ac:structured-macro ac:name="jira"><ac:parameter ac:name="b">1</ac:parameter><ac:parameter ac:name="a">2'
        "</ac:parameter></ac:structured-macro>",
        '<ac:structured-macro ac:macro-id="9" ac:name="jira"><ac:parameter ac:name="a">2</ac:parameter>'
        '<ac:parameter ac:name="b">1</ac:parameter></ac:structured-macro>',
    ),
    "versions of links": (
        '<p><ac:link><ri:page ri:content-title="P" /></ac:link></p>',
        '<p><ac:link><ri:page ri:version-at-save="3" ri:content-title="P"/></ac:link></p>',
    ),
    "CDATA": ("<p><![CDATA[a < b]]></p>", "<p>a &lt; b</p>"),
}


@pytest.mark.parametrize("spelled", RESPELLED.values(), ids=RESPELLED)
def test_different_spelling_is_no_change(spelled: tuple[str, str]) -> None:
    before, after = spelled
    assert (
        outcome(before + "<p>z</p>", after + "<p>zz</p>", 0, "new") == "<p>new</p><p>zz</p>"
        or "class" in before
    )
    assert sf.content_fingerprint(before) == sf.content_fingerprint(after)


CHANGED = {
    "word": ("<p>a b</p>", "<p>a c</p>"),
    "emphasis": ("<p>a b</p>", "<p>a <strong>b</strong></p>"),
    "link": ('<p><a href="https://a">x</a></p>', '<p><a href="https://b">x</a></p>'),
    "colour": ("<p>a</p>", '<p style="color: red">a</p>'),
    "language of code": tuple(
        f'<ac:structured-macro ac:name="code"><ac:parameter ac:name="language">{name}</ac:parameter>'
        "<ac:plain-text-body><![CDATA[a]]></ac:plain-text-body></ac:structured-macro>"
        for name in ("py", "js")
    ),
    "white space in code": ("<pre>a b</pre>", "<pre>a  b</pre>"),
    "a space that does not break": ("<p>a b</p>", "<p>a&nbsp;b</p>"),
    "paragraphs in one": ("<ul><li><p>a</p><p>b</p></li></ul>", "<ul><li><p>ab</p></li></ul>"),
    "marks in one": ("<p><strong>a</strong><em>b</em></p>", "<p><strong>ab</strong></p>"),
    "links in one": (
        '<p><a href="https://a">x</a><a href="https://b">y</a></p>',
        '<p><a href="https://a">xy</a></p>',
    ),
    "level": ("<h2>a</h2>", "<h3>a</h3>"),
}


@pytest.mark.parametrize("changed", CHANGED.values(), ids=CHANGED)
def test_different_form_or_content_is_a_change(changed: tuple[str, str]) -> None:
    before, after = changed
    assert outcome(before, after, 0, "new") is None
    assert sf.content_fingerprint(before) != sf.content_fingerprint(after)


@pytest.mark.parametrize("number", [0, 2])
def test_equal_text_between_exchanged_tables_is_a_conflict(number: int) -> None:
    one, two = (f"<table><tbody><tr><td>{name}</td></tr></tbody></table>" for name in ("one", "two"))
    assert outcome(f"{L}{one}{L}{two}", f"{L}{two}{L}{one}", number) is None
