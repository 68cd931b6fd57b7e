"""Renders storage format as simple, safe HTML, for the browse pages and `body-format=view`."""

import re
from collections.abc import Mapping
from html import escape
from xml.parsers import expat

from local.atlassian.confluence.storage_check import open_parser

_PLAIN = frozenset(
    (
        "p",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "ul",
        "ol",
        "li",
        "table",
        "tbody",
        "thead",
        "tr",
        "td",
        "th",
        "strong",
        "em",
        "u",
        "s",
        "del",
        "sub",
        "sup",
        "code",
        "pre",
        "blockquote",
        "br",
        "hr",
        "span",
        "div",
        "colgroup",
        "col",
    )
)
_VOID = frozenset({"br", "hr", "col"})
_PANELS = frozenset({"info", "note", "warning", "tip", "panel", "expand"})
_SAFE = re.compile(r"(?:https?://|mailto:|/|#)", re.IGNORECASE)


def storage_to_html(storage: str, people: Mapping[str, str] | None = None) -> str:
    """Render a body; macros without an HTML form are shown by name, and everything is escaped.

    `people` maps the account ids of mentions to display names.
    """
    renderer = _Renderer(people or {})
    parser = open_parser()
    parser.StartElementHandler, parser.EndElementHandler = renderer.start, renderer.end
    parser.CharacterDataHandler = renderer.text
    try:
        parser.Parse(storage.encode(), False)
        parser.Parse(b"</page>", True)
    except expat.ExpatError:
        return f"<pre>{escape(storage)}</pre>"
    return "".join(renderer.out)


class _Renderer:
    def __init__(self, people: Mapping[str, str]) -> None:
        self._people = people
        self.out: list[str] = []
        self._closers: list[str] = []
        self._hidden = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        opening, closing = self._tags(name, attributes)
        hides = (
            name in {"ac:parameter", "ac:task-id", "ac:task-uuid", "ac:task-status"}
            and attributes.get("ac:name") != "title"
        )
        if hides:
            self._hidden += 1
            closing = "\0"
        elif not self._hidden:
            self.out.append(opening)
        self._closers.append(closing)

    def _tags(self, name: str, attributes: dict[str, str]) -> tuple[str, str]:  # noqa: C901 one branch per kind of tag
        if name in _VOID:
            return f"<{name}>", ""
        if name in _PLAIN:
            spans = "".join(
                f' {key}="{escape(attributes[key])}"'
                for key in ("colspan", "rowspan")
                if attributes.get(key, "").isdigit()
            )
            return f"<{name}{spans}>", f"</{name}>"
        if name == "a":
            href = attributes.get("href", "")
            return f'<a href="{escape(href if _SAFE.match(href) else "#")}">', "</a>"
        if name == "ac:structured-macro":
            kind = attributes.get("ac:name", "macro")
            if kind in _PANELS | {"code"}:
                return f'<div class="macro-{kind}">', "</div>"
            if kind == "status":
                return '<span class="status">', "</span>"
            return f'<span class="macro">{escape(kind)} ', "</span>"
        if name == "ac:parameter":
            return '<b class="macro-title">', "</b>"
        if name == "ac:plain-text-body":
            return "<pre>", "</pre>"
        if name == "ac:layout-section":
            return '<div class="layout">', "</div>"
        if name in {"ac:layout-cell", "ac:task"}:
            return f'<div class="{name[3:]}">', "</div>"
        if name == "ac:inline-comment-marker":
            return "<mark>", "</mark>"
        if name in {"ri:page", "ri:attachment", "ri:user", "ri:url"}:
            account = attributes.get("ri:account-id", "")
            shown = (
                attributes.get("ri:content-title")
                or attributes.get("ri:filename")
                or attributes.get("ri:value")
                or "@" + self._people.get(account, account)
            )
            return f'<span class="{name[3:]}">{escape(shown)}', "</span>"
        if name == "time":
            return escape(attributes.get("datetime", "")), ""
        return "", ""

    def end(self, name: str) -> None:
        closing = self._closers.pop() if self._closers else ""
        if closing == "\0":
            self._hidden -= 1
        elif not self._hidden:
            self.out.append(closing)

    def text(self, data: str) -> None:
        if not self._hidden:
            self.out.append(escape(data))
