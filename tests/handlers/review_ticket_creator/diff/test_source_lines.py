"""Source split into lines is still the source, and the optimisation changes no line."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.review_ticket_creator.diff.source_lines import split, split_both
from tests.handlers.review_ticket_creator.diff import samples

_source = st.lists(
    st.sampled_from(
        ["<p>", "</p>", "<p/>", "<ul>", "<li>", "</li>", "</ul>", "text", "\n", "\r\n", "<b>x</b>", "a > b", "<ac:task-list>",
         "<pre>", "<hr />", "</td>", "<!-- <p> -->", "<![CDATA[</p>]]>", " ", '<td class="a">']
    ),
    max_size=30,
).map("".join)  # fmt: skip


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("", []),
        ("text", ["text"]),
        ("<p>a</p><p>b</p>", ["<p>a</p>", "<p>b</p>"]),
        ("<p>a</p>\n<p>b</p>\n", ["<p>a</p>\n", "<p>b</p>\n"]),
        (
            "<ul><li>a</li><li><p>b</p></li></ul>",
            ["<ul>", "<li>a</li>", "<li>", "<p>b</p>", "</li>", "</ul>"],
        ),
        ("<h1>t</h1>loose<hr /><p />", ["<h1>t</h1>", "loose", "<hr />", "<p />"]),
        ("<pre>a\nb</pre>", ["<pre>a\n", "b</pre>"]),
        ("<parameter>x</parameter>", ["<parameter>x</parameter>"]),
    ],
)
def test_lines_begin_and_end_with_blocks(source: str, lines: list[str]) -> None:
    assert split(source) == lines


@settings(max_examples=200, deadline=None)
@given(_source)
def test_joined_lines_equal_the_source(source: str) -> None:
    assert "".join(split(source)) == source


@settings(max_examples=300, deadline=None)
@given(_source, _source, _source, _source)
def test_two_versions_are_split_like_each_alone(head: str, old: str, new: str, tail: str) -> None:
    before, after = head + old + tail, head + new + tail
    assert split_both(before, after) == (split(before), split(after))


def test_a_real_page_is_split_alike_too() -> None:
    assert split_both(samples.BEFORE, samples.AFTER) == (split(samples.BEFORE), split(samples.AFTER))
