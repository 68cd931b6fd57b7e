"""The rules of Atlassian Document Format for the nodes that Kinexus writes, as JSON Schema.

From https://developer.atlassian.com/cloud/jira/platform/apis/document/structure/ and the pages of its nodes and marks:
which content a node may have, which attributes it must have, which marks go together.
"""

from typing import Any

import jsonschema

Schema = dict[str, Any]


def _node(kind: str, attrs: Schema | None = None, content: list[str] | None = None, least: int = 0) -> Schema:
    properties: Schema = {"type": {"const": kind}}
    required = ["type"]
    if attrs is not None:
        properties["attrs"] = {"type": "object", "additionalProperties": False, **attrs}
        if attrs.get("required"):
            required.append("attrs")
    if content is not None:
        items = {"anyOf": [{"$ref": f"#/definitions/{name}"} for name in content]}
        properties["content"] = {"type": "array", "minItems": least, "items": items}
        required.append("content")
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def _mark(kind: str, attrs: Schema | None = None) -> Schema:
    properties: Schema = {"type": {"const": kind}}
    if attrs:
        names = list(attrs)
        properties["attrs"] = {
            "type": "object", "properties": attrs, "required": names[:1], "additionalProperties": False
        }  # fmt: skip
    required = ["type", "attrs"] if attrs else ["type"]
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


_COLOR = {"color": {"type": "string", "pattern": "^#[0-9a-fA-F]{6}$"}}
_LINK = _mark("link", {"href": {"type": "string", "minLength": 1}, "title": {"type": "string"}})
_INLINE = ["text", "hardBreak"]
_IN_PANEL = ["paragraph", "heading", "bulletList", "orderedList"]
_BLOCKS = [*_IN_PANEL, "panel", "blockquote", "table", "codeBlock"]


def _text(marks: list[Schema]) -> Schema:
    return {
        "type": "object",
        "properties": {
            "type": {"const": "text"},
            "text": {"type": "string", "minLength": 1},
            "marks": {"type": "array", "items": {"anyOf": marks}},
        },
        "required": ["type", "text"],
        "additionalProperties": False,
    }


SCHEMA: Schema = {
    "$ref": "#/definitions/doc",
    "definitions": {
        "doc": {
            "type": "object",
            "properties": {
                "type": {"const": "doc"},
                "version": {"const": 1},
                "content": {
                    "type": "array",
                    "items": {"anyOf": [{"$ref": f"#/definitions/{name}"} for name in _BLOCKS]},
                },
            },
            "required": ["type", "version", "content"],
            "additionalProperties": False,
        },
        "paragraph": _node("paragraph", content=_INLINE),
        "heading": _node(
            "heading", {"properties": {"level": {"minimum": 1, "maximum": 6}}, "required": ["level"]}, _INLINE
        ),
        "bulletList": _node("bulletList", content=["listItem"], least=1),
        "orderedList": _node(
            "orderedList", {"properties": {"order": {"type": "integer", "minimum": 0}}}, ["listItem"], 1
        ),
        "listItem": _node("listItem", content=["paragraph", "bulletList"], least=1),
        "codeBlock": _node("codeBlock", {"properties": {"language": {"type": "string"}}}, ["plainText"]),
        "plainText": {
            "type": "object",
            "properties": {"type": {"const": "text"}, "text": {"type": "string", "minLength": 1}},
            "required": ["type", "text"],
            "additionalProperties": False,
        },
        "panel": _node(
            "panel",
            {
                "properties": {"panelType": {"enum": ["info", "note", "tip", "warning", "error", "success"]}},
                "required": ["panelType"],
            },
            _IN_PANEL,
            1,
        ),
        "blockquote": _node("blockquote", content=["paragraph", "bulletList"], least=1),
        "table": _node(
            "table",
            {
                "properties": {
                    "isNumberColumnEnabled": {"type": "boolean"},
                    "layout": {"enum": ["default", "wide", "full-width", "center"]},
                }
            },
            ["tableRow"],
            1,
        ),
        "tableRow": _node("tableRow", content=["tableCell", "tableHeader"]),
        "tableCell": _node("tableCell", {"properties": {}}, [*_IN_PANEL, "panel", "blockquote"], 1),
        "tableHeader": _node("tableHeader", {"properties": {}}, [*_IN_PANEL, "panel", "blockquote"], 1),
        "hardBreak": _node("hardBreak"),
        "text": _text(
            [
                _mark("strong"),
                _mark("em"),
                _mark("strike"),
                _mark("underline"),
                _mark("textColor", _COLOR),
                _LINK,
            ]
        ),
    },
}
_VALIDATOR = jsonschema.Draft7Validator(SCHEMA)


def check(document: Schema) -> None:
    """Raise jsonschema.ValidationError unless Jira would accept `document`; duplicate marks are refused too."""
    _VALIDATOR.validate(document)
    todo = [document]
    while todo:
        node = todo.pop()
        kinds = [mark["type"] for mark in node.get("marks", ())]
        assert len(kinds) == len(set(kinds)), f"a mark twice: {node}"
        todo += node.get("content", ())
