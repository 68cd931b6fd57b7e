"""Atlassian documents: what Jira accepts and refuses, and how they look as wiki text and as HTML."""

from typing import Any

import pytest

from local.atlassian.documents.adf_check import InvalidDocument, check_document
from local.atlassian.documents.adf_html import adf_to_html
from local.atlassian.documents.adf_wiki import to_wiki


def text(value: str, *marks: dict[str, Any]) -> dict[str, Any]:
    return {"type": "text", "text": value, **({"marks": list(marks)} if marks else {})}


def node(kind: str, *content: dict[str, Any], **attrs: Any) -> dict[str, Any]:
    return {
        "type": kind,
        **({"content": list(content)} if content else {}),
        **({"attrs": attrs} if attrs else {}),
    }


def doc(*content: dict[str, Any]) -> dict[str, Any]:
    return {"type": "doc", "version": 1, "content": list(content)}


P = node("paragraph", text("x"))
GOOD = [
    doc(),
    doc(P),
    doc({"type": "paragraph"}),
    doc(node("heading", text("h"), level=2)),
    doc(node("rule")),
    doc(node("panel", P, node("bulletList", node("listItem", P)), panelType="warning")),
    doc(node("codeBlock", text("a\nb"), language="python")),
    doc(node("blockquote", P)),
    doc(node("table", node("tableRow", node("tableHeader", P), node("tableCell", P, colspan=2)))),
    doc(node("expand", P, node("table", node("tableRow", node("tableCell", P))), title="More")),
    doc(node("taskList", node("taskItem", text("t"), localId="1", state="DONE"), localId="0")),
    doc(
        node(
            "paragraph",
            text("x", {"type": "strong"}, {"type": "textColor", "attrs": {"color": "#bf2600"}}),
            text("y", {"type": "code"}, {"type": "link", "attrs": {"href": "https://a"}}),
            text("z", {"type": "strike"}, {"type": "backgroundColor", "attrs": {"color": "#ffebe6"}}),
            {"type": "hardBreak"},
            node("mention", id="1", text="@a"),
            node("inlineCard", url="https://a"),
            node("emoji", shortName=":x:"),
            node("status", text="S", color="green"),
        )
    ),
]
BAD = [
    None,
    "text",
    {"type": "doc"},
    {"type": "doc", "version": 2, "content": []},
    doc(text("x")),
    doc(node("paragraph", P)),
    doc(node("paragraph", text(""))),
    doc(node("heading", text("h"))),
    doc(node("heading", text("h"), level=7)),
    doc(node("panel", P)),
    doc(node("panel", node("panel", P, panelType="info"), panelType="info")),
    doc(node("panel", node("table", node("tableRow", node("tableCell", P))), panelType="info")),
    doc(node("bulletList", P)),
    doc({"type": "bulletList", "content": []}),
    doc(node("listItem", P)),
    doc(node("codeBlock", text("x", {"type": "strong"}))),
    doc(node("blockquote", node("heading", text("h"), level=1))),
    doc(node("table", node("tableRow", P))),
    doc(node("blink")),
    doc(node("panel", P, panelType="pink")),
    doc(node("paragraph", text("x", {"type": "textColor", "attrs": {"color": "red"}}))),
    doc(node("paragraph", text("x", {"type": "link"}))),
    doc(node("paragraph", text("x", {"type": "glow"}))),
    doc(node("paragraph", text("x", {"type": "code"}, {"type": "strong"}))),
    doc(node("paragraph", text("x", {"type": "em"}, {"type": "em"}))),
    doc(node("mention", id="1")),
    doc(node("paragraph", node("mention"))),
    doc({**P, "colour": 1}),
    doc({"type": "rule", "content": [P]}),
    doc(node("taskList", node("taskItem", state="DONE"), localId="0")),
    {**doc(), "extra": 1},
    doc({"type": "paragraph", "content": "x"}),
    doc(node("expand", node("expand", P, title="b"))),
]


@pytest.mark.parametrize("value", GOOD)
def test_a_valid_document_is_accepted(value: dict[str, Any]) -> None:
    check_document(value)


@pytest.mark.parametrize("value", BAD)
def test_an_invalid_document_is_refused(value: Any) -> None:
    with pytest.raises(InvalidDocument):
        check_document(value)


def test_a_bomb_of_nested_lists_is_refused_quickly() -> None:
    bomb: dict[str, Any] = P
    for _ in range(300):
        bomb = node("bulletList", node("listItem", P, bomb))
    with pytest.raises(InvalidDocument, match="deep"):
        check_document(doc(bomb))


def test_wiki_text_is_what_jira_would_put_into_a_webhook() -> None:
    assert to_wiki(None) is None
    assert to_wiki(
        doc(
            node("heading", text("Head"), level=2),
            node(
                "paragraph",
                text("a ", {"type": "strong"}),
                text("b", {"type": "link", "attrs": {"href": "https://b"}}),
                {"type": "hardBreak"},
                text("c", {"type": "code"}),
            ),
            node("bulletList", node("listItem", P, node("orderedList", node("listItem", P)))),
            node("codeBlock", text("y = 1"), language="python"),
            node("table", node("tableRow", node("tableHeader", P)), node("tableRow", node("tableCell", P))),
            node("blockquote", P),
            node("rule"),
        )
    ) == (
        "h2. Head\n\n*a *[b|https://b]\n{{c}}\n\n* x\n*# x\n\n{code:python}\ny = 1\n{code}\n\n||x||\n|x|\n\n"
        "{quote}x{quote}\n\n----"
    )


def test_html_escapes_everything_and_keeps_only_safe_links() -> None:
    html = adf_to_html(
        doc(
            node(
                "paragraph",
                text("<img src=x>"),
                text("a", {"type": "link", "attrs": {"href": "javascript:alert(1)"}}),
                text("b", {"type": "link", "attrs": {"href": 'https://b/"onclick="x'}}),
                text("c", {"type": "textColor", "attrs": {"color": "red;background:url(x)"}}),
                text("d", {"type": "textColor", "attrs": {"color": "#bf2600"}}),
            ),
            node("panel", P, panelType='"><script>'),
            node("codeBlock", text("<b>"), language='"><b>'),
        )
    )
    assert "<img" not in html
    assert "<script" not in html
    assert "javascript:" not in html
    assert "b/&quot;onclick=&quot;x" in html
    assert "url(x)" not in html
    assert '<span style="color:#bf2600">d</span>' in html
