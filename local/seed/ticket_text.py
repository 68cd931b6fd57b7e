"""Converts ticket descriptions in tickets.json (strings, bullet lists, code) to Atlassian documents."""

from typing import Any

Json = dict[str, Any]


def to_document(parts: list[Any]) -> Json:
    """Convert a description: a string is a paragraph, a list a bullet list, `{"code", "language"}` a code block."""
    return {"type": "doc", "version": 1, "content": [_block(part) for part in parts]}


def _block(part: Any) -> Json:
    if isinstance(part, str):
        return _paragraph(part)
    if isinstance(part, list):
        return {
            "type": "bulletList",
            "content": [{"type": "listItem", "content": [_paragraph(each)]} for each in part],
        }
    return {
        "type": "codeBlock",
        "attrs": {"language": part["language"]},
        "content": [{"type": "text", "text": part["code"]}],
    }


def _paragraph(text: str) -> Json:
    return {"type": "paragraph", "content": [{"type": "text", "text": text}]}
