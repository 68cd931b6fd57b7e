"""Builders for Atlassian Document Format (ADF) nodes, and `adf_to_text`, which reads ADF as plain text.

The builders return plain dictionaries, as Jira's REST v3 accepts them
(https://developer.atlassian.com/cloud/jira/platform/apis/document/structure/). They never create an empty text node,
which Jira rejects with 400, and they make invisible and reordering characters in a text visible.
"""

from collections.abc import Iterable
from typing import Any, Literal

from common.markup.adf_to_text import adf_to_text
from common.runtime.unicode_safety import make_visible

__all__ = [
    "EM",
    "STRIKE",
    "STRONG",
    "UNDERLINE",
    "Mark",
    "Node",
    "adf_to_text",
    "bullet_list",
    "code_block",
    "color",
    "doc",
    "hard_break",
    "header_cell",
    "heading",
    "link",
    "mention",
    "ordered_list",
    "panel",
    "paragraph",
    "quote",
    "table",
    "text",
]

Node = dict[str, Any]
Mark = dict[str, Any]
PanelType = Literal["info", "note", "success", "warning", "error"]

STRONG: Mark = {"type": "strong"}
EM: Mark = {"type": "em"}
STRIKE: Mark = {"type": "strike"}
UNDERLINE: Mark = {"type": "underline"}


def color(hex_color: str) -> Mark:
    """Build a mark that colours text; `hex_color` as `#rrggbb`."""
    return {"type": "textColor", "attrs": {"color": hex_color}}


def doc(*content: Node) -> Node:
    """Build a whole document; an empty one holds an empty paragraph."""
    return {"type": "doc", "version": 1, "content": list(content) or [paragraph()]}


def text(value: str, *marks: Mark) -> Node:
    """Build a text node. Empty text is not allowed in ADF, so it becomes a zero-width space."""
    node: Node = {"type": "text", "text": make_visible(value) or "\u200b"}
    return {**node, "marks": list(marks)} if marks else node


def link(label: str, href: str, *marks: Mark) -> Node:
    """Build text that links to `href`."""
    return text(label or href, {"type": "link", "attrs": {"href": href}}, *marks)


def mention(account_id: str) -> Node:
    """Build a mention of a person, whom Jira then notifies."""
    return {"type": "mention", "attrs": {"id": account_id}}


def hard_break() -> Node:
    """Build a line break inside a paragraph."""
    return {"type": "hardBreak"}


def _inline(content: Iterable[Node | str]) -> list[Node]:
    return [text(part) if isinstance(part, str) else part for part in content if part != ""]


def paragraph(*content: Node | str) -> Node:
    """Build a paragraph of inline nodes; strings become plain text."""
    return {"type": "paragraph", "content": _inline(content)}


def heading(level: int, *content: Node | str) -> Node:
    """Build a heading; `level` is limited to 1..6."""
    return {"type": "heading", "attrs": {"level": min(6, max(1, level))}, "content": _inline(content)}


def _item(content: Node | str | Iterable[Node]) -> Node:
    if isinstance(content, str):
        blocks = [paragraph(content)]
    elif isinstance(content, dict):
        blocks = [content]
    else:
        blocks = list(content) or [paragraph()]
    return {"type": "listItem", "content": blocks}


def bullet_list(*items: Node | str | Iterable[Node]) -> Node:
    """Build a bulleted list; an item is text, one block, or several blocks."""
    return {"type": "bulletList", "content": [_item(item) for item in items]}


def ordered_list(*items: Node | str | Iterable[Node], first: int = 1) -> Node:
    """Build a numbered list that begins with the number `first`."""
    return {"type": "orderedList", "attrs": {"order": first}, "content": [_item(item) for item in items]}


def code_block(code: str) -> Node:
    """Build a block of code; marks are not allowed in it."""
    return {"type": "codeBlock", "attrs": {}, "content": [text(code)] if code else []}


def panel(kind: PanelType, *content: Node) -> Node:
    """Build a coloured box around paragraphs, headings and lists."""
    return {"type": "panel", "attrs": {"panelType": kind}, "content": list(content)}


def quote(*content: Node) -> Node:
    """Build a block quotation of paragraphs."""
    return {"type": "blockquote", "content": list(content)}


def header_cell(content: Node) -> Node:
    """Build a header cell for `table`; it holds one block."""
    return {"type": "tableHeader", "attrs": {}, "content": [content]}


def table(*rows: Iterable[Node], header: bool = False) -> Node:
    """Build a table; every cell is one block, or a header cell. With `header`, so is the first cell of each row."""
    first = "tableHeader" if header else "tableCell"
    return {
        "type": "table",
        "attrs": {"isNumberColumnEnabled": False, "layout": "default"},
        "content": [
            {
                "type": "tableRow",
                "content": [
                    cell
                    if cell["type"] == "tableHeader"
                    else {"type": "tableCell" if n else first, "attrs": {}, "content": [cell]}
                    for n, cell in enumerate(row)
                ],
            }
            for row in rows
        ],
    }
