"""Reads from a ticket's summary whether it adds a new thing, which one, and what it is added to.

“Introduce RackGroup for physical rack placement” adds a rack group; “Add status field to Cluster” adds a part to a
cluster; “Remove Pilot support” adds nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from handlers.document_orchestrator.page_selection.search_terms import without_prefix
from handlers.document_orchestrator.page_selection.tokenizer import ACTIONS, RAW, parts, stem, words

_ADDS = re.compile(
    r"(?:add|build|creat|defin|implement|introduc|launch|offer|provid)(?:s|es|ed|d|e|ing)?\s+", re.IGNORECASE
)
_SUPPORT = re.compile(r"(?:(?:initial|basic|experimental|first)\s+)?support\s+for\s+", re.IGNORECASE)
_ARTICLES = re.compile(r"(?:(?:an?|the|new|multiple|several|initial|basic|experimental)\s+)+", re.IGNORECASE)
_TAIL = re.compile(
    r"\s\(?(?:to|for|on|in|of|from|with|when|by|via|that|which|as|into|per|within|using|without|at|during|through|"
    r"after|before)\b",
    re.IGNORECASE,
)
_SEVERAL = re.compile(r"\b(?:and|or)\b|[&,/():.]", re.IGNORECASE)
# “maxAge” or “max_age” alone is the name of a setting.
_PARAMETER = re.compile(r"[a-z]+(?:[A-Z]\w*|_\w+)")
_PLURAL = re.compile(r"[^s]s$")


def _stems(text: str) -> frozenset[str]:
    return frozenset(map(stem, text.split()))


# Parts of a thing, which belong on its page. By word and not by stem: a set is no setting.
_PARTS = frozenset(
    re.findall(
        r"\w+",
        """
        argument attribute button class column data endpoint exception field filter flag function header index key label
        mapping method option param parameter property setting signal support tag test validation value variable
        """,
    )
)
_KINDS = frozenset(("model", "models", "object", "entity", "resource", "page"))
_CHANGES = _stems(
    "adjust bump change clarify clean convert correct delete deprecate disable drop enhance extend fix improve limit "
    "migrate move optimize prevent promote reduce refactor remove rename replace restrict revert simplify switch tweak "
    "update updates upgrade use"
)
_MOST_WORDS = 4


@dataclass(frozen=True)
class NewSubject:
    """A thing that a ticket adds.

    words       its words in lower case; identifiers are split
    written     the same words as the ticket writes them
    name        its name as the ticket writes it
    added_to    the words of what it is added to
    is_stated   whether the summary begins with a verb such as "introduce"
    is_plural   whether its name is plural
    is_kind     whether it is a kind of things: its name is plural and not only "support for" it is new, or it is
                called a model
    """

    words: tuple[str, ...]
    written: tuple[str, ...]
    name: str
    added_to: tuple[str, ...]
    is_stated: bool
    is_plural: bool
    is_kind: bool

    def without_last(self, count: int) -> str:
        """Return the name without its last words: “GrpcWeb” of “GrpcWeb middleware”."""
        rest = self.name.split()[:-count]
        return " ".join([rest[0][:1].upper() + rest[0][1:], *rest[1:]]) if rest else self.name


def changes_existing(summary: str) -> bool:
    """Return whether a summary changes something that is there: such as "remove", "use" or "fix:"."""
    text = without_prefix(summary)
    is_feature = summary.strip().lower().startswith("feat")
    if text != summary.strip() and not is_feature:
        return True
    first = RAW.search(text)
    return first is not None and stem(first[0].lower()) in _CHANGES


@dataclass(frozen=True)
class _Added:
    """What a summary says is added: the thing as ``head``, and as ``tail`` what follows it."""

    head: str
    tail: str
    is_stated: bool
    is_support: bool

    @property
    def is_part(self) -> bool:
        found = words(self.head)
        return bool(found) and _singular(found[-1]) in _PARTS


def _added(summary: str) -> _Added:
    text = without_prefix(summary).replace("`", "")
    adds = _ADDS.match(text)
    rest = text[adds.end() :] if adds else text
    support = _SUPPORT.match(rest) if adds else None
    rest = rest[support.end() :] if support else rest
    rest = articles.string[articles.end() :] if (articles := _ARTICLES.match(rest)) else rest
    tail = _TAIL.search(rest)
    head = rest[: tail.start()] if tail else rest
    return _Added(head, rest[tail.end() :] if tail else "", adds is not None, support is not None)


def adds_part(summary: str) -> bool:
    """Return whether a summary adds something to a thing that is there: "Add an option", "Add support to disable"."""
    added = _added(summary)
    return added.is_stated and added.is_part


def new_subject(summary: str) -> NewSubject | None:
    """Return the thing that a summary says is new; None if it names no single one, or only a part of another."""
    if changes_existing(summary):
        return None
    added = _added(summary)
    head = added.head
    found = words(head)
    is_called_kind = bool(found) and found[-1] in _KINDS
    if is_called_kind:
        found = found[:-1]
    if (
        _SEVERAL.search(head)
        or _PARAMETER.fullmatch(head.strip())
        or not 1 <= len(found) <= _MOST_WORDS
        or _singular(found[-1]) in _PARTS
    ):
        return None
    is_plural = _PLURAL.search(found[-1]) is not None
    if not added.is_stated and (added.tail or len(found) < 2 or not is_plural or stem(found[0]) in ACTIONS):
        return None
    return NewSubject(
        words=tuple(found),
        written=_written(head, found),
        name=" ".join(head.split()),
        added_to=tuple(words(added.tail)),
        is_stated=added.is_stated,
        is_plural=is_plural,
        is_kind=is_called_kind or (is_plural and not added.is_support),
    )


def _singular(word: str) -> str:
    return word[:-1] if _PLURAL.search(word) else word


def _written(head: str, found: list[str]) -> tuple[str, ...]:
    """Return the words as the ticket writes them: ``RackGroup`` gives Rack, Group; ASN stays ASN."""
    out = []
    for raw in RAW.findall(head):
        split = parts(raw)
        at = 0
        for word in split:
            start = raw.lower().find(word, at)
            at = start + len(word)
            if word in found:
                out.append(raw[start:at])
    return tuple(out[: len(found)])
