"""Storage format read into passages, once through, with expat.

Nothing of the page's markup is passed on: text stays text, links keep their address as text, macros, images, mentions
and dates become labelled chips, and what is unknown is read through to the text inside it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from xml.parsers import expat

from common import storage_format as sf
from common.storage_format import entities
from handlers.review_ticket_creator.passage import Passage, Reading, Run

_STYLES = {
    "strong": "b", "b": "b", "em": "i", "i": "i", "u": "u", "s": "s", "del": "s", "strike": "s", "code": "code",
    "tt": "code", "kbd": "code", "samp": "code", "sub": "sub", "sup": "sup", "mark": "mark",
    "ac:inline-comment-marker": "mark",
}  # fmt: skip
_PANELS = {"info", "note", "warning", "tip", "success", "error", "panel"}
_MACRO_NAMES = {
    "code": "Code", "noformat": "Preformatted text", "code-block": "Code", "paste-code-macro": "Code",
    "info": "Info panel", "note": "Note panel", "warning": "Warning panel", "tip": "Tip panel", "panel": "Panel",
    "expand": "Expand", "status": "Status", "toc": "Table of contents", "jira": "Jira issues", "excerpt": "Excerpt",
}  # fmt: skip
_HIDDEN = {"ac:task-id", "ac:task-uuid", "ac:adf-fallback", "ac:adf-mark"}
_CODE = {"code", "noformat", "code-block", "paste-code-macro"}
_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
_BOUNDARIES = {"p", "div", "dt", "dd", "td", "th", "section", "article", "header", "footer", "ac:task-body",
               "ac:layout-cell", "ac:layout-section", "ac:layout", "figure", "figcaption"}  # fmt: skip
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
    return reader.done()


@dataclass
class _Macro:
    """A macro whose end has not come yet."""

    name: str
    parameters: list[tuple[str, str]] = field(default_factory=list)
    code: list[str] | None = None
    framed: bool = False

    def label(self) -> str:
        """Name the macro with all that it is told, so that a change of a parameter shows."""
        told = [f"{name}: {value}" if name else value for name, value in self.parameters if value]
        return " · ".join([_MACRO_NAMES.get(self.name, f"{self.name} macro"), *told])


class _Reader:
    def __init__(self) -> None:
        self.passages: list[Passage] = []
        self.markers: list[str] = []
        self.headings: list[tuple[str, ...]] = []
        self.above: tuple[tuple[int, str], ...] = ()
        self.path: tuple[str, ...] = ()
        self.runs: list[Run] | None = None  # of the open passage
        self.kind = "p"
        self.marker = ""
        self.frames: tuple[str, ...] = ()
        self.lists: list[list[object]] = []  # [tag, number]
        self.styles: list[str] = []
        self.style = ""
        self.target = ""
        self.hidden = 0
        self.captured: list[str] | None = None  # the text of a parameter
        self.parameter = ""
        self.macros: list[_Macro] = []
        self.images: list[list[str]] = []
        self.linked: list[tuple[int, str]] = []
        self.row: list[Run] | None = None
        self.nested = 0  # tables inside a row
        self.task_done = False
        self.layout = ""
        self.column = 0

    def done(self) -> Reading:
        self.close()
        return Reading(tuple(self.passages), tuple(self.markers), tuple(self.headings))

    # passages

    def open(self, kind: str = "p") -> None:
        self.close()
        if self.row is not None:
            return
        self.kind = kind
        self.runs = []

    def close(self) -> None:
        """End the open passage; in a table row, end the line."""
        if self.row is not None:
            if self.row and self.row[-1].style not in ("cell", "headcell") and self.row[-1].text != "\n":
                self.row.append(Run("\n"))
            return
        runs, self.runs = self.runs, None
        if runs is None:
            return
        runs = _trimmed(runs)
        if runs:
            kind = self.kind
            if self.marker and kind == "p":
                kind = "li"
            self.add(kind, runs)
        self.kind = "p"

    def add(self, kind: str, runs: list[Run]) -> None:
        passage = Passage(kind, len(self.lists), self.frames, tuple(runs))
        if kind in _HEADINGS:
            level = int(kind[1])
            self.above = (*(one for one in self.above if one[0] < level), (level, passage.text))
            self.path = tuple(text for _, text in self.above)
        self.passages.append(passage)
        self.markers.append(self.marker)
        self.headings.append(self.path)
        self.marker = ""

    def write(self, text: str, style: str | None = None) -> None:
        """Add text to what is open; text that stands loose opens a paragraph."""
        runs = self.row
        if runs is None:
            if self.runs is None:
                self.runs = []
            runs = self.runs
        run = Run(text, self.style if style is None else style, self.target)
        if runs and runs[-1][1:] == run[1:] and run.style not in ("chip", "cell", "headcell"):
            run = Run(runs.pop().text + text, run.style, run.target)
        runs.append(run)

    def chip(self, label: str) -> None:
        if self.row is None and self.runs is None:
            self.add("chip", [Run(label, "chip")])
        else:
            self.write(label, "chip")

    def enter(self, frame: str, label: str) -> None:
        """Open a box; inside a table row it is a line of its own."""
        self.close()
        if self.row is not None:
            self.row.append(Run(label, "chip"))
            self.row.append(Run("\n"))
            return
        self.add("frame", [Run(label)])
        self.frames = (*self.frames, frame)

    def leave(self) -> None:
        self.close()
        if self.row is None:
            self.frames = self.frames[:-1]

    def push(self, style: str) -> None:
        self.styles.append(style)
        self.style = " ".join(sorted(set(self.styles)))

    def pop(self, style: str) -> None:
        if style in self.styles:
            self.styles.remove(style)
        self.style = " ".join(sorted(set(self.styles)))

    # what expat tells

    def characters(self, data: str) -> None:
        if self.hidden:
            return
        if self.captured is not None:
            self.captured.append(data)
        elif self.macros and self.macros[-1].code is not None and not self.macros[-1].framed:
            self.macros[-1].code.append(data)
        elif self.kind == "pre" and self.runs is not None:
            self.runs.append(Run(data))
        else:
            text = _SPACE.sub(" ", data)
            if text != " " or self._inside_words():
                self.write(text)

    def _inside_words(self) -> bool:
        runs = (self.runs if self.row is None else self.row) or []
        return (
            bool(runs)
            and runs[-1].style not in ("cell", "headcell")
            and not runs[-1].text.endswith((" ", "\n"))
        )

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if self.hidden or tag in _HIDDEN:
            self.hidden += 1
        elif tag in _STYLES:
            self.push(_STYLES[tag])
        elif tag in _HEADINGS:
            self.open(tag)
        elif tag in _BOUNDARIES or tag in ("tr", "table", "li", "ul", "ol", "blockquote", "pre", "hr"):
            self.start_block(tag, attributes)
        elif tag == "a":
            self.push("link")
            self.target = attributes.get("href", "")
        elif tag == "br":
            self.write("\n", "")
        elif tag.startswith(("ac:", "ri:")) or tag == "time":
            self.start_ac(tag, attributes)

    def start_block(self, tag: str, attributes: dict[str, str]) -> None:
        if tag in ("td", "th"):
            if self.row is not None and not self.nested:
                self.row.append(Run("", "headcell" if tag == "th" else "cell"))
            elif self.row is not None:
                self.write("| ", "")
        elif tag == "tr":
            if self.row is None:
                self.close()
                self.row = []
            else:
                self.close()
        elif tag == "table":
            self.nested += self.row is not None
        elif tag in ("ul", "ol"):
            self.close()
            first = attributes.get("start", "1")
            self.lists.append([tag, int(first) if first.isdecimal() else 1])
        elif tag == "li":
            self.close()
            self.marker = self.next_marker()
            if self.row is not None:
                self.write(f"{self.marker} ", "")
                self.marker = ""
        elif tag == "blockquote":
            self.close()
            self.frames = (*self.frames, "quote")
        elif tag == "hr":
            self.close()
            self.add("rule", [Run("―")])
        elif tag == "pre":
            self.open("pre")
        elif tag == "ac:layout-section":
            self.close()
            self.layout, self.column = attributes.get("ac:type", ""), 0
        elif tag == "ac:layout-cell":
            self.column += 1
            if self.layout not in ("", "single", "fixed-width"):
                self.enter("column", f"Column {self.column}")
            else:
                self.close()
        elif tag == "ac:task-body":
            self.open("task-done" if self.task_done else "task-open")
        else:
            self.open("p")

    def next_marker(self) -> str:
        if not self.lists or self.lists[-1][0] == "ul":
            return "•"
        number = self.lists[-1][1]
        self.lists[-1][1] = int(str(number)) + 1
        return f"{number}."

    def start_ac(self, tag: str, attributes: dict[str, str]) -> None:
        if tag in ("ac:structured-macro", "ac:macro"):
            self.macros.append(_Macro(attributes.get("ac:name", "macro")))
        elif tag == "ac:adf-node":
            self.macros.append(_Macro(attributes.get("type", "extension")))
        elif tag in ("ac:parameter", "ac:adf-attribute") and self.macros:
            self.captured = []
            self.parameter = attributes.get("ac:name") or attributes.get("key") or ""
        elif tag == "ac:task-status":
            self.captured = []
        elif tag == "ac:plain-text-body" and self.macros:
            self.macros[-1].code = []
        elif tag in ("ac:rich-text-body", "ac:adf-content") and self.macros:
            macro = self.macros[-1]
            macro.framed = True
            kind = next((value for name, value in macro.parameters if name == "panel-type"), macro.name)
            self.enter(f"panel {kind}" if kind in _PANELS else "macro", macro.label())
        elif tag == "ac:link":
            self.linked.append((self.written(), attributes.get("ac:anchor", "")))
            self.push("link")
            self.target = f"#{attributes['ac:anchor']}" if "ac:anchor" in attributes else ""
        elif tag == "ac:image":
            shown = (f"{name.partition(':')[2]}: {value}" for name, value in sorted(attributes.items())
                     if name in ("ac:alt", "ac:title", "ac:width", "ac:height", "ac:align"))  # fmt: skip
            self.images.append(["", *shown])
        elif tag.startswith("ri:"):
            self.resource(_resource(tag, attributes))
        elif tag == "time":
            self.chip(attributes.get("datetime", "date"))
        elif tag == "ac:emoticon":
            self.write(attributes.get("ac:emoji-fallback") or f":{attributes.get('ac:name', 'emoji')}:", "")
        elif tag == "ac:placeholder":
            self.push("i")

    def resource(self, named: str) -> None:
        """Take in what an image, a link or a parameter refers to."""
        if self.captured is not None:
            self.captured.append(named)
        elif self.images:
            image = self.images[-1]
            image[0] = f"{image[0]} on {named}" if image[0] else named
        elif self.linked:
            anchor = self.linked[-1][1]
            self.target = f"{named}#{anchor}" if anchor else named

    def written(self) -> int:
        return len(self.runs or ()) if self.row is None else len(self.row)

    def end(self, tag: str) -> None:
        if self.hidden:
            self.hidden -= 1
        elif tag in _STYLES:
            self.pop(_STYLES[tag])
        elif tag in _HEADINGS or tag == "p":
            self.close()
        elif tag == "a":
            self.pop("link")
            self.target = ""
        elif tag == "pre":
            self.end_pre()
        elif tag in ("ul", "ol"):
            self.close()
            if self.lists:
                self.lists.pop()
        elif tag == "li":
            self.close()
            self.marker = ""
        elif tag == "table":
            self.nested -= bool(self.nested)
        elif tag == "tr":
            self.end_row()
        elif tag == "blockquote":
            self.close()
            self.frames = self.frames[:-1]
        elif tag in ("ac:layout-cell",) and self.layout not in ("", "single", "fixed-width"):
            self.leave()
        elif tag in _BOUNDARIES:
            if tag not in ("td", "th"):
                self.close()
        elif tag.startswith("ac:"):
            self.end_ac(tag)

    def end_pre(self) -> None:
        text = "".join(run.text for run in self.runs or ())
        self.runs = None
        self.kind = "p"
        self.code_lines(text)

    def code_lines(self, text: str) -> None:
        if self.row is not None:
            self.row.append(Run(text.strip("\n"), "code"))
            return
        for line in text.strip("\n").split("\n"):
            self.add("code", [Run(line.rstrip("\r"), "")])

    def end_row(self) -> None:
        if self.nested or self.row is None:
            self.close()
            return
        cells, self.row = self.row, None
        runs: list[Run] = []
        for place, run in enumerate(cells):
            follower = cells[place + 1].style if place + 1 < len(cells) else "cell"
            if run.text == "\n" and follower in ("cell", "headcell"):
                continue  # the line's end at the end of a cell
            runs.append(run)
        if runs:
            self.add("row", runs)

    def end_ac(self, tag: str) -> None:
        if tag in ("ac:parameter", "ac:adf-attribute"):
            if self.captured is not None and self.macros:
                self.macros[-1].parameters.append(
                    (self.parameter, _SPACE.sub(" ", "".join(self.captured)).strip())
                )
            self.captured = None
        elif tag == "ac:task-status":
            self.task_done = "".join(self.captured or ()).strip() == "complete"
            self.captured = None
        elif tag in ("ac:structured-macro", "ac:macro", "ac:adf-node"):
            self.end_macro(self.macros.pop())
        elif tag == "ac:link":
            self.end_link()
        elif tag == "ac:image":
            source, *rest = self.images.pop()
            self.chip(" · ".join(["image", source or "?", *rest]))
        elif tag == "ac:placeholder":
            self.pop("i")

    def end_macro(self, macro: _Macro) -> None:
        if macro.framed:
            self.leave()
        elif macro.code is None:
            self.chip(macro.label())
        else:
            self.enter("code", macro.label())
            self.code_lines("".join(macro.code))
            self.leave()

    def end_link(self) -> None:
        before, anchor = self.linked.pop() if self.linked else (0, "")
        if self.written() <= before:
            if self.target.startswith("user: "):
                self.write("@" + self.target[6:], "chip")
            else:
                self.write(self.target.partition(": ")[2] or self.target or f"#{anchor}")
        self.pop("link")
        self.target = ""


def _resource(tag: str, attributes: dict[str, str]) -> str:
    """Name what an `ri:` element refers to."""
    names = {name.partition(":")[2]: value for name, value in attributes.items()}
    if tag in ("ri:page", "ri:blog-post", "ri:content-entity"):
        title = names.get("content-title") or names.get("content-id", "")
        return f"page: {title}" + (f" ({names['space-key']})" if "space-key" in names else "")
    if tag == "ri:user":
        return f"user: {names.get('account-id') or names.get('userkey') or names.get('username', '')}"
    if tag == "ri:url":
        return names.get("value", "")
    if tag == "ri:attachment":
        return names.get("filename", "")
    if tag == "ri:space":
        return f"space: {names.get('space-key', '')}"
    return " ".join(value for name, value in names.items() if name != "version-at-save")


def _trimmed(runs: list[Run]) -> list[Run]:
    """Leave out white space and line breaks at both ends."""
    runs = list(runs)
    while runs and runs[0].style != "chip":
        first = runs[0]
        text = first.text.lstrip(" \t\r\n")
        if text:
            runs[0] = Run(text, first.style, first.target)
            break
        runs.pop(0)
    while runs and runs[-1].style != "chip":
        last = runs[-1]
        text = last.text.rstrip(" \t\r\n")
        if text:
            runs[-1] = Run(text, last.style, last.target)
            break
        runs.pop()
    return runs
