"""The oracle: derives the edits with which an author could have said their own change of a page.

It aligns the blocks of the page before and after, writes each difference as edits in Markdown, as a model would, and
applies them. For each place with differences it tries several ways to say them and keeps the one whose result is
nearest to the page after. So it is an upper bound of what the edit language can say, and as long as it is not
exhaustive, a lower bound of that bound.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from benchmarks.convert import comparable_tree
from common import storage_format as sf
from common.storage_format.page.page import Block, Page
from common.storage_format.to_markdown.escaping import indent, table_row
from common.storage_format.to_markdown.opaque_tokens import PageToken, TokenWriter
from common.storage_format.xml.element_tree import Element, Text, parse_tree
from common.storage_format.xml.equivalence import Tree, normalised

MAX_EDITS = 40
"""The most edits that one answer may hold, as in the tool's schema."""

SIZES = frozenset({"data-table-width", "data-layout"})

NEAR = 0.3
"""Share of words that two blocks have in common if one is a new version of the other."""

_WORD = re.compile(r"\w+|[^\w\s]")
_LINE_START = re.compile(r"[ >]*(?:(?:[-*+]|\d+[.)]) (?:\[[ x]\] )?)?$")
_TAG = re.compile(r"</?([^\s>]+)")
_GONE = "\x03"


@dataclass(frozen=True)
class Said:
    """The nearest that the edit language comes to a change.

    `storage` is the page after the edits, `distance` the number of tags and words in which it differs from the
    author's page (0: it is the same but for spelling), `refused` the reasons why edits could not be made.
    """

    edits: tuple[sf.Edit, ...]
    storage: str
    distance: int
    refused: tuple[str, ...] = ()


@dataclass
class Difference:
    """Consecutive differences between two unchanged blocks, as pairs of block numbers before and after."""

    pairs: list[tuple[int | None, int | None]]
    previous: int | None
    following: int | None
    ways: list[list[sf.Edit]] = field(default_factory=list)

    @property
    def old(self) -> list[int]:
        """The numbers of the blocks before that differ."""
        return [old for old, _ in self.pairs if old is not None]

    @property
    def new(self) -> list[int]:
        """The numbers of the blocks after that differ."""
        return [new for _, new in self.pairs if new is not None]


def say(before: str, after: str) -> Said:
    """Return the edits that bring the page `before` nearest to the page `after`; both in storage format."""
    page, wanted = sf.parse(before), sf.parse(after)
    goal = flat(spelled(after))
    places = list(differences(page, wanted))
    for place in places:
        place.ways = list(_Ways(page, wanted, place))
    refused: list[str] = []

    def outcome(edits: Sequence[sf.Edit]) -> Said | None:
        if len(edits) > MAX_EDITS:
            return None
        try:
            storage = sf.apply(page, edits).storage
        except sf.InvalidEdit as error:
            refused.append(str(error))
            return None
        return Said(tuple(edits), storage, distance(flat(spelled(storage)), goal))

    chosen: list[list[sf.Edit]] = [[] for _ in places]
    best = Said((), before, distance(flat(spelled(before)), goal))
    for number, place in enumerate(places):
        for way in place.ways:
            tried = outcome(
                [edit for other in (*chosen[:number], way, *chosen[number + 1 :]) for edit in other]
            )
            if tried is not None and tried.distance < best.distance:
                best, chosen[number] = tried, way
            if best.distance == 0:
                return best
    return Said(best.edits, best.storage, best.distance, tuple(dict.fromkeys(refused)))


def spelled(storage: str) -> Tree:
    """Return a page as a tree without differences of spelling.

    Spelling is what `equivalent` ignores, what `benchmarks.convert` treats as the same, the sizes of tables, and if
    the text of a link may hold markup.
    """
    return _without_sizes(comparable_tree(storage))


def _without_sizes(tree: Tree) -> Tree:
    name, attributes, children = tree
    kept = [child for child in children if isinstance(child, str) or child[0] != "colgroup"]
    name = "ac:link-body" if name == "ac:plain-text-link-body" else name
    if name == "table":
        attributes = tuple(pair for pair in attributes if pair[0] not in SIZES)
    return (
        name,
        attributes,
        tuple(child if isinstance(child, str) else _without_sizes(child) for child in kept),
    )


# -- distance ----------------------------------------------------------------------------------------------------


def flat(tree: Tree) -> list[str]:
    """Return a normalised tree as its tags and words, in document order."""
    name, attributes, children = tree
    shown = "".join(f" {key}={value}" for key, value in attributes)
    out = [f"<{name}{shown}>"]
    for child in children:
        if isinstance(child, str):
            out += _WORD.findall(child) if name not in ("ac:plain-text-body", "pre") else child.split("\n")
        else:
            out += flat(child)
    return [*out, f"</{name}>"]


def distance(one: Sequence[str], other: Sequence[str]) -> int:
    """Return how many tags and words differ."""
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    end = 0
    while end < min(len(one), len(other)) - start and one[-1 - end] == other[-1 - end]:
        end += 1
    left, right = one[start : len(one) - end], other[start : len(other) - end]
    same = sum(
        match.size for match in difflib.SequenceMatcher(None, left, right, False).get_matching_blocks()
    )
    return len(left) + len(right) - 2 * same


_KINDS = (
    ("caption", ("ac:caption",)),
    ("box", ("ac:structured-macro", "ac:rich-text-body", "ac:parameter", "ac:adf-extension")),
    ("code", ("ac:plain-text-body", "pre")),
    ("table", ("table", "thead", "tbody", "tr", "td", "th")),
    (
        "nesting",
        ("ul", "ol", "li", "blockquote", "dl", "dt", "dd", "ac:task-list", "ac:task", "ac:task-body"),
    ),
    ("image", ("ac:image", "ri:attachment", "ri:url")),
    ("link", ("a", "ac:link", "ri:page")),
    ("heading", ("h1", "h2", "h3", "h4", "h5", "h6")),
    ("layout", ("ac:layout", "ac:layout-section", "ac:layout-cell")),
    ("paragraph", ("p",)),
)


def losses(storage: str, wanted: str) -> list[str]:
    """Return the kinds of content in which a page differs from the wanted page, the most telling first."""
    one, other = flat(spelled(storage)), flat(spelled(wanted))
    differing: set[str] = set()
    for tag, start, end, other_start, other_end in difflib.SequenceMatcher(
        None, one, other, False
    ).get_opcodes():
        if tag != "equal":
            differing.update(one[start:end] + other[other_start:other_end])
    tags = {match[1] for word in differing if (match := _TAG.match(word))}
    found = [kind for kind, elements in _KINDS if tags.intersection(elements)]
    if other_tags := tags.difference(*(elements for _, elements in _KINDS)):
        found.append(f"inline {'/'.join(sorted(other_tags))}")
    return found or ["text"]


# -- alignment ---------------------------------------------------------------------------------------------------


def differences(page: Page, wanted: Page) -> Iterator[Difference]:
    """Yield the places in which two versions of a page differ, in document order."""
    old, new = [_key(block) for block in page.blocks], [_key(block) for block in wanted.blocks]
    for tag, old_from, old_to, new_from, new_to in difflib.SequenceMatcher(
        None, old, new, False
    ).get_opcodes():
        if tag == "equal":
            continue
        pairs = _paired(page, wanted, range(old_from, old_to), range(new_from, new_to))
        previous = old_from - 1 if old_from else None
        yield Difference(pairs, previous, old_to if old_to < len(old) else None)


def _key(block: Block) -> tuple[str, tuple[str, ...], str]:
    return block.kind, block.containers, repr(normalised(block.source))


def _paired(page: Page, wanted: Page, old: range, new: range) -> list[tuple[int | None, int | None]]:
    """Pair the blocks of two runs in order, so that the sum of the pairs' likeness is largest."""
    likeness = {(i, j): _likeness(page.blocks[i], wanted.blocks[j]) for i in old for j in new}
    table = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for row in range(len(old) - 1, -1, -1):
        for column in range(len(new) - 1, -1, -1):
            pair = likeness[old[row], new[column]]
            table[row][column] = max(
                table[row + 1][column],
                table[row][column + 1],
                pair + table[row + 1][column + 1] if pair else 0.0,
            )
    row = column = 0
    pairs: list[tuple[int | None, int | None]] = []
    while row < len(old) or column < len(new):
        both = row < len(old) and column < len(new)
        pair = likeness[old[row], new[column]] if both else 0.0
        if both and pair and table[row][column] == pair + table[row + 1][column + 1]:
            pairs.append((old[row], new[column]))
            row, column = row + 1, column + 1
        elif row < len(old) and (column == len(new) or table[row][column] == table[row + 1][column]):
            pairs.append((old[row], None))
            row += 1
        else:
            pairs.append((None, new[column]))
            column += 1
    return pairs


def _likeness(old: Block, new: Block) -> float:
    if old.kind != new.kind or old.containers != new.containers:
        return 0.0
    one, other = _WORD.findall(sf.plain_text(old.source)), _WORD.findall(sf.plain_text(new.source))
    ratio = difflib.SequenceMatcher(None, one, other, False).ratio()
    return ratio if ratio >= NEAR else 0.0


# -- ways to say a difference ------------------------------------------------------------------------------------


class _Ways:
    """The ways to say the differences of one place, the most natural first."""

    def __init__(self, page: Page, wanted: Page, place: Difference) -> None:
        self.page = page
        self.wanted = wanted
        self.place = place
        self.tree = parse_tree(wanted.source)

    def __iter__(self) -> Iterator[list[sf.Edit]]:
        yield self.block_by_block()
        yield self.block_by_block("before")
        yield self.block_by_block("behind")
        yield self.into_first()
        yield self.inserted_and_deleted()
        for box in self.page.boxes:
            if box.last == self.place.previous:
                yield self.inserted_and_deleted(box.id)
        if self.place.previous is not None:
            yield self.into_neighbour(self.place.previous, before=True)
        if self.place.following is not None:
            yield self.into_neighbour(self.place.following, before=False)

    def tokens(self, olds: Sequence[int]) -> list[PageToken]:
        """Return the opaque tokens of blocks that an edit may use."""
        return [token for token in self.page.tokens if token.block in olds]

    def block_by_block(self, runs: Literal["own", "before", "behind"] = "own") -> list[sf.Edit]:
        """Replace, delete and insert block by block.

        Runs of inserted blocks are insertions of their `own`; or they join the text of the block that they stand
        `before` or `behind`, where there is one.
        """
        edits: list[sf.Edit] = []
        previous = self.place.previous
        tokens = self.tokens(self.place.old)
        for old, new in self.merged(runs):
            if old is None:
                edits += self.insertions(previous, new, tokens)
                continue
            block_id = self.page.blocks[old].id
            if old == self.place.following:
                tokens = [*tokens, *self.tokens([old])]
            edits.append(sf.Replace(block_id, self.written(new, tokens, old)) if new else sf.Delete(block_id))
            previous = old if new else previous
        return edits

    def merged(self, runs: Literal["own", "before", "behind"]) -> list[tuple[int | None, list[int]]]:
        """Return each old block with the new blocks that replace it, and None with those that are inserted."""
        out: list[tuple[int | None, list[int]]] = []
        for old, new in self.place.pairs:
            news = [new] if new is not None else []
            last_old, last_new = out[-1] if out else (None, [])
            if old is None and out and (last_old is None or (runs == "behind" and last_new)):
                last_new += news
            elif old is not None and out and last_old is None and runs == "before":
                out[-1] = old, [*last_new, *news]
            else:
                out.append((old, news))
        following = self.place.following
        if runs == "before" and following is not None and out and out[-1][0] is None:
            run = out[-1][1]
            out[-1] = following, [*run, run[-1] + 1]
        return out

    def into_first(self) -> list[sf.Edit]:
        """Replace the first old block by all that is new, and delete the other old blocks."""
        if not self.place.old or not self.place.new:
            return []
        first, *others = self.place.old
        text = self.written(self.place.new, self.tokens(self.place.old), first)
        return [
            sf.Replace(self.page.blocks[first].id, text),
            *(sf.Delete(self.page.blocks[old].id) for old in others),
        ]

    def inserted_and_deleted(self, box_id: str | None = None) -> list[sf.Edit]:
        """Insert all that is new after the block before, or after a box that ends there; delete all old blocks."""
        tokens = self.tokens(self.place.old)
        insertions = self.insertions(self.place.previous, self.place.new, tokens)
        if box_id is not None:
            insertions = [sf.InsertAfter(box_id, text) for text in self.runs(self.place.new, tokens)]
        return [
            *insertions,
            *(sf.Delete(self.page.blocks[old].id) for old in self.place.old),
        ]

    def into_neighbour(self, neighbour: int, *, before: bool) -> list[sf.Edit]:
        """Put all that is new into the text of the unchanged block before or after it, and delete all old blocks."""
        tokens = self.tokens([neighbour, *self.place.old])
        if before:
            # The unchanged block has the same content in the page after.
            first = self.place.new[0] if self.place.new else 0
            text = self.written([first - 1, *self.place.new], tokens, neighbour) if first else ""
        else:
            text = self.before(self.place.new, neighbour, tokens)
        if not text:
            return []
        return [
            sf.Replace(self.page.blocks[neighbour].id, text),
            *(sf.Delete(self.page.blocks[old].id) for old in self.place.old),
        ]

    def before(self, new: Sequence[int], old: int, tokens: Sequence[PageToken]) -> str:
        """Return the text of new blocks, and after it that of an unchanged block."""
        return self.written([*new, new[-1] + 1], [*tokens, *self.tokens([old])], old) if new else ""

    # -- Markdown ------------------------------------------------------------------------------------------------

    def insertions(
        self, previous: int | None, new: Sequence[int], tokens: Sequence[PageToken]
    ) -> list[sf.Edit]:
        """Return the insertions of new blocks after a block: one for each run of content in the same container."""
        block_id = self.page.blocks[previous].id if previous is not None else None
        return [sf.InsertAfter(block_id, text) for text in self.runs(new, tokens) if text.strip()]

    def written(self, new: Sequence[int], tokens: Sequence[PageToken], old: int) -> str:
        """Return new blocks as one text that replaces a block."""
        if len(new) == 1:
            return _said(_BlockWriter().written(self.wanted, new[0]), tokens)
        runs = self.runs(new, tokens)
        if self.page.blocks[old].kind in ("list_item", "table_row", "task"):
            return "\n".join(runs)
        return "\n\n".join(runs)

    def runs(self, new: Sequence[int], tokens: Sequence[PageToken]) -> list[str]:
        """Return new blocks as Markdown, a text for each run of content with the same parent."""
        texts = []
        for numbers in _consecutive(new):
            start = self.wanted.blocks[numbers[0] - 1].span[1] if numbers[0] else 0
            end = len(self.wanted.source)
            if numbers[-1] + 1 < len(self.wanted.blocks):
                end = self.wanted.blocks[numbers[-1] + 1].span[0]
            writer = _BlockWriter()
            for parent, nodes in _groups(self.tree, start, end):
                texts.append(_said(writer.group(parent, nodes), tokens))
        return texts


class _BlockWriter(TokenWriter):
    """Writes new content as Markdown; `tokens` holds what has no Markdown form, each with its source."""

    def written(self, wanted: Page, number: int) -> tuple[str, list[PageToken]]:
        """Return a block as Markdown."""
        return self.block_of(wanted.source, wanted.blocks[number].node, number), self.tokens

    def group(self, parent: Element, nodes: Sequence[Element | Text]) -> tuple[str, list[PageToken]]:
        """Return consecutive children of an element as Markdown."""
        part = Element(parent.source, parent.name, parent.start, parent.opened)
        part.children = list(nodes)
        if parent.name in ("ul", "ol"):
            text = self.list_of(part)
        elif parent.name == "ac:task-list":
            text = self.tasks(part)
        elif parent.name in ("table", "tbody", "thead"):
            rows = [row for row in part.elements if row.name == "tr"]
            rows += [row for child in part.elements for row in child.elements if row.name == "tr"]
            text = "\n".join(table_row([self.cell(cell) for cell in row.elements]) for row in rows)
        elif parent.name == "dl":
            text = self.definitions(part)
        else:
            text = "\n\n".join(self.blocks(nodes))
        return text, self.tokens


def _said(written: tuple[str, list[PageToken]], known: Sequence[PageToken]) -> str:
    """Return Markdown whose tokens are those of the page before, or, where it has none, their content in Markdown."""
    text, tokens = written
    free = list(known)
    for token in tokens:
        same = next((each for each in free if each.source == token.source), None)
        if same is not None:
            free.remove(same)
            text = text.replace(token.text, same.text.replace("⟦", _GONE), 1)
            continue
        at = text.find(token.text)
        if at < 0:
            continue
        line = text.rfind("\n", 0, at) + 1
        content = sf.to_markdown(token.source).strip("\n")
        if _LINE_START.match(text[line:at]):
            content = indent(content, re.sub(r"[^ >]", " ", text[line:at]))
        text = text[:at] + content + text[at + len(token.text) :]
    return text.replace(_GONE, "⟦")


def _consecutive(numbers: Sequence[int]) -> Iterator[list[int]]:
    run: list[int] = []
    for number in numbers:
        if run and number != run[-1] + 1:
            yield run
            run = []
        run.append(number)
    if run:
        yield run


def _groups(element: Element, start: int, end: int) -> Iterator[tuple[Element, list[Element | Text]]]:
    """Yield the largest nodes between two offsets, grouped by their parent."""
    group: list[Element | Text] = []
    for child in element.children:
        inside = start <= child.start and child.end <= end
        if inside and (isinstance(child, Element) or child.text.strip()):
            group.append(child)
        elif isinstance(child, Element) and child.start < end and child.end > start:
            if group:
                yield element, group
                group = []
            yield from _groups(child, start, end)
    if group:
        yield element, group
