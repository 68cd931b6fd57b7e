"""Match a block of an earlier page version to the same passage in the same place of the current version, or to none.

Neither the content nor the position alone identifies a block. A block is matched

* by its content, if that occurs once in each version (and is not one of several values of the same field) and the path
  is the same. The path may differ in wording that was corrected in place: both neighbours are the same, the old
  wording is nowhere on the current version, and the new wording is nowhere on the earlier one;
* otherwise by its path and its neighbours: a run of equal blocks leads from it to a block that is unique in its place
  in both versions, and no such run leads to another block. If a name in the path has equals beside it (two tables
  with one header), their order is no proof: runs in both directions must lead to the block.
"""

from __future__ import annotations

import re
from collections import Counter
from difflib import SequenceMatcher
from functools import cached_property

from common.storage_format.page import plain_text
from common.storage_format.page.block_path import Path, Step
from common.storage_format.page.page import Page
from common.storage_format.xml.block_key import block_key, visible_letters

_FURTHEST = 5_000
"""Maximum length of a run of equal blocks."""

_OUTSIDE = -1
_RESEMBLES = 0.6
_COLON = re.compile("[:\uff1a]")
_LONGEST_FIELD = 80


class BlockNotFound(Exception):
    """The block has no match in the current version. Reviewers read the message, which says what happened to it."""


class BlockMatcher:
    """Matches blocks of the page version `base` to blocks of `current`."""

    def __init__(self, base: Page, current: Page) -> None:
        contents = _Contents()
        self.base = VersionIndex(base, contents)
        self.current = VersionIndex(current, contents)

    def find(self, number: int) -> int:
        """Return the number in `current` of a block of `base`; raise BlockNotFound."""
        base, current = self.base, self.current
        here, there = base.equal_blocks(number), current.equal_blocks_of(base, number)
        if not there:
            raise BlockNotFound(f"{quoted_text(base.page, number)} was changed or deleted")
        if len(here) == len(there) == 1 and not base.has_twins(number) and not current.has_twins(there[0]):
            self._check_path(number, there[0])
            return there[0]
        return self._by_neighbours(number)

    def same(self, number: int, there: int) -> bool:
        """Return whether a block of `base` and one of `current` have the same content, or are both outside the page."""
        return self.base.code(number) == self.current.code(there)

    # -- by content ------------------------------------------------------------------------------------------

    def _check_path(self, number: int, there: int) -> None:
        """Raise BlockNotFound unless the path of a block is the same, apart from wording corrected in place."""
        old, new = self.base.step(number), self.current.step(there)
        if old.path == new.path:
            return
        moved = BlockNotFound(
            f"{quoted_text(self.base.page, number)} is now {_under(new.path)}; before, it was {_under(old.path)}"
        )
        if len(old.path) != len(new.path):
            raise moved
        corrected: list[tuple[Step, Step]] = []
        for step, other, name, now in zip(old.steps, new.steps, old.path, new.path, strict=True):
            if name == now:
                continue
            if (name.kind, name.place, len(name.texts)) != (now.kind, now.place, len(now.texts)):
                raise moved
            for wording, reworded in zip(name.texts, now.texts, strict=True):
                if wording != reworded and (
                    self.current.has_wording(wording) or self.base.has_wording(reworded)
                ):
                    raise moved
            corrected.append((step, other))
        is_below_corrected = any(_is_right_below(number, there, *pair) for pair in corrected)
        if not self.same(number + 1, there + 1) or not (
            self.same(number - 1, there - 1) or is_below_corrected
        ):
            raise moved

    # -- by neighbours ---------------------------------------------------------------------------------------

    def _by_neighbours(self, number: int) -> int:
        forward = {
            direction: _match_by_run(self.base, self.current, number, direction) for direction in (-1, 1)
        }
        matches = {place for place in forward.values() if place is not None}
        quoted = quoted_text(self.base.page, number)
        if not matches:
            raise BlockNotFound(
                f"{quoted} resembles other text on the page, and the text next to it was changed, so the passage "
                "cannot be identified"
            )
        unclear = BlockNotFound(
            f"{quoted} resembles other text on the page, so the passage cannot be identified"
        )
        if len(matches) > 1:
            raise unclear
        [there] = matches
        old, new = self.base.path(number), self.current.path(there)
        if old != new:
            raise BlockNotFound(f"{quoted} is now {_under(new)}; before, it was {_under(old)}")
        back = {direction: _match_by_run(self.current, self.base, there, direction) for direction in (-1, 1)}
        if any(place not in (None, number) for place in back.values()):
            raise unclear
        here, equal_there = len(self.base.in_place(number)), len(self.current.in_place(there))
        is_between_same = self.same(number - 1, there - 1) and self.same(number + 1, there + 1)
        if here != equal_there and not is_between_same:
            raise unclear
        if is_numbered(old) and None in forward.values():
            raise unclear
        if (here, equal_there) != (1, 1) or self.base.has_twins(number) or self.current.has_twins(there):
            for direction in (-1, 1):
                self._check_beside(number, there, direction, unclear)
        return there

    def _check_beside(self, number: int, there: int, direction: int, unclear: BlockNotFound) -> None:
        """Raise BlockNotFound if a unique neighbour of a block is not its neighbour in the other version."""
        in_current = _only_equal(self.base, self.current, number + direction)
        in_base = _only_equal(self.current, self.base, there + direction)
        if in_current not in (None, there + direction) or in_base not in (None, number + direction):
            raise unclear


class _Contents:
    """Cache of the content of blocks in both versions: each distinct source is computed once."""

    def __init__(self) -> None:
        self._codes: dict[object, int] = {}
        self._by_source: dict[tuple[str, str], int] = {}
        self._letters: dict[str, str] = {}

    def code(self, kind: str, source: str) -> int:
        """Return the comparison key of a block as a number."""
        code = self._by_source.get((kind, source))
        if code is None:
            code = self._codes.setdefault((kind, block_key(source)), len(self._codes))
            self._by_source[kind, source] = code
        return code

    def letters(self, source: str) -> str:
        """Return the visible letters of a block."""
        text = self._letters.get(source)
        if text is None:
            text = self._letters[source] = visible_letters(source)
        return text


class VersionIndex:
    """Index of one page version: the content of its blocks (as codes, equal for equal content) and their places."""

    def __init__(self, page: Page, contents: _Contents) -> None:
        self.page = page
        self._contents = contents
        self._places: dict[int, dict[Path, list[int]]] = {}
        self._counted: dict[Path, Counter[str]] = {}

    def __len__(self) -> int:
        return len(self.page.blocks)

    def step(self, number: int) -> Step:
        """Return the innermost step of the path of a block."""
        return self.page.steps[number]

    def path(self, number: int) -> Path:
        """Return the path of a block."""
        return self.page.steps[number].path

    def code(self, number: int) -> int:
        """Return the content code of a block; numbers outside the page have a code of their own."""
        if not 0 <= number < len(self):
            return _OUTSIDE
        block = self.page.blocks[number]
        return self._contents.code(block.kind, block.source)

    @cached_property
    def _by_letters(self) -> dict[str, list[int]]:
        """The blocks by visible letters: only those with the same letters can be equal."""
        found: dict[str, list[int]] = {}
        for block in self.page.blocks:
            found.setdefault(self._contents.letters(block.source), []).append(block.number)
        return found

    def equal_blocks(self, number: int) -> list[int]:
        """Return the blocks with the same content as a block, including itself."""
        return self.equal_blocks_of(self, number)

    def equal_blocks_of(self, other: VersionIndex, number: int) -> list[int]:
        """Return the blocks with the same content as a block of the other version."""
        return [at for below in self._places_of(other, number).values() for at in below]

    def _places_of(self, other: VersionIndex, number: int) -> dict[Path, list[int]]:
        code = other.code(number)
        if code not in self._places:
            places: dict[Path, list[int]] = {}
            for at in self._by_letters.get(self._contents.letters(other.page.blocks[number].source), ()):
                if self.code(at) == code:
                    places.setdefault(self.path(at), []).append(at)
            self._places[code] = places
        return self._places[code]

    def in_place(self, number: int) -> list[int]:
        """Return the blocks with the same content and path as a block, including itself."""
        return self._places_of(self, number)[self.path(number)]

    def in_place_of(self, other: VersionIndex, number: int) -> list[int]:
        """Return the blocks with the same content and path as a block of the other version."""
        return self._places_of(other, number).get(other.path(number), [])

    # -- fields ----------------------------------------------------------------------------------------------

    @cached_property
    def _below(self) -> dict[Path, list[int]]:
        found: dict[Path, list[int]] = {}
        for number, step in enumerate(self.page.steps):
            found.setdefault(step.path, []).append(number)
        return found

    def has_twins(self, number: int) -> bool:
        """Return whether another block in the same place gives a value for the same field.

        Then only its value is unique, which does not identify it: values can be swapped.
        """
        field = self._field(number)
        return bool(field) and self._fields(self.path(number))[field] > 1

    def _fields(self, path: Path) -> Counter[str]:
        if path not in self._counted:
            self._counted[path] = Counter(map(self._field, self._below[path]))
        return self._counted[path]

    def _field(self, number: int) -> str:
        """Return the field of a short block: `Limit` for `Limit: 5`, the first cell for a row; empty if it has none."""
        block = self.page.blocks[number]
        if block.kind == "table_row":
            return plain_text.visible_text(block.source).partition("\n")[0]
        if not _COLON.search(block.source):
            return ""
        text = " ".join(plain_text.visible_text(block.source).split())
        field = text.replace("\uff1a", ":").partition(":")[0]
        is_field = len(text) <= _LONGEST_FIELD
        return f"{block.kind} {field.strip()}" if is_field else ""

    # -- wording ---------------------------------------------------------------------------------------------

    def has_wording(self, wording: str) -> bool:
        """Return whether a whole line, cell, title or name on the page has this wording."""
        return wording.casefold() in self._wordings

    @cached_property
    def _wordings(self) -> frozenset[str]:
        lines = plain_text.visible_text(self.page.source).split("\n")
        named = [word for path in self._below for name in path for word in name.texts]
        return frozenset(line.casefold() for line in (*lines, *named))


def _match_by_run(version: VersionIndex, other: VersionIndex, number: int, direction: int) -> int | None:
    """Return the match of a block in the other version by the equal blocks before (`direction` -1) or after it (1).

    The run ends at the nearest block that is unique in its place in both versions, or at an end of the page.
    """
    for distance in range(1, _FURTHEST):
        at = number + direction * distance
        is_within = 0 <= at < len(version)
        end = _unique_match(version, other, at) if is_within else -1 if at < 0 else len(other)
        if end is None:
            continue
        there = end - direction * distance
        run = ((number + direction * step, there + direction * step) for step in range(distance))
        return there if all(version.code(at) == other.code(place) for at, place in run) else None
    return None


def _unique_match(version: VersionIndex, other: VersionIndex, number: int) -> int | None:
    """Return the number of a block in the other version, if its content is unique in its place in both; else None."""
    if not 0 <= number < len(version) or len(version.in_place(number)) != 1:
        return None
    there = other.in_place_of(version, number)
    if (
        is_numbered(version.path(number))
        and len(version.equal_blocks(number)) + len(other.equal_blocks_of(version, number)) > 2
    ):
        return None
    return there[0] if len(there) == 1 else None


def _only_equal(version: VersionIndex, other: VersionIndex, number: int) -> int | None:
    """Return the match of a block in the other version, if its content is unique on each page or in its place."""
    if not 0 <= number < len(version):
        return None
    equal, there = version.equal_blocks(number), other.equal_blocks_of(version, number)
    return there[0] if len(equal) == len(there) == 1 else _unique_match(version, other, number)


def is_numbered(path: Path) -> bool:
    """Return whether a path has a name that only its number distinguishes from an equal name."""
    return any(count > 1 for _, count in (name.place for name in path))


def _is_right_below(number: int, there: int, old: Step, new: Step) -> bool:
    """Return whether the corrected wording is in the block right before both, and reads as a correction."""
    is_right_above = (old.block, new.block) == (number - 1, there - 1)
    return is_right_above and all(_resembles(*pair) for pair in zip(old.texts, new.texts, strict=True))


def _resembles(old: str, new: str) -> bool:
    """Return whether a change of wording is a correction: words added, removed or respelled, but none replaced."""
    before, after = old.casefold().split(), new.casefold().split()
    kept = 0
    for what, start, end, first, last in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if what == "equal":
            kept += end - start
        elif what == "replace":
            pairs = list(zip(before[start:end], after[first:last], strict=False))
            if end - start != last - first or not all(_is_respelled(*pair) for pair in pairs):
                return False
            kept += len(pairs)
    return kept > 0


def _is_respelled(word: str, other: str) -> bool:
    is_number = any(map(str.isdecimal, word + other))
    return not is_number and SequenceMatcher(None, word, other, autojunk=False).ratio() >= _RESEMBLES


# -- messages for reviewers ---------------------------------------------------------------------------------------


def quoted_text(page: Page, number: int) -> str:
    """Return the visible text of a block in quotation marks, as a reason for people names it."""
    text = " ".join(plain_text.visible_text(page.blocks[number].source).split())
    return f'"{_short(text, 60)}"' if text else "an element without text"


def _under(path: Path) -> str:
    """Return a path as text: the names in it, and for one of several equal names its number."""
    names = []
    for name in path:
        text = " | ".join(word for word in name.texts if word)
        number, count = name.place
        which = f" ({number} of {count})" if count > 1 else ""
        if name.kind == "table":
            names.append(f'the table "{_short(text, 60)}"{which}' if text else f"a table{which}")
        elif text:
            names.append(f'"{_short(text, 60)}"{which}')
        else:
            names.append(f"a {name.kind}")
    return "under " + " › ".join(names) if names else "under no heading"


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
