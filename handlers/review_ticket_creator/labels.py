"""What macros, images and the things they refer to are called where they are shown as labels."""

from __future__ import annotations

from dataclasses import dataclass, field

_MACROS = {
    "code": "Code", "noformat": "Preformatted text", "code-block": "Code", "paste-code-macro": "Code",
    "info": "Info panel", "note": "Note panel", "warning": "Warning panel", "tip": "Tip panel", "panel": "Panel",
    "expand": "Expand", "status": "Status", "toc": "Table of contents", "jira": "Jira issues", "excerpt": "Excerpt",
}  # fmt: skip
_PANELS = {"info", "note", "warning", "tip", "success", "error", "panel"}
_IMAGE_ATTRIBUTES = ("ac:alt", "ac:title", "ac:width", "ac:height", "ac:align")


@dataclass
class Macro:
    """A macro while it is read: its parameters, its plain text, and whether its content is shown in a box."""

    name: str
    parameters: list[tuple[str, str]] = field(default_factory=list)
    code: list[str] | None = None
    framed: bool = False

    def label(self) -> str:
        """Name the macro with all that it is told, so that a change of a parameter shows."""
        told = [f"{name}: {value}" if name else value for name, value in self.parameters if value]
        return " · ".join([_MACROS.get(self.name, f"{self.name} macro"), *told])

    def frame(self) -> str:
        """Tell in which box its content stands: `panel` with its kind, or `macro`."""
        kind = next((value for name, value in self.parameters if name == "panel-type"), self.name)
        return f"panel {kind}" if kind in _PANELS else "macro"


def image(source: str, attributes: dict[str, str]) -> str:
    """Name an image with what changes how it is shown."""
    shown = [f"{name[3:]}: {attributes[name]}" for name in _IMAGE_ATTRIBUTES if attributes.get(name)]
    return " · ".join(["image", source or "?", *shown])


def resource(tag: str, attributes: dict[str, str]) -> str:
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
