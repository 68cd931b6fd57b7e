"""Writes a drawing as an SVG picture that a newcomer can read: work goes from left to right."""

from collections.abc import Iterator
from html import escape

from stack.drawing.flow import Arrow, Drawing, Node
from stack.drawing.layout import Place, layout

_COLOURS = {
    "api": "#a5d8ff",
    "schedule": "#d0bfff",
    "queue": "#ffd8a8",
    "function": "#fff3bf",
    "bus": "#eebefa",
    "table": "#b2f2bb",
    "bucket": "#c3fae8",
    "secret": "#ced4da",
}
_HEADINGS = ("bus", "what starts work", "functions", "what they may use")
_LEFTS = (30, 225, 690, 1090)
_WIDTHS = (120, 260, 270, 180)
_WIDTH, _TOP, _DOWN, _HEIGHT = 1300, 70, 92, 66
_PILL = 20


def svg(drawing: Drawing) -> str:
    """Return the picture as text. It needs no fonts, scripts or other files."""
    places = layout(drawing)
    bottom = _TOP + int(max((place.row for place in places.values()), default=0.0) * _DOWN) + _HEIGHT
    height = bottom + 60
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" font-family="sans-serif">',
        "<title>What calls what, and what may use what</title>",
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" '
        'orient="auto"><path d="M0 0 8 4 0 8z" fill="#495057"/></marker></defs>',
        f'<rect width="{_WIDTH}" height="{height}" fill="#ffffff"/>',
    ]
    parts += [
        _text(left + width // 2, 36, heading, 15, "#868e96")
        for heading, left, width in zip(_HEADINGS, _LEFTS, _WIDTHS, strict=True)
    ]
    drawn = [arrow for arrow in drawing.arrows if _leads_on(arrow, places)]
    parts += [_curve(arrow, places) for arrow in drawn]
    parts += [
        _node(node, _note(node, drawing), places[node.name]) for node in drawing.nodes if node.name in places
    ]
    parts += [pill for node in drawing.of_kind("function") for pill in _pills(node, drawing, places)]
    parts += [_label(arrow, places) for arrow in drawn if arrow.label and _is_start(arrow, places)]
    parts += _legend(bottom + 30)
    return "\n".join([*parts, "</svg>"]) + "\n"


def _leads_on(arrow: Arrow, places: dict[str, Place]) -> bool:
    """Tell whether an arrow goes to the right; what a function publishes or reads secretly is in its box."""
    if arrow.source not in places or arrow.target not in places:
        return False
    return places[arrow.source].column < places[arrow.target].column


def _is_start(arrow: Arrow, places: dict[str, Place]) -> bool:
    """Tell whether an arrow starts a function."""
    return places[arrow.target].column == 2


def _corner(place: Place) -> tuple[int, int]:
    """Find the upper left corner of a box."""
    return _LEFTS[place.column], _TOP + int(place.row * _DOWN)


def _note(node: Node, drawing: Drawing) -> str:
    """Say in a box what it is; of a queue, which events it gets."""
    events = [a.label for a in drawing.arrows if a.target == node.name and a.label]
    return ", ".join(events) if node.kind == "queue" and events else node.kind


def _node(node: Node, note: str, place: Place) -> str:
    """Draw a box with the name and, smaller, a note; functions have room for pills instead."""
    x, y = _corner(place)
    width = _WIDTHS[place.column]
    middle = x + width // 2
    box = (
        f'<rect x="{x}" y="{y}" width="{width}" height="{_HEIGHT}" rx="8" fill="{_COLOURS[node.kind]}" '
        f'stroke="#495057"/>{_text(middle, y + 27, node.name, 16, "#212529")}'
    )
    return box if node.kind == "function" else box + _text(middle, y + 50, note, 13, "#495057")


def _pills(function: Node, drawing: Drawing, places: dict[str, Place]) -> Iterator[str]:
    """Draw into a function's box which buses it publishes on, and which secrets it reads."""
    kinds = {node.name: node.kind for node in drawing.nodes}
    held = [
        (kinds[arrow.target], arrow.target)
        for arrow in drawing.arrows
        if arrow.source == function.name and kinds.get(arrow.target) in ("bus", "secret")
    ]
    words = [
        (kind, f"→ {name}" if kind == "bus" else name.removesuffix("-secret")) for kind, name in sorted(held)
    ]
    widths = [_pill_width(text) for _, text in words]
    left, top = _corner(places[function.name])
    x = left + (_WIDTHS[2] - sum(widths) - 8 * max(len(words) - 1, 0)) // 2
    for (kind, text), width in zip(words, widths, strict=True):
        yield _pill(x, top + 38, kind, text)
        x += width + 8


def _pill_width(text: str) -> int:
    return 7 * len(text) + 16


def _pill(x: int, y: int, kind: str, text: str) -> str:
    """Draw a small coloured word."""
    width = _pill_width(text)
    return (
        f'<rect x="{x}" y="{y}" width="{width}" height="{_PILL}" rx="10" fill="{_COLOURS[kind]}"/>'
        f"{_text(x + width // 2, y + 14, text, 12, '#212529')}"
    )


def _legend(y: int) -> Iterator[str]:
    """Explain the pills."""
    x = _LEFTS[2]
    for kind, sample, words in (("bus", "→", "publishes on this bus"), ("secret", "…", "reads this secret")):
        yield _pill(x, y - 14, kind, sample)
        yield _text(x + _pill_width(sample) + 8, y, words, 13, "#495057", anchor="start")
        x += 230


def _curve(arrow: Arrow, places: dict[str, Place]) -> str:
    """Draw an arrow from the right side of one box to the left side of another."""
    source, target = places[arrow.source], places[arrow.target]
    (left, y1), (x2, y2) = _corner(source), _corner(target)
    x1, y1, y2 = left + _WIDTHS[source.column], y1 + _HEIGHT // 2, y2 + _HEIGHT // 2
    bend = (x2 - x1) // 2
    return (
        f'<path d="M{x1} {y1}C{x1 + bend} {y1} {x2 - bend} {y2} {x2} {y2}" fill="none" stroke="#868e96" '
        f'stroke-width="1.5" marker-end="url(#tip)"/>'
    )


def _label(arrow: Arrow, places: dict[str, Place]) -> str:
    """Write an arrow's label where it arrives."""
    x, y = _corner(places[arrow.target])
    return _text(x - 12, y + _HEIGHT // 2 - 11, arrow.label, 13, "#212529", anchor="end", halo=True)


def _text(
    x: int, y: int, words: str, size: int, colour: str, *, anchor: str = "middle", halo: bool = False
) -> str:
    """Write words; with a halo, so that lines below do not disturb them."""
    white = ' stroke="#ffffff" stroke-width="5" paint-order="stroke"' if halo else ""
    return (
        f'<text x="{x}" y="{y}" font-size="{size}" text-anchor="{anchor}" fill="{colour}"{white}>'
        f"{escape(words)}</text>"
    )
