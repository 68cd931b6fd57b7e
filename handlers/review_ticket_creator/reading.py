"""Storage format read into passages, once through, with expat.

Nothing of the page's markup is passed on: text stays text, links keep their address as text, macros, images, mentions
and dates become labelled chips, and what is unknown is read through to the text inside it.
"""

from __future__ import annotations

import re
from functools import lru_cache
from xml.parsers import expat

from common import storage_format as sf
from common.storage_format import entities
from handlers.review_ticket_creator import labels
from handlers.review_ticket_creator.labels import Macro
from handlers.review_ticket_creator.passage import Passage, Reading, Run
from handlers.review_ticket_creator.passage_writer import PassageWriter

_STYLES = {
    "strong": "b", "b": "b", "em": "i", "i": "i", "u": "u", "s": "s", "del": "s", "strike": "s", "code": "code",
    "tt": "code", "kbd": "code", "samp": "code", "sub": "sub", "sup": "sup", "mark": "mark",
    "ac:inline-comment-marker": "mark", "ac:placeholder": "i",
}  # fmt: skip
_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
_FLOWS = {"p", "div", "dt", "dd", "section", "article", "header", "footer", "figure", "figcaption"}
_BLOCKS = {"table", "tr", "td", "th", "ul", "ol", "li", "blockquote", "pre", "hr"}
_MACROS = {"ac:structured-macro", "ac:macro", "ac:adf-node"}
_HIDDEN = {"ac:task-id", "ac:task-uuid", "ac:adf-fallback", "ac:adf-mark"}
_ONE_COLUMN = ("", "single", "fixed-width")
_SPACE = re.compile(r"[ \t\n\r]+")


@lru_cache(maxsize=4)
def read(storage: str) -> Reading:
    """Read a page into passages; one that is not storage format at all is read line by line as plain text."""
    try:
        sf.parse(storage)
    except sf.MalformedStorage:
        passages = tuple(Passage("code", 0, (), (Run(line),)) for line in storage.splitlines())
        return Reading(passages, ("",) * len(passages), ((),) * len(passages))
    reader = _Reader()
    named = "".join(
        f'<!ENTITY {name} "&#{ord(entities.NAMED[name])};">' for name in entities.used_in(storage)
    )
    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.characters
    parser.Parse(f"<!DOCTYPE r [{named}]><r>".encode(), False)
    parser.Parse(storage.encode(), False)
    parser.Parse(b"</r>", True)
    return reader.page.done()


class _Reader:
    """Hears from expat what comes next, and tells the writer what it means."""

    def __init__(self) -> None:
        self.page = PassageWriter()
        self.hidden = 0  # elements open inside one that is not shown
        self.captured: list[str] | None = None  # the text of a parameter
        self.parameter = ""
        self.macros: list[Macro] = []
        self.images: list[tuple[dict[str, str], list[str]]] = []
        self.links: list[tuple[int, str]] = []  # how much was written before, and the anchor
        self.task_done = False
        self.layout = ""
        self.column = 0

    def characters(self, data: str) -> None:
        if self.hidden:
            return
        if self.captured is not None:
            self.captured.append(data)
        elif self.macros and self.macros[-1].code is not None and not self.macros[-1].framed:
            self.macros[-1].code.append(data)
        elif self.page.kind == "pre":
            self.page.write(data)
        elif (text := _SPACE.sub(" ", data)) != " ":
            self.page.write(text)
        else:
            self.page.space()

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if self.hidden or tag in _HIDDEN:
            self.hidden += 1
        elif tag in _STYLES:
            self.page.push(_STYLES[tag])
        elif tag in _HEADINGS or tag in _FLOWS:
            self.page.open(tag if tag in _HEADINGS else "p")
        elif tag in _BLOCKS:
            self.start_block(tag, attributes)
        elif tag == "a":
            self.page.push("link")
            self.page.target = attributes.get("href", "")
        elif tag == "br":
            self.page.write("\n", "")
        elif tag == "time":
            self.page.chip(attributes.get("datetime", "date"))
        elif tag.startswith("ri:"):
            self.resource(labels.resource(tag, attributes))
        elif tag.startswith("ac:"):
            self.start_ac(tag, attributes)

    def start_block(self, tag: str, attributes: dict[str, str]) -> None:
        match tag:
            case "table":
                self.page.table(1)
            case "tr":
                self.page.row()
            case "td" | "th":
                self.page.cell(head=tag == "th")
            case "ul" | "ol":
                first = attributes.get("start", "")
                self.page.enter_list(ordered=tag == "ol", first=int(first) if first.isdecimal() else 1)
            case "li":
                self.page.item()
            case "blockquote":
                self.page.enter("quote")
            case "pre":
                self.page.preformatted()
            case "hr":
                self.page.close()
                self.page.add("rule", [Run("―")])

    def start_ac(self, tag: str, attributes: dict[str, str]) -> None:
        if tag in _MACROS:
            self.macros.append(Macro(attributes.get("ac:name") or attributes.get("type") or "unknown"))
        elif tag in ("ac:parameter", "ac:adf-attribute") and self.macros:
            self.captured = []
            self.parameter = attributes.get("ac:name") or attributes.get("key") or ""
        elif tag == "ac:task-status":
            self.captured = []
        elif tag == "ac:plain-text-body" and self.macros:
            self.macros[-1].code = []
        elif tag in ("ac:rich-text-body", "ac:adf-content") and self.macros:
            self.macros[-1].framed = True
            self.page.enter(self.macros[-1].frame(), self.macros[-1].label())
        elif tag == "ac:link":
            anchor = attributes.get("ac:anchor", "")
            self.links.append((len(self.page.written), anchor))
            self.page.push("link")
            self.page.target = f"#{anchor}" if anchor else ""
        elif tag == "ac:image":
            self.images.append((attributes, []))
        elif tag == "ac:emoticon":
            self.page.write(
                attributes.get("ac:emoji-fallback") or f":{attributes.get('ac:name', 'emoji')}:", ""
            )
        elif tag == "ac:task-body":
            self.page.open("task-done" if self.task_done else "task-open")
        elif tag == "ac:layout-section":
            self.page.close()
            self.layout, self.column = attributes.get("ac:type", ""), 0
        elif tag == "ac:layout-cell":
            self.column += 1
            if self.layout in _ONE_COLUMN:
                self.page.close()
            else:
                self.page.enter("column", f"Column {self.column}")

    def resource(self, named: str) -> None:
        """Take in what an image, a link or a parameter refers to."""
        if self.captured is not None:
            self.captured.append(named)
        elif self.images:
            self.images[-1][1].append(named)
        elif self.links:
            anchor = self.links[-1][1]
            self.page.target = f"{named}#{anchor}" if anchor else named

    def end(self, tag: str) -> None:
        if self.hidden:
            self.hidden -= 1
        elif tag in _STYLES:
            self.page.pop(_STYLES[tag])
        elif tag in _HEADINGS or tag in _FLOWS:
            self.page.close()
        elif tag in _BLOCKS:
            self.end_block(tag)
        elif tag == "a":
            self.page.pop("link")
            self.page.target = ""
        elif tag.startswith("ac:"):
            self.end_ac(tag)

    def end_block(self, tag: str) -> None:
        match tag:
            case "table":
                self.page.table(-1)
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

    def end_ac(self, tag: str) -> None:
        if tag in ("ac:parameter", "ac:adf-attribute"):
            if self.captured is not None and self.macros:
                value = _SPACE.sub(" ", "".join(self.captured)).strip()
                self.macros[-1].parameters.append((self.parameter, value))
            self.captured = None
        elif tag == "ac:task-status":
            self.task_done = "".join(self.captured or ()).strip() == "complete"
            self.captured = None
        elif tag in _MACROS:
            self.end_macro(self.macros.pop())
        elif tag == "ac:link":
            self.end_link()
        elif tag == "ac:image":
            attributes, named = self.images.pop()
            self.page.chip(labels.image(" on ".join(named), attributes))
        elif tag == "ac:task-body":
            self.page.close()
        elif tag == "ac:layout-cell":
            if self.layout in _ONE_COLUMN:
                self.page.close()
            else:
                self.page.leave()

    def end_macro(self, macro: Macro) -> None:
        if macro.framed:
            self.page.leave()
        elif macro.code is None:
            self.page.chip(macro.label())
        else:
            self.page.enter("code", macro.label())
            self.page.code("".join(macro.code))
            self.page.leave()

    def end_link(self) -> None:
        before, anchor = self.links.pop()
        if len(self.page.written) <= before:  # a link without a text of its own shows where it leads
            kind, _, name = self.page.target.partition(": ")
            if kind == "user":
                self.page.write(f"@{name}", "chip")
            else:
                self.page.write(name or self.page.target or f"#{anchor}")
        self.page.pop("link")
        self.page.target = ""
