"""Convert a page to Markdown for people: everything that a reader sees is kept, without opaque tokens."""

from __future__ import annotations

from urllib.parse import quote

from common.storage_format.to_markdown import describe_opaque
from common.storage_format.to_markdown.escaping import blockquote, destination, escape_markdown
from common.storage_format.to_markdown.writer import Writer
from common.storage_format.xml.element_tree import Element, parse_tree
from common.storage_format.xml.vocabulary import MACROS
from common.storage_format.xml.wellformed import check_wellformed

_ALERTS = {"info": "NOTE", "tip": "TIP", "note": "WARNING", "warning": "CAUTION", "panel": "IMPORTANT"}
_SILENT_MACROS = frozenset({"anchor", "toc", "children", "pagetree", "livesearch", "recently-updated"})
_THIS_PAGE = "@self"
_FOLDED = frozenset({"expand", "ui-expand"})


def to_markdown(storage: str) -> str:
    """Return a page as readable Markdown; raise MalformedStorage.

    Content that `render` can read back is written in that form: page links as `confluence-page:`, attachments as
    images by name, panels as alerts, expands as `<details>`. Of other content, the text that a reader sees is kept.
    """
    check_wellformed(storage)
    text = "\n\n".join(_Reader().blocks(parse_tree(storage).children))
    return text + "\n" if text else ""


class _Reader(Writer):
    def opaque(self, element: Element) -> str:
        name = element.name
        if name == "ac:link":
            return self.page_link(element)
        if name == "ac:image":
            return self.image(element)
        if name in MACROS:
            return self.inline_macro(element)
        if name == "time":
            return escape_markdown(element.attributes.get("datetime", ""))
        if name == "ac:emoticon":
            attributes = element.attributes
            fallback = attributes.get("ac:emoji-fallback") or attributes.get("ac:emoji-shortname")
            return escape_markdown(fallback or f":{attributes.get('ac:name', '')}:")
        if name == "br":
            return " "
        if name in ("ac:adf-attribute", "ac:adf-fallback", "ac:adf-mark", "colgroup"):
            return ""
        return self.inline(element.children)

    def is_inline(self, element: Element) -> bool:
        return element.name != "ac:adf-extension" and super().is_inline(element)

    def block(self, element: Element) -> str:
        if element.name == "ac:adf-fallback":
            return ""
        if element.name == "ac:adf-node" and element.attributes.get("type") == "panel":
            kind = next(
                (part.collapsed_text for part in element.elements if part.name == "ac:adf-attribute"), ""
            )
            alert = _ALERTS.get(kind, "NOTE")
            return blockquote("\n".join([f"[!{alert}]", "\n\n".join(self.blocks(element.children))]))
        return super().block(element)

    def page_link(self, element: Element) -> str:
        """Return an `ac:link`: a page link in the form that `render` reads, a mention by its account id."""
        resource = next((child for child in element.elements if child.name.startswith("ri:")), None)
        body = next((child for child in element.elements if child.name.endswith("link-body")), None)
        shown = self.inline(body.children).strip() if body is not None else ""
        anchor = element.attributes.get("ac:anchor", "")
        if resource is None:
            return f"[{shown or escape_markdown(anchor)}]({destination('#' + anchor)})" if anchor else shown
        named = describe_opaque.resource_name(resource)
        if named == _THIS_PAGE:
            return f"[{shown or escape_markdown(anchor)}]({destination('#' + anchor)})" if anchor else shown
        if resource.name == "ri:user":
            return escape_markdown(f"@{shown or named}")
        if resource.name in ("ri:page", "ri:blog-post") and named:
            target = "confluence-page:" + quote(named, safe="")
            if space := resource.attributes.get("ri:space-key"):
                target += "?space=" + quote(space, safe="")
            return f"[{shown or escape_markdown(named)}]({target}{'#' + quote(anchor, safe='') if anchor else ''})"
        return shown or escape_markdown(named)

    def image(self, element: Element) -> str:
        """Return an image with its caption."""
        resource = next((child for child in element.elements if child.name.startswith("ri:")), None)
        source = describe_opaque.resource_name(resource) if resource is not None else ""
        alt = escape_markdown(element.attributes.get("ac:alt", ""))
        if resource is not None and resource.name == "ri:attachment":
            source = quote(source, safe="/-_.~()!'") if not _is_plain(source) else source
        return f"![{alt}]({destination(source)}){self.caption(element)}"

    def inline_macro(self, element: Element) -> str:
        """Return the text that a reader sees of an inline macro."""
        name = element.attributes.get("ac:name", "")
        body = element.child("ac:rich-text-body")
        if body is not None:
            return " ".join(self.blocks(body.children))
        token = describe_opaque.describe_element(element)
        if token.kind == "status":
            return escape_markdown(f"[{token.hint}]")
        if name in _SILENT_MACROS:
            return ""
        text = element.child("ac:plain-text-body")
        if text is not None and text.collapsed_text:
            return escape_markdown(text.collapsed_text)
        return escape_markdown(f"[{name}: {token.hint}]" if token.hint else f"[{name}]")

    def body_macro(self, element: Element, body: Element) -> str:
        name = element.attributes.get("ac:name", "")
        title = element.parameter("title")
        if self.in_cell:
            return " ".join(self.blocks(body.children))
        inner = self.blocks(body.children)
        if name in _ALERTS:
            head = [f"[!{_ALERTS[name]}]"] if not title else [f"[!{_ALERTS[name]}] {escape_markdown(title)}"]
            return blockquote("\n".join([*head, "\n\n".join(inner)]))
        if name in _FOLDED:
            summary = escape_markdown(title).replace("\\<", "&lt;")
            return "\n\n".join([f"<details><summary>{summary}</summary>", *inner, "</details>"])
        if title:
            inner.insert(0, f"**{escape_markdown(title)}**")
        return "\n\n".join(inner)


def _is_plain(name: str) -> bool:
    return name.replace("-", "").replace("_", "").replace(".", "").isalnum()
