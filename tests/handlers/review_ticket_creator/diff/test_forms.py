"""Changes of form are shown where they are and counted, also if words change elsewhere; and removals are shown."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.markup import adf
from handlers.review_ticket_creator import ticket_description
from handlers.review_ticket_creator.diff import diff_page
from handlers.review_ticket_creator.diff.page_comparison import compare_pages
from tests.handlers.review_ticket_creator.diff import oracle, samples

_LINK = '<ac:link><ri:page ri:content-title="{}" /><ac:link-body>x</ac:link-body></ac:link>'
_IMAGE = '<ac:image{}><ri:attachment ri:filename="a.png" /></ac:image>'
_MACRO = '<ac:structured-macro ac:name="{}"><ac:parameter ac:name="title">{}</ac:parameter><ac:rich-text-body><p>x y z</p>{}</ac:rich-text-body></ac:structured-macro>'
_TASK = "<ac:task-list><ac:task><ac:task-id>1</ac:task-id><ac:task-status>{}</ac:task-status><ac:task-body>{}</ac:task-body></ac:task></ac:task-list>"
_LAYOUT = '<ac:layout><ac:layout-section ac:type="{}"{}><ac:layout-cell><p>x</p></ac:layout-cell><ac:layout-cell><p>y</p></ac:layout-cell></ac:layout-section></ac:layout>'

FORMS = [
    ("<ol><li>x y z</li></ol>", "<ul><li>x y z</li></ul>", "was a numbered list, now bullets"),
    ("<ul><li>x y z</li></ul>", "<ol><li>x y z</li></ol>", "was bullets, now a numbered list"),
    ("<ol><li>x</li></ol>", '<ol start="7"><li>x</li></ol>', "starts at: was 1, now 7"),
    ('<ol start="7"><li>x</li></ol>', "<ol><li>x</li></ol>", "starts at: was 7, now 1"),
    ("<ul><li>x<ul><li>y</li></ul></li></ul>", "<ul><li>x</li><li>y</li></ul>", "was list item, level 2, now list item"),
    ("<ul><li>x</li></ul>", "<p>x</p>", "was list item of bullets, now paragraph"),
    ("<p>x</p>", "<h2>x</h2>", "was paragraph, now heading 2"),
    ("<h2>x</h2>", "<h3>x</h3>", "was heading 2, now heading 3"),
    ("<p>x</p>", '<p style="text-align: center;">x</p>', "text-align: was none, now center"),
    ('<p style="margin-left: 30px">x</p>', "<p>x</p>", "margin-left: was 30px, now none"),
    ("<p>x y</p>", '<p>x <span style="color: rgb(255,86,48);">y</span></p>', "“y”: color: was none, now rgb(255,86,48)"),
    ("<p>x y</p>", '<p><font color="red">x</font> y</p>', "“x”: color: was none, now red"),
    ("<p>x y</p>", "<p>x <strong>y</strong></p>", "“y”: now bold"),
    ("<p>x <u>y</u></p>", "<p>x <code>y</code></p>", "“y”: no longer underlined; now code"),
    ("<p>x <small>y</small></p>", "<p>x y</p>", "“y”: element: was small, now none"),
    ("<p>x y</p>", '<p>x <a href="https://evil.example/login">y</a></p>', "“y”: link: was none, now https://evil.example/login"),
    ('<p><a href="https://a.example">x</a></p>', '<p><a href="https://b.example">x</a></p>', "link: was https://a.example, now https://b.example"),
    (f"<p>{_LINK.format('A')}</p>", f"<p>{_LINK.format('B')}</p>", "“x”: link: was page: A, now page: B"),
    (f"<p>x {_IMAGE.format('')}</p>", f'<p>x <a href="https://evil.example/">{_IMAGE.format("")}</a></p>', "link: was none, now https://evil.example/"),
    (_IMAGE.format(""), f'<a href="https://evil.example/">{_IMAGE.format("")}</a>', "link: was none, now https://evil.example/"),
    (_IMAGE.format(' ac:layout="center"'), _IMAGE.format(' ac:layout="wrap-left"'), "layout: was center, now wrap-left"),
    ("<table><tr><td>x</td><td>y</td></tr></table>", '<table><tr><td>x</td><td data-highlight-colour="#ffebe6">y</td></tr></table>', "cell 2 background-color: was none, now #ffebe6"),
    ("<table><tr><td>x</td></tr></table>", '<table><tr><td style="background-color: red">x</td></tr></table>', "cell 1 background-color: was none, now red"),
    ("<table><tr><td>x</td><td>y</td></tr></table>", '<table><tr><td colspan="2">x</td><td>y</td></tr></table>', "cell 1 columns spanned: was 1, now 2"),
    ('<table><tr><td rowspan="3">x</td></tr></table>', '<table><tr><td rowspan="2">x</td></tr></table>', "cell 1 rows spanned: was 3, now 2"),
    ("<table><tr><td>x</td></tr></table>", "<table><tr><th>x</th></tr></table>", "cell 1: now a header cell"),
    ("<table><tr><td><p>x</p></td></tr></table>", '<table><tr><td><p style="text-align: right">x</p></td></tr></table>', "cell 1 text-align: was none, now right"),
    ("<table><tr><td><p>x</p></td></tr></table>", "<table><tr><td><h3>x</h3></td></tr></table>", "cell 1 heading: was none, now 3"),
    (_LAYOUT.format("two_equal", ""), _LAYOUT.format("two_left_sidebar", ""), "layout: was two_equal, now two_left_sidebar"),
    (_LAYOUT.format("two_equal", ""), _LAYOUT.format("two_equal", ' ac:breakout-mode="wide"'), "breakout: was none, now wide"),
    ("<table><tr><td>x</td></tr></table>", "<table><thead><tr><td>x</td></tr></thead></table>", "table part: was body, now head"),
    ("<dl><dt>x</dt></dl>", "<dl><dd>x</dd></dl>", "definition list: was term, now definition"),
    ("<p>x</p>", "<blockquote><p>x</p></blockquote>", "was paragraph, now paragraph in quote"),
    (_MACRO.format("info", "t", ""), _MACRO.format("warning", "t", ""), "was paragraph in panel info, now paragraph in panel warning"),
    (_TASK.format("incomplete", "<p>x</p>"), _TASK.format("complete", "<p>x</p>"), "was open task, now done task"),
    (_TASK.format("incomplete", "x"), _TASK.format("complete", "x"), "was open task, now done task"),
]  # fmt: skip

SHOWN = [
    ('<table data-layout="wide"><tr><td>x</td></tr></table>', '<table data-layout="full-width"><tr><td>x</td></tr></table>', "Table · layout: full-width"),
    ("<table><tr><td>x</td></tr></table>", '<table><colgroup><col style="width: 90px" /></colgroup><tr><td>x</td></tr></table>', "Table · column: width: 90px"),
    (_MACRO.format("info", "old", ""), _MACRO.format("info", "new", ""), "title: new"),
    (f"<table><tr><td>{_TASK.format('incomplete', 'x')}</td></tr></table>", f"<table><tr><td>{_TASK.format('complete', 'x')}</td></tr></table>", "☑"),
    ('<ac:layout><ac:layout-section ac:type="fixed-width"><ac:layout-cell><p>x</p></ac:layout-cell></ac:layout-section></ac:layout>',
     '<ac:layout><ac:layout-section ac:type="single"><ac:layout-cell><p>x</p></ac:layout-cell></ac:layout-section></ac:layout>', "Section · full width"),
    ("<ul><li>x</li><li></li></ul>", "<ul><li>x</li></ul>", ""),
]  # fmt: skip

COUNTED = [
    ("<p>x</p>", '<p class="a">x</p>', 1),
    ("<p>x</p><p>y</p>", '<p class="a">x</p><p class="a">y</p>', 2),
    ("<p>x</p><p/>", "<p>x</p>", 1),
    ("<p>x</p><!-- a -->", "<p>x</p><!-- b -->", 1),
    ('<p>x <a href="https://e.org" data-a="1">y</a></p>', '<p>x <a href="https://e.org">y</a></p>', 1),
    ('<p local-id="a">x</p>', '<p local-id="b">x</p>', 0),
    ('<p class="a">x</p><p>y</p>', "<p>y</p>", 0),
]  # fmt: skip


def render(before: str, after: str) -> str:
    return diff_page.render(samples.review(before=before, after=after, previous=None, changes=()))


def described(before: str, after: str) -> str:
    return adf.adf_to_text(
        ticket_description.description(samples.review(before=before, after=after, changes=()))
    )


@pytest.mark.parametrize("with_words", [False, True])
@pytest.mark.parametrize(("before", "after", "said"), FORMS)
def test_a_change_of_form_is_described_and_counted(
    before: str, after: str, said: str, with_words: bool
) -> None:
    if with_words:
        before, after = f"{before}<p>the limit is 10</p>", f"{after}<p>the limit is 12</p>"
    html = render(before, after)
    assert said in oracle.default_view(html).notes
    assert said in oracle.View(html, "unified").shown.notes
    number = compare_pages(before, after).formatting_change_count
    counted = "1 formatting change" if number == 1 else f"{number} formatting changes"
    text = described(before, after)
    for place in (oracle.header(html), html[html.index('id="side"') :], text):
        assert counted in place
    assert said in text.replace("\\", "")
    assert not with_words or "12" in oracle.default_view(html).added


@pytest.mark.parametrize(("before", "after", "said"), SHOWN)
def test_a_form_without_a_passage_is_shown_as_one(before: str, after: str, said: str) -> None:
    html = render(before, after)
    shown = oracle.default_view(html)
    assert said in shown.everything
    assert "No passages change" not in html
    assert compare_pages(before, after).source_only_count == 0


@pytest.mark.parametrize(("before", "after", "number"), COUNTED)
def test_undrawable_changes_are_counted(before: str, after: str, number: int) -> None:
    said = {0: "", 1: "1 change only visible in Source"}.get(
        number, f"{number} changes only visible in Source"
    )
    for more in ("", "<p>the limit is 10</p>"):
        html = render(before + more, after + more.replace("10", "12"))
        text = described(before + more, after + more.replace("10", "12"))
        if said:
            assert said in oracle.header(html)
            assert said in text
        else:
            assert "only visible" not in html + text


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(FORMS), min_size=1, max_size=4), st.lists(st.sampled_from(FORMS), max_size=3))
def test_each_of_several_changes_is_described(
    changed: list[tuple[str, str, str]], same: list[tuple[str, str, str]]
) -> None:
    before = after = ""
    for number, (old, new, _) in enumerate([*changed, *same]):
        before += _apart(f"<h2>x is unlike</h2>{old}", number)
        after += _apart(f"<h2>x is unlike</h2>{new if number < len(changed) else old}", number)
    notes = oracle.default_view(render(before, after)).notes
    for number, (_, _, said) in enumerate(changed):
        assert _apart(said, number) in notes


def _apart(text: str, number: int) -> str:
    """Number the words of a passage, so that no two passages are alike."""
    return re.sub(r"\b([xy])\b", rf"word{number * 7}\1", text)


def test_a_new_passage_shows_its_form() -> None:
    after = (
        '<p style="text-align: center">x <span style="color: red">y</span></p><ol start="4"><li>z</li></ol>'
    )
    shown = oracle.default_view(render("<p>a</p>", f"<p>a</p>{after}"))
    for said in ("text-align: center", "color: red", "starts at: 4"):
        assert said in shown.notes
    assert "starts at: 4" in described("<p>a</p>", f"<p>a</p>{after}")


@pytest.mark.parametrize("inside", ["t", _IMAGE.format(""), "<strong>t</strong>", "<code>t</code>"])
@pytest.mark.parametrize(
    "around",
    ["<p>{}</p>", "<h2>{}</h2>", "<ul><li>{}</li></ul>", "<table><tr><td>{}</td></tr></table>", "{}"],
)
def test_targets_of_new_and_removed_links_are_shown(inside: str, around: str) -> None:
    link = around.format(f'<a href="https://evil.example/login">{inside}</a>')
    for before, after in (("<p>a</p>", f"<p>a</p>{link}"), (f"<p>a</p>{link}", "<p>a</p>")):
        html = render(before, after)
        for name in ("side", "unified"):
            assert "(https://evil.example/login)" in oracle.View(html, name).shown.notes
        assert "(https://evil.example/login)" in described(before, after)


_PARAGRAPHS = [f"<p>paragraph {number} has about as many letters</p>" for number in range(10)]


@pytest.mark.parametrize(
    ("after", "said"),
    [
        ("", "This update removes all text of the page."),
        ("<p> </p><p/>", "This update removes all text of the page."),
        ("".join(_PARAGRAPHS[:4]), "This update removes more than half of the page's text (60%)."),
        (
            "<p>something else altogether stands here now</p>",
            "This update removes more than half of the page's text (100%).",
        ),
        ("".join(_PARAGRAPHS[:5]), ""),
        ("".join(_PARAGRAPHS).replace("<p>", "<h3>").replace("</p>", "</h3>"), ""),
        ("".join(_PARAGRAPHS).replace("<p>", "<p><b>").replace("</p>", "</b></p>"), ""),
    ],
)
def test_an_update_that_removes_most_of_a_page_says_so(after: str, said: str) -> None:
    before = "".join(_PARAGRAPHS)
    html = render(before, after)
    panels = [n for n in ticket_description.description(samples.review(before=before, after=after, changes=()))["content"]
              if n.get("attrs", {}).get("panelType") == "warning"]  # fmt: skip
    if said:
        assert said in html.replace("&#x27;", "'")
        assert [adf.adf_to_text(panel).strip() for panel in panels] == [said]
    else:
        assert "This update" not in html
        assert panels == []


def test_invisible_characters_and_mixed_words_are_written_out() -> None:
    before = "<p>one\u200btwo \u2800 three</p>"
    after = "<p>one\u200btwo \u2800 four p\u0430y p<b>\u0430</b>y \U000e0148\u202e</p>"
    html = render(before, after)
    text = described(before, after)
    for code in ("U+200B", "U+2800", "U+E0148", "U+202E"):
        assert html.count(f"⟨{code}⟩") >= 2
        assert f"⟨{code}⟩" in text
    assert "\u202e" not in html
    assert "Latin and Cyrillic" in oracle.default_view(html).notes
    assert "“p\u0430y” mixes Latin and Cyrillic letters" in oracle.default_view(html).notes
    assert "p\u0430y ⟨Latin and Cyrillic⟩" in text
    assert "“p\u0430y” mixes Latin and Cyrillic letters" in text
