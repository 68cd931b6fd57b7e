"""Loses content of a document as Confluence's conversion may when an app saves a page in storage format."""

from typing import Any

Json = dict[str, Any]

KINDS = frozenset({"mention", "media", "card", "annotation", "width"})
"""What a conversion can lose."""
_NODES = {
    "mention": {"mention"},
    "media": {"mediaSingle", "mediaGroup", "mediaInline"},
    "card": {"inlineCard", "blockCard", "embedCard"},
}


def without(document: Json, lost: frozenset[str]) -> Json:
    """Return a document in ADF without everything of these kinds; lost widths become those of equal columns."""
    nodes = frozenset().union(*(_NODES.get(kind, ()) for kind in lost))
    marks = ({"annotation"} if "annotation" in lost else set()) | ({"breakout"} if "width" in lost else set())
    result: Json = _kept(document, nodes, marks, "width" in lost)
    return result


def _kept(node: Json, nodes: frozenset[str], marks: set[str], is_even: bool) -> Json:
    result = dict(node)
    if "marks" in node:
        result["marks"] = [mark for mark in node["marks"] if mark["type"] not in marks]
        if not result["marks"]:
            del result["marks"]
    if "content" in node:
        kept = [child for child in node["content"] if child["type"] not in nodes]
        result["content"] = [_kept(child, nodes, marks, is_even) for child in kept]
    if is_even and node["type"] == "layoutSection":
        width = round(100 / len(result["content"]), 2)
        result["content"] = [{**column, "attrs": {"width": width}} for column in result["content"]]
    return result
