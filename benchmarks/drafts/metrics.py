"""Measures one draft against the page as its author left it. All figures are shares from 0 to 1; None: does not apply.

place_precision   changed places of the draft that are within one block of a place that the author changed
place_recall      places that the author changed and the draft changed, too, within one block
chrf              likeness of the draft's changed blocks to the author's, by groups of characters
facts             numbers, code, identifiers and the like that the author added and the draft's blocks have, and that
                  the author took off the page and the draft took off, too
restraint         words that the draft changed within one block of the author's places, of all that it changed
truth             facts that the draft added and that stand in a ticket, on the page or in the feedback
valid, retried    the draft was valid at once; only after the model was told what is wrong
decision          the draft changes the page exactly if the author did
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from benchmarks import oracle
from benchmarks.drafts.cases import Case
from benchmarks.drafts.chrf import chrf
from common import storage_format as sf
from common.domain.facts import facts, unsupported
from common.storage_format.page.page import Page

NEAR = 1
"""Blocks between two places that still count as the same place."""

METRICS = (
    "place_precision",
    "place_recall",
    "chrf",
    "facts",
    "restraint",
    "truth",
    "valid",
    "retried",
    "decision",
)


_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Outcome:
    """What became of one case: the page after the draft (None: no draft), and how often the model was called."""

    storage: str | None
    calls: int
    failure: str = ""


@dataclass(frozen=True)
class _Change:
    """How a page changed: the places by number of the old block, with the words changed there, and the new blocks."""

    words: dict[int, int]
    text: str
    markdown: str
    added: frozenset[str]
    removed: frozenset[str]

    @classmethod
    def between(cls, before: str, after: str) -> _Change:
        page, wanted = sf.parse(before), sf.parse(after)
        words: dict[int, int] = {}
        new: list[int] = []
        for difference in oracle.differences(page, wanted):
            place = max(difference.previous or 0, 0)
            for old, number in difference.pairs:
                place = old if old is not None else place
                words[place] = words.get(place, 0) + _changed_words(page, old, wanted, number)
                if number is not None:
                    new.append(number)
        old_facts, new_facts = facts(sf.to_markdown(before)), facts(sf.to_markdown(after))
        blocks = [wanted.blocks[number].source for number in new]
        return cls(
            words,
            "\n".join(map(sf.plain_text, blocks)),
            "\n".join(map(sf.to_markdown, blocks)),
            frozenset(new_facts - old_facts),
            frozenset(old_facts - new_facts),
        )


def measure(case: Case, outcome: Outcome) -> dict[str, float | None]:
    """Return the metrics of a draft."""
    figures: dict[str, float | None] = dict.fromkeys(METRICS)
    figures["valid"] = float(outcome.storage is not None and outcome.calls == 1)
    figures["retried"] = float(outcome.storage is not None and outcome.calls > 1)
    author = _Change.between(case.before, case.after)
    storage = outcome.storage if outcome.storage is not None else case.before
    draft = _Change.between(case.before, storage)
    if not case.is_new_page:
        figures["decision"] = float(outcome.storage is not None and bool(draft.words) == bool(author.words))
        figures["restraint"] = _restraint(draft, author)
        if author.words:
            figures["place_recall"] = _near_share(author.words, draft.words)
        if draft.words:
            figures["place_precision"] = _near_share(draft.words, author.words)
    if author.text:
        figures["chrf"] = chrf(draft.text, author.text) / 100
    kept, left = facts(draft.markdown), facts(sf.to_markdown(storage))
    if wanted := len(author.added) + len(author.removed):
        figures["facts"] = (len(author.added & kept) + len(author.removed - left)) / wanted
    if draft.words:
        invented = unsupported(draft.markdown, case.sources)
        figures["truth"] = 1 - len(invented) / max(1, len(facts(draft.markdown)), len(invented))
    return figures


def _restraint(draft: _Change, author: _Change) -> float:
    whole = sum(draft.words.values())
    inside = sum(count for place, count in draft.words.items() if _is_near(place, author.words))
    return inside / whole if whole else 1.0


def _near_share(places: Iterable[int], others: Iterable[int]) -> float:
    listed = list(places)
    return sum(_is_near(place, others) for place in listed) / len(listed)


def _is_near(place: int, others: Iterable[int]) -> bool:
    return any(abs(place - other) <= NEAR for other in others)


def _changed_words(page: Page, old: int | None, wanted: Page, new: int | None) -> int:
    one = Counter(_words(page, old))
    other = Counter(_words(wanted, new))
    return max(1, ((one - other) + (other - one)).total())


def _words(page: Page, number: int | None) -> Sequence[str]:
    return _WORD.findall(sf.plain_text(page.blocks[number].source)) if number is not None else ()
