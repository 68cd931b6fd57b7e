"""Content that Confluence may lose when it converts a saved page for its new editor: what of it a page has."""

from __future__ import annotations

from collections import Counter
from enum import StrEnum

from common.storage_format.xml.element_tree import Element, parse_tree


class Fragile(StrEnum):
    """A kind of content that may get lost in the conversion."""

    MENTION = "mention"
    MEDIA = "media"
    CARD = "card"
    COMMENT = "comment"
    WIDTH = "width"


#: The things of a page, by kind and identity: an account, a comment; empty where there is none in both formats.
FragileContent = Counter[tuple[Fragile, str]]


def fragile_content(storage: str) -> FragileContent:
    """Return what a well-formed page has: mentions, images and files, smart links, comment marks, layout widths.

    A comment counts once, however many markers it has.
    """
    found: FragileContent = Counter()
    comments = set()
    for element in parse_tree(storage).below():
        given = element.attributes
        if element.name == "ac:link" and (user := element.child("ri:user")):
            found[Fragile.MENTION, user.attributes.get("ri:account-id", "")] += 1
        elif element.name == "ac:inline-comment-marker":
            comments.add(given.get("ac:ref", ""))
        elif element.name == "a" and given.get("data-card-appearance"):
            found[Fragile.CARD, ""] += 1
        elif _is_media(element):
            found[Fragile.MEDIA, ""] += 1
        found[Fragile.WIDTH, ""] += _widths(element)
    found.update((Fragile.COMMENT, each) for each in comments)
    return +found


def _is_media(element: Element) -> bool:
    return element.name == "ac:image" or (
        element.name == "ac:structured-macro" and element.attributes.get("ac:name") == "view-file"
    )


def _widths(element: Element) -> int:
    """Return how many widths an element sets: of a layout column, of a wide or full-width block."""
    mode = element.attributes.get("ac:breakout-mode") or element.parameter("breakoutMode")
    return (element.name == "ac:layout-cell") + (mode not in ("", "default"))
