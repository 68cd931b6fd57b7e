"""Extracts the search terms of a ticket, each with its weight for finding a page."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from common.domain.ticket import Ticket
from handlers.document_orchestrator.page_selection.file_paths import file_paths
from handlers.document_orchestrator.page_selection.tokenizer import (
    ACTIONS,
    RAW,
    STOP_WORDS,
    compound,
    compounds,
    parts,
    splits,
    stem,
    words,
)

ACTION_WEIGHT = 0.1
COMPONENT_WEIGHT = 0.5
LABEL_WEIGHT = 0.3
# Labels with one of these words (or an action word) are about the process: breaking-change, tech-debt, docs:123.
_PROCESS = frozenset(
    map(
        stem,
        re.findall(r"\w+", "breaking customer debt documentation hotfix internal priority release triage"),
    )
)
# The words after the last preposition of a summary name the changed thing: “Add status field to Cluster”.
TAIL_BONUS = 0.4
_PREPOSITION = re.compile(r"\b(?:to|for|on|in|of|from)\b", re.IGNORECASE)
# All words of the description together weigh at most this share of the summary (or of an ordinary summary, if this one
# is short), so the summary still counts beside a long description.
DESCRIPTION_SHARE = 1.0
DESCRIPTION_WEIGHT = 0.3
_ORDINARY_SUMMARY = 4.0
_DESCRIPTION_TERMS = 40
_DESCRIPTION_CHARACTERS = 20_000
_SUMMARY_CHARACTERS = 500
# “feat(billing)!: …”: the type is about the process, the scope is a component.
_CONVENTIONAL_PREFIX = re.compile(
    r"^(?:feat|fix|docs|chore|refactor|perf|build|ci|test|style|revert)(?:\(([^)]*)\))?!?:\s*", re.IGNORECASE
)
# URLs and issue numbers are not search terms.
_REFERENCE = re.compile(r"https?://\S+|(?<!\w)#\d+\b")


@dataclass(frozen=True)
class SearchTerms:
    """A ticket's terms (stems and compounds) with their weights, 0 to about 1.5.

    - ``core``: the terms of the subject, from summary and components
    - ``subject``: the words of the summary as written, in order, without stop words and action words
    - ``topics``: the words of components and labels
    - ``identifiers``: the code names in summary and description
    - ``joined``: long words of summary, components and labels, which may be two words written as one
    - ``described``: the words of the description, highest weight first
    - ``shown``: the written form of each term
    """

    weights: Mapping[str, float]
    core: frozenset[str]
    subject: tuple[str, ...]
    topics: tuple[str, ...]
    identifiers: tuple[str, ...]
    joined: tuple[str, ...]
    described: tuple[str, ...]
    shown: Mapping[str, str]


def search_terms(ticket: Ticket) -> SearchTerms:
    """Return the terms of a ticket: from the summary, then components and labels, then the description.

    Paths of repository files in comments and further fields count as words of the description.
    """
    prefix = _CONVENTIONAL_PREFIX.match(ticket.summary)
    scope = [prefix[1]] if prefix and prefix[1] else []
    summary = _REFERENCE.sub(" ", ticket.summary[prefix.end() if prefix else 0 :][:_SUMMARY_CHARACTERS])
    # The description itself has its paths already. What else people discuss in comments is about the work.
    paths = file_paths([*ticket.comments, *(text for _, text in ticket.fields)])
    description = _REFERENCE.sub(" ", "\n".join([ticket.description[:_DESCRIPTION_CHARACTERS], *paths]))
    weights: dict[str, float] = {}
    shown: dict[str, str] = {}
    _weigh_summary(summary, weights, shown)
    components = [word for name in (*ticket.components, *scope) for word in words(name)]
    labels = [word for label in ticket.labels if not _is_process(label) for word in words(label)]
    for topic, weight in ((components, COMPONENT_WEIGHT), (labels, LABEL_WEIGHT)):
        for word in topic:
            weights.setdefault(stem(word), weight)
            shown.setdefault(stem(word), word)
    described = _weigh_description(description, weights, shown)
    subject = tuple(word for word in dict.fromkeys(words(summary)) if stem(word) not in ACTIONS)
    core = frozenset(map(stem, (*subject, *components)))
    topics = tuple(dict.fromkeys((*components, *labels)))
    names = (raw for raw in RAW.findall(f"{summary}\n{description}") if _is_identifier(raw))
    joined = tuple(word for word in dict.fromkeys((*components, *labels, *subject)) if splits(word))
    return SearchTerms(weights, core, subject, topics, tuple(dict.fromkeys(names)), joined, described, shown)


def without_prefix(summary: str) -> str:
    """Return a summary without the type and scope of a conventional commit ("feat(billing): ")."""
    return _CONVENTIONAL_PREFIX.sub("", summary, count=1).strip()


def _is_process(label: str) -> bool:
    return any(stem(word) in ACTIONS | _PROCESS for word in words(label))


def _weigh_summary(summary: str, weights: dict[str, float], shown: dict[str, str]) -> None:
    for raw in RAW.findall(summary):
        found = parts(raw)
        for word in found:
            if word not in STOP_WORDS:
                weights.setdefault(stem(word), ACTION_WEIGHT if stem(word) in ACTIONS else 1.0)
                shown.setdefault(stem(word), word)
        if len(found) > 1:
            weights[compound(found)] = 1.0
            shown[compound(found)] = raw
    for joined in compounds(words(summary)):
        weights.setdefault(joined, 1.0)
    prepositions = list(_PREPOSITION.finditer(summary))
    if prepositions:
        tail = words(summary[prepositions[-1].end() :])
        for term in {*map(stem, tail), *compounds(tail)}:
            weights[term] *= 1 + TAIL_BONUS


def _weigh_description(description: str, weights: dict[str, float], shown: dict[str, str]) -> tuple[str, ...]:
    counts: Counter[str] = Counter()
    for raw in RAW.findall(description):
        found = parts(raw)
        for word in found:
            if word not in STOP_WORDS and stem(word) not in ACTIONS:
                counts[stem(word)] += 1
                shown.setdefault(stem(word), word)
        if len(found) > 1:
            counts[compound(found)] += 1
            shown.setdefault(compound(found), raw)
    raised = {
        term: 1 + math.log(count)
        for term, count in counts.most_common(_DESCRIPTION_TERMS)
        if term not in weights
    }
    if not raised:
        return ()
    budget = DESCRIPTION_SHARE * max(sum(weights.values()), _ORDINARY_SUMMARY)
    factor = min(DESCRIPTION_WEIGHT, budget / sum(raised.values()))
    weights.update({term: weight * factor for term, weight in raised.items()})
    return tuple(shown[term] for term in raised)


def _is_identifier(raw: str) -> bool:
    """Return whether a word looks like code: camelCase, or parts joined by signs (a hyphen alone is prose)."""
    has_hump = re.search(r"[a-z][A-Z]", raw) is not None
    return has_hump or (len(parts(raw)) > 1 and not raw.replace("-", "").isalpha())
