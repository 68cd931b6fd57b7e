"""The ADF that we write obeys Jira's rules, and any ADF, even malformed, reads as sensible text."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.markup import adf
from tests.example_count import examples


def test_empty_text_makes_no_text_node() -> None:
    assert adf.text("")["text"] != ""
    assert adf.paragraph("", "a")["content"] == [{"type": "text", "text": "a"}]


CODE = {"type": "code"}


def code_block(text: str, language: str = "") -> adf.Node:
    return {"type": "codeBlock", "attrs": {"language": language}, "content": [adf.text(text)]}


def ordered_list(*items: str, start: int) -> adf.Node:
    return {**adf.bullet_list(*items), "type": "orderedList", "attrs": {"order": start}}


def test_paragraphs_headings_lists_code_and_quotes_read_like_markdown() -> None:
    document = adf.doc(
        adf.heading(2, "Limits"),
        adf.paragraph("First ", adf.text("bold", adf.STRONG), adf.hard_break(), "second"),
        adf.bullet_list("one", [adf.paragraph("two"), ordered_list("a", "b", start=3)]),
        code_block("x = 1\ny = 2", "python"),
        adf.quote(adf.paragraph("said")),
        adf.panel("info", adf.paragraph("note")),
        {"type": "rule"},
    )
    assert adf.adf_to_text(document) == (
        "## Limits\n\nFirst bold\nsecond\n\n- one\n- two\n  3. a\n  4. b\n\n"
        "```python\nx = 1\ny = 2\n```\n\n> said\n\nnote\n\n---"
    )


def test_marks_that_change_the_meaning_stay_visible() -> None:
    line = adf.paragraph(
        adf.text("gone", adf.STRIKE), " ", adf.text("code", CODE), " ", adf.link("docs", "https://e.org/d")
    )
    assert adf.adf_to_text(adf.doc(line)) == "~~gone~~ `code` docs (https://e.org/d)"


def test_people_emoji_dates_status_and_cards() -> None:
    line = {
        "type": "paragraph",
        "content": [
            {"type": "mention", "attrs": {"id": "5b1", "text": "@Jane van Doe"}},
            {"type": "emoji", "attrs": {"shortName": ":white_check_mark:", "text": "✅"}},
            {"type": "emoji", "attrs": {"shortName": ":custom:"}},
            {"type": "date", "attrs": {"timestamp": "1700000000000"}},
            {"type": "status", "attrs": {"text": "DONE", "color": "green"}},
            {"type": "inlineCard", "attrs": {"url": "https://e.org"}},
        ],
    }
    assert adf.adf_to_text(adf.doc(line)) == "@Jane\u00a0van\u00a0Doe✅:custom:2023-11-14DONEhttps://e.org"


MACRO = {
    "extensionType": "com.atlassian.confluence.macro.core",
    "extensionKey": "roadmap",
    "parameters": {
        "macroParams": {"url": {"value": "https://e.org/roadmap"}, "width": {"value": "900"}},
        "macroMetadata": {"macroId": {"value": "1"}, "title": "Roadmap"},
    },
}
JSON_LD = {"@type": "Document", "url": "https://e.org/spec", "name": "Refund specification"}


@pytest.mark.parametrize(
    ("node", "text"),
    [
        ({"type": "inlineCard", "attrs": {"data": JSON_LD}}, "Refund specification (https://e.org/spec)"),
        ({"type": "blockCard", "attrs": {"data": JSON_LD}}, "Refund specification (https://e.org/spec)"),
        ({"type": "blockCard", "attrs": {"url": "https://e.org/a"}}, "https://e.org/a"),
        ({"type": "embedCard", "attrs": {"url": "https://e.org/b", "layout": "wide"}}, "https://e.org/b"),
        ({"type": "extension", "attrs": MACRO}, "[extension: Roadmap] (https://e.org/roadmap)"),
        (
            {"type": "inlineExtension", "attrs": {**MACRO, "text": "Q3 plan"}},
            "[extension: Roadmap] Q3 plan (https://e.org/roadmap)",
        ),
        ({"type": "inlineExtension", "attrs": {"text": "only text"}}, "only text"),
        (
            {
                "type": "bodiedExtension",
                "attrs": {"extensionKey": "excerpt"},
                "content": [adf.paragraph("in")],
            },
            "[extension: excerpt]\nin",
        ),
        (
            {
                "type": "extension",
                "attrs": {"extensionKey": "app", "parameters": {"extensionTitle": "Chart"}},
            },
            "[extension: Chart]",
        ),
        ({"type": "extension", "attrs": {"parameters": [["https://e.org/c"] * 9_999]}}, "(https://e.org/c)"),
    ],
)
def test_smart_links_and_extensions_keep_url_name_and_text(node: adf.Node, text: str) -> None:
    assert adf.adf_to_text(adf.doc(node)) == text


def test_tables_tasks_expands_and_media() -> None:
    document = adf.doc(
        adf.table([adf.paragraph("Key"), adf.paragraph("Value")], [adf.paragraph("a"), adf.paragraph("1")]),
        {
            "type": "taskList",
            "content": [
                {"type": "taskItem", "attrs": {"state": "DONE"}, "content": [adf.text("did")]},
                {"type": "taskList", "content": [{"type": "taskItem", "content": [adf.text("to do")]}]},
            ],
        },
        {"type": "expand", "attrs": {"title": "More"}, "content": [adf.paragraph("inside")]},
        {"type": "mediaSingle", "content": [{"type": "media", "attrs": {"alt": "shot.png"}}]},
    )
    assert adf.adf_to_text(document) == (
        "| Key | Value |\n| --- | --- |\n| a | 1 |\n\n- [x] did\n  - [ ] to do\n\nMore\ninside\n\n[image: shot.png]"
    )


@pytest.mark.parametrize(
    ("odd", "text"),
    [
        (None, ""),
        ("plain", "plain"),
        (5, ""),
        ([], ""),
        ({}, ""),
        ({"type": "doc"}, ""),
        ({"type": "doc", "content": None}, ""),
        ({"type": "doc", "content": [None, 3, "loose"]}, "loose"),
        ({"type": ["list"], "content": [{"type": {"a": 1}, "text": "deep"}]}, ""),
        (
            {
                "type": "doc",
                "content": [{"type": "text", "text": 7}, {"type": "text", "text": "x", "marks": 1}],
            },
            "x",
        ),
        (
            {
                "type": "doc",
                "content": [{"type": "somethingNew", "content": [{"type": "text", "text": "kept"}]}],
            },
            "kept",
        ),
        ({"type": "doc", "content": [{"type": "heading", "attrs": {"level": "2"}, "content": []}]}, "# "),
    ],
)
def test_malformed_documents_still_yield_their_text(odd: object, text: str) -> None:
    assert adf.adf_to_text(odd) == text


def test_depth_and_size_are_bounded() -> None:
    deep: dict[str, object] = {"type": "paragraph", "content": [{"type": "text", "text": "bottom"}]}
    for _ in range(50_000):
        deep = {"type": "blockquote", "content": [deep]}
    assert "bottom" not in adf.adf_to_text({"type": "doc", "content": [deep]})
    wide = adf.doc(*[adf.paragraph("word " * 100) for _ in range(5_000)])
    assert len(adf.adf_to_text(wide, limit=10_000)) <= 10_000


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["type", "content", "text", "attrs", "marks", "level", "order", "x"]),
            inner,
            max_size=6,
        )
    ),
    max_leaves=30,
)
_types = st.sampled_from(
    [
        *[
            "doc",
            "paragraph",
            "text",
            "table",
            "tableRow",
            "bulletList",
            "orderedList",
            "taskList",
            "listItem",
        ],
        *["codeBlock", "heading", "date", "mention", "expand", "panel"],
    ]
)


@settings(max_examples=examples(200), deadline=None)
@given(
    st.builds(lambda kind, rest: {**rest, "type": kind} if isinstance(rest, dict) else rest, _types, _json)
)
def test_never_raises(value: object) -> None:
    assert isinstance(adf.adf_to_text(value), str)
    json.dumps(adf.adf_to_text(value))
