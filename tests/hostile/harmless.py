"""Assertions that something is harmless: a page in storage format, a ticket's rich text, an HTML page."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html.entities import name2codepoint
from html.parser import HTMLParser
from typing import Any
from xml.etree import ElementTree as Tree

AC, RI = "{http://atlassian.com/content}", "{http://atlassian.com/resource/identifier}"
#: Macros that our Markdown knows: code, panels, and the anchors of footnotes and headings.
MACROS = frozenset({"code", "info", "note", "tip", "warning", "panel", "expand", "anchor", "toc"})
FORBIDDEN = frozenset(
    [
        "script",
        "style",
        "iframe",
        "object",
        "embed",
        "form",
        "input",
        "button",
        "svg",
        "math",
        "link",
        "meta",
        "base",
        "frame",
        "applet",
        "template",
    ]
)
ADF_TYPES = frozenset(
    [
        "doc",
        "paragraph",
        "text",
        "heading",
        "bulletList",
        "orderedList",
        "listItem",
        "panel",
        "blockquote",
        "rule",
        "hardBreak",
        "codeBlock",
        "table",
        "tableRow",
        "tableCell",
        "tableHeader",
        "inlineCard",
        "expand",
    ]
)
_TURNING = re.compile(
    "[\u200e\u200f\u2028-\u202e\u2066-\u206f\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\U000e0000-\U000e007f]"
)
_WITHOUT_WIDTH = re.compile("[\u00ad\u200b\u2060-\u2064\ufeff]")
_SAFE = re.compile(r"(?:https?|mailto):[^\s]*|#[^\s]*", re.IGNORECASE)


def storage(page: str) -> None:
    """Assert that a page that we rendered has no scripts, foreign macros, mentions or links with other schemes."""
    names = "".join(f'<!ENTITY {name} "&#{code};">' for name, code in name2codepoint.items() if code > 127)
    root = Tree.fromstring(
        f'<!DOCTYPE p [{names}]><p xmlns:ac="http://atlassian.com/content" '
        f'xmlns:ri="http://atlassian.com/resource/identifier">{page}</p>'
    )
    for element in root.iter():
        assert element.tag not in FORBIDDEN, element.tag
        assert element.tag != f"{RI}user", "a mention that nobody wrote"
        if element.tag == f"{AC}structured-macro":
            assert element.get(f"{AC}name") in MACROS, element.get(f"{AC}name")
        for name, value in element.attrib.items():
            assert not name.lower().startswith("on"), name
            assert name != "style" or not re.search(
                r"url|expression|position|@import", value, re.IGNORECASE
            ), value
            if name in ("href", "src", f"{RI}value"):
                assert _SAFE.fullmatch(value), value


def rich_text(document: dict[str, Any]) -> None:
    """Assert that an ADF document has only plain nodes, links that lead to web pages, and fits into a Jira field."""
    for node in _nodes(document):
        assert node["type"] in ADF_TYPES, node["type"]
        for mark in node.get("marks", []):
            if mark["type"] == "link":
                assert _SAFE.fullmatch(mark["attrs"]["href"]), mark
    assert len(json.dumps(document, ensure_ascii=False)) < 250_000


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for child in node.get("content", []):
        yield from _nodes(child)


class _Page(HTMLParser):
    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        if given == {"rel": "icon", "href": "data:,"}:
            return  # prevents browsers from requesting a favicon
        assert tag not in {*FORBIDDEN, "img", "video", "audio"} - {"style", "input", "meta", "svg"}, tag
        assert (
            tag != "meta" or "http-equiv" not in given or given["http-equiv"] == "Content-Security-Policy"
        ), given
        assert tag != "input" or given.get("type") in ("radio", "checkbox"), given
        for name, value in attributes:
            assert not name.startswith("on"), name
            if name in ("href", "src", "action", "srcset"):
                assert _SAFE.fullmatch(value or ""), value


def html(page: str) -> None:
    """Assert that an HTML page has no script, loads nothing, and links only to web pages and to itself."""
    _Page().feed(page)


def visible(text: str, *, exactly: bool = False) -> None:
    """Assert that a text has no bidirectional or terminal control characters and, with ``exactly``, none without width."""
    for found in (_TURNING.search(text), exactly and _WITHOUT_WIDTH.search(text)):
        assert not found, repr(found)
