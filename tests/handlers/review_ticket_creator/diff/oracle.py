"""The text of two versions of a page, and what a diff shows of it, computed without the diff's own code."""

from __future__ import annotations

import re
import xml.etree.ElementTree as Tree
from collections import Counter
from dataclasses import dataclass, field
from html.entities import name2codepoint
from html.parser import HTMLParser

_NAMES = "".join(f'<!ENTITY {name} "&#{code};">' for name, code in name2codepoint.items() if code > 127)
_HIDDEN = {"ac.task-id", "ac.task-uuid", "ac.adf-fallback", "ac.adf-mark", "ac.task-status"}
_TARGETS = ("href", "ri.value", "ri.filename", "ri.content-title", "ri.account-id", "ri.space-key")
_WRITTEN_OUT = re.compile("⟨U\\+([0-9A-F]{4,6})⟩")
_VOID = {"meta", "link", "br", "input"}


@dataclass
class Said:
    """The characters of a page without white space, and its link targets."""

    characters: Counter[str] = field(default_factory=Counter)
    targets: Counter[str] = field(default_factory=Counter)


def said(storage: str) -> Said:
    """Read a page with Python's own XML parser."""
    tags = re.sub(r"(</?)(ac|ri|x|unknown):", r"\1\2.", storage)
    tags = re.sub(r"(\s)(ac|ri|x):([\w-]+\s*=)", r"\1\2.\3", tags)
    root = Tree.fromstring(f"<!DOCTYPE r [{_NAMES}]><r>{tags}</r>")
    found = Said()
    waiting = [root]
    while waiting:
        element = waiting.pop()
        found.characters.update(_characters(element.tail or ""))
        if element.tag in _HIDDEN:
            continue
        found.characters.update(_characters(element.text or ""))
        for name in _TARGETS:
            if value := " ".join(element.attrib.get(name, "").split()):
                found.targets[value] += 1
        waiting.extend(element)
    return found


def _characters(text: str) -> str:
    return "".join(text.split())


@dataclass
class Shown:
    """What a view shows as added and as removed, and its other texts."""

    added: str = ""
    removed: str = ""
    notes: str = ""
    everything: str = ""

    def counted(self, what: str) -> Counter[str]:
        """Count the characters of `added` or `removed`."""
        return Counter(_characters(getattr(self, what)))


class View(HTMLParser):
    """One view of a diff page, by its id: its added text, its removed text, and its notes."""

    def __init__(self, html: str, name: str) -> None:
        super().__init__(convert_charrefs=True)
        self.name = name
        self.shown = Shown()
        self._open: list[tuple[str, frozenset[str], str]] = []
        self._inside = 0
        self._cell = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "section" and given.get("id") == self.name:
            self._inside = len(self._open) + 1
        if tag == "tr":
            self._cell = 0
        self._cell += tag == "td"
        if tag not in _VOID:
            self._open.append((tag, frozenset(given.get("class", "").split()), given.get("id", "")))

    def handle_endtag(self, tag: str) -> None:
        self._open.pop()
        if len(self._open) < self._inside:
            self._inside = 0

    def handle_data(self, data: str) -> None:
        if not self._inside or not any(tag == "table" or "page" in names for tag, names, _ in self._open):
            return
        classes = frozenset[str]().union(*(classes for _, classes, _ in self._open))
        tags = {tag for tag, _, _ in self._open}
        if classes & {"hidden", "marker", "jump", "fold", "gap", "here", "sign", "line"} or "thead" in tags:
            return
        data = _WRITTEN_OUT.sub(lambda match: chr(int(match[1], 16)), data)
        self.shown.everything += data
        if classes & {"target", "form"} or ("unseen" in classes and data.startswith((" ", "“"))):
            self.shown.notes += data + "\n"
        elif "added" in classes or "ins" in tags:
            self.shown.added += data
        elif "removed" in classes or "del" in tags:
            self.shown.removed += data


def header(html: str) -> str:
    """Return the header's list of counts, as text."""
    match = re.search(r'<ul class="counts".*?</ul>', html, re.DOTALL)
    return re.sub(r"<[^>]*>", " ", match[0]) if match else ""


def default_view(html: str) -> Shown:
    """Return what the first tab shows."""
    match = re.search(r'id="show-(\w+)"[^>]* checked>', html)
    assert match
    return View(html, match[1]).shown
