"""The outline of a page that a model reads: numbered blocks as Markdown with opaque tokens, within a token budget."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import log

from common.storage_format.errors import InvalidEdit
from common.storage_format.page.block_finder import macro_name
from common.storage_format.page.page import Block, Page
from common.storage_format.to_markdown.escaping import indent
from common.storage_format.xml.nodes import Container
from common.storage_format.xml.vocabulary import names

_WORD = re.compile(r"\w+")
_UNMARKED = names(
    """
    ul ol li dl table tbody thead tfoot tr task-list task layout layout-section p div section body
    """
)
"""Containers that the outline does not mark: they would tell a model nothing."""


@dataclass(frozen=True)
class Outline:
    """A page as text for a model. `omitted` names the sections that are missing or shown only in part."""

    text: str
    omitted: tuple[str, ...]
    shown: Mapping[int, str] = field(default_factory=dict, repr=False)

    def block_id(self, number: int) -> str:
        """Return the id of the block or box with this number; raise InvalidEdit if it was not shown."""
        block_id = self.shown.get(number)
        if block_id is None:
            raise InvalidEdit(
                f"[{number}] is not a block of this outline; edit only blocks that the outline shows"
            )
        return block_id


def outline(
    page: Page, budget_tokens: int | None = None, focus: str | Iterable[str] | None = None
) -> Outline:
    """Return the page as numbered Markdown.

    With `budget_tokens` (model tokens, estimated), the headings and the sections nearest to `focus` (a text or terms)
    are shown and `omitted` names the rest; the text has at most so many tokens, its marks included. Opaque tokens are
    numbered over the whole page in any case. Boxes are numbered after the blocks; a box of which only a part is shown
    has no number.
    """
    written = [f"[{block.number + 1}] {_shown(page, block)}" for block in page.blocks]
    left = budget_tokens
    while True:
        found = _outline_of(page, written, _chosen(page, written, left, focus))
        if budget_tokens is None or not left or (size := estimated_tokens(found.text)) <= budget_tokens:
            return found
        left = left * budget_tokens // size  # marks of boxes and of what is left out cost tokens as well


def _outline_of(page: Page, written: Sequence[str], chosen: set[int]) -> Outline:
    """Return the outline with the chosen blocks, given the text of each block."""
    lines: list[str] = []
    omitted: list[str] = []
    open_containers: list[Container] = []
    boxes = {
        id(box.container.node): (number, box)
        for number, box in enumerate(page.boxes, len(page.blocks) + 1)
        if chosen.issuperset(range(box.first, box.last + 1))
    }
    skipped = 0
    for block in page.blocks:
        if block.number not in chosen:
            skipped += 1
            continue
        if skipped:
            lines.append(f"… {skipped} block{'s' if skipped > 1 else ''} left out")
            skipped = 0
        path = _path(block)
        while open_containers and (
            len(open_containers) > len(path) or open_containers != path[: len(open_containers)]
        ):
            lines.append(f"⟨/{_label(page, open_containers.pop(), short=True)}⟩")
        for container in path[len(open_containers) :]:
            number, _ = boxes.get(id(container.node), (0, None))
            lines.append(f"{f'[{number}] ' if number else ''}⟨{_label(page, container)}⟩")
            open_containers.append(container)
        lines.append(written[block.number])
    lines.extend(f"⟨/{_label(page, container, short=True)}⟩" for container in reversed(open_containers))
    if skipped:
        lines.append(f"… {skipped} block{'s' if skipped > 1 else ''} left out")
    for headings, blocks in _sections(page):
        if any(block.number not in chosen for block in blocks):
            omitted.append(" > ".join(headings) or "(before the first heading)")
    shown = {block.number + 1: block.id for block in page.blocks if block.number in chosen}
    shown.update((number, box.id) for number, box in boxes.values())
    return Outline("\n".join(lines), tuple(dict.fromkeys(omitted)), shown)


def _shown(page: Page, block: Block) -> str:
    """Return a block's Markdown with its indentation and list mark."""
    text = page.markdown(block.number)
    found = block.node
    depth = max(0, sum(name in ("ul", "ol") for name in block.containers) - 1)
    if block.kind == "list_item":
        return "  " * depth + _mark(page, block) + indent(text, "  " * depth + "  ")
    if block.kind == "definition":
        return ": " + indent(text, "  ")
    if block.kind == "task" and (found.name in ("", "p")):
        return "- [ ] " + text
    return text


def _mark(page: Page, block: Block) -> str:
    """Return the bullet or number of a list item."""
    found = block.node
    item = found if found.name == "li" else None
    container = found.container
    while item is None and container is not None:
        if container.node.name == "li":
            item = container.node
        container = container.above
    while container is not None and container.node.name not in ("ul", "ol"):
        container = container.above
    if item is None or container is None or container.node.name == "ul":
        return "- "
    siblings = [child for child in container.node.children if child.name == "li"]
    start = re.search(
        r"""\sstart\s*=\s*["'](\d+)""", page.source[container.node.start : container.node.opened]
    )
    return f"{siblings.index(item) + (int(start[1]) if start else 1)}. "


def _path(block: Block) -> list[Container]:
    """Return the containers around a block that the outline shows, outermost first."""
    path = []
    container = block.node.container
    while container is not None:
        if container.name not in _UNMARKED:
            path.append(container)
        container = container.above
    return path[::-1]


def _label(page: Page, container: Container, short: bool = False) -> str:
    name = container.name
    if short or macro_name(page.source, container.node) == "":
        return name
    title = re.search(
        r'<ac:parameter\s+ac:name="title"\s*>([^<]*)</ac:parameter>',
        page.source[container.node.opened : container.node.children[-1].start],
    )
    return f"{name}: {title[1]}" if title and title[1].strip() else name


# -- what fits the budget ----------------------------------------------------------------------------------------


def _chosen(
    page: Page, written: Sequence[str], budget: int | None, focus: str | Iterable[str] | None
) -> set[int]:
    costs = [estimated_tokens(text) + 1 for text in written]
    everything = set(range(len(written)))
    if budget is None or sum(costs) <= budget:
        return everything
    headings = [block for block in page.blocks if block.kind == "heading"]
    chosen: set[int] = set()
    left = budget
    for block in sorted(headings, key=lambda block: (len(block.headings), block.number)):
        if costs[block.number] > left:
            break
        chosen.add(block.number)
        left -= costs[block.number]
    sections = [blocks for _, blocks in _sections(page)]
    scores = _scores([" ".join(written[block.number] for block in blocks) for blocks in sections], focus)
    for _, _, blocks in sorted(
        zip((-score for score in scores), range(len(sections)), sections, strict=True)
    ):
        for block in blocks:
            cost = costs[block.number]
            if block.number in chosen:
                continue
            if cost > left:
                break
            chosen.add(block.number)
            left -= cost
    return chosen


def _sections(page: Page) -> list[tuple[tuple[str, ...], list[Block]]]:
    """Return the blocks grouped by the heading above them; a heading belongs to its own section."""
    sections: list[tuple[tuple[str, ...], list[Block]]] = []
    key: object = object()
    for block in page.blocks:
        above = block.node.heading
        own = block.number if block.kind == "heading" else above.block if above is not None else None
        if own != key:
            path = block.headings
            if block.kind == "heading":
                path = (*path, page.heading_text(block.number))
            sections.append((path, []))
            key = own
        sections[-1][1].append(block)
    return sections


def _scores(texts: Sequence[str], focus: str | Iterable[str] | None) -> list[float]:
    """Return how near each text is to the focus: shared words count, rare ones more."""
    wanted = set(_words(focus if isinstance(focus, str) else " ".join(focus or ())))
    counted = [Counter(_words(text)) for text in texts]
    spread = Counter(word for words in counted for word in words)
    return [
        sum((1 + log(words[word])) * log(1 + len(texts) / spread[word]) for word in wanted if words[word])
        / (1 + log(1 + sum(words.values())))
        for words in counted
    ]


def _words(text: str) -> list[str]:
    """Return the words of a text, roughly stemmed."""
    return [word[:6] if len(word) > 6 else word.removesuffix("s") for word in _WORD.findall(text.lower())]


def estimated_tokens(text: str) -> int:
    """Estimate model tokens: four ASCII characters each, or one and a half other characters."""
    wide = len(text) - len(text.encode("ascii", "ignore"))
    return (len(text) - wide) // 4 + wide * 2 // 3 + 1
