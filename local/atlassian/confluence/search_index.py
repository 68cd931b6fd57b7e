"""An inverted index of pages that shows changes only after a lag; it supports phrases and BM25 scores."""

import math
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from snowballstemmer.english_stemmer import EnglishStemmer

# A word consists of letters, digits and underscores; a dot or apostrophe inside does not split it.
_WORD = re.compile(r"\w+(?:[.'’]\w+)*")
_STOP = frozenset(
    (
        "a",
        "an",
        "and",
        "are",
        "as",
        "at",
        "be",
        "but",
        "by",
        "for",
        "if",
        "in",
        "into",
        "is",
        "it",
        "no",
        "not",
        "of",
        "on",
        "or",
        "such",
        "that",
        "the",
        "their",
        "then",
        "there",
        "these",
        "they",
        "this",
        "to",
        "was",
        "will",
        "with",
    )
)
_K1, _B = 1.2, 0.75
FIELDS = ("title", "text")
_stemmer = EnglishStemmer()
_stems: dict[str, str] = {}


def stem(word: str) -> str:
    """Return the stem of a word, in lower case."""
    folded = word.casefold()
    known = _stems.get(folded)
    if known is None:
        known = _stems[folded] = str(_stemmer.stemWord(folded))
    return known


def terms_of(text: str) -> list[str]:
    """Split text into stems; stop words keep their place as an empty string."""
    return ["" if word.casefold() in _STOP else stem(word) for word in _WORD.findall(text)]


@dataclass(frozen=True)
class _Pending:
    due: datetime
    page_id: str
    title: str
    text: Callable[[], str] | None
    labels: tuple[str, ...]


class SearchIndex:
    """Postings per field: term → page → positions. `settle` applies the changes that are older than the lag."""

    def __init__(self) -> None:
        self._postings: dict[str, dict[str, dict[str, list[int]]]] = {field: {} for field in FIELDS}
        self._lengths: dict[str, dict[str, int]] = {field: {} for field in FIELDS}
        self._terms: dict[str, dict[str, tuple[str, ...]]] = {field: {} for field in FIELDS}
        self._totals = dict.fromkeys(FIELDS, 0)
        self._pending: list[_Pending] = []
        self.labels: dict[str, tuple[str, ...]] = {}
        self.titles: dict[str, str] = {}
        self.texts: dict[str, str] = {}

    def add(
        self, page_id: str, title: str, text: Callable[[], str], labels: tuple[str, ...], changed: datetime
    ) -> None:
        """Add a page's new content; searches find it after `settle` with a time later than `changed`."""
        self._pending.append(_Pending(changed, page_id, title, text, labels))

    def remove(self, page_id: str, changed: datetime) -> None:
        """Remove a page, with the next `settle`."""
        self._pending.append(_Pending(changed, page_id, "", None, ()))

    def settle(self, until: datetime) -> None:
        """Apply every change up to a time; of several changes to one page only the last."""
        due = {each.page_id: each for each in self._pending if each.due <= until}
        if not due:
            return
        self._pending = [each for each in self._pending if each.due > until]
        for change in due.values():
            self._forget(change.page_id)
            if change.text is not None:
                self._learn(change, change.text())

    def _forget(self, page_id: str) -> None:
        for field in FIELDS:
            for term in self._terms[field].pop(page_id, ()):
                pages = self._postings[field][term]
                del pages[page_id]
                if not pages:
                    del self._postings[field][term]
            self._totals[field] -= self._lengths[field].pop(page_id, 0)
        for held in (self.labels, self.titles, self.texts):
            held.pop(page_id, None)

    def _learn(self, change: _Pending, body: str) -> None:
        page_id = change.page_id
        self.labels[page_id], self.titles[page_id], self.texts[page_id] = change.labels, change.title, body
        # `text` is Confluence's master field: title, body and labels.
        contents = {"title": change.title, "text": f"{change.title}\n{body}\n{' '.join(change.labels)}"}
        for field, content in contents.items():
            places: dict[str, list[int]] = {}
            terms = terms_of(content)
            for position, term in enumerate(terms):
                if term:
                    places.setdefault(term, []).append(position)
            for term, positions in places.items():
                self._postings[field].setdefault(term, {})[page_id] = positions
            self._terms[field][page_id] = tuple(places)
            self._lengths[field][page_id] = len(terms)
            self._totals[field] += len(terms)

    def vocabulary(self, field: str) -> Iterable[str]:
        """Return the terms of a field."""
        return self._postings[field]

    def with_term(self, field: str, term: str) -> dict[str, list[int]]:
        """Return the pages that contain a stem, with its positions."""
        return self._postings[field].get(term, {})

    def with_phrase(self, field: str, terms: list[str]) -> set[str]:
        """Return the pages that contain the stems in sequence; stop words match any word."""
        solid = [(offset, term) for offset, term in enumerate(terms) if term]
        if not solid:
            return set()
        postings = [self.with_term(field, term) for _, term in solid]
        common = set(postings[0]).intersection(*postings[1:])
        first = solid[0][0]
        return {
            page
            for page in common
            if any(
                all(
                    start + offset - first in places[page]
                    for (offset, _), places in zip(solid, postings, strict=True)
                )
                for start in postings[0][page]
            )
        }

    def score(self, field: str, term: str, page_id: str) -> float:
        """Return the BM25 weight of a stem in a page's field; 0 where it does not occur."""
        postings = self.with_term(field, term)
        places = postings.get(page_id)
        if not places:
            return 0.0
        count = len(self.titles)
        rarity = math.log(1 + (count - len(postings) + 0.5) / (len(postings) + 0.5))
        mean = self._totals[field] / max(count, 1) or 1.0
        norm = _K1 * (1 - _B + _B * self._lengths[field][page_id] / mean)
        return rarity * len(places) * (_K1 + 1) / (len(places) + norm)
