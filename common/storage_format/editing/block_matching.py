"""Which block of a page as it is now is a block of an earlier version: the same passage in the same place, or none.

Content alone is no identity, and neither is a place in the order of blocks. A block is found

* by its content, if that stands once in either version (and is not one of several values of one field), where its
  path says the same. Wording in the path may have been changed in place: both neighbours are the same, the old
  wording stands nowhere on the page as it is now, and the new wording nowhere on the earlier one;
* else by its path and its neighbours: a run of equal blocks leads from it to one that is alone of its kind in its
  place, in both versions, and no such run leads elsewhere.
"""

from __future__ import annotations

import re
from collections import Counter
from difflib import SequenceMatcher
from functools import cached_property

from common.storage_format.page import plain_text
from common.storage_format.page.block_path import Path, Step
from common.storage_format.page.page import Page
from common.storage_format.xml.block_key import key, letters

_FURTHEST = 5_000
"""How many blocks a run is followed."""

_OUTSIDE = -1
_RESEMBLES = 0.6
_COLON = re.compile("[:\uff1a]")
_LONGEST_FIELD = 80


class NotFound(Exception):
    """A block does not stand where it stood; the message says what became of it, for a reviewer."""


class Matching:
    """Finds blocks of `base` on `current`, and knows what both say."""

    def __init__(self, base: Page, current: Page) -> None:
        contents = _Contents()
        self.base = Version(base, contents)
        self.current = Version(current, contents)

    def find(self, number: int) -> int:
        """Return the number on `current` of a block of `base`; raise NotFound."""
        base, current = self.base, self.current
        here, there = base.alike(number), current.alike_to(base, number)
        if not there:
            raise NotFound(f"block [{number + 1}] is not there as it was: {_source(base.page, number)}")
        if len(here) == len(there) == 1 and not base.has_twins(number) and not current.has_twins(there[0]):
            self._check_path(number, there[0])
            return there[0]
        return self._by_neighbours(number)

    def same(self, number: int, there: int) -> bool:
        """Tell whether a block of `base` and one of `current` say the same, or are both beyond an end."""
        return self.base.code(number) == self.current.code(there)

    # -- by content ------------------------------------------------------------------------------------------

    def _check_path(self, number: int, there: int) -> None:
        """Raise NotFound unless a block stands where it stood, but for wording that was changed in place."""
        old, new = self.base.step(number), self.current.step(there)
        if old.path == new.path:
            return
        moved = NotFound(
            f"{_quoted(self.base.page, number)} now stands {_under(new.path)}, and no longer {_under(old.path)}"
        )
        if len(old.path) != len(new.path):
            raise moved
        corrected: list[tuple[Step, Step]] = []
        for step, other, name, now in zip(old.steps, new.steps, old.path, new.path, strict=True):
            if name == now:
                continue
            if (name.kind, name.place, len(name.words)) != (now.kind, now.place, len(now.words)):
                raise moved
            for wording, reworded in zip(name.words, now.words, strict=True):
                if wording != reworded and (self.current.says(wording) or self.base.says(reworded)):
                    raise moved
            corrected.append((step, other))
        is_below_corrected = any(_is_right_below(number, there, *pair) for pair in corrected)
        if not self.same(number + 1, there + 1) or not (
            self.same(number - 1, there - 1) or is_below_corrected
        ):
            raise moved

    # -- by neighbours ---------------------------------------------------------------------------------------

    def _by_neighbours(self, number: int) -> int:
        forward = {way: _led(self.base, self.current, number, way) for way in (-1, 1)}
        led = {place for place in forward.values() if place is not None}
        quoted = _quoted(self.base.page, number)
        if not led:
            raise NotFound(
                f"{quoted} is like other text on the page, and what stood beside it was changed, so it cannot be "
                "told which passage is meant"
            )
        unclear = NotFound(
            f"{quoted} is like other text on the page, and it cannot be told which passage is meant"
        )
        if len(led) > 1:
            raise unclear
        [there] = led
        old, new = self.base.path(number), self.current.path(there)
        if old != new:
            raise NotFound(f"{quoted} now stands {_under(new)}, and no longer {_under(old)}")
        back = {way: _led(self.current, self.base, there, way) for way in (-1, 1)}
        if any(place not in (None, number) for place in back.values()):
            raise unclear
        here, alike = len(self.base.in_place(number)), len(self.current.in_place(there))
        is_between_same = self.same(number - 1, there - 1) and self.same(number + 1, there + 1)
        if here != alike and not is_between_same:
            raise unclear
        if (here, alike) != (1, 1) or self.base.has_twins(number) or self.current.has_twins(there):
            for way in (-1, 1):
                self._check_beside(number, there, way, unclear)
        return there

    def _check_beside(self, number: int, there: int, way: int, unclear: NotFound) -> None:
        """Raise NotFound if what stood right beside a block, or does now, stands elsewhere in the other version."""
        stood = _alone(self.base, self.current, number + way)
        stands = _alone(self.current, self.base, there + way)
        if stood not in (None, there + way) or stands not in (None, number + way):
            raise unclear


class _Contents:
    """What blocks of both versions say, each worked out once however often it stands there."""

    def __init__(self) -> None:
        self._codes: dict[object, int] = {}
        self._by_source: dict[tuple[str, str], int] = {}
        self._letters: dict[str, str] = {}

    def code(self, kind: str, source: str) -> int:
        """Return the key of a block as a number."""
        code = self._by_source.get((kind, source))
        if code is None:
            code = self._codes.setdefault((kind, key(source)), len(self._codes))
            self._by_source[kind, source] = code
        return code

    def letters(self, source: str) -> str:
        """Return what a block says without form."""
        said = self._letters.get(source)
        if said is None:
            said = self._letters[source] = letters(source)
        return said


class Version:
    """One version of a page: what its blocks say (as codes that are equal where they are), and where."""

    def __init__(self, page: Page, contents: _Contents) -> None:
        self.page = page
        self._contents = contents
        self._places: dict[int, dict[Path, list[int]]] = {}
        self._counted: dict[Path, Counter[str]] = {}

    def __len__(self) -> int:
        return len(self.page.blocks)

    def step(self, number: int) -> Step:
        """Return what a block stands right below."""
        return self.page.steps[number]

    def path(self, number: int) -> Path:
        """Return the names that a block stands below."""
        return self.page.steps[number].path

    def code(self, number: int) -> int:
        """Return what a block says, as a number; what is before the first or after the last has one too."""
        if not 0 <= number < len(self):
            return _OUTSIDE
        block = self.page.blocks[number]
        return self._contents.code(block.kind, block.source)

    @cached_property
    def _by_letters(self) -> dict[str, list[int]]:
        """The blocks by what they say without form: those that may be alike."""
        found: dict[str, list[int]] = {}
        for block in self.page.blocks:
            found.setdefault(self._contents.letters(block.source), []).append(block.number)
        return found

    def alike(self, number: int) -> list[int]:
        """Return the blocks that say what a block says, itself among them."""
        return self.alike_to(self, number)

    def alike_to(self, other: Version, number: int) -> list[int]:
        """Return the blocks that say what a block of the other version says."""
        return [at for below in self._places_of(other, number).values() for at in below]

    def _places_of(self, other: Version, number: int) -> dict[Path, list[int]]:
        code = other.code(number)
        if code not in self._places:
            places: dict[Path, list[int]] = {}
            for at in self._by_letters.get(self._contents.letters(other.page.blocks[number].source), ()):
                if self.code(at) == code:
                    places.setdefault(self.path(at), []).append(at)
            self._places[code] = places
        return self._places[code]

    def in_place(self, number: int) -> list[int]:
        """Return the blocks that say what a block says in the place where it stands."""
        return self._places_of(self, number)[self.path(number)]

    def in_place_of(self, other: Version, number: int) -> list[int]:
        """Return the blocks that say what a block of the other version says in the place where that stands."""
        return self._places_of(other, number).get(other.path(number), [])

    # -- fields ----------------------------------------------------------------------------------------------

    @cached_property
    def _below(self) -> dict[Path, list[int]]:
        found: dict[Path, list[int]] = {}
        for number, step in enumerate(self.page.steps):
            found.setdefault(step.path, []).append(number)
        return found

    def has_twins(self, number: int) -> bool:
        """Tell whether another block in the same place gives a value for the same field.

        Then its own value is all that is unique about it, and that is no identity: values can be swapped.
        """
        field = self._field(number)
        return bool(field) and self._fields(self.path(number))[field] > 1

    def _fields(self, path: Path) -> Counter[str]:
        if path not in self._counted:
            self._counted[path] = Counter(map(self._field, self._below[path]))
        return self._counted[path]

    def _field(self, number: int) -> str:
        """Return what a short block gives a value for (`Limit` in `Limit: 5`, the first cell of a row)."""
        block = self.page.blocks[number]
        if block.kind == "table_row":
            return plain_text.visible_words(block.source).partition("\n")[0]
        if not _COLON.search(block.source):
            return ""
        said = " ".join(plain_text.visible_words(block.source).split())
        field = said.replace("\uff1a", ":").partition(":")[0]
        is_field = len(said) <= _LONGEST_FIELD
        return f"{block.kind} {field.strip()}" if is_field else ""

    # -- wording ---------------------------------------------------------------------------------------------

    def says(self, wording: str) -> bool:
        """Tell whether words stand anywhere on the page as a line, cell, title or name of their own."""
        return wording.casefold() in self._wordings

    @cached_property
    def _wordings(self) -> frozenset[str]:
        lines = plain_text.visible_words(self.page.source).split("\n")
        named = [word for path in self._below for name in path for word in name.words]
        return frozenset(line.casefold() for line in (*lines, *named))


def _led(version: Version, other: Version, number: int, way: int) -> int | None:
    """Return where a block stands on the other version by the run of equal blocks before (`way` -1) or after it.

    The run ends at the nearest block that is alone of its kind in its place, in both versions, or at an end of
    the page.
    """
    for distance in range(1, _FURTHEST):
        at = number + way * distance
        is_within = 0 <= at < len(version)
        end = _alone(version, other, at) if is_within else -1 if at < 0 else len(other)
        if end is None:
            continue
        there = end - way * distance
        run = ((number + way * step, there + way * step) for step in range(distance))
        return there if all(version.code(at) == other.code(place) for at, place in run) else None
    return None


def _alone(version: Version, other: Version, number: int) -> int | None:
    """Return where a block stands on the other version, if it is alone of its kind in its place in both."""
    if not 0 <= number < len(version) or len(version.in_place(number)) != 1:
        return None
    there = other.in_place_of(version, number)
    return there[0] if len(there) == 1 else None


def _is_right_below(number: int, there: int, old: Step, new: Step) -> bool:
    """Tell whether the block before both is that with the corrected wording, and it reads as a correction."""
    is_right_above = (old.block, new.block) == (number - 1, there - 1)
    return is_right_above and all(_resembles(*pair) for pair in zip(old.words, new.words, strict=True))


def _resembles(old: str, new: str) -> bool:
    """Tell whether wording reads as a correction: words added, left out or respelled, and none exchanged."""
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


# -- what a reviewer reads ---------------------------------------------------------------------------------------


def _source(page: Page, number: int) -> str:
    return _short(" ".join(page.blocks[number].source.split()), 80)


def _quoted(page: Page, number: int) -> str:
    said = " ".join(plain_text.visible_words(page.blocks[number].source).split())
    return f'block [{number + 1}] "{_short(said, 60)}"' if said else f"block [{number + 1}]"


def _under(path: Path) -> str:
    """Say where something stands: the names above it, and which of several with one name that is."""
    names = []
    for name in path:
        said = " | ".join(word for word in name.words if word)
        number, count = name.place
        which = f" ({number} of {count})" if count > 1 else ""
        if name.kind == "table":
            names.append(f'the table "{_short(said, 60)}"{which}' if said else f"a table{which}")
        elif said:
            names.append(f'"{_short(said, 60)}"{which}')
        else:
            names.append(f"a {name.kind}")
    return "under " + " › ".join(names) if names else "under no heading"


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
