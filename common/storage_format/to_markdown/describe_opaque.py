"""Describe elements without a Markdown form: their kind, and as a hint what a reader sees."""

from __future__ import annotations

import re

from common.storage_format.edits import Token
from common.storage_format.xml.element_tree import Element
from common.storage_format.xml.vocabulary import MACROS

_LINKS = {
    "ri:page": "page-link",
    "ri:blog-post": "page-link",
    "ri:content-entity": "page-link",
    "ri:user": "mention",
    "ri:attachment": "attachment-link",
    "ri:space": "space-link",
    "ri:shortcut": "shortcut-link",
}
_KINDS = {
    "ac:image": "image",
    "ac:emoticon": "emoticon",
    "time": "date",
    "ac:placeholder": "placeholder",
    "ac:adf-extension": "extension",
    "ac:inline-comment-marker": "inline-comment",
    "a": "link",
}
_HINT_PARAMETERS = ("title", "key", "jqlQuery", "name", "page", "url", "")
_LONGEST_HINT = 60
_NAMING = (
    "ri:content-title",
    "ri:filename",
    "ri:space-key",
    "ri:key",
    "ri:value",
    "ri:account-id",
    "ri:userkey",
)


def describe_element(element: Element) -> Token:
    """Return the kind and hint of an element without a Markdown form."""
    name = element.name
    if name in MACROS:
        macro = _word(element.attributes.get("ac:name", ""))
        return Token("status" if macro == "status" else f"{macro}-macro", _hint(_of_macro(element)))
    if name == "ac:link":
        return _link(element)
    return Token(_KINDS.get(name) or _word(name.removeprefix("ac:")), _hint(_of_element(element)))


def _link(element: Element) -> Token:
    resource = next((child for child in element.elements if child.name.startswith("ri:")), None)
    body = next((child.collapsed_text for child in element.elements if child.name.endswith("link-body")), "")
    if resource is None:
        return Token("anchor-link", _hint(body or element.attributes.get("ac:anchor", "")))
    named = body if resource.name == "ri:user" else body or resource_name(resource)
    return Token(_LINKS.get(resource.name, "link"), _hint(named))


def resource_name(resource: Element) -> str:
    """Return the title, filename, URL or id in an `ri:` element; empty if it has none."""
    return next((resource.attributes[key] for key in _NAMING if resource.attributes.get(key)), "")


def _of_macro(element: Element) -> str:
    for name in _HINT_PARAMETERS:
        if value := element.parameter(name):
            return value
    for resource in element.below():
        if resource.name.startswith("ri:") and (value := resource_name(resource)):
            return value
    body = element.child("ac:rich-text-body") or element.child("ac:plain-text-body")
    return body.collapsed_text if body is not None else ""


def _of_element(element: Element) -> str:
    attributes = element.attributes
    if element.name == "ac:image":
        named = next((resource_name(child) for child in element.elements if child.name.startswith("ri:")), "")
        return attributes.get("ac:alt") or named
    if element.name == "ac:emoticon":
        return attributes.get("ac:emoji-fallback") or attributes.get("ac:name", "")
    if element.name == "time":
        return attributes.get("datetime", "")
    return element.collapsed_text


def _hint(text: str) -> str:
    text = " ".join(re.sub(r"[⟦⟧|`]", " ", text).split())
    return text if len(text) <= _LONGEST_HINT else text[: _LONGEST_HINT - 1].rstrip() + "…"


def _word(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "element"
