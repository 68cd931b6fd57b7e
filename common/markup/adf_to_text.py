"""Converts Atlassian Document Format (ADF) to readable plain text; tolerates malformed input."""

import datetime
from typing import Any

_Node = dict[str, Any]


def adf_to_text(value: object, limit: int = 1_000_000) -> str:
    """Convert ADF to plain text of at most `limit` characters.

    Paragraphs are separated by an empty line; headings, lists, quotations, tables, code and struck-through text look
    as in Markdown. A mention is `@Name` with no-break spaces inside the name, which shows where the name ends. A smart
    link is `Name (URL)`, an extension `[extension: Name] text (URL)`. A string is returned as it is; of malformed
    input, any text is returned that it contains. Never raises.
    """
    if isinstance(value, str):
        return value[:limit]
    if isinstance(value, dict) and _kind(value) == "doc":
        value = value.get("content")
    nodes = value if isinstance(value, list) else [value]
    return _Reader(limit).document(nodes)[:limit].strip("\n")


_MAX_DEPTH = 60  # deeper than any editor nests; text below that is left out
_MAX_NODES = 200_000
_INLINE = {
    "text", "hardBreak", "mention", "emoji", "inlineCard", "date", "status", "placeholder", "inlineExtension",
    "mediaInline",
}  # fmt: skip
_EXTENSIONS = {"extension", "bodiedExtension", "multiBodiedExtension"}
_MAX_PARAMETERS = 200  # values of an extension that are searched for URLs
_LISTS = {"bulletList": "- ", "taskList": "- ", "decisionList": "- ", "orderedList": ""}


class _Reader:
    """Converts one document within a budget of nodes and characters."""

    def __init__(self, limit: int) -> None:
        self.characters = limit
        self.nodes = _MAX_NODES

    def document(self, nodes: list[object]) -> str:
        return "\n\n".join("\n".join(lines) for lines in self.blocks(nodes, 0) if lines)

    def spent(self, depth: int) -> bool:
        self.nodes -= 1
        return self.nodes < 0 or self.characters < 0 or depth > _MAX_DEPTH

    def blocks(self, nodes: object, depth: int) -> list[list[str]]:
        """Return the lines of each block; adjacent inline nodes form one block."""
        found: list[list[str]] = []
        run: list[object] = []
        for node in nodes if isinstance(nodes, list) else []:
            if isinstance(node, str) or (isinstance(node, dict) and _kind(node) in _INLINE):
                run.append(node)
                continue
            if run:
                found.append(self.inline(run, depth).split("\n"))
                run = []
            if isinstance(node, dict):
                found.append(self.block(node, depth + 1))
        if run:
            found.append(self.inline(run, depth).split("\n"))
        return found

    def lines(self, node: _Node, depth: int) -> list[str]:
        """Return the lines of all blocks in a container."""
        return [line for block in self.blocks(node.get("content"), depth) for line in block]

    def block(self, node: _Node, depth: int) -> list[str]:  # noqa: C901 one branch per kind of node
        if self.spent(depth):
            return []
        kind = _kind(node)
        attrs = _attrs(node)
        if kind == "paragraph":
            return self.inline(node.get("content"), depth).split("\n")
        if kind == "heading":
            level = attrs.get("level")
            marks = "#" * (min(6, max(1, level)) if isinstance(level, int) else 1)
            return [f"{marks} {self.inline(node.get('content'), depth)}".replace("\n", " ")]
        if kind in _LISTS:
            return self.list_items(node, depth)
        if kind == "codeBlock":
            body = self.inline(node.get("content"), depth).split("\n")
            return [f"```{_string(attrs.get('language'))}", *body, "```"]
        if kind == "blockquote":
            return [f"> {line}" for line in self.lines(node, depth)]
        if kind == "table":
            return self.table(node, depth)
        if kind == "rule":
            return ["---"]
        if kind in ("media", "image"):
            name = _string(attrs.get("alt")) or _string(attrs.get("url")) or "attachment"
            return [f"[image: {name}]"]
        if kind in ("blockCard", "embedCard"):
            return [_card(attrs)]
        title = _extension(attrs) if kind in _EXTENSIONS else _string(attrs.get("title"))
        return ([title] if title else []) + self.lines(node, depth)

    def list_items(self, node: _Node, depth: int) -> list[str]:
        found: list[str] = []
        order = _attrs(node).get("order")
        number = order if isinstance(order, int) else 1
        items = node.get("content")
        for item in items if isinstance(items, list) else []:
            if not isinstance(item, dict) or self.spent(depth):
                continue
            if _kind(item) in _LISTS:  # a task list nests without an item around it
                found += [f"  {line}" for line in self.list_items(item, depth + 1)]
                continue
            marker = _LISTS[_kind(node)] or f"{number}. "
            if _kind(item) == "taskItem":
                marker += "[x] " if _attrs(item).get("state") == "DONE" else "[ ] "
            lines = self.lines(item, depth + 1) or [""]
            found += [(marker if n == 0 else "  ") + line for n, line in enumerate(lines)]
            number += 1
        return found

    def table(self, node: _Node, depth: int) -> list[str]:
        found: list[str] = []
        rows = node.get("content")
        for row in rows if isinstance(rows, list) else []:
            cells = row.get("content") if isinstance(row, dict) else None
            texts = [
                " ".join(self.lines(cell, depth + 2)).strip()
                for cell in (cells if isinstance(cells, list) else [])
                if isinstance(cell, dict) and not self.spent(depth + 1)
            ]
            found.append("| " + " | ".join(texts) + " |")
            if len(found) == 1:
                found.append("|" + " --- |" * len(texts))
        return found

    def inline(self, nodes: object, depth: int) -> str:
        parts: list[str] = []
        for node in nodes if isinstance(nodes, list) else []:
            if self.spent(depth):
                break
            part = node if isinstance(node, str) else ""
            if isinstance(node, dict):
                part = self.inline_node(node, depth)
            self.characters -= len(part)
            parts.append(part)
        return "".join(parts)

    def inline_node(self, node: _Node, depth: int) -> str:
        attrs = _attrs(node)
        match _kind(node):
            case "text":
                return _marked(_string(node.get("text")), node.get("marks"))
            case "hardBreak":
                return "\n"
            case "mention":
                name = _string(attrs.get("text")).lstrip("@") or _string(attrs.get("id"))
                return "@" + "\u00a0".join(name.split()) if name else ""
            case "emoji":
                return _string(attrs.get("text")) or _string(attrs.get("shortName"))
            case "date":
                return _day(attrs.get("timestamp"))
            case "mediaInline":
                return "[file]"
            case "status" | "placeholder":
                return _string(attrs.get("text"))
            case "inlineExtension":
                return _extension(attrs)
            case "inlineCard":
                return _card(attrs)
        return self.inline(node.get("content"), depth + 1) or _string(node.get("text"))


def _kind(node: _Node) -> str:
    return _string(node.get("type"))


def _attrs(node: _Node) -> _Node:
    attrs = node.get("attrs")
    return attrs if isinstance(attrs, dict) else {}


def _string(value: object) -> str:
    return value if isinstance(value, str) else ""


def _marked(value: str, marks: object) -> str:
    """Return text with the marks that change its meaning: code, strikethrough, link."""
    kinds = {_kind(mark): mark for mark in marks if isinstance(mark, dict)} if isinstance(marks, list) else {}
    if "code" in kinds and value:
        value = f"`{value}`"
    if "strike" in kinds and value.strip():
        value = f"~~{value}~~"
    if "link" in kinds:
        href = _string(_attrs(kinds["link"]).get("href"))
        if href and href != value:
            value = f"{value} ({href})" if value else href
    return value


def _card(attrs: _Node) -> str:
    """Return the name and URL of a smart link: `url`, or JSON-LD in `data`, where Jira knows the target's name."""
    data = attrs.get("data")
    known = data if isinstance(data, dict) else {}
    name, url = _string(known.get("name")), _string(attrs.get("url")) or _string(known.get("url"))
    return f"{name} ({url})" if name and url and name != url else url or name


def _extension(attrs: _Node) -> str:
    """Return an extension's name, its text and the URLs in its parameters.

    https://developer.atlassian.com/cloud/jira/platform/apis/document/structure/
    """
    parameters = attrs.get("parameters")
    known = parameters if isinstance(parameters, dict) else {}
    metadata = known.get("macroMetadata")
    title = _string(metadata.get("title")) if isinstance(metadata, dict) else ""
    name = title or _string(known.get("extensionTitle")) or _string(attrs.get("extensionKey"))
    text = _string(attrs.get("text"))
    urls = [url for url in dict.fromkeys(_urls(parameters)) if url != text]
    parts = [f"[extension: {name}]" if name else "", text, *(f"({url})" for url in urls)]
    return " ".join(filter(None, parts))


def _urls(parameters: object) -> list[str]:
    found: list[str] = []
    todo = [parameters]
    for _ in range(_MAX_PARAMETERS):
        if not todo:
            break
        value = todo.pop(0)
        if isinstance(value, dict | list):
            todo += (list(value.values()) if isinstance(value, dict) else value)[:_MAX_PARAMETERS]
        elif isinstance(value, str) and value.startswith(("https://", "http://")):
            found.append(value)
    return found


def _day(timestamp: object) -> str:
    """Return a date node's milliseconds since the epoch as an ISO date."""
    try:
        seconds = int(str(timestamp)) // 1000
        return datetime.datetime.fromtimestamp(seconds, datetime.UTC).date().isoformat()
    except (ValueError, OverflowError, OSError):
        return ""
