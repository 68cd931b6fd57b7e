"""Ranks candidate pages by their words (BM25F), nearest to the ticket first.

A page's score has four parts. Each counts only terms of the ticket, weighted by ``search_terms`` and by how few of
the candidates contain them:

- the whole page: BM25 over its fields, where title and headings count more than body and path (BM25F);
- its best section, so a long page about many things still scores for one relevant passage;
- the share of its title that the ticket names: “Cluster” names all of *Clusters*, but only a part of *Cluster Groups*;
- the share of its best heading that the ticket names, with less weight.

It reads the text once, so the time grows linearly with the size of the pages.
"""

from __future__ import annotations

import heapq
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log
from typing import Generic, Protocol, TypeVar

from common.domain.ticket import Ticket
from common.storage_format import Section
from handlers.document_orchestrator.page_selection.search_terms import SearchTerms, search_terms
from handlers.document_orchestrator.page_selection.tokenizer import (
    RAW,
    compound,
    compounds,
    parts,
    splits,
    stem,
    terms,
    words,
)

TITLE_WEIGHT = 4.0
HEADING_WEIGHT = 2.0
PATH_WEIGHT = 1.0
# High, because every candidate contains some of the words: how often it does says more than in a general search.
SATURATION = 3.0
LENGTH_NORM = 0.4
RARITY_POWER = 0.7
SECTION_WEIGHT = 0.5
COVERAGE_WEIGHT = 8.0
HEADING_COVERAGE_WEIGHT = 1.0
# The rarity of a word of a heading that is in no ticket and no title: that of a word on no page of fifty.
_UNCOUNTED = 3.0
# Share of a heading that the ticket names, from which on the page counts as named.
_NAMING = 0.75


class RankedPage(Protocol):
    """The parts of a page that ranking reads."""

    @property
    def title(self) -> str:
        """The page's title."""

    @property
    def path(self) -> tuple[str, ...]:
        """The titles of its ancestors, top first."""

    @property
    def sections(self) -> tuple[Section, ...]:
        """The page's text, cut at its headings."""


P = TypeVar("P", bound=RankedPage)


@dataclass(frozen=True)
class Ranked(Generic[P]):
    """A page with its score (higher is nearer, 0 means no common word).

    ``evidence`` is the score divided by the score that one mention of each word of the ticket's subject would bring;
    below 1 is weak. ``is_named`` says whether the title shares a word with the subject, or the ticket names most of a
    heading. ``nearest`` holds the indexes of the best sections, best first. ``why`` says for people what counted most.
    """

    page: P
    score: float
    evidence: float
    is_named: bool
    nearest: tuple[int, ...]
    why: str


def rank_pages(ticket: Ticket, pages: Sequence[P]) -> tuple[Ranked[P], ...]:
    """Return the pages ranked by score, highest first; pages with equal scores keep their order."""
    asked = search_terms(ticket)
    titles = [words(page.title) for page in pages]
    sought = _Sought({*asked.weights, *(stem(word) for title in titles for word in title)}, asked.joined)
    counted = [_count(page, sought) for page in pages]
    rarity = _rarity(counted, sought.terms)
    means = _Means.of(counted)
    ranked = [
        _ranked(page, title, counts, asked, rarity, means)
        for page, title, counts in zip(pages, titles, counted, strict=True)
    ]
    return tuple(sorted(ranked, key=lambda each: -each.score))


@dataclass(frozen=True)
class _Counts:
    """How often each sought term occurs in each field of a page, and the length of the text in words."""

    title: Mapping[str, int]
    path: Mapping[str, int]
    headings: Mapping[str, int]
    body: Mapping[str, int]
    sections: tuple[tuple[Mapping[str, int], Mapping[str, int], int], ...]
    length: int


class _Sought(dict[str, tuple[str, ...]]):
    """Maps a run of characters to the sought terms in it; caches each, and stems only words that may match."""

    def __init__(self, sought: Iterable[str], joined: Iterable[str] = ()) -> None:
        super().__init__()
        self._split = [
            (first, second, re.compile(rf"\b{first}[\s_-]+{second}(?:s|es)?\b", re.IGNORECASE), stem(word))
            for word in joined
            for first, second in splits(word)
        ]
        self.terms = frozenset(sought)
        self._beginnings = {term[:3] for term in self.terms}
        # A stem may end in i where the word ends in y: fly, fli.
        self._beginnings |= {f"{term[:2]}y" for term in self.terms if term[2:3] == "i"}

    def __missing__(self, raw: str) -> tuple[str, ...]:
        split = parts(raw)
        found = [stem(word) for word in split if word[:3] in self._beginnings or word[:2] in self._beginnings]
        if len(split) > 1:
            found.append(compound(split))
        kept = self[raw] = tuple(term for term in found if term in self.terms)
        return kept

    def count(self, text: str) -> tuple[Counter[str], int]:
        """Count the sought terms of a text; the second number is its length in words."""
        counts: Counter[str] = Counter()
        raws = RAW.findall(text)
        for raw, times in Counter(raws).items():
            for term in self[raw]:
                counts[term] += times
        if self._split:
            self._count_split(text, {raw.lower() for raw in raws}, counts)
        return counts, len(raws)

    def _count_split(self, text: str, held: set[str], counts: Counter[str]) -> None:
        """Count the sought words that a text writes as two: “API Gateway” is apigateway."""
        for first, second, pattern, term in self._split:
            if first in held and not held.isdisjoint((second, f"{second}s", f"{second}es")):
                counts[term] += len(pattern.findall(text))


def _count(page: RankedPage, sought: _Sought) -> _Counts:
    headings: Counter[str] = Counter()
    body: Counter[str] = Counter()
    length = 0
    sections = []
    for section in page.sections:
        own, own_length = sought.count(section.headings[-1] if section.headings else "")
        text, text_length = sought.count(section.text)
        headings.update(own)
        body.update(text)
        length += own_length + text_length
        sections.append((own, text, own_length + text_length))
    return _Counts(
        title=Counter([*terms(page.title), *compounds(words(page.title))]),
        path=sought.count("\n".join(page.path))[0],
        headings=headings,
        body=body,
        sections=tuple(sections),
        length=length,
    )


def _rarity(counted: Sequence[_Counts], sought: Iterable[str]) -> dict[str, float]:
    """Return each term's weight by how few of the pages contain it (softened IDF: they are few and preselected)."""
    held: Counter[str] = Counter()
    for counts in counted:
        held.update({*counts.title, *counts.path, *counts.headings, *counts.body})
    total = len(counted)
    return {
        term: log(1 + (total - held[term] + 0.5) / (held[term] + 0.5)) ** RARITY_POWER
        for term in {*sought, *held}
    }


@dataclass(frozen=True)
class _Means:
    """The mean length of pages and of sections, in words, at least 1."""

    page: float
    section: float

    @classmethod
    def of(cls, counted: Sequence[_Counts]) -> _Means:
        lengths = [length for counts in counted for *_, length in counts.sections]
        return cls(
            page=sum(counts.length for counts in counted) / len(counted) or 1.0 if counted else 1.0,
            section=sum(lengths) / len(lengths) or 1.0 if lengths else 1.0,
        )


def _ranked(
    page: P, title: list[str], counts: _Counts, asked: SearchTerms, rarity: Mapping[str, float], means: _Means
) -> Ranked[P]:
    weights = {term: weight * rarity[term] for term, weight in asked.weights.items()}
    norm = 1 - LENGTH_NORM + LENGTH_NORM * counts.length / means.page
    gains = {term: weight * _saturated(_frequency(term, counts, norm)) for term, weight in weights.items()}
    by_section = [_section_score(section, weights, means.section) for section in counts.sections]
    nearest = heapq.nlargest(3, range(len(by_section)), key=by_section.__getitem__)
    score = sum(gains.values())
    score += SECTION_WEIGHT * max(by_section, default=0.0)
    score += COVERAGE_WEIGHT * _coverage(title, asked.weights, rarity)
    heading = max((_coverage(words(each), asked.weights, rarity) for each in _headings(page)), default=0.0)
    score += HEADING_COVERAGE_WEIGHT * heading
    return Ranked(
        page=page,
        score=score,
        evidence=score / once if (once := sum(weights.get(term, 0.0) for term in asked.core)) else 0.0,
        is_named=heading >= _NAMING or _shares_word(title, asked),
        nearest=tuple(index for index in nearest if by_section[index] > 0),
        why=_why(gains, counts, asked, page, nearest[:1] if by_section else []),
    )


def _frequency(term: str, counts: _Counts, norm: float) -> float:
    spread = HEADING_WEIGHT * counts.headings.get(term, 0) + counts.body.get(term, 0)
    return TITLE_WEIGHT * counts.title.get(term, 0) + PATH_WEIGHT * counts.path.get(term, 0) + spread / norm


def _saturated(frequency: float) -> float:
    return frequency * (1 + SATURATION) / (frequency + SATURATION)


def _section_score(
    section: tuple[Mapping[str, int], Mapping[str, int], int], weights: Mapping[str, float], mean: float
) -> float:
    heading, text, length = section
    norm = 1 - LENGTH_NORM + LENGTH_NORM * length / mean
    return sum(
        weights[term] * _saturated((HEADING_WEIGHT * heading.get(term, 0) + text.get(term, 0)) / norm)
        for term in {*heading, *text}
        if term in weights
    )


def _coverage(title: Sequence[str], asked: Mapping[str, float], rarity: Mapping[str, float]) -> float:
    """Return the share of the title, 0..1, that the ticket names; one word or several written together count alike."""
    if not title:
        return 0.0
    if compound(title) in asked:
        return min(1.0, asked[compound(title)])
    stems = [stem(word) for word in title]
    weights = [(rarity.get(term, _UNCOUNTED), min(1.0, asked.get(term, 0.0))) for term in stems]
    whole = sum(rare for rare, _ in weights)
    return sum(rare * named for rare, named in weights) / whole if whole else 0.0


def _shares_word(title: Sequence[str], asked: SearchTerms) -> bool:
    """Return whether a title shares a word with the ticket's subject, or is one of its words written together."""
    return bool(title) and (compound(title) in asked.weights or not asked.core.isdisjoint(map(stem, title)))


def _headings(page: RankedPage) -> set[str]:
    return {section.headings[-1] for section in page.sections if section.headings}


def _why(
    gains: Mapping[str, float], counts: _Counts, asked: SearchTerms, page: RankedPage, nearest: Sequence[int]
) -> str:
    # A single letter, such as that of “e-mail”, says nothing to people.
    words_of = {term: word for term, word in asked.shown.items() if len(word) > 1 or not word.isascii()}
    counted = [term for term, gain in gains.items() if gain > 0 and term in words_of]
    shown = list(dict.fromkeys(words_of[term] for term in heapq.nlargest(4, counted, key=gains.__getitem__)))
    in_title = [words_of[term] for term in counts.title if gains.get(term) and term in words_of]
    reasons = []
    if in_title:
        reasons.append(f"its title contains {', '.join(dict.fromkeys(in_title))}")
    if shown:
        reasons.append(f"shared words: {', '.join(shown)}")
    headings = page.sections[nearest[0]].headings if nearest else ()
    if headings and shown:
        reasons.append(f"best section: “{headings[-1]}”")
    return "; ".join(reasons) or "no word in common with the ticket"
