"""Renders Atlassian documents (ADF) as safe, escaped HTML, for the board and the browse pages."""

import re
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

_SAFE = re.compile(r"(?:https?://|mailto:|/(?!/)|#)", re.IGNORECASE)
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}\Z")
_SIMPLE = {"strong": "strong", "em": "em", "strike": "s", "underline": "u", "code": "code"}
_WRAPPED = {
    "paragraph": "p",
    "blockquote": "blockquote",
    "bulletList": "ul",
    "orderedList": "ol",
    "listItem": "li",
    "table": "table",
    "tableRow": "tr",
    "tableHeader": "th",
    "tableCell": "td",
    "taskList": "ul",
    "decisionList": "ul",
    "caption": "figcaption",
    "mediaSingle": "figure",
    "mediaGroup": "div",
}


def adf_to_html(document: Mapping[str, Any] | None) -> str:
    """Render a document; None gives an empty string."""
    return _nodes(document.get("content", [])) if document else ""


def safe_link(address: str) -> str:
    """Return a URL that is safe in an href (http, https, mailto or within the site); otherwise `#`."""
    return address if _SAFE.match(address) else "#"


def _nodes(nodes: Sequence[Mapping[str, Any]]) -> str:
    return "".join(_node(node) for node in nodes)


def _node(node: Mapping[str, Any]) -> str:  # noqa: C901 one branch per kind of node
    kind, attrs, content = str(node.get("type")), node.get("attrs", {}), node.get("content", [])
    if kind == "text":
        return _text(node)
    if kind in _WRAPPED:
        return f"<{_WRAPPED[kind]}>{_nodes(content)}</{_WRAPPED[kind]}>"
    if kind == "heading":
        level = attrs.get("level") if attrs.get("level") in range(1, 7) else 6
        return f"<h{level}>{_nodes(content)}</h{level}>"
    if kind == "panel":
        return f'<div class="panel panel-{escape(str(attrs.get("panelType")))}">{_nodes(content)}</div>'
    if kind == "codeBlock":
        return f'<pre data-language="{escape(str(attrs.get("language") or ""))}"><code>{_nodes(content)}</code></pre>'
    if kind in {"expand", "nestedExpand"}:
        title = escape(str(attrs.get("title") or "More"))
        return f"<details open><summary>{title}</summary>{_nodes(content)}</details>"
    if kind in {"taskItem", "decisionItem"}:
        return f"<li>{'☑' if attrs.get('state') == 'DONE' else '☐'} {_nodes(content)}</li>"
    if kind in {"inlineCard", "blockCard", "embedCard"}:
        address = str(attrs.get("url") or "")
        return f'<a href="{escape(safe_link(address))}" rel="noopener">{escape(address)}</a>'
    if kind == "status":
        return f'<span class="status status-{escape(str(attrs.get("color")))}">{escape(str(attrs.get("text")))}</span>'
    if kind == "hardBreak":
        return "<br>"
    if kind == "rule":
        return "<hr>"
    shown = attrs.get("text") or attrs.get("shortName") or attrs.get("timestamp") or ""
    return escape(str(shown)) + _nodes(content)


def _text(node: Mapping[str, Any]) -> str:
    html = escape(str(node.get("text", "")))
    for mark in node.get("marks", ()):
        kind, attrs = mark.get("type"), mark.get("attrs", {})
        if kind in _SIMPLE:
            html = f"<{_SIMPLE[kind]}>{html}</{_SIMPLE[kind]}>"
        elif kind == "link":
            html = f'<a href="{escape(safe_link(str(attrs.get("href", ""))))}" rel="noopener">{html}</a>'
        elif kind == "subsup":
            tag = "sub" if attrs.get("type") == "sub" else "sup"
            html = f"<{tag}>{html}</{tag}>"
        elif kind in {"textColor", "backgroundColor"} and _COLOUR.match(str(attrs.get("color"))):
            name = "color" if kind == "textColor" else "background-color"
            html = f'<span style="{name}:{attrs["color"]}">{html}</span>'
    return html
