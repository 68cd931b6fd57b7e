"""Finds the place of a new page: the ticket adds a thing, and the pages of one parent are each about one such thing.

Without a model, this decides to create a page. A thing fits beside a page in four ways: it extends the page's title
(*Racks*: “Add Rack Type”), it is a kind of what the title names (*Circuit Types*: “Introduce virtual circuit types”),
it has the last word of the title (*IP Addresses*: “multiple MAC addresses”), or it ends with the parent's title (the
pages below *Middlewares*: “Add GrpcWeb middleware”). If a page has the name of the thing, or the ticket adds the thing
to one that a page names, nothing is new.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from handlers.document_orchestrator.page_selection.candidates import Candidate
from handlers.document_orchestrator.page_selection.new_subject import NewSubject, new_subject
from handlers.document_orchestrator.page_selection.ranking import Ranked
from handlers.document_orchestrator.page_selection.tokenizer import compound, stem, words

#: Candidates beside which a new page may stand; and those whose last word alone is enough.
_NEAR, _NEAREST = 10, 3
_FEWEST_SIBLINGS = 2
_LONGEST_TITLE = 3
_FEWEST_SAME = 4


@dataclass(frozen=True)
class Slot:
    """The place of a new page: its title, its parent, and the page that it stands beside."""

    title: str
    parent_id: str
    sibling: Candidate


def sibling_slot(summary: str, ranked: Sequence[Ranked[Candidate]]) -> Slot | None:
    """Return the place of the page that a ticket's new thing needs; None if it needs none or fits nowhere."""
    subject = new_subject(summary)
    if subject is None:
        return None
    pages = [each.page for each in ranked]
    if any(_is_about(subject.words, page.title) or _adds_to(subject, page.title) for page in pages):
        return None
    if (below := _below_kind(subject, pages)) and below.parent_id:
        return Slot(subject.without_last(len(words(below.path[-1]))), below.parent_id, below)
    if (beside := _beside_page(subject, pages)) and beside.parent_id:
        return Slot(_title(subject, beside), beside.parent_id, beside)
    return None


def _below_kind(subject: NewSubject, pages: Sequence[Candidate]) -> Candidate | None:
    """Return the first of several pages below a parent whose title ends the name of the thing."""
    below: defaultdict[str, list[Candidate]] = defaultdict(list)
    if not subject.is_stated or subject.is_plural:
        return None
    for page in pages:
        if page.path and page.parent_id and _ends_with(subject.words, page.path[-1]):
            below[page.parent_id].append(page)
    return next((held[0] for held in below.values() if len(held) >= _FEWEST_SIBLINGS), None)


def _beside_page(subject: NewSubject, pages: Sequence[Candidate]) -> Candidate | None:
    """Return the nearest page that the thing fits beside, and that has siblings with short titles."""
    for place, page in enumerate(pages[:_NEAR]):
        siblings = sum(
            other.parent_id == page.parent_id and len(words(other.title)) <= _LONGEST_TITLE for other in pages
        )
        if page.parent_id and siblings >= _FEWEST_SIBLINGS and _fits(subject, page.title, place):
            return page
    return None


def _fits(subject: NewSubject, title: str, place: int) -> bool:
    named = words(title)
    if not named:
        return False
    if _begins_with(subject.words, title):
        return True
    if _ends_with(subject.words, title):
        return subject.is_stated and subject.is_kind
    several = len(named) > 1 and len(subject.words) > 1
    return several and place < _NEAREST and _same(subject.words[-1:], named[-1:])


def _adds_to(subject: NewSubject, title: str) -> bool:
    """Return whether a page names what the thing is added to, at the beginning or end of these words."""
    added_to = subject.added_to
    return any(
        _is_about(part, title)
        for length in range(1, len(added_to) + 1)
        for part in (added_to[:length], added_to[-length:])
    )


def _is_about(found: Sequence[str], title: str) -> bool:
    named = words(title)
    return bool(named) and (_same(found, named) or compound(found) == compound(named))


def _begins_with(found: Sequence[str], title: str) -> bool:
    named = words(title)
    return 0 < len(named) < len(found) and _same(found[: len(named)], named)


def _ends_with(found: Sequence[str], title: str) -> bool:
    named = words(title)
    return 0 < len(named) < len(found) and _same(found[-len(named) :], named)


def _same(one: Sequence[str], other: Sequence[str]) -> bool:
    """Return whether words are the same but for their endings and abbreviations: config, configurations."""
    return len(one) == len(other) and all(
        a == b or (min(len(a), len(b)) >= _FEWEST_SAME and (a.startswith(b) or b.startswith(a)))
        for a, b in zip(map(stem, one), map(stem, other), strict=True)
    )


def _title(subject: NewSubject, beside: Candidate) -> str:
    """Return the title of the new page, spelled and numbered like that of its sibling."""
    written = list(subject.written)
    if _is_plural(beside.title) and not _is_plural(written[-1]):
        written[-1] = _plural(written[-1])
    return " ".join(word if any(map(str.isupper, word)) else word.capitalize() for word in written)


def _is_plural(title: str) -> bool:
    return title.lower().endswith("s") and not title.lower().endswith("ss") and not title.isupper()


def _plural(word: str) -> str:
    lower = word.lower()
    if lower.endswith("y") and lower[-2:-1] not in "aeiou":
        return f"{word[:-1]}ies"
    return f"{word}es" if lower.endswith(("s", "x", "z", "ch", "sh")) else f"{word}s"
