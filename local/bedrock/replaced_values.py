"""Finds in a ticket which values it replaces, and puts the new ones in their place on the page.

“12 times over 72 hours, instead of 8 times over one day”, “300 before”, “from 3 to 5”, “`--date` is called `--day`
now”, “within 2 working days”: a sentence, table row, list item or code that is about the same and has the old value
gets the new one. “The burst of the plan Business goes up to 400” goes into the cell of that row and column. What a
ticket says is gone loses its list item or row.
"""

import re
from typing import NamedTuple

from local.bedrock.prompt import OutlineBlock

_VALUE = r"\d+(?:[.,:]\d+)*"
_NUMBER = re.compile(rf"(?<![\w.,:]){_VALUE}(?![\w])|(?<=[^\x00-\x7f]){_VALUE}(?=[^\x00-\x7f])")
_INSTEAD = re.compile(r",?\s*\b(?:instead of|rather than|no longer|and not|not)\b", re.IGNORECASE)
_FROM_TO = re.compile(
    rf"\bfrom ({_VALUE})(?: [\w%]+)? to ({_VALUE})|({_VALUE})\S{{0,2}}から({_VALUE})", re.IGNORECASE
)
_WAS = r"(?:was|before:?|previously|formerly|until now)"
_BEFORE = re.compile(
    rf"({_VALUE})[^().\d]{{0,60}}\((?:{_WAS} ({_VALUE})|({_VALUE}) {_WAS})\)",
    re.IGNORECASE,
)
_ARROW = re.compile(rf"({_VALUE})\s*(?:→|->|=>)\s*({_VALUE})")
_RENAMED = re.compile(
    r"`([^`]+)`[^.]*?\b(?:is (?:now )?(?:called|named)|(?:is|was) (?:renamed to|replaced by)|becomes)\s+`([^`]+)`",
    re.IGNORECASE,
)
_GONE = re.compile(
    r"\b(?:switched off|removed|retired|dropped|discontinued|shut down|is gone|no longer (?:exists|available))\b",
    re.IGNORECASE,
)
_CODE = re.compile(r"`[^`]+`")
_WORD = re.compile(r"[^\W\d_]{3,}")
_COMMON = frozenset(
    re.findall(
        r"\w+",
        "the and for that this with from are was were has have not but its can will when then than into your you they "
        "may now new old instead before after each every over within only also more most all any",
    )
)
_UNIT = re.compile(r"\s+([^\W\d_]+)(?:\s+([^\W\d_]+))?")


_DURATION = re.compile(r"\b(one|an?|\d+) (second|minute|hour|day|week)s?\b", re.IGNORECASE)
_SECONDS = {"second": 1, "minute": 60, "hour": 3_600, "day": 86_400, "week": 604_800}
_FEWEST_SHARED = 3
_MOST_OF = 0.8


class ReplacedValue(NamedTuple):
    """An old value and the new one; `about` are the words of the ticket's sentence, and `unit` follows the value."""

    old: str
    new: str
    about: frozenset[str]
    unit: str = ""


def replaced_values(sentences: list[str], blocks: tuple[OutlineBlock, ...]) -> list[ReplacedValue]:
    """Return the values that sentences of a ticket replace; an old value that they leave out is read from the page."""
    found: list[ReplacedValue] = []
    for sentence in sentences:
        stated = _stated(sentence)
        found += stated or _by_unit(sentence, blocks)
    return list(dict.fromkeys(found))


def with_values(block: OutlineBlock, values: list[ReplacedValue]) -> str:
    """Return a block's Markdown with the new values in place of the old ones."""
    changes = {
        value.old: value.new
        for value in values
        if _has(block.text, value.old) and _is_about(block.text, value)
    }
    if not changes:
        return block.text
    pattern = "|".join(map(_bounded, sorted(changes, key=len, reverse=True)))
    return re.sub(pattern, lambda match: changes[match[0]], block.text)


def with_cell(block: OutlineBlock, header: str, sentences: list[str]) -> str:
    """Return a table row with the number of a sentence that names the row and one of its columns."""
    cells, columns = block.text.strip().strip("|").split("|"), header.strip().strip("|").split("|")
    for sentence in sentences:
        numbers, words = _NUMBER.findall(sentence), about(sentence)
        label = about(cells[0])
        if len(numbers) != 1 or len(cells) != len(columns) or not label or not label <= words:
            continue
        for place, column in enumerate(columns):
            old = cells[place].strip()
            if place and about(column) and about(column) <= words and _NUMBER.fullmatch(old):
                cells[place] = cells[place].replace(old, numbers[0])
                return f"|{'|'.join(cells)}|"
    return block.text


def is_said(sentence: str, blocks: tuple[OutlineBlock, ...]) -> bool:
    """Return whether a block says what a sentence says: it has all its numbers and code, and most of its words.

    Without a number and code, one other word can turn the meaning round, so the block must have all words.
    """
    words, numbers, code = about(sentence), set(_NUMBER.findall(sentence)), _CODE.findall(sentence)
    share = _MOST_OF if numbers or code else 1
    return len(words) >= _FEWEST_SHARED and any(
        numbers <= set(_NUMBER.findall(block.text))
        and all(span in block.text for span in code)
        and len(words & about(block.text)) >= share * len(words)
        for block in blocks
    )


def is_gone(block: OutlineBlock, sentences: list[str]) -> bool:
    """Return whether a list item or row names just what a sentence says is gone."""
    text = block.text.strip()
    if not text.startswith(("- ", "* ", "|")):
        return False
    named = about(text.split("|")[1] if text.startswith("|") else text)
    return bool(named) and any(
        _GONE.search(sentence) and named <= about(_GONE.split(sentence)[0]) for sentence in sentences
    )


def about(text: str) -> frozenset[str]:
    """Return the words of a text that say what it is about, roughly stemmed."""
    return frozenset(_stem(word) for word in _WORD.findall(text.lower()) if word not in _COMMON)


def _stem(word: str) -> str:
    for ending in ("ies", "ied", "ing", "es", "ed", "s", "y"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


def _stated(sentence: str) -> list[ReplacedValue]:
    words = about(sentence)
    pairs: list[tuple[str, str, str]] = []
    for match in _FROM_TO.finditer(sentence):
        pairs.append((match[1] or match[3], match[2] or match[4], ""))
    for match in _BEFORE.finditer(sentence):
        pairs.append((match[2] or match[3], match[1], ""))
    pairs += [(match[1], match[2], "") for match in _ARROW.finditer(sentence)]
    pairs += [(match[1], match[2], "`") for match in _RENAMED.finditer(sentence)]
    if not pairs and len(halves := _INSTEAD.split(sentence, maxsplit=1)) == 2:
        pairs = _instead(*halves)
    return [ReplacedValue(old, new, words, unit) for old, new, unit in pairs if old != new]


def _instead(new: str, old: str) -> list[tuple[str, str, str]]:
    """Pair the values before and after "instead of": those with the same unit, or the only ones."""
    news, olds = _with_units(new), _with_units(old)
    pairs = [
        (old_value, new_value, unit)
        for old_value, unit in olds
        for new_value, new_unit in news
        if unit and unit == new_unit
    ]
    if not pairs and olds and news:
        pairs = [(olds[0][0], news[-1][0] if len(news) == 1 else news[0][0], "")]
    return [*pairs, *_converted(new, old)]


def _converted(new: str, old: str) -> list[tuple[str, str, str]]:
    """Pair durations in different units: "72 hours, instead of … one day" puts 72 in place of the page's 24."""
    pairs = []
    for value, unit in _DURATION.findall(new):
        for old_value, old_unit in _DURATION.findall(old):
            seconds = int(old_value if old_value.isdigit() else 1) * _SECONDS[old_unit.lower()]
            if unit.lower() != old_unit.lower() and value.isdigit() and not seconds % _SECONDS[unit.lower()]:
                pairs.append((str(seconds // _SECONDS[unit.lower()]), value, _stem(unit.lower())))
    return pairs


def _with_units(text: str) -> list[tuple[str, str]]:
    out = []
    for match in _NUMBER.finditer(text):
        unit = _UNIT.match(text, match.end())
        out.append((match[0], _stem(unit[1].lower()) if unit else ""))
    return out


def _by_unit(sentence: str, blocks: tuple[OutlineBlock, ...]) -> list[ReplacedValue]:
    """Return the values of a sentence whose unit the nearest block has with another value."""
    words, out = about(sentence), []
    for new, unit in _with_units(sentence):
        if not unit:
            continue
        near = [
            (len(words & about(block.text)), old)
            for block in blocks
            for old, old_unit in _with_units(block.text)
            if old_unit == unit and len(words & about(block.text)) >= _FEWEST_SHARED
        ]
        best = max(near, key=lambda each: each[0], default=None)
        if best and best[1] != new and not any(old == new for _, old in near):
            out.append(ReplacedValue(best[1], new, words, unit))
    return out


def _has(text: str, value: str) -> bool:
    return re.search(_bounded(value), text) is not None


def _bounded(value: str) -> str:
    return rf"(?<![A-Za-z0-9_.,:]){re.escape(value)}(?![A-Za-z0-9_]|[.,:]\d)"


def _is_about(text: str, value: ReplacedValue) -> bool:
    """Return whether a block that has the old value is about the ticket's sentence: they share a word, or a name."""
    if value.unit == "`" or not value.old[0].isdigit():
        return True
    return not value.about.isdisjoint(about(text)) or _is_other_script(text)


def _is_other_script(text: str) -> bool:
    letters = [character for character in text if character.isalpha()]
    return bool(letters) and sum(map(str.isascii, letters)) < len(letters) / 2
