"""Labels of macros, images and resources (`ri:` elements), and texts for the attributes that change their look."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from common.storage_format.xml.equivalence import VOLATILE

_MACROS = {
    "code": "Code", "noformat": "Preformatted text", "code-block": "Code", "paste-code-macro": "Code",
    "info": "Info panel", "note": "Note panel", "warning": "Warning panel", "tip": "Tip panel", "panel": "Panel",
    "expand": "Expand", "status": "Status", "toc": "Table of contents", "jira": "Jira issues", "excerpt": "Excerpt",
}  # fmt: skip
_PANELS = {"info", "note", "warning", "tip", "success", "error", "panel"}
#: Attributes with an effect that a reader sees, and the name of that effect.
_VISIBLE = {
    "align": "text-align", "ac:align": "align", "ac:layout": "layout", "ac:type": "type", "ac:width": "width",
    "bgcolor": "background-color", "color": "color", "face": "font", "size": "size", "width": "width",
    "height": "height", "colspan": "columns spanned", "rowspan": "rows spanned", "valign": "vertical-align",
    "border": "border", "dir": "direction", "data-highlight-colour": "background-color", "data-layout": "layout",
    "data-table-width": "table width", "data-table-display-mode": "table display", "data-card-appearance": "shown as",
    "ac:card-appearance": "shown as", "data-card-layout": "layout", "data-card-width": "width", "data-color": "color",
    "data-background-color": "background-color", "ac:breakout-mode": "breakout",
    "ac:breakout-width": "breakout width", "title": "title", "ac:tooltip": "title", "lang": "language",
    "type": "type", "reversed": "reversed", "value": "value", "nowrap": "wrapping", "cite": "source",
    "summary": "summary", "ac:custom-width": "own width", "ac:border": "border", "ac:thumbnail": "thumbnail",
    "ac:style": "style", "ac:hspace": "space beside", "ac:vspace": "space above", "ac:alt": "alt",
    "ac:title": "title", "ac:height": "height", "ac:original-width": "original width",
    "ac:original-height": "original height", "ac:src": "source", "ac:caption": "caption",
}  # fmt: skip
_USUAL = {("data-layout", "default"), ("align", ""), ("colspan", "1"), ("rowspan", "1")}
IMAGE = ("ac:alt", "ac:title", "ac:width", "ac:height", "ac:align")


@dataclass
class OpenMacro:
    """A macro that is being read: its parameters, its plain text, and whether its content is shown in a box."""

    name: str
    parameters: list[tuple[str, str]] = field(default_factory=list)
    code: list[str] | None = None
    framed: bool = False

    looks: list[str] = field(default_factory=list)

    def label(self) -> str:
        """Return the macro's name with all its parameters: a changed parameter is a changed label."""
        parameters = [f"{name}: {value}" if name else value for name, value in self.parameters if value]
        return " · ".join([_MACROS.get(self.name, f"{self.name} macro"), *parameters])

    def frame(self) -> str:
        """Return the box of its content: `panel` with its kind, or `macro`."""
        kind = next((value for name, value in self.parameters if name == "panel-type"), self.name)
        return f"panel {kind}" if kind in _PANELS else "macro"


def looks(attributes: dict[str, str], but: Iterable[str] = ()) -> list[str]:
    """Return the visible effects of attributes as `name: value`; the attributes in `but` are left out."""
    if not attributes:
        return []
    found: list[str] = []
    for name, value in attributes.items():
        if name == "style" and name not in but:
            found += sorted(_declarations(value))
        elif name in _VISIBLE and name not in but and (name, value) not in _USUAL:
            found.append(f"{_VISIBLE[name]}: {' '.join(value.split())}")
    return list(dict.fromkeys(found))


def _declarations(style: str) -> Iterator[str]:
    for part in style.split(";"):
        name, _, value = part.partition(":")
        if name.strip():
            yield f"{name.strip().lower()}: {' '.join(value.split())}"


def source_only_attributes(tag: str, attributes: dict[str, str], but: Iterable[str] = ()) -> Iterator[str]:
    """Yield the attributes that only the source view shows; ids that Confluence sets do not count."""
    for name, value in attributes.items():
        if name not in _VISIBLE and name != "style" and name not in VOLATILE and name not in but:
            yield f'{tag} {name}="{value}"'


def image_label(source: str, attributes: dict[str, str]) -> str:
    """Return the label of an image: its source and visible attributes."""
    parts = [f"{name[3:]}: {attributes[name]}" for name in IMAGE if attributes.get(name)]
    return " · ".join(["image", source or "?", *parts])


_NAMING = {
    "ri:page": "page: ", "ri:blog-post": "page: ", "ri:content-entity": "page: ",
    "ri:user": "user: ", "ri:space": "space: ",
}  # fmt: skip
_NAMES = (
    "content-title",
    "content-id",
    "account-id",
    "userkey",
    "username",
    "value",
    "filename",
    "space-key",
)


def resource_label(tag: str, attributes: dict[str, str]) -> str:
    """Return the label of a resource: the target of an `ri:` element, with all its attributes."""
    values = {
        name.partition(":")[2] or name: value for name, value in attributes.items() if name not in VOLATILE
    }
    named = next((name for name in _NAMES if values.get(name)), "")
    further = [
        value if name in _NAMES else f"{name}: {value}" for name, value in values.items() if name != named
    ]
    return _NAMING.get(tag, "") + values.get(named, "") + (f" ({', '.join(further)})" if further else "")
