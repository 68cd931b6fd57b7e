"""Converts Atlassian documents (ADF) to Jira wiki text, the format of webhook bodies and REST v2."""

from collections.abc import Mapping, Sequence
from typing import Any

_MARKS = {
    "strong": ("*", "*"),
    "em": ("_", "_"),
    "strike": ("-", "-"),
    "underline": ("+", "+"),
    "code": ("{{", "}}"),
}


def to_wiki(document: Mapping[str, Any] | None) -> str | None:
    """Return a document as wiki text; None gives None."""
    if document is None:
        return None
    return "\n\n".join(_block(node, "") for node in document.get("content", []))


def _inline(nodes: Sequence[Mapping[str, Any]]) -> str:
    return "".join(_inline_node(node) for node in nodes)


def _inline_node(node: Mapping[str, Any]) -> str:
    kind, attrs = node["type"], node.get("attrs", {})
    if kind == "text":
        return _marked(node)
    if kind == "hardBreak":
        return "\n"
    if kind == "mention":
        return f"[~accountid:{attrs['id']}]"
    if kind == "inlineCard":
        return f"[{attrs.get('url', '')}|{attrs.get('url', '')}|smart-link]"
    return str(attrs.get("text") or attrs.get("shortName") or attrs.get("timestamp") or "")


def _marked(node: Mapping[str, Any]) -> str:
    text: str = node["text"]
    for mark in node.get("marks", ()):
        kind, attrs = mark["type"], mark.get("attrs", {})
        if kind == "link":
            text = f"[{text}|{attrs['href']}]"
        elif kind == "textColor":
            text = f"{{color:{attrs['color']}}}{text}{{color}}"
        elif kind == "subsup":
            sign = "~" if attrs["type"] == "sub" else "^"
            text = f"{sign}{text}{sign}"
        elif kind in _MARKS:
            before, after = _MARKS[kind]
            text = f"{before}{text}{after}"
    return text


def _block(node: Mapping[str, Any], bullets: str) -> str:  # noqa: C901 one branch per kind of node
    kind, attrs, content = node["type"], node.get("attrs", {}), node.get("content", [])
    if kind == "paragraph":
        return _inline(content)
    if kind == "heading":
        return f"h{attrs['level']}. {_inline(content)}"
    if kind == "codeBlock":
        language = f":{attrs['language']}" if attrs.get("language") else ""
        return f"{{code{language}}}\n{''.join(part['text'] for part in content)}\n{{code}}"
    if kind == "rule":
        return "----"
    if kind == "blockquote":
        return "{quote}" + "\n".join(_block(child, bullets) for child in content) + "{quote}"
    if kind in {"bulletList", "orderedList"}:
        sign = bullets + ("*" if kind == "bulletList" else "#")
        return "\n".join(_item(item, sign) for item in content)
    if kind in {"taskList", "decisionList"}:
        return "\n".join(f"* {_inline(item.get('content', []))}" for item in content)
    if kind == "table":
        return "\n".join(_row(row) for row in content)
    if kind == "panel":
        colour = {
            "info": "#deebff",
            "note": "#eae6ff",
            "success": "#e3fcef",
            "tip": "#e3fcef",
            "warning": "#fffae6",
            "error": "#ffebe6",
        }.get(attrs.get("panelType", ""), "#deebff")
        inner = "\n".join(_block(child, bullets) for child in content)
        return f"{{panel:bgColor={colour}}}\n{inner}\n{{panel}}"
    if kind in {"expand", "nestedExpand", "bodiedExtension"}:
        return "\n\n".join([f"*{attrs.get('title', '')}*", *(_block(child, bullets) for child in content)])
    if kind in {"blockCard", "embedCard"}:
        return f"[{attrs.get('url', '')}|{attrs.get('url', '')}|smart-card]"
    return ""


def _item(item: Mapping[str, Any], sign: str) -> str:
    lines = []
    for child in item.get("content", []):
        if child["type"] in {"bulletList", "orderedList"}:
            lines.append(_block(child, sign))
        else:
            lines.append(f"{sign} {_block(child, sign)}" if not lines else _block(child, sign))
    return "\n".join(lines)


def _row(row: Mapping[str, Any]) -> str:
    cells = row.get("content", [])
    texts = ["\n".join(_block(child, "") for child in cell.get("content", [])) or " " for cell in cells]
    signs = ["||" if cell["type"] == "tableHeader" else "|" for cell in cells]
    return "".join(sign + text for sign, text in zip(signs, texts, strict=True)) + (
        signs[-1] if signs else ""
    )
