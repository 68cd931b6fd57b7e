"""Converts storage format to Atlassian Document Format, which the new editor stores (`body-format=atlas_doc_format`).

What the editor cannot hold at its place (a table in a list item) becomes a `legacy-content` extension, as Confluence
stores it; `unsupported_shapes` names those places.
"""

from __future__ import annotations

import re
import uuid
from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat

from local.atlassian.confluence.storage_check import open_parser
from local.atlassian.documents.adf_check import CONFLUENCE_CHILDREN

Json = dict[str, Any]

MIGRATION = "com.atlassian.confluence.migration"
MACROS = "com.atlassian.confluence.macro.core"
_PANELS = {"info": "info", "note": "warning", "warning": "error", "tip": "success", "panel": "note"}
"""The panel type of each macro: the new editor names panels differently."""
_CODE = frozenset({"code", "noformat"})
_EXPANDS = frozenset({"expand", "ui-expand"})
_MARKS: dict[str, Json] = {
    "strong": {"type": "strong"},
    "b": {"type": "strong"},
    "em": {"type": "em"},
    "i": {"type": "em"},
    "u": {"type": "underline"},
    "s": {"type": "strike"},
    "del": {"type": "strike"},
    "code": {"type": "code"},
    "sub": {"type": "subsup", "attrs": {"type": "sub"}},
    "sup": {"type": "subsup", "attrs": {"type": "sup"}},
}
_TRANSPARENT = frozenset(
    {"div", "section", "tbody", "thead", "tfoot", "center", "ac:layout", "ac:rich-text-body"}
)
_STATUS = {"green": "green", "blue": "blue", "red": "red", "yellow": "yellow", "purple": "purple"}
_MEDIA_LAYOUT = {"width": "wide", "full-width": "full-width"}
_SECTIONS: dict[str, tuple[float, ...]] = {
    "single": (100,),
    "fixed-width": (100,),
    "two_equal": (50, 50),
    "two_left_sidebar": (33.33, 66.66),
    "two_right_sidebar": (66.66, 33.33),
    "three_equal": (33.33, 33.33, 33.33),
    "three_with_sidebars": (25, 50, 25),
}
_WITH_CODE = frozenset({"code", "link", "annotation"})
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_ALIGN = re.compile(r"text-align:\s*(center|right)")


@dataclass
class _Element:
    name: str
    attributes: dict[str, str]
    children: list[_Element | str] = field(default_factory=list)

    @property
    def elements(self) -> list[_Element]:
        return [child for child in self.children if isinstance(child, _Element)]

    @property
    def text(self) -> str:
        return "".join(child if isinstance(child, str) else child.text for child in self.children)

    def child(self, name: str) -> _Element | None:
        return next((child for child in self.elements if child.name == name), None)

    def parameter(self, name: str) -> str:
        found = (e for e in self.elements if e.name == "ac:parameter" and e.attributes.get("ac:name") == name)
        return next((each.text for each in found), "")


def to_adf(storage: str) -> Json:
    """Return well-formed storage format as a document in ADF."""
    return _Converter().document(storage)


def unsupported_shapes(storage: str) -> Counter[str]:
    """Return what the new editor cannot hold where it is, such as `table in listItem`, and how often."""
    converter = _Converter()
    converter.document(storage)
    return converter.unsupported


def _tree(storage: str) -> _Element:
    root = _Element("page", {})
    stack = [root]

    def start(name: str, attributes: dict[str, str]) -> None:
        element = _Element(name, attributes)
        stack[-1].children.append(element)
        stack.append(element)

    def end(name: str) -> None:
        if len(stack) > 1:
            stack.pop()

    def text(data: str) -> None:
        stack[-1].children.append(data)

    parser = open_parser()
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, text
    try:
        parser.Parse(storage.encode(), False)
    except expat.ExpatError as error:
        raise ValueError(f"not well-formed: {error}") from error
    return root


def _is_inline(child: _Element) -> bool:
    if child.name == "ac:structured-macro":
        name = child.attributes.get("ac:name", "")
        return (
            name not in _CODE and child.child("ac:rich-text-body") is None and name not in {"toc", "children"}
        )
    return child.name in _MARKS or child.name in {
        "a", "br", "span", "ac:link", "ac:emoticon", "time", "ac:inline-comment-marker", "ac:placeholder", "font",
    }  # fmt: skip


class _Converter:
    def __init__(self) -> None:
        self.unsupported: Counter[str] = Counter()
        self.count = 0

    def document(self, storage: str) -> Json:
        return {"type": "doc", "version": 1, "content": self.held(_tree(storage).children, "doc")}

    def identity(self) -> str:
        self.count += 1
        return str(uuid.UUID(int=self.count))

    # -- blocks ----------------------------------------------------------------------------------------------

    def held(self, children: list[_Element | str], parent: str) -> list[Json]:
        """Return the blocks of a container; what it cannot hold is wrapped."""
        return [self.fitted(node, parent) for node in self.blocks(children, parent)]

    def fitted(self, node: Json, parent: str) -> Json:
        if node["type"] in CONFLUENCE_CHILDREN[parent]:
            return node
        self.unsupported[f"{node['type']} in {parent}"] += 1
        nested = {"type": "doc", "version": 1, "content": [node]}
        return _extension(MIGRATION, "legacy-content", {"nestedContent": nested})

    def blocks(self, children: list[_Element | str], parent: str) -> list[Json]:
        out: list[Json] = []
        run: list[_Element | str] = []
        for child in children:
            if isinstance(child, str) or _is_inline(child):
                run.append(child)
                continue
            out += self.loose(run)
            run = []
            out += self.block(child, parent)
        return out + self.loose(run)

    def loose(self, run: list[_Element | str]) -> list[Json]:
        if all(isinstance(child, str) and not child.strip() for child in run):
            return []
        return self.paragraph(_Element("p", {}, run))

    def block(self, element: _Element, parent: str) -> list[Json]:  # noqa: C901 one branch per kind of block
        name = element.name
        if name in _TRANSPARENT:
            return self.blocks(element.children, parent)
        if name == "p":
            return self.paragraph(element)
        if re.fullmatch("h[1-6]", name):
            return [_node("heading", self.inline(element.children), level=int(name[1]))]
        if name in {"ul", "ol"}:
            return self.items(element)
        if name == "hr":
            return [{"type": "rule"}]
        if name == "blockquote":
            return [self.full("blockquote", element.children)]
        if name == "table":
            return self.table(element)
        if name == "pre":
            return [_code(element.text, "")]
        if name == "ac:task-list":
            return [self.tasks(element)]
        if name == "ac:image":
            return [_media(element)]
        if name == "ac:structured-macro":
            return [self.macro(element, parent)]
        return self.other(element, parent)

    def other(self, element: _Element, parent: str) -> list[Json]:
        name = element.name
        if name == "ac:layout-section":
            return [self.section(element)]
        if name == "ac:adf-extension":
            node, content = element.child("ac:adf-node"), None
            if node is not None and node.attributes.get("type") == "panel":
                content = node.child("ac:adf-content")
            if content is not None:
                return [self.full("panel", content.children, panelType="note")]
            return [_extension(MACROS, "adf", {})]
        if name == "dl":
            nested = [child for each in element.elements for child in self.blocks(each.children, "doc")]
            self.unsupported[f"definitionList in {parent}"] += 1
            doc = {"type": "doc", "version": 1, "content": nested}
            return [_extension(MIGRATION, "legacy-content", {"nestedContent": doc})]
        return self.blocks(element.children, parent)

    def full(self, kind: str, children: list[_Element | str], **attrs: Any) -> Json:
        """Return a container that may not be empty."""
        content = self.held(children, kind) or [{"type": "paragraph"}]
        return _node(kind, content, **attrs)

    def paragraph(self, element: _Element) -> list[Json]:
        """Return a paragraph; images and block macros in it stand between its parts."""
        out: list[Json] = []
        run: list[_Element | str] = []
        for child in element.children:
            if isinstance(child, _Element) and not _is_inline(child):
                out += self.text(run)
                out += self.block(child, "doc")
                run = []
            else:
                run.append(child)
        out += self.text(run) or ([] if out else [{"type": "paragraph"}])
        align = _ALIGN.search(element.attributes.get("style", ""))
        for node in out:
            if align and node["type"] == "paragraph":
                side = "center" if align[1] == "center" else "end"
                node["marks"] = [{"type": "alignment", "attrs": {"align": side}}]
        return out

    def text(self, run: list[_Element | str]) -> list[Json]:
        content = self.inline(run)
        return [_node("paragraph", content)] if content else []

    def items(self, element: _Element) -> list[Json]:
        items = []
        for item in element.elements:
            content = self.held(item.children, "listItem")
            first = content[0]["type"] if content else ""
            if first not in {"paragraph", "mediaSingle", "codeBlock", "extension"}:
                content.insert(0, {"type": "paragraph"})
            items.append(_node("listItem", content))
        if not items:
            return []
        if element.name == "ul":
            return [_node("bulletList", items)]
        start = element.attributes.get("start", "1")
        return [_node("orderedList", items, order=int(start) if start.isdigit() else 1)]

    def tasks(self, element: _Element) -> Json:
        content: list[Json] = []
        for task in element.elements:
            status, body = task.child("ac:task-status"), task.child("ac:task-body")
            state = "DONE" if status is not None and status.text.strip() == "complete" else "TODO"
            lines: list[Json] = []
            below: list[Json] = []
            for node in self.blocks(body.children if body is not None else [], "taskItem"):
                if node["type"] == "paragraph":
                    lines += [{"type": "hardBreak"}] if lines else []
                    lines += node.get("content", [])
                elif node["type"] == "taskList":
                    below.append(node)
                else:
                    self.unsupported[f"{node['type']} in taskItem"] += 1
                    doc = {"type": "doc", "version": 1, "content": [node]}
                    lines.append(_inline_extension(MIGRATION, "legacy-content", {"nestedContent": doc}))
            content.append(_node("taskItem", lines, localId=self.identity(), state=state))
            content += below
        return _node("taskList", content, localId=self.identity())

    def table(self, element: _Element) -> list[Json]:
        rows = []
        for row in _rows(element):
            cells = []
            for cell in row.elements:
                if cell.name not in {"td", "th"}:
                    continue
                kind = "tableHeader" if cell.name == "th" else "tableCell"
                spans = {
                    name: int(cell.attributes[name])
                    for name in ("colspan", "rowspan")
                    if cell.attributes.get(name, "").isdigit()
                }
                cells.append(self.full(kind, cell.children, **spans))
            rows.append(_node("tableRow", cells))
        return [_node("table", rows)] if rows else []

    def section(self, element: _Element) -> Json:
        cells = [child for child in element.elements if child.name == "ac:layout-cell"]
        widths = _SECTIONS.get(element.attributes.get("ac:type", ""), ())
        if len(widths) != len(cells):
            widths = tuple(round(100 / max(1, len(cells)), 2) for _ in cells)
        columns = [
            self.full("layoutColumn", cell.children, width=width)
            for cell, width in zip(cells, widths, strict=True)
        ]
        section = _node("layoutSection", columns)
        mode = element.attributes.get("ac:breakout-mode", "default")
        if mode != "default":
            section["marks"] = [{"type": "breakout", "attrs": {"mode": mode}}]
        return section

    def macro(self, element: _Element, parent: str) -> Json:
        name = element.attributes.get("ac:name", "")
        body, title = element.child("ac:rich-text-body"), element.parameter("title")
        if name in _CODE:
            text = element.child("ac:plain-text-body")
            return _code(text.text if text is not None else "", element.parameter("language"))
        if body is None:
            return _extension(MACROS, name, {})
        if name in _PANELS:
            return self.full("panel", body.children, panelType=_PANELS[name])
        if name in _EXPANDS:
            nested = parent in {"expand", "nestedExpand", "tableCell", "tableHeader"}
            return self.full("nestedExpand" if nested else "expand", body.children, title=title)
        if "bodiedExtension" in CONFLUENCE_CHILDREN[parent]:
            attrs = {
                "extensionType": MACROS,
                "extensionKey": name,
                "parameters": {},
                "localId": self.identity(),
            }
            return self.full("bodiedExtension", body.children, **attrs)
        return _extension(MACROS, name, {"body": body.text})

    # -- inline content --------------------------------------------------------------------------------------

    def inline(self, children: list[_Element | str], marks: tuple[Json, ...] = ()) -> list[Json]:
        out: list[Json] = []
        for child in children:
            out += _text(child, marks) if isinstance(child, str) else self.inline_element(child, marks)
        return out

    def inline_element(self, element: _Element, marks: tuple[Json, ...]) -> list[Json]:
        name, given = element.name, element.attributes
        if name in _MARKS:
            return self.inline(element.children, _with(marks, _MARKS[name]))
        if name == "a":
            if given.get("data-card-appearance"):
                return [_node("inlineCard", None, url=given.get("href", ""))]
            link = {"type": "link", "attrs": {"href": given["href"]}} if given.get("href") else None
            return self.inline(element.children, _with(marks, link) if link else marks)
        if name == "ac:inline-comment-marker":
            attrs = {"annotationType": "inlineComment", "id": given.get("ac:ref", "")}
            return self.inline(element.children, _with(marks, {"type": "annotation", "attrs": attrs}))
        if name in {"span", "font"}:
            colour = _COLOUR.search(given.get("style", ""))
            mark = {"type": "textColor", "attrs": {"color": colour[0]}} if colour else None
            return self.inline(element.children, _with(marks, mark) if mark else marks)
        if name == "ac:link":
            return self.link(element, marks)
        return self.atom(element, marks)

    def atom(self, element: _Element, marks: tuple[Json, ...]) -> list[Json]:
        name, given = element.name, element.attributes
        if name == "br":
            return [{"type": "hardBreak"}]
        if name == "ac:emoticon":
            short = given.get("ac:emoji-shortname") or f":{given.get('ac:name', 'smile')}:"
            return [_node("emoji", None, shortName=short)]
        if name == "time":
            return [_node("date", None, timestamp=given.get("datetime", ""))]
        if name == "ac:placeholder":
            return [_node("placeholder", None, text=element.text)]
        if name == "ac:image":
            source = _media(element)["content"][0]["attrs"]
            alt = {"alt": source["alt"]} if "alt" in source else {}
            known = source.get("id") or source["url"]
            return [_node("mediaInline", None, id=known, collection="contentId", type="image", **alt)]
        if name == "ac:structured-macro":
            if given.get("ac:name") == "status":
                colour = _STATUS.get(element.parameter("colour").lower(), "neutral")
                return [_node("status", None, text=element.parameter("title"), color=colour)]
            return [_inline_extension(MACROS, given.get("ac:name", ""), {})]
        return self.inline(element.children, marks)

    def link(self, element: _Element, marks: tuple[Json, ...]) -> list[Json]:
        user = element.child("ri:user")
        if user is not None:
            return [_node("mention", None, id=user.attributes.get("ri:account-id", ""))]
        page = element.child("ri:page") or element.child("ri:attachment") or element.child("ri:url")
        named = next(iter(page.attributes.values()), "") if page is not None else ""
        href = f"/wiki/search?text={named}" if named else f"#{element.attributes.get('ac:anchor', '')}"
        body = next((child for child in element.elements if child.name.endswith("link-body")), None)
        shown: list[_Element | str] = body.children if body is not None else [named or "link"]
        return self.inline(shown, _with(marks, {"type": "link", "attrs": {"href": href}}))


def _rows(element: _Element) -> list[_Element]:
    rows = []
    for child in element.elements:
        if child.name == "tr":
            rows.append(child)
        elif child.name in {"tbody", "thead", "tfoot"}:
            rows += _rows(child)
    return rows


def _with(marks: tuple[Json, ...], mark: Json) -> tuple[Json, ...]:
    return (*(each for each in marks if each["type"] != mark["type"]), mark)


def _text(text: str, marks: tuple[Json, ...]) -> list[Json]:
    """Return text with its marks; with `code`, the editor keeps only links and annotations."""
    text = re.sub(r"[ \t\r\n]+", " ", text)
    if not text:
        return []
    if any(mark["type"] == "code" for mark in marks):
        marks = tuple(mark for mark in marks if mark["type"] in _WITH_CODE)
    node: Json = {"type": "text", "text": text}
    return [{**node, "marks": list(marks)} if marks else node]


def _node(kind: str, content: list[Json] | None, **attrs: Any) -> Json:
    node: Json = {"type": kind}
    if attrs:
        node["attrs"] = attrs
    if content is not None:
        node["content"] = content
    return node


def _code(text: str, language: str) -> Json:
    content = [{"type": "text", "text": text}] if text else []
    return _node("codeBlock", content, **({"language": language} if language else {}))


def _extension(kind: str, key: str, parameters: Json) -> Json:
    return _node("extension", None, extensionType=kind, extensionKey=key, parameters=parameters)


def _inline_extension(kind: str, key: str, parameters: Json) -> Json:
    return _node("inlineExtension", None, extensionType=kind, extensionKey=key, parameters=parameters)


def _media(element: _Element) -> Json:
    resource = next((child for child in element.elements if child.name.startswith("ri:")), None)
    given = resource.attributes if resource is not None else {}
    attrs: Json = {"type": "file", "id": given.get("ri:filename", ""), "collection": "contentId"}
    if "ri:value" in given:
        attrs = {"type": "external", "url": given["ri:value"]}
    if element.attributes.get("ac:alt"):
        attrs["alt"] = element.attributes["ac:alt"]
    layout = _MEDIA_LAYOUT.get(element.attributes.get("ac:layout", ""), "center")
    return _node("mediaSingle", [_node("media", None, **attrs)], layout=layout)
