"""Random pages as trees whose nodes have hidden identities, and random changes of such pages.

A change keeps the identity of the nodes that it moves or corrects. So a test knows the new place of each passage of
the earlier page, even if passages look alike.
"""

from __future__ import annotations

import copy
import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass, field

WORDS = ("Limit", "Default", "Type", "Staging", "Production", "Dev", "Timeout", "Region")
VALUES = ("none", "5", "7", "10", "string")


@dataclass
class Node:
    """A piece of a page. `kind`: page, section, paragraph, list, item, expand, table, row."""

    kind: str
    text: str = ""
    cells: tuple[str, ...] = ()
    inner: list[Node] = field(default_factory=list)
    identity: int = 0

    def walk(self, above: tuple[Node, ...] = ()) -> Iterator[tuple[Node, tuple[Node, ...]]]:
        """Yield this node and all below it, each with those above it."""
        yield self, above
        for node in self.inner:
            yield from node.walk((*above, self))


class Writer:
    """Generates random pages and changes; `alike` is the probability that a passage looks like others."""

    def __init__(self, chance: random.Random, alike: float) -> None:
        self.chance = chance
        self.alike = alike
        self.count = itertools.count(1)
        self.fresh = itertools.count(1)

    def node(self, kind: str, text: str = "", **more: object) -> Node:
        return Node(kind, text, identity=next(self.count), **more)  # type: ignore[arg-type]

    def sentence(self) -> str:
        if self.chance.random() < self.alike:
            return f"{self.chance.choice(WORDS)}: {self.chance.choice(VALUES)}"
        return f"{self.chance.choice(WORDS).lower()} number {next(self.fresh)} stays as it is."

    def name(self) -> str:
        name = self.chance.choice(WORDS)
        return (
            name
            if self.chance.random() < self.alike
            else f"{name} {chr(96 + next(self.fresh) % 26 + 1)}{next(self.fresh)}"
        )

    def page(self) -> Node:
        page = self.node("page")
        page.inner = [self.section(2) for _ in range(self.chance.randint(2, 4))]
        return page

    def section(self, level: int) -> Node:
        section = self.node("section", self.name(), cells=(str(level),))
        section.inner = [self.piece() for _ in range(self.chance.randint(1, 4))]
        if level < 3:
            section.inner += [self.section(level + 1) for _ in range(self.chance.choice((0, 0, 1, 2)))]
        return section

    def piece(self, depth: int = 0) -> Node:
        kind = self.chance.choice(("paragraph", "paragraph", "paragraph", "list", "table", "expand"))
        if kind == "list":
            made = self.node("list")
            made.inner = [self.item(0) for _ in range(self.chance.randint(1, 3))]
            return made
        if kind == "table":
            made = self.node("table", cells=tuple(self.chance.sample(("Name", "Limit", "Note"), 2)))
            made.inner = [self.row() for _ in range(self.chance.randint(1, 3))]
            return made
        if kind == "expand" and depth == 0:
            made = self.node("expand", self.name())
            made.inner = [self.piece(1) for _ in range(self.chance.randint(1, 2))]
            return made
        return self.node("paragraph", self.sentence())

    def item(self, depth: int) -> Node:
        item = self.node("item", self.sentence())
        if depth < 2 and self.chance.random() < 0.4:
            item.inner = [self.item(depth + 1) for _ in range(self.chance.randint(1, 2))]
        return item

    def row(self) -> Node:
        first = self.chance.choice(WORDS) if self.chance.random() < self.alike else f"r{next(self.fresh)}"
        return self.node("row", cells=(first, self.chance.choice(VALUES)))

    # -- changes --------------------------------------------------------------------------------------

    def changed(self, page: Node, times: int, only: frozenset[str] | None = None, spared: int = 0) -> Node:
        """Return a page after `times` changes of the kinds in `only`; `spared` and the nodes above it stay unchanged."""
        page = copy.deepcopy(page)
        for _ in range(times):
            kind = self.chance.choice(
                sorted(only or {"move", "swap", "insert", "delete", "correct", "shuffle"})
            )
            getattr(self, f"_{kind}")(page, spared)
        return page

    def _places(self, page: Node, spared: int) -> list[tuple[Node, Node]]:
        """Return the nodes that may be changed, each with its parent."""
        kept = {
            each.identity for node, above in page.walk() if node.identity == spared for each in (node, *above)
        }
        return [(node, above[-1]) for node, above in page.walk() if above and node.identity not in kept]

    def _delete(self, page: Node, spared: int) -> None:
        places = self._places(page, spared)
        if len(places) > 3:
            node, above = self.chance.choice(places)
            if len(above.inner) > 1 or above.kind in ("section", "page"):
                above.inner.remove(node)

    def _insert(self, page: Node, spared: int) -> None:
        above = self.chance.choice([node for node, _ in page.walk()])
        new = {
            "page": lambda: self.section(2), "section": lambda: self.piece(), "list": lambda: self.item(0),
            "item": lambda: self.item(2), "expand": lambda: self.piece(1), "table": self.row,
        }.get(above.kind)  # fmt: skip
        if new is not None:
            pieces = [n for n, node in enumerate(above.inner) if node.kind == "section"] or [len(above.inner)]
            most = pieces[0] if above.kind == "section" else len(above.inner)
            above.inner.insert(self.chance.randint(0, most), new())

    def _correct(self, page: Node, spared: int) -> None:
        places = self._places(page, spared)
        if not places:
            return
        node, _ = self.chance.choice(places)
        if node.kind in ("section", "expand"):
            node.text = self.name()
        elif node.kind in ("paragraph", "item"):
            node.text = self.sentence()
        elif node.kind == "row":
            node.cells = (node.cells[0], self.chance.choice(VALUES))
        elif node.kind == "table":
            node.cells = node.cells[::-1]

    def _swap(self, page: Node, spared: int) -> None:
        """Exchange the text of two passages, headings or rows, which keep their places."""
        kinds = self.chance.choice((("paragraph",), ("section",), ("item",), ("row",), ("expand",)))
        nodes = [node for node, _ in self._places(page, spared) if node.kind in kinds]
        if len(nodes) > 1:
            one, other = self.chance.sample(nodes, 2)
            one.text, other.text = other.text, one.text
            if one.kind == "row":
                one.cells, other.cells = other.cells, one.cells

    def _move(self, page: Node, spared: int) -> None:
        places = self._places(page, spared)
        if not places:
            return
        node, above = self.chance.choice(places)
        within = {inner.identity for inner, _ in node.walk()}
        new = [
            other
            for other, _ in page.walk()
            if other.kind == above.kind
            and other.identity not in within
            and not (node.kind == above.kind == "section" and other.cells != above.cells)
        ]
        to = self.chance.choice(new)
        above.inner.remove(node)
        to.inner.insert(self.chance.randint(0, len(to.inner)), node)

    def _shuffle(self, page: Node, spared: int) -> None:
        node = self.chance.choice([node for node, _ in page.walk() if len(node.inner) > 1] or [page])
        self.chance.shuffle(node.inner)


# -- as storage format -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Passage:
    """A passage: its identity, the names above it, and for a row its label."""

    identity: int
    kind: str
    path: tuple[tuple[int, str], ...]
    label: str = ""


def written(page: Node) -> tuple[str, list[Passage]]:
    """Return a page in storage format, and its passages in the order of its blocks."""
    passages: list[Passage] = []
    return "".join(_written(node, (), passages) for node in _pieces_first(page)), passages


def _pieces_first(node: Node) -> list[Node]:
    """Return the pieces of a section before its subsections: text after a subsection would belong to it."""
    return sorted(node.inner, key=lambda inner: inner.kind == "section")


def _written(node: Node, path: tuple[tuple[int, str], ...], passages: list[Passage]) -> str:
    passage = Passage(node.identity, node.kind, path)
    below = (*path, (node.identity, node.text))
    if node.kind == "section":
        passages.append(passage)
        level = node.cells[0]
        return f"<h{level}>{node.text}</h{level}>" + _all(_pieces_first(node), below, passages)
    if node.kind == "paragraph":
        passages.append(passage)
        return f"<p>{node.text}</p>"
    if node.kind == "list":
        return f"<ul>{_all(node.inner, path, passages)}</ul>" if node.inner else ""
    if node.kind == "item":
        passages.append(passage)
        inner = f"<ul>{_all(node.inner, below, passages)}</ul>" if node.inner else ""
        return f"<li>{node.text}{inner}</li>"
    if node.kind == "expand":
        if not any(inner.inner or inner.kind != "list" for inner in node.inner):
            passages.append(passage)  # an expand without text is one block
        return (
            f'<ac:structured-macro ac:name="expand"><ac:parameter ac:name="title">{node.text}</ac:parameter>'
            f"<ac:rich-text-body>{_all(node.inner, below, passages)}</ac:rich-text-body></ac:structured-macro>"
        )
    if node.kind == "table":
        named = (*path, (node.identity, " | ".join(node.cells)))
        passages.append(Passage(node.identity, "header", path))
        header = "".join(f"<th>{cell}</th>" for cell in node.cells)
        return f"<table><tbody><tr>{header}</tr>{_all(node.inner, named, passages)}</tbody></table>"
    passages.append(Passage(node.identity, "row", path, node.cells[0]))
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in node.cells) + "</tr>"


def _all(nodes: list[Node], path: tuple[tuple[int, str], ...], passages: list[Passage]) -> str:
    return "".join(_written(node, path, passages) for node in nodes)
