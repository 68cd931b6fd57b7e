"""The view of the whole page: boxes, columns and tables as readers see them, with the changes where they are."""

from __future__ import annotations

import re
from itertools import permutations

import pytest
from hypothesis import given, settings

from handlers.review_ticket_creator.diff import diff_page
from handlers.review_ticket_creator.diff.diff_views import list_changes, unified_view
from handlers.review_ticket_creator.diff.page_comparison import compare_pages
from handlers.review_ticket_creator.diff.whole_page import whole_page_view
from tests.common.storage_format.strategies import PAGES
from tests.handlers.review_ticket_creator.diff import samples

_TABLE = "<table><tbody><tr><th>Name</th><th>Limit</th></tr>{}</tbody></table>"
_PANEL = '<ac:structured-macro ac:name="{}"><ac:rich-text-body>{}</ac:rich-text-body></ac:structured-macro>'


def shown(before: str, after: str) -> str:
    return whole_page_view(compare_pages(before, after), "page")


def row(name: str, limit: str) -> str:
    return f"<tr><td>{name}</td><td>{limit}</td></tr>"


def texts(html: str, tag: str) -> list[str]:
    found = re.findall(rf"<{tag}[ >].*?</{tag}>", html, re.DOTALL)
    return [re.sub(r"<[^>]*>", "", one) for one in found]


def test_a_table_is_a_table_with_its_header_row() -> None:
    rows = [row(f"n{n}", str(n)) for n in range(20)]
    html = shown(
        _TABLE.format("".join(rows)), _TABLE.format("".join([*rows[:15], row("n15", "99"), *rows[16:]]))
    )
    assert html.count("<table") == 1
    assert texts(html, "th") == ["Name", "Limit"]
    assert html.count("<tr") == 21
    [changed] = re.findall(r'<tr class="changed">.*?</tr>', html)
    assert "<del>15</del><ins>99</ins>" in changed
    assert 'id="page-1"' in changed


def test_neighbouring_tables_stay_apart_and_a_removed_one_stays_whole() -> None:
    one, two = _TABLE.format(row("a", "1")), _TABLE.format(row("b", "2"))
    assert shown(one + two, one + two).count("<table") == 2
    html = shown(f"<p>x</p>{one}<p>y</p>", "<p>x</p><p>y</p>")
    assert html.count("<table") == 1
    assert html.count('<tr class="removed">') == 2


def test_merged_cells_stay_merged() -> None:
    table = '<table><tbody><tr><td colspan="2">a</td><td rowspan="3">b</td></tr><tr><td>c</td><td>d</td></tr></tbody></table>'
    html = shown(table, table)
    assert '<td colspan="2" dir="auto">a</td><td rowspan="3" dir="auto">b</td>' in html


def test_boxes_hold_their_content_and_neighbours_stay_apart() -> None:
    page = (
        _PANEL.format("info", "<p>one</p><ul><li>two</li></ul>")
        + _PANEL.format("info", "<p>three</p>")
        + "<p>four</p>"
    )
    html = shown(page, page)
    boxes = re.findall(r'<div class="box panel info">', html)
    assert len(boxes) == 2
    assert html.index("one") < html.index("two") < html.rindex('<div class="box') < html.index("three")
    assert html.endswith('<div class="passage p" dir="auto">four</div></div>')


def test_columns_of_a_layout_stand_side_by_side() -> None:
    def section(*cells: str) -> str:
        inner = "".join(f"<ac:layout-cell>{cell}</ac:layout-cell>" for cell in cells)
        return f'<ac:layout-section ac:type="two_equal">{inner}</ac:layout-section>'

    page = f"<ac:layout>{section('<p>left</p>', '<p>right</p>')}</ac:layout>"
    html = shown(page, page.replace("left", "left side"))
    assert html.count('<div class="columns">') == 1
    assert html.count('<div class="box column">') == 2
    assert "Column 1" not in html


def test_images_are_boxes_with_a_link() -> None:
    page = (
        '<p><ac:image ac:width="320"><ri:attachment ri:filename="how it flows.png"/></ac:image></p>'
        '<p><ac:image><ri:url ri:value="https://example.org/a.png"/></ac:image></p>'
    )
    url = "https://site.example/wiki/spaces/DOC/pages/123/Some+page"
    html = whole_page_view(compare_pages(page, page), "page", url)
    assert (
        '<a href="https://site.example/wiki/download/attachments/123/how%20it%20flows.png" rel="noreferrer noopener">'
        '<span class="chip">image · how it flows.png · width: 320</span></a>'
    ) in html
    assert '<a href="https://example.org/a.png"' in html
    assert "<img" not in html
    assert "<a" not in shown(
        page.replace("https://example.org/a.png", "x"), page.replace("https://example.org/a.png", "x")
    )


def test_removed_text_is_shown_where_it_was() -> None:
    html = shown("<p>one</p><p>gone for good</p><p>three</p>", "<p>one</p><p>three</p>")
    assert html.index("one") < html.index("gone for good") < html.index("three")
    assert '<div class="block removed">' in html


def test_long_unchanged_text_is_whole_and_a_large_page_is_shown_around_its_changes() -> None:
    long = f"<p>{'word ' * 900}end</p><p>x</p>"
    assert "unchanged characters" not in shown(long, long.replace(">x<", ">y<"))
    large = "".join(f"<p>Paragraph {n} has some words so that it counts.</p>" for n in range(9_000))
    html = shown(large, large.replace("Paragraph 4000 has", "Paragraph 4000 had"))
    assert html.count('class="passage') == 61
    assert "⋯ 3,970 unchanged passages ⋯" in html


def test_folded_passages_open_without_a_script() -> None:
    before = "".join(f"<p>Paragraph {n} here.</p>" for n in range(30))
    html = diff_page.render(
        samples.review(before=before, after=before.replace("15 here", "15 there"), previous=None)
    )
    assert html.count("<summary>⋯ 12 unchanged passages ⋯</summary>") == 2
    assert html.count("Paragraph 3 here.") >= 4, "in each view"
    large = "".join(f"<p>Paragraph {n} has some words so that it counts.</p>" for n in range(9_000))
    view = compare_pages(large, large.replace("Paragraph 40 has", "Paragraph 40 had"))
    assert "<details>" not in unified_view(view, "unified")


def test_the_header_row_stays_and_the_column_is_named() -> None:
    rows = [row(f"n{n}", str(n)) for n in range(20)]
    page = f"<h2>Limits</h2>{_TABLE.format(''.join(rows))}"
    view = compare_pages(page, page.replace("<td>15</td>", "<td>99</td>"))
    html = unified_view(view, "unified")
    folds = re.findall(r"<details>.*?</details>", html, re.DOTALL)
    assert not any("Name" in fold for fold in folds)
    assert list_changes(view) == [(1, "Changed: Limits › column Limit › n15 | 99")]


def test_a_moved_passage_is_named_at_both_places() -> None:
    view = compare_pages(
        "<h2>A</h2><p>Only this moves.</p><p>a</p><p>b</p><p>c</p><h2>B</h2><p>d</p>",
        "<h2>A</h2><p>a</p><p>b</p><p>c</p><h2>B</h2><p>Only this moves.</p><p>d</p>",
    )
    assert sorted(view.moved.values()) == ["moved: now under “B”", "moved: was under “A”"]
    assert [label.partition(":")[0] for _, label in list_changes(view)] == ["Moved", "Moved"]
    html = whole_page_view(view, "page")
    assert html.count("Only this moves.") == 2
    assert "moved: was under “A”" in html


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_an_equal_passage_under_another_heading_is_a_change(order: tuple[int, ...]) -> None:
    names = ("Staging", "Production", "Dev")
    before = "".join(f"<h2>{name}</h2><p>Limit: 5</p>" for name in names)
    view = compare_pages(before, "".join(f"<h2>{names[n]}</h2><p>Limit: 5</p>" for n in order))
    for one in view.rows:
        if one.sign == "=" and one.before is not None and one.after is not None:
            assert view.before.headings[one.before] == view.after.headings[one.after]


def test_a_renamed_or_new_heading_moves_nothing() -> None:
    before = "<h2>Staging area</h2><p>Limit: 5</p><p>x</p>"
    for after in (before.replace("area", "zone"), before.replace("<p>x</p>", "<h3>New</h3><p>x</p>")):
        assert not compare_pages(before, after).moved


@settings(max_examples=60, deadline=None)
@given(PAGES, PAGES)
def test_every_change_has_a_place_in_the_whole_page(before: str, after: str) -> None:
    view = compare_pages(before, after)
    html = whole_page_view(view, "page")
    for number, _ in list_changes(view):
        assert html.count(f'id="page-{number}"') == 1
    assert html.count("<div") == html.count("</div>")
