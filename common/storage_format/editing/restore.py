"""Take back what one version of a page changed: put the earlier text of whole passages in place of the later one.

A passage is a run of neighbours in one container: blocks, or containers that changed as a whole. Its earlier text is
taken over byte for byte. On a newer version of the page, each block of the passage has to be found unchanged, with the
same markup around it; an empty passage (its text was deleted) is found by a block beside it.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import NamedTuple

from common.storage_format.editing.block_matching import BlockMatcher, BlockNotFound, quoted_text
from common.storage_format.edits import EditConflict, PageEdit, Restore
from common.storage_format.page.page import Page
from common.storage_format.xml import entities
from common.storage_format.xml.block_key import block_key
from common.storage_format.xml.block_scanner import MARKUP
from common.storage_format.xml.element_tree import Element, Text, parse_tree

_COMMENT = re.compile(r"<ac:inline-comment-marker\b[^>]*?\sac:ref\s*=\s*[\"']([^\"']*)[\"']")


def restores(before: Page, after: Page) -> tuple[Restore, ...]:
    """Return the edits of `after` that take it back to `before`, in the order of the page.

    What Confluence itself rewrites when it saves a page (ids, the spelling of characters) is no change.
    """
    regions = _differences(_root(before), _root(after))
    return tuple(restored_at(there, before.source[slice(*here)], after) for here, there in regions)


def rebase_restores(
    edits: Sequence[Restore], base: Page, current: Page
) -> tuple[Restore, ...] | EditConflict:
    """Return edits made for `base` as edits of the newer version `current`, or a conflict with the reasons."""
    matcher = BlockMatcher(base, current)
    found: list[Restore] = []
    reasons: list[tuple[PageEdit, str]] = []
    for edit in edits:
        try:
            span = find_passage(edit, matcher)
        except BlockNotFound as reason:
            reasons.append((edit, str(reason)))
        else:
            found.append(restored_at(span, edit.storage, current))
    return EditConflict(tuple(reasons)) if reasons else tuple(found)


def find_passage(edit: Restore, matcher: BlockMatcher) -> tuple[int, int]:
    """Return the span of an edit's passage on the current version of the page; raise BlockNotFound."""
    base, current = matcher.base.page, matcher.current.page
    blocks = base.blocks_within(edit.start, edit.end)
    if not blocks:
        return _empty_passage(edit, matcher)
    there = [matcher.find(block.number) for block in blocks]
    first, last = there[0], there[-1]
    for block, number in zip(blocks, there, strict=True):
        if set(_COMMENT.findall(current.blocks[number].source)) - set(_COMMENT.findall(block.source)):
            raise BlockNotFound(f"a comment was added to {quoted_text(base, block.number)}")
    if there != list(range(first, last + 1)):
        raise BlockNotFound(f"the text after {quoted_text(base, blocks[0].number)} was changed")
    for one, other, number in zip(blocks, blocks[1:], there, strict=False):
        between = base.source[one.span[1] : other.span[0]]
        if _keys(between) != _keys(current.source[slice(*_gap(current, number))]):
            raise BlockNotFound(f"the text after {quoted_text(base, one.number)} was changed")
    start = _end_of_gap(current, first - 1, base.source[edit.start : blocks[0].span[0]])
    end = _start_of_gap(current, last, base.source[blocks[-1].span[1] : edit.end])
    if start is None or end is None:
        raise BlockNotFound(f"what surrounds {quoted_text(base, blocks[0].number)} was changed")
    return start, end


def _empty_passage(edit: Restore, matcher: BlockMatcher) -> tuple[int, int]:
    """Return the span of a passage without blocks, by the block before it, by the one after it, or by a page's end."""
    base, current = matcher.base.page, matcher.current.page
    after = next((block.number for block in base.blocks if block.span[0] >= edit.end), len(base.blocks))
    gap_start, gap_end = _gap(base, after - 1)
    inside = base.source[edit.start : edit.end]
    reason = BlockNotFound("the text before and after the passage was changed")
    for number in sorted((after - 1, after), key=lambda number: not 0 <= number < len(base.blocks)):
        is_before = number < after
        try:
            there = _find(number, matcher)
        except BlockNotFound as not_found:
            reason = not_found
            continue
        if is_before:
            start = _start_of_gap(current, there, base.source[gap_start : edit.start])
            end = _start_of_gap(current, there, base.source[gap_start : edit.end])
        else:
            start = _end_of_gap(current, there - 1, inside + base.source[edit.end : gap_end])
            end = _end_of_gap(current, there - 1, base.source[edit.end : gap_end])
        if start is not None and end is not None:
            return start, end if _keys(inside) else start
        if 0 <= number < len(base.blocks):
            reason = BlockNotFound(f"what surrounds {quoted_text(base, number)} was changed")
    raise reason


def _find(number: int, matcher: BlockMatcher) -> int:
    """Return the number of a block on the current version; -1 and the number of blocks stand for the page's ends."""
    if number < 0:
        return -1
    if number == len(matcher.base):
        return len(matcher.current)
    return matcher.find(number)


def _gap(page: Page, number: int) -> tuple[int, int]:
    """Return the span between a block and the next one; -1 is the beginning of the page."""
    start = page.blocks[number].span[1] if number >= 0 else 0
    end = page.blocks[number + 1].span[0] if number + 1 < len(page.blocks) else len(page.source)
    return start, end


def _start_of_gap(page: Page, number: int, text: str) -> int | None:
    """Return the offset after `text`, if the gap after a block begins with it; else None."""
    wanted, pieces = _keys(text), _pieces(page.source, *_gap(page, number))
    if [piece.key for piece in pieces[: len(wanted)]] != wanted:
        return None
    return pieces[len(wanted) - 1].end if wanted else _gap(page, number)[0]


def _end_of_gap(page: Page, number: int, text: str) -> int | None:
    """Return the offset before `text`, if the gap after a block ends with it; else None."""
    wanted, pieces = _keys(text), _pieces(page.source, *_gap(page, number))
    if len(pieces) < len(wanted) or [piece.key for piece in pieces[len(pieces) - len(wanted) :]] != wanted:
        return None
    return pieces[-len(wanted)].start if wanted else _gap(page, number)[1]


class _Piece(NamedTuple):
    """A tag or a text between blocks, with its comparison key."""

    key: Hashable
    start: int
    end: int


def _keys(text: str) -> list[Hashable]:
    return [piece.key for piece in _pieces(text, 0, len(text))]


def _pieces(source: str, start: int, end: int) -> list[_Piece]:
    """Return the tags and texts between two offsets, without white space."""
    pieces: list[_Piece] = []
    at = start
    for match in [*MARKUP.finditer(source, start, end), None]:
        until = match.start() if match else end
        if text := " ".join(entities.decode(source[at:until]).split()):
            pieces.append(_Piece(text, at, until))
        if match is not None:
            pieces.append(_Piece(_tag_key(match[0], match[1]), *match.span()))
            at = match.end()
    return pieces


def _tag_key(tag: str, name: str | None) -> Hashable:
    """Return the comparison key of a tag: for a start tag, with the attributes that Confluence does not set itself."""
    if name is None or name.startswith("/"):
        return name or tag
    return block_key(tag if tag.endswith("/>") else f"{tag}</{name}>")


def restored_at(span: tuple[int, int], storage: str, page: Page) -> Restore:
    """Return the edit that puts `storage` in place of a span of a page."""
    inside = page.blocks_within(*span)
    before = [block for block in page.blocks if block.span[1] <= span[0]][-1:]
    return Restore(next((block.id for block in (*inside[:1], *before)), None), *span, storage)


# -- what differs between two versions ---------------------------------------------------------------------------

_Span = tuple[int, int]


@dataclass(frozen=True)
class _Unit:
    """A block, a container or other markup of a page. `element` is set for a container, which has units of its own."""

    page: Page
    start: int
    end: int
    element: Element | None = None

    @property
    def source(self) -> str:
        """The storage format of the unit."""
        return self.page.source[self.start : self.end]

    @property
    def key(self) -> Hashable:
        """What is compared: the content and form of the whole unit."""
        return block_key(self.source)

    def equals(self, other: _Unit) -> bool:
        """Return whether two units have the same content and form."""
        return self.source == other.source or self.key == other.key

    @property
    def outer_key(self) -> Hashable:
        """The name and attributes of a container; for anything else, a key that no other unit has."""
        if self.element is None:
            return id(self)
        return _tag_key(self.page.source[self.start : self.element.opened], self.element.name)


def _root(page: Page) -> _Unit:
    return _Unit(page, 0, len(page.source), parse_tree(page.source))


def _units(container: _Unit) -> list[_Unit]:
    """Return the units in a container; white space between them is left out."""
    page, element = container.page, container.element
    assert element is not None  # noqa: S101 (only containers are divided)
    blocks = page.blocks_within(element.opened, element.closed)
    units: list[_Unit] = []
    place = 0
    for child in element.children:
        while place < len(blocks) and blocks[place].span[1] <= child.start:
            place += 1
        block = blocks[place] if place < len(blocks) else None
        if block and block.span[0] < child.end and not _is_within(block.span, child):
            # A block of loose text and inline elements
            if not units or (units[-1].start, units[-1].end) != block.span:
                units.append(_Unit(page, *block.span))
        elif block and block.span == (child.start, child.end):
            units.append(_Unit(page, *block.span))
        elif isinstance(child, Element):
            holds_blocks = block is not None and block.span[0] < child.end
            units.append(_Unit(page, child.start, child.end, child if holds_blocks else None))
        elif block and block.span[0] < child.end:
            units.append(_Unit(page, *block.span))
        elif child.text.strip():
            units.append(_Unit(page, child.start, child.end))
    return units


def _is_within(span: _Span, child: Element | Text) -> bool:
    return child.start <= span[0] and span[1] <= child.end


def _differences(one: _Unit, other: _Unit) -> Iterator[tuple[_Span, _Span]]:
    """Yield the spans of two containers that differ, as small as possible, in the order of the page."""
    ours, theirs = _units(one), _units(other)
    for first, last, start, end in _unequal(ours, theirs):
        mine, yours = ours[first:last], theirs[start:end]
        pairs = _pairs([u.outer_key for u in mine], [u.outer_key for u in yours])
        at, there = 0, 0
        for place, partner in [*pairs, (len(mine), len(yours))]:
            if at < place or there < partner:
                yield _trimmed(
                    one.page, _span_of(one, ours, first + at, first + place),
                    other.page, _span_of(other, theirs, start + there, start + partner),
                )  # fmt: skip
            if place < len(mine):
                yield from _differences(mine[place], yours[partner])
            at, there = place + 1, partner + 1


def _unequal(ours: Sequence[_Unit], theirs: Sequence[_Unit]) -> Iterator[tuple[int, int, int, int]]:
    """Yield the ranges of units that differ between two containers."""
    same = 0
    while same < min(len(ours), len(theirs)) and ours[same].equals(theirs[same]):
        same += 1
    tail = 0
    while tail < min(len(ours), len(theirs)) - same and ours[-1 - tail].equals(theirs[-1 - tail]):
        tail += 1
    middle = [unit.key for unit in ours[same : len(ours) - tail]]
    other = [unit.key for unit in theirs[same : len(theirs) - tail]]
    for what, *places in SequenceMatcher(None, middle, other, autojunk=False).get_opcodes():
        if what != "equal":
            first, last, start, end = (place + same for place in places)
            yield first, last, start, end


def _pairs(ours: Sequence[Hashable], theirs: Sequence[Hashable]) -> list[tuple[int, int]]:
    """Return the pairs of containers that correspond to each other."""
    matches = SequenceMatcher(None, ours, theirs, autojunk=False).get_matching_blocks()
    return [(match.a + step, match.b + step) for match in matches for step in range(match.size)]


def _span_of(container: _Unit, units: Sequence[_Unit], first: int, last: int) -> _Span:
    """Return the span of some units of a container, with the white space around them."""
    element = container.element
    assert element is not None  # noqa: S101 (only containers are divided)
    start = units[first - 1].end if first else element.opened
    return start, units[last].start if last < len(units) else element.closed


def _trimmed(one: Page, here: _Span, other: Page, there: _Span) -> tuple[_Span, _Span]:
    """Return two spans without the white space that both begin and end with."""
    a, b = one.source[slice(*here)], other.source[slice(*there)]
    lead = _common_space(a, b)
    a, b = a[lead:], b[lead:]
    trail = _common_space(a[::-1], b[::-1])
    return (here[0] + lead, here[1] - trail), (there[0] + lead, there[1] - trail)


def _common_space(a: str, b: str) -> int:
    """Return how many characters of white space two texts both begin with."""
    number = 0
    while number < min(len(a), len(b)) and a[number] == b[number] and a[number].isspace():
        number += 1
    return number
