"""Splits text into terms for comparison: stems of words, and identifiers both whole and split.

``VirtualMachine``, ``virtual_machine``, ``virtual-machine`` and ``virtualMachine`` all give the stems of *virtual*
and *machine* and the compound ``virtualmachin``; so does the title “Virtual Machines”, through ``compounds``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from snowballstemmer.english_stemmer import EnglishStemmer

RAW = re.compile(r"[^\W_]+(?:[_.\-][^\W_]+)*")
_JOINT = re.compile(r"[_.\-]")
# VLANs is one word, IPAddress two, fieldName two, IPv6 and OAuth2 one.
_HUMP = re.compile(r"[A-Z]{2,}s?(?![a-z])|[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+|[^\W\d_A-Za-z]+")
_LONGEST = 64
#: A word of at least this many letters may be two words written as one.
FEWEST_JOINED = 8
_SHORTEST_PART = 3

STOP_WORDS = frozenset(
    re.findall(
        r"\w+",
        """
        a about all also an and any are as at be been being but by can could did do does each for from had has have
        how i if in into is it its may might more most must no not of off on once one only or other our out over own
        per same should so some such than that the their them then there these they this those to too under until up
        use used uses using via was we were what when where which while who why will with within without would you
        your d ll m re s t ve
        """,
    )
)

# Words about the act of changing, not about the changed thing: they hardly help to find the page.
_ACTIONS = re.findall(
    r"\w+",
    """
    ability add adding allow bug change create deprecate docs drop employ enable ensure extend feat feature fix
    implement improve improvement initial introduce make new now obsolete option optional optionally permit prevent
    provide refactor remove rename replace show support switch update work
    """,
)

_stemmer = EnglishStemmer()


@lru_cache(maxsize=1 << 16)
def stem(word: str) -> str:
    """Return the English stem of a lower-case word; words of other languages mostly stay unchanged."""
    return str(_stemmer.stemWord(word)) if len(word) <= _LONGEST else word


ACTIONS = frozenset(map(stem, _ACTIONS))


@lru_cache(maxsize=1 << 16)
def parts(raw: str) -> tuple[str, ...]:
    """Split one run of characters into lower-case words: ``maxWeight_kg`` gives max, weight, kg."""
    if raw.islower() and raw.isalpha():
        return (raw,)
    found: list[str] = []
    for segment in _JOINT.split(raw):
        humps = _HUMP.findall(segment)
        letters = [hump for hump in humps if not hump.isdigit()]
        whole = len(humps) < 2 or any(len(hump) < 2 for hump in letters) or len(letters) < len(humps)
        found.extend([segment] if whole else humps)
    return tuple(part.lower() for part in found)


def compound(words: Sequence[str]) -> str:
    """Return the stem of several words written as one word."""
    return stem("".join(words))


def compounds(words: Sequence[str], longest: int = 3) -> set[str]:
    """Return the compounds of all runs of 2 to ``longest`` neighbouring words."""
    return {
        compound(words[start : start + length])
        for length in range(2, longest + 1)
        for start in range(len(words) - length + 1)
    }


def splits(word: str) -> tuple[tuple[str, str], ...]:
    """Return the ways in which a long word may be two words written as one: ``apigateway`` may be api gateway."""
    if len(word) < FEWEST_JOINED or not word.isalpha():
        return ()
    bare = word[:-1] if word.endswith("s") and not word.endswith("ss") else word
    return tuple((bare[:at], bare[at:]) for at in range(_SHORTEST_PART, len(bare) - _SHORTEST_PART + 1))


def terms(text: str) -> list[str]:
    """Return the stems of a text in order, without stop words; after an identifier's parts follows its compound."""
    found: list[str] = []
    for raw in RAW.findall(text):
        words = parts(raw)
        found.extend(stem(word) for word in words if word not in STOP_WORDS)
        if len(words) > 1:
            found.append(compound(words))
    return found


def words(text: str) -> list[str]:
    """Return the lower-case words of a text in order, without stop words; identifiers are split."""
    return [part for raw in RAW.findall(text) for part in parts(raw) if part not in STOP_WORDS]
