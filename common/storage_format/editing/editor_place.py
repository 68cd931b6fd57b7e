"""The place of a block, as the new editor sees it: decides which new text fits there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from common.storage_format.errors import InvalidEdit
from common.storage_format.from_markdown.blocks import Piece
from common.storage_format.from_markdown.editor_shapes import Place, fit_pieces, misfit
from common.storage_format.page.page import Block, Page
from common.storage_format.xml.nodes import Container

_PLACES = {
    "li": Place.ITEM,
    "ul": Place.ITEM,
    "ol": Place.ITEM,
    "ac:task-body": Place.TASK,
    "ac:task": Place.TASK,
    "ac:task-list": Place.TASK,
    "blockquote": Place.QUOTE,
    "td": Place.CELL,
    "th": Place.CELL,
    "ac:layout-cell": Place.PAGE,
}
PANELS = frozenset({"info", "note", "warning", "tip", "panel"})
TRANSPARENT = frozenset({"ac:rich-text-body", "ac:adf-content", "div", "section", "p"})
_ARTICLES = {"code": "code", "rule": "a rule", "text": "text", "expand": "an expand"}
_IDS = re.compile(r"\s(?:ac:)?local-id\s*=\s*(?:\"[^\"]*\"|'[^']*')|\sstart\s*=\s*(?:\"[^\"]*\"|'[^']*')")
_START = re.compile(r"\sstart\s*=\s*[\"'](\d{1,9})[\"']")


def place_within(container: Container | None) -> Place:
    """Return the place in a container; content of macros that are not panels or expands is as free as the page."""
    while container is not None and container.node.name in TRANSPARENT:
        container = container.above
    if container is None:
        return Place.PAGE
    if container.name == "expand":
        return Place.NESTED_EXPAND if is_nested(container.above) else Place.EXPAND
    if container.name in PANELS:
        return Place.PANEL
    return _PLACES.get(container.node.name, Place.PAGE)


def is_nested(container: Container | None) -> bool:
    """Tell whether a container is an expand or a table cell, or is in one: an expand there is a nested expand."""
    while container is not None:
        if container.name == "expand" or container.node.name in ("td", "th"):
            return True
        container = container.above
    return False


def fit_into(pieces: Iterable[Piece], container: Container | None) -> tuple[Piece, ...]:
    """Return pieces rewritten for a container; what it cannot hold is still in the result (`misfit`)."""
    return fit_pieces(pieces, place_within(container), is_nested(container))


def refusal(kind: str, container: Container | None, advice: str) -> InvalidEdit:
    """Return the error for a kind of content that a container cannot hold, with what to do instead."""
    name = _ARTICLES.get(kind, f"a {kind}")
    return InvalidEdit(f"{name} cannot be in {place_within(container)} in Confluence; {advice}")


def end_of_containers(
    page: Page, block: Block, pieces: Sequence[Piece]
) -> tuple[int, tuple[Piece, ...]] | None:
    """Return the end of the innermost container that ends with a block, after which pieces fit, and the fitted pieces.

    None if the pieces do not fit, or if other blocks of the container follow.
    """
    container = block.node.container
    following = block.node.end
    if block.number + 1 < len(page.blocks):
        following = page.blocks[block.number + 1].node.start
    else:
        following = len(page.source) + 1
    while container is not None and place_within(container) in (
        Place.QUOTE,
        Place.PANEL,
        Place.EXPAND,
        Place.NESTED_EXPAND,
        Place.PAGE,
    ):
        if container.node.name.startswith("ac:layout") or following < container.node.end:
            return None
        above = container.above
        fitted = fit_into(pieces, above)
        is_whole = container.node.name != "ac:rich-text-body" and (above is None or above.node.name != "p")
        if is_whole and not misfit(fitted, place_within(above)):
            return container.node.end, fitted
        container = above
    return None


def split_tags(page: Page, list_: Container, item_end: int) -> tuple[str, str]:
    """Return the tags that end a list after an item and begin it again; an ordered list goes on counting."""
    node = list_.node
    tag = _IDS.sub("", page.source[node.start : node.opened])
    if node.name == "ol":
        first = _START.search(page.source[node.start : node.opened])
        done = sum(1 for child in node.children if child.end <= item_end)
        tag = f'{tag[:-1]} start="{int(first[1] if first else 1) + done}">'
    return f"</{node.name}>", tag
