"""Writes a drawing as an SVG picture: what starts work on the left, functions in the middle, stores on the right."""

from collections.abc import Iterator
from html import escape

from stack.drawing.flow import Arrow, Drawing, Node

_COLUMNS = (("api", "schedule", "queue"), ("function",), ("bus", "table", "bucket", "secret"))
_COLOURS = {
    "api": "#a5d8ff",
    "schedule": "#d0bfff",
    "queue": "#ffd8a8",
    "function": "#ffec99",
    "bus": "#eebefa",
    "table": "#b2f2bb",
    "bucket": "#c3fae8",
    "secret": "#dee2e6",
}
_WIDTH, _HEIGHT = 236, 44
_ACROSS, _DOWN = 500, 76
_EDGE, _TOP = 60, 40


def svg(drawing: Drawing) -> str:
    """Return the picture as text. It needs no fonts, scripts or other files."""
    places = dict(_places(drawing))
    tallest = max(len(drawing.of_kind(*kinds)) for kinds in _COLUMNS)
    width, height = 2 * _EDGE + 2 * _ACROSS + _WIDTH, 2 * _TOP + tallest * _DOWN
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif">',
        "<title>What calls what, and what may use what</title>",
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" '
        'orient="auto"><path d="M0 0 8 4 0 8z" fill="#495057"/></marker></defs>',
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
    ]
    parts += [_arrow(arrow, places) for arrow in drawing.arrows]
    parts += [_node(node, *places[node.name]) for node in drawing.nodes]
    parts += [_label(arrow, places) for arrow in drawing.arrows if arrow.label]
    return "\n".join([*parts, "</svg>"]) + "\n"


def _places(drawing: Drawing) -> Iterator[tuple[str, tuple[int, int]]]:
    """Give each node the place of its upper left corner, columns centred."""
    tallest = max(len(drawing.of_kind(*kinds)) for kinds in _COLUMNS)
    for column, kinds in enumerate(_COLUMNS):
        found = drawing.of_kind(*kinds)
        start = _TOP + (tallest - len(found)) * _DOWN // 2
        for row, node in enumerate(found):
            yield node.name, (_EDGE + column * _ACROSS, start + row * _DOWN)


def _node(node: Node, x: int, y: int) -> str:
    """Draw a box with the name and, smaller, the kind."""
    middle = x + _WIDTH // 2
    return (
        f'<rect x="{x}" y="{y}" width="{_WIDTH}" height="{_HEIGHT}" rx="6" fill="{_COLOURS[node.kind]}" '
        f'stroke="#495057"/><text x="{middle}" y="{y + 19}" font-size="14" text-anchor="middle" fill="#212529">'
        f'{escape(node.name)}</text><text x="{middle}" y="{y + 35}" font-size="11" text-anchor="middle" '
        f'fill="#495057">{node.kind}</text>'
    )


def _ends(arrow: Arrow, places: dict[str, tuple[int, int]]) -> tuple[int, int, int, int]:
    """Find where an arrow leaves and arrives: at the sides that face each other."""
    (x1, y1), (x2, y2) = places[arrow.source], places[arrow.target]
    forwards = x1 <= x2
    return (
        x1 + (_WIDTH if forwards else 0),
        y1 + _HEIGHT // 2,
        x2 + (0 if forwards else _WIDTH),
        y2 + _HEIGHT // 2,
    )


def _arrow(arrow: Arrow, places: dict[str, tuple[int, int]]) -> str:
    """Draw a curve; one that leads back to the left is dashed."""
    x1, y1, x2, y2 = _ends(arrow, places)
    bend = (x2 - x1) // 2
    dashed = ' stroke-dasharray="5 4"' if x2 < x1 else ""
    return (
        f'<path d="M{x1} {y1}C{x1 + bend} {y1} {x2 - bend} {y2} {x2} {y2}" fill="none" stroke="#868e96"'
        f'{dashed} marker-end="url(#tip)"/>'
    )


def _label(arrow: Arrow, places: dict[str, tuple[int, int]]) -> str:
    """Write an arrow's label where it arrives; below the box where it comes from the right."""
    x1, _, x2, y2 = _ends(arrow, places)
    x, y = (x2 - 12, y2 - 6) if x1 < x2 else (x2, y2 + _HEIGHT // 2 + 12)
    return (
        f'<text x="{x}" y="{y}" font-size="11" text-anchor="end" fill="#212529" stroke="#ffffff" '
        f'stroke-width="4" paint-order="stroke">{escape(arrow.label)}</text>'
    )
