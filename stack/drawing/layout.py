"""Gives each component its place: the bus, what starts work, functions, stores, from left to right, near its like."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from stack.drawing.flow import Drawing, Node

_STARTERS = {"api": 0.0, "queue": 1.0, "schedule": 2.0}
_STORES = ("table", "bucket")
_APART = 1.3


@dataclass(frozen=True)
class Place:
    """Where a component is: its column from the left, and its row, with fractions, from the top."""

    column: int
    row: float


def layout(drawing: Drawing) -> dict[str, Place]:
    """Place all components by name, but for secrets, which are shown with the functions that read them."""
    functions = {node.name: float(row) for row, node in enumerate(_in_reading_order(drawing))}
    starters = _beside(drawing.of_kind(*_STARTERS), _targets(drawing), functions, 1.0)
    buses = _beside(drawing.of_kind("bus"), _targets(drawing), starters, 1.0)
    stores = _beside(drawing.of_kind(*_STORES), _sources(drawing), functions, _APART)
    columns = (buses, starters, functions, stores)
    return {name: Place(column, row) for column, rows in enumerate(columns) for name, row in rows.items()}


def _in_reading_order(drawing: Drawing) -> list[Node]:
    """Order the functions as work reaches them: from outside first, then by queues, then by the clock."""
    kinds = {node.name: node.kind for node in drawing.nodes}

    def rank(function: Node) -> tuple[float, str]:
        starts = [_STARTERS[kinds[a.source]] for a in drawing.arrows if a.target == function.name]
        return (sum(starts) / len(starts) if starts else float(len(_STARTERS))), function.name

    return sorted(drawing.of_kind("function"), key=rank)


def _targets(drawing: Drawing) -> Mapping[str, list[str]]:
    """List by component where its arrows lead."""
    return {node.name: [a.target for a in drawing.arrows if a.source == node.name] for node in drawing.nodes}


def _sources(drawing: Drawing) -> Mapping[str, list[str]]:
    """List by component where the arrows to it come from."""
    return {node.name: [a.source for a in drawing.arrows if a.target == node.name] for node in drawing.nodes}


def _beside(
    nodes: Sequence[Node], neighbours: Mapping[str, list[str]], rows: Mapping[str, float], apart: float
) -> dict[str, float]:
    """Put each node beside the middle of its neighbours, and no two closer than `apart`."""

    def wish(node: Node) -> float:
        near = [rows[name] for name in neighbours[node.name] if name in rows]
        return sum(near) / len(near) if near else float(len(rows))

    placed: dict[str, float] = {}
    for node in sorted(nodes, key=wish):
        placed[node.name] = max([wish(node), *(row + apart for row in placed.values())])
    if not placed:
        return placed
    # What was pushed down is moved up again together, so that the column stays beside its neighbours.
    shift = min(sum(map(wish, nodes)) / len(nodes) - sum(placed.values()) / len(placed), 0.0)
    shift = max(shift, -min(placed.values()))
    return {name: row + shift for name, row in placed.items()}
