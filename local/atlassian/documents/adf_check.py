"""Validates Atlassian documents (ADF) as Jira does.

Follows Atlassian's public ADF schema for the nodes and marks in issue fields and comments: allowed children, required
attributes, and marks that may be combined.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

MAX_CHARACTERS = 32_767
_MAX_DEPTH = 60
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}\Z")

_LISTS = frozenset({"bulletList", "orderedList"})
_MEDIA = frozenset({"mediaSingle", "mediaGroup"})
_PLAIN_BLOCKS = (
    frozenset({"paragraph", "heading", "codeBlock", "rule", "taskList", "decisionList", "blockCard"})
    | _LISTS
    | _MEDIA
)
_CELL = _PLAIN_BLOCKS | {"panel", "blockquote", "embedCard", "extension", "nestedExpand"}
_EXPANDED = _PLAIN_BLOCKS | {"panel", "blockquote", "table", "embedCard", "extension"}
_INLINE = frozenset(
    {
        "text",
        "hardBreak",
        "mention",
        "emoji",
        "inlineCard",
        "date",
        "status",
        "placeholder",
        "mediaInline",
        "inlineExtension",
    }
)

CHILDREN: Mapping[str, frozenset[str]] = {
    "doc": _EXPANDED | {"expand", "bodiedExtension"},
    "paragraph": _INLINE,
    "heading": _INLINE,
    "taskItem": _INLINE,
    "decisionItem": _INLINE,
    "caption": _INLINE,
    "codeBlock": frozenset({"text"}),
    "blockquote": frozenset({"paragraph", "codeBlock", "extension"}) | _LISTS | _MEDIA,
    "panel": _PLAIN_BLOCKS | {"extension"},
    "bulletList": frozenset({"listItem"}),
    "orderedList": frozenset({"listItem"}),
    "listItem": frozenset({"paragraph", "codeBlock", "mediaSingle", "taskList", "extension"}) | _LISTS,
    "taskList": frozenset({"taskItem", "taskList"}),
    "decisionList": frozenset({"decisionItem"}),
    "table": frozenset({"tableRow"}),
    "tableRow": frozenset({"tableCell", "tableHeader"}),
    "tableCell": _CELL,
    "tableHeader": _CELL,
    "expand": _EXPANDED | {"nestedExpand"},
    "nestedExpand": _PLAIN_BLOCKS - {"blockCard"} | {"panel", "blockquote", "extension"},
    "mediaSingle": frozenset({"media", "caption"}),
    "mediaGroup": frozenset({"media"}),
    "bodiedExtension": _EXPANDED,
}
CONFLUENCE_CHILDREN: Mapping[str, frozenset[str]] = {
    **CHILDREN,
    "doc": CHILDREN["doc"] | {"layoutSection"},
    "layoutSection": frozenset({"layoutColumn"}),
    "layoutColumn": CHILDREN["doc"],
}
"""What a page of Confluence holds: as in Jira, and layouts."""
_CHILDLESS = frozenset(
    {
        "text",
        "hardBreak",
        "mention",
        "emoji",
        "inlineCard",
        "date",
        "status",
        "placeholder",
        "mediaInline",
        "inlineExtension",
        "rule",
        "media",
        "blockCard",
        "embedCard",
        "extension",
    }
)
_NEEDS_CONTENT = frozenset(
    {
        "blockquote",
        "panel",
        "bulletList",
        "orderedList",
        "listItem",
        "taskList",
        "decisionList",
        "table",
        "tableCell",
        "tableHeader",
        "expand",
        "nestedExpand",
        "mediaSingle",
        "mediaGroup",
    }
)
_ATTRS: Mapping[str, frozenset[str]] = {
    "paragraph": frozenset({"localId"}),
    "heading": frozenset({"level", "localId"}),
    "codeBlock": frozenset({"language", "uniqueId", "localId"}),
    "blockquote": frozenset({"localId"}),
    "panel": frozenset({"panelType", "panelIcon", "panelIconId", "panelIconText", "panelColor", "localId"}),
    "bulletList": frozenset({"localId"}),
    "orderedList": frozenset({"order", "localId"}),
    "listItem": frozenset({"localId"}),
    "rule": frozenset({"localId"}),
    "taskList": frozenset({"localId"}),
    "taskItem": frozenset({"localId", "state"}),
    "decisionList": frozenset({"localId"}),
    "decisionItem": frozenset({"localId", "state"}),
    "table": frozenset({"displayMode", "isNumberColumnEnabled", "layout", "localId", "width"}),
    "tableRow": frozenset({"localId"}),
    "tableCell": frozenset({"colspan", "rowspan", "colwidth", "background", "localId"}),
    "tableHeader": frozenset({"colspan", "rowspan", "colwidth", "background", "localId"}),
    "expand": frozenset({"title", "localId"}),
    "nestedExpand": frozenset({"title", "localId"}),
    "mention": frozenset({"id", "text", "accessLevel", "userType", "localId"}),
    "emoji": frozenset({"shortName", "id", "text", "localId"}),
    "hardBreak": frozenset({"text", "localId"}),
    "inlineCard": frozenset({"url", "data", "localId"}),
    "blockCard": frozenset({"url", "data", "datasource", "layout", "width", "localId"}),
    "date": frozenset({"timestamp", "localId"}),
    "status": frozenset({"text", "color", "localId", "style"}),
}
_REQUIRED: Mapping[str, tuple[str, ...]] = {
    "heading": ("level",),
    "panel": ("panelType",),
    "taskList": ("localId",),
    "taskItem": ("localId", "state"),
    "decisionList": ("localId",),
    "decisionItem": ("localId", "state"),
    "mention": ("id",),
    "emoji": ("shortName",),
    "date": ("timestamp",),
    "status": ("text", "color"),
}
_CHOICES: Mapping[tuple[str, str], tuple[Any, ...]] = {
    ("heading", "level"): (1, 2, 3, 4, 5, 6),
    ("panel", "panelType"): ("info", "note", "tip", "warning", "error", "success", "custom"),
    ("taskItem", "state"): ("TODO", "DONE"),
    ("status", "color"): ("neutral", "purple", "blue", "red", "yellow", "green"),
}
_MARKS: Mapping[str, frozenset[str]] = {
    "strong": frozenset(),
    "em": frozenset(),
    "strike": frozenset(),
    "underline": frozenset(),
    "code": frozenset(),
    "link": frozenset({"href", "title", "id", "collection", "occurrenceKey"}),
    "textColor": frozenset({"color"}),
    "backgroundColor": frozenset({"color"}),
    "subsup": frozenset({"type"}),
    "annotation": frozenset({"id", "annotationType"}),
    "border": frozenset({"size", "color"}),
}
_WITH_CODE = frozenset({"code", "link", "annotation"})


class InvalidDocument(Exception):
    """The value is not a valid Atlassian document; the message says where and why."""


def check_document(value: object, children: Mapping[str, frozenset[str]] = CHILDREN) -> None:
    """Raise InvalidDocument unless `value` is a valid document; its length is checked by `exceeds_limit`.

    `children` are the rules: those of Jira, or CONFLUENCE_CHILDREN.
    """
    if not isinstance(value, dict) or value.get("type") != "doc":
        raise InvalidDocument("not an Atlassian document: type must be doc")
    if value.get("version") != 1:
        raise InvalidDocument("doc: version must be 1")
    extra = set(value) - {"type", "version", "content", "attrs"}
    if extra:
        raise InvalidDocument(f"doc: unknown property {sorted(extra)[0]}")
    _check_children(value, "doc", 0, children)


def exceeds_limit(document: Mapping[str, Any]) -> bool:
    """Return whether the document is longer than Jira's limit of 32,767 characters.

    Atlassian does not document what Jira counts; the length of the compact JSON is the strictest interpretation.
    """
    return len(json.dumps(document, ensure_ascii=False, separators=(",", ":"))) > MAX_CHARACTERS


def _check_children(
    node: Mapping[str, Any], path: str, depth: int, children: Mapping[str, frozenset[str]]
) -> None:
    kind = node["type"]
    content = node.get("content")
    if content is None:
        if kind == "doc" or kind in _NEEDS_CONTENT:
            raise InvalidDocument(f"{path}: content is required")
        return
    if kind in _CHILDLESS:
        raise InvalidDocument(f"{path}: {kind} cannot have content")
    if not isinstance(content, list):
        raise InvalidDocument(f"{path}: content must be a list")
    if not content and kind in _NEEDS_CONTENT:
        raise InvalidDocument(f"{path}: {kind} may not be empty")
    for position, child in enumerate(content):
        _check_node(child, f"{path}.content[{position}]", kind, depth + 1, children)


def _check_node(
    node: object, path: str, parent: str, depth: int, children: Mapping[str, frozenset[str]]
) -> None:
    if depth > _MAX_DEPTH:
        raise InvalidDocument(f"{path}: nested too deeply")
    if not isinstance(node, dict) or not isinstance(node.get("type"), str):
        raise InvalidDocument(f"{path}: a node needs a type")
    kind = node["type"]
    if kind not in children and kind not in _CHILDLESS:
        raise InvalidDocument(f"{path}: unknown node type {kind}")
    if kind not in children[parent]:
        raise InvalidDocument(f"{path}: {kind} is not allowed in {parent}")
    extra = set(node) - {"type", "content", "attrs", "marks", "text"}
    if extra or ("text" in node and kind != "text"):
        raise InvalidDocument(f"{path}: unknown property {sorted(extra or {'text'})[0]}")
    if kind == "text":
        _check_text(node, path, parent)
    elif node.get("marks") and kind not in {
        "paragraph",
        "heading",
        "codeBlock",
        "table",
        "expand",
        "layoutSection",
        "media",
        "mediaSingle",
        "mention",
        "emoji",
        "inlineCard",
        "date",
        "status",
    }:
        raise InvalidDocument(f"{path}: {kind} cannot have marks")
    _check_attrs(node, path, kind)
    _check_children(node, path, depth, children)


def _check_text(node: Mapping[str, Any], path: str, parent: str) -> None:
    if not isinstance(node.get("text"), str) or not node["text"]:
        raise InvalidDocument(f"{path}: text may not be empty")
    marks = node.get("marks", [])
    if not isinstance(marks, list):
        raise InvalidDocument(f"{path}: marks must be a list")
    if marks and parent == "codeBlock":
        raise InvalidDocument(f"{path}: text in a codeBlock cannot have marks")
    kinds = [_check_mark(mark, path) for mark in marks]
    if len(set(kinds)) != len(kinds):
        raise InvalidDocument(f"{path}: a mark occurs twice")
    if "code" in kinds and not set(kinds) <= _WITH_CODE:
        raise InvalidDocument(f"{path}: the mark code can only be combined with link and annotation")


def _check_mark(mark: object, path: str) -> str:
    if not isinstance(mark, dict) or not isinstance(mark.get("type"), str) or mark["type"] not in _MARKS:
        raise InvalidDocument(f"{path}: unknown mark {mark!r}")
    kind: str = mark["type"]
    attrs = mark.get("attrs") or {}
    if not isinstance(attrs, dict) or set(attrs) - _MARKS[kind] or set(mark) - {"type", "attrs"}:
        raise InvalidDocument(f"{path}: unknown attribute on mark {kind}")
    if kind in {"textColor", "backgroundColor"} and not _COLOUR.match(str(attrs.get("color"))):
        raise InvalidDocument(f"{path}: {kind} needs a colour like #bf2600")
    if kind == "link" and not (isinstance(attrs.get("href"), str) and attrs["href"]):
        raise InvalidDocument(f"{path}: link needs an href")
    if kind == "subsup" and attrs.get("type") not in {"sub", "sup"}:
        raise InvalidDocument(f"{path}: subsup must have the type sub or sup")
    return kind


def _check_attrs(node: Mapping[str, Any], path: str, kind: str) -> None:
    attrs = node.get("attrs", {})
    if not isinstance(attrs, dict):
        raise InvalidDocument(f"{path}: attrs must be an object")
    known = _ATTRS.get(kind)
    if known is not None and set(attrs) - known:
        raise InvalidDocument(f"{path}: {kind} has no attribute {sorted(set(attrs) - known)[0]}")
    for name in _REQUIRED.get(kind, ()):
        if name not in attrs:
            raise InvalidDocument(f"{path}: {kind} needs the attribute {name}")
    for name, value in attrs.items():
        choices = _CHOICES.get((kind, name))
        if choices is not None and (value not in choices or isinstance(value, bool)):
            raise InvalidDocument(f"{path}: {kind}.{name} must be one of {choices}")
    if kind in {"inlineCard", "blockCard"} and not ({"url", "data", "datasource"} & set(attrs)):
        raise InvalidDocument(f"{path}: {kind} needs a url")
