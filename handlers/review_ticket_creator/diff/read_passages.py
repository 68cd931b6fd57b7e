"""Reads storage format into passages, in one pass with expat.

The result contains no markup of the page: text stays text, links keep their URL as text, and macros, images, mentions
and dates become chips with a label. Of an unknown element, the text inside it is read.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple
from xml.parsers import expat

from common import storage_format as sf
from common.storage_format.xml import entities
from handlers.review_ticket_creator.diff import element_labels
from handlers.review_ticket_creator.diff.element_labels import OpenMacro
from handlers.review_ticket_creator.diff.passage import PagePassages, Passage, TextRun
from handlers.review_ticket_creator.diff.passage_builder import PassageBuilder

_STYLES = {
    "strong": "b", "b": "b", "em": "i", "i": "i", "u": "u", "s": "s", "del": "s", "strike": "s", "code": "code",
    "tt": "code", "kbd": "code", "samp": "code", "sub": "sub", "sup": "sup", "mark": "mark",
    "ac:inline-comment-marker": "mark", "ac:placeholder": "i",
}  # fmt: skip
_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
_FLOWS = {
    "p", "div", "dt", "dd", "section", "article", "header", "footer", "figure", "figcaption", "main", "aside", "nav",
    "center",
}  # fmt: skip
_BLOCKS = {"table", "col", "tr", "td", "th", "ul", "ol", "li", "blockquote", "pre", "hr"}
_MACROS = {"ac:structured-macro", "ac:macro", "ac:adf-node"}
_HIDDEN = {"ac:task-id", "ac:task-uuid", "ac:adf-fallback", "ac:adf-mark"}
_WITHOUT_MEANING = {"ac:task-id", "ac:task-uuid"}
_ONE_COLUMN = ("", "single", "fixed-width")
#: Elements that only contain others, or that are shown by their content.
_SILENT = {
    "p", "div", "dt", "dd", "tbody", "dl", "colgroup", "span", "font", "ac:link-body", "ac:plain-text-link-body",
    "ac:task-list", "ac:task", "ac:task-body", "ac:task-status", "ac:layout", "ac:layout-section", "ac:layout-cell",
    "ac:caption", "ac:adf-extension", "ac:adf-content", "ac:adf-attribute", "ac:parameter", "ac:rich-text-body",
    "ac:plain-text-body", "ac:link", "ac:image", "ac:emoticon", "a", "br", "time",
}  # fmt: skip
_PARTS = {"thead": "head", "tfoot": "foot"}
_INSIDE = _FLOWS - {"p", "div", "dt", "dd"}
#: Attributes that are handled where their element is read.
_HANDLED: dict[str, tuple[str, ...]] = {
    "a": ("href",), "ol": ("start",), "time": ("datetime",), "ac:structured-macro": ("ac:name",),
    "ac:macro": ("ac:name",), "ac:adf-node": ("type",), "ac:parameter": ("ac:name",), "ac:adf-attribute": ("key",),
    "ac:link": ("ac:anchor",), "ac:image": element_labels.IMAGE, "ac:emoticon": ("ac:emoji-fallback", "ac:name"),
    "ac:layout-section": ("ac:type",), "ac:inline-comment-marker": ("ac:ref",),
}  # fmt: skip
_SPACE = re.compile(r"[ \t\n\r]+")


@lru_cache(maxsize=4)
def read_passages(storage: str) -> PagePassages:
    """Read a page into passages; malformed storage format is read line by line as plain text."""
    try:
        sf.parse(storage)
    except sf.MalformedStorage:
        passages = tuple(Passage("code", 0, (), (TextRun(line),)) for line in storage.splitlines())
        return PagePassages(passages, ("",) * len(passages), ((),) * len(passages), (0,) * len(passages))
    reader = _Reader()
    named = "".join(
        f'<!ENTITY {name} "&#{ord(entities.NAMED[name])};">' for name in entities.used_in(storage)
    )
    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.characters
    parser.CommentHandler = reader.comment
    parser.ProcessingInstructionHandler = reader.instruction
    parser.Parse(f"<!DOCTYPE r [{named}]><r>".encode(), False)
    parser.Parse(storage.encode(), False)
    parser.Parse(b"</r>", True)
    return reader.page.finish()


class _Open(NamedTuple):
    """An open element: how many looks of blocks and of text it added, and the link target outside of it."""

    looks: int
    run_looks: int
    target: str


class _Reader:
    """The expat handlers: pass what is read to a PassageBuilder."""

    def __init__(self) -> None:
        self.page = PassageBuilder()
        self.hidden: list[str] = []  # an open element that is not shown, and the open elements inside it
        self.captured: list[str] | None = None  # the text of a parameter
        self.parameter = ""
        self.macros: list[OpenMacro] = []
        self.images: list[tuple[dict[str, str], list[str]]] = []
        self.links: list[tuple[int, str]] = []  # the number of runs before the link, and its anchor
        self.task_done = False
        self.layouts: list[str] = []
        self.column = 0
        self.section: list[str] = []  # the looks of a layout section, shown with its first column
        self.open: list[_Open] = []

    def characters(self, data: str) -> None:
        if self.hidden:
            self.unseen(data)
        elif self.captured is not None:
            self.captured.append(data)
        elif self.macros and self.macros[-1].code is not None and not self.macros[-1].framed:
            self.macros[-1].code.append(data)
        elif self.page.kind == "pre":
            self.page.write(data)
        elif (text := _SPACE.sub(" ", data)) != " ":
            self.page.write(text)
        else:
            self.page.space()

    def comment(self, data: str) -> None:
        self.page.note_source_only(f"<!--{data}-->")

    def instruction(self, target: str, data: str) -> None:
        self.page.note_source_only(f"<?{target} {data}?>")

    def unseen(self, data: str) -> None:
        """Note hidden text as a source-only detail, except ids."""
        if self.hidden[0] not in _WITHOUT_MEANING and data.strip():
            self.page.note_source_only(f"{self.hidden[-1]} {data}")

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if self.hidden or tag in _HIDDEN:
            self.hidden.append(tag)
            self.unseen(" ".join(element_labels.source_only_attributes(tag, attributes)) or tag)
            return
        target, looks, run_looks = self.page.target, 0, 0
        if tag in _HEADINGS or tag in _FLOWS:
            looks = self.start_flow(tag, attributes)
        elif tag in _BLOCKS:
            looks = self.start_block(tag, attributes)
        elif tag in _PARTS:
            part = [f"table part: {_PARTS[tag]}", *element_labels.looks(attributes)]
            looks = self.page.add_block_looks(part)
        elif tag.startswith("ri:"):
            self.resource(element_labels.resource_label(tag, attributes))
        elif tag.startswith("ac:"):
            self.start_ac(tag, attributes)
        else:
            run_looks = self.start_text(tag, attributes)
        self.note_source(tag, attributes)
        self.open.append(_Open(looks, run_looks, target))

    def note_source(self, tag: str, attributes: dict[str, str]) -> None:
        """Note what of an element only its source shows."""
        if tag in _INSIDE:
            self.page.note_source_only(f"<{tag}>")
        if attributes and not tag.startswith("ri:"):
            for what in element_labels.source_only_attributes(tag, attributes, _HANDLED.get(tag, ())):
                self.page.note_source_only(what)

    def start_text(self, tag: str, attributes: dict[str, str]) -> int:
        """Start an element inside text; return how many looks of text it added."""
        looks = element_labels.looks(attributes, _HANDLED.get(tag, ()))
        if tag in _STYLES:
            self.page.push(_STYLES[tag])
        elif tag == "a":
            self.page.push("link")
            self.page.target = attributes.get("href", "")
        elif tag == "br":
            self.page.write("\n", "")
            return 0
        elif tag == "time":
            self.page.chip(attributes.get("datetime", "date"), looks)
            return 0
        elif tag not in _SILENT and tag not in _INSIDE and self.open:
            looks = [f"element: {tag}", *looks]
        return self.page.add_text_looks(looks)

    def start_flow(self, tag: str, attributes: dict[str, str]) -> int:
        self.page.open(tag if tag in _HEADINGS else "p")
        looks = element_labels.looks(attributes)
        if tag in ("dt", "dd"):
            looks.append(f"definition list: {'term' if tag == 'dt' else 'definition'}")
        if self.page.in_row and tag in _HEADINGS:
            looks.append(f"heading: {tag[1]}")
        return self.page.add_block_looks(looks)

    def start_block(self, tag: str, attributes: dict[str, str]) -> int:
        """Start a block; return how many looks of blocks it added."""
        looks = element_labels.looks(attributes, _HANDLED.get(tag, ()))
        match tag:
            case "ul" | "ol":
                first = attributes.get("start", "")
                self.page.enter_list(ordered=tag == "ol", first=int(first) if first.isdecimal() else 1)
            case "li":
                self.page.item()
            case "blockquote":
                self.page.enter("quote")
            case "pre":
                self.page.preformatted()
            case _:
                self.start_table_part(tag, looks)
                return 0
        return self.page.add_block_looks(looks)

    def start_table_part(self, tag: str, looks: list[str]) -> None:
        """Start a part of a table, which has its own looks, or add a rule."""
        match tag:
            case "table":
                self.page.table(looks)
            case "col":
                self.page.columns(looks)
            case "tr":
                self.page.row(looks)
            case "td" | "th":
                self.page.cell(looks, head=tag == "th")
            case "hr":
                self.page.close()
                if self.page.in_row:
                    self.page.chip("―", looks)
                else:
                    self.page.add("rule", [TextRun("―")], looks)

    def start_ac(self, tag: str, attributes: dict[str, str]) -> None:
        if self.start_macro_part(tag, attributes):
            return
        if tag == "ac:task-status":
            self.captured = []
        elif tag == "ac:link":
            anchor = attributes.get("ac:anchor", "")
            self.links.append((len(self.page.written), anchor))
            self.page.push("link")
            self.page.target = f"#{anchor}" if anchor else ""
        elif tag == "ac:image":
            self.images.append((attributes, []))
        elif tag == "ac:emoticon":
            name = attributes.get("ac:name", "emoji")
            self.page.write(attributes.get("ac:emoji-fallback") or f":{name}:", "")
        elif tag == "ac:task-list":
            self.page.tasks(1)
        elif tag == "ac:task-body":
            self.page.task(done=self.task_done)
        elif tag in ("ac:layout-section", "ac:layout-cell"):
            self.start_layout(tag, attributes)
        elif tag not in _SILENT:
            self.page.note_source_only(f"<{tag}>")

    def start_macro_part(self, tag: str, attributes: dict[str, str]) -> bool:
        """Start a macro, or a part of an open one; return whether the element is one."""
        if tag in _MACROS:
            name = attributes.get("ac:name") or attributes.get("type") or "unknown"
            self.macros.append(OpenMacro(name, looks=element_labels.looks(attributes, _HANDLED[tag])))
        elif tag in ("ac:parameter", "ac:adf-attribute") and self.macros:
            self.captured = []
            self.parameter = attributes.get("ac:name") or attributes.get("key") or ""
        elif tag == "ac:plain-text-body" and self.macros:
            self.macros[-1].code = []
        elif tag in ("ac:rich-text-body", "ac:adf-content") and self.macros:
            self.macros[-1].framed = True
            self.page.enter(self.macros[-1].frame(), self.macros[-1].label(), self.macros[-1].looks)
        else:
            return False
        return True

    def start_layout(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "ac:layout-section":
            self.start_section(attributes)
        else:
            self.start_column()

    def start_section(self, attributes: dict[str, str]) -> None:
        self.page.close()
        kind = attributes.get("ac:type", "")
        looks = element_labels.looks(attributes, ("ac:type",))
        self.layouts.append(kind)
        self.column, self.section = 0, [f"layout: {kind}", *looks]
        if kind in _ONE_COLUMN:
            self.page.note_source_only("section")
            if kind == "single" or looks:
                name = "full width" if kind == "single" else "fixed width"
                self.page.add("frame", [TextRun(f"Section · {name}")], looks)

    def start_column(self) -> None:
        self.column += 1
        if not self.layouts or self.layouts[-1] in _ONE_COLUMN:
            self.page.close()
        else:
            self.page.enter("column", f"Column {self.column}", self.section)
            self.section = []

    def resource(self, named: str) -> None:
        """Add a resource to the open parameter, image or link."""
        if self.captured is not None:
            self.captured.append(named)
        elif self.images:
            self.images[-1][1].append(named)
        elif self.links:
            anchor = self.links[-1][1]
            before = self.page.target.removesuffix(f"#{anchor}") if anchor else self.page.target
            whole = f"{before} on {named}" if before else named
            self.page.target = f"{whole}#{anchor}" if anchor else whole
        else:
            self.page.note_source_only(named)

    def end(self, tag: str) -> None:
        if self.hidden:
            self.hidden.pop()
            return
        begun = self.open.pop()
        if tag in _STYLES:
            self.page.pop(_STYLES[tag])
        elif tag in _HEADINGS or tag in _FLOWS:
            self.page.close()
        elif tag in _BLOCKS:
            self.end_block(tag)
        elif tag == "a":
            self.page.pop("link")
            self.page.target = begun.target
        elif tag.startswith("ac:"):
            self.end_ac(tag, begun.target)
        self.page.remove_block_looks(begun.looks)
        self.page.remove_text_looks(begun.run_looks)

    def end_block(self, tag: str) -> None:
        match tag:
            case "table":
                self.page.end_table()
            case "tr":
                self.page.end_row()
            case "ul" | "ol":
                self.page.leave_list()
            case "li":
                self.page.end_item()
            case "blockquote":
                self.page.leave()
            case "pre":
                self.page.end_preformatted()

    def end_ac(self, tag: str, target: str) -> None:
        if tag in ("ac:parameter", "ac:adf-attribute"):
            self.end_parameter()
        elif tag == "ac:task-status":
            self.task_done = "".join(self.captured or ()).strip() == "complete"
            self.captured = None
        elif tag in _MACROS:
            self.end_macro(self.macros.pop())
        elif tag == "ac:link":
            self.end_link(target)
        elif tag == "ac:image":
            attributes, named = self.images.pop()
            self.page.chip(
                element_labels.image_label(" on ".join(named), attributes),
                element_labels.looks(attributes, element_labels.IMAGE),
            )
        elif tag == "ac:task-body":
            self.page.end_item()
        elif tag == "ac:task-list":
            self.page.tasks(-1)
        elif tag == "ac:layout-section":
            self.layouts.pop()
        elif tag == "ac:layout-cell":
            self.end_column()

    def end_column(self) -> None:
        if not self.layouts or self.layouts[-1] in _ONE_COLUMN:
            self.page.close()
        else:
            self.page.leave()

    def end_parameter(self) -> None:
        if self.captured is not None and self.macros:
            value = _SPACE.sub(" ", "".join(self.captured)).strip()
            if self.macros[-1].framed or not value:
                self.page.note_source_only(f"parameter {self.parameter}: {value}")
            else:
                self.macros[-1].parameters.append((self.parameter, value))
        self.captured = None

    def end_macro(self, macro: OpenMacro) -> None:
        if macro.framed:
            self.page.leave()
        elif macro.code is None:
            self.page.chip(macro.label(), macro.looks)
        else:
            self.page.enter("code", macro.label(), macro.looks)
            self.page.code("".join(macro.code))
            self.page.leave()

    def end_link(self, outside: str) -> None:
        before, anchor = self.links.pop()
        target = self.page.target
        if len(self.page.written) <= before:  # a link without text shows its target
            kind, _, name = target.partition(": ")
            if kind == "user":
                self.page.write(f"@{name}", "chip")
            else:
                self.page.write(name or target or f"#{anchor}")
        else:  # the target may come after the text in the source
            self.page.set_target(before, target)
        self.page.pop("link")
        self.page.target = outside
