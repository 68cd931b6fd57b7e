"""Builds the CQL queries that search for a ticket's page.

Words of the ticket are quoted and cleaned, so nothing in a ticket is read as CQL or Lucene syntax. Every query is
limited to pages in the configured spaces.
https://developer.atlassian.com/cloud/confluence/advanced-searching-using-cql/
https://developer.atlassian.com/cloud/confluence/performing-text-searches-using-cql/
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from handlers.document_orchestrator.page_selection.search_terms import SearchTerms
from handlers.document_orchestrator.page_selection.tokenizer import parts, splits

_MOST_WORDS = 12
_MOST_TOPICS = 6
_MOST_PHRASES = 8
_MOST_DESCRIBED = 10
_MOST_JOINED = 3
_LONGEST_WORD = 64
_LONGEST_COMPOUND = 30  # letters of a word that is looked for in two parts
_LUCENE = re.compile(r"""[+\-&|!(){}\[\]^~*?:/#"'\\]""")


@dataclass(frozen=True)
class CqlQuery:
    """One search: the CQL, the number of hits to ask for, and the weight of its ranks in the fusion (1 is normal)."""

    cql: str
    limit: int
    weight: float


def cql_string(value: str) -> str:
    """Return a CQL string literal with backslashes and quotation marks escaped."""
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def cql_queries(asked: SearchTerms, space_keys: Sequence[str]) -> tuple[CqlQuery, ...]:
    """Return at most four queries: for titles, for words, for phrases and code names, for words of the description."""
    within = f"type = page AND space IN ({', '.join(map(cql_string, space_keys))})"
    subject = asked.subject[:_MOST_WORDS]
    topics = asked.topics[:_MOST_TOPICS]
    joined = ["".join(pair) for pair in pairwise(subject)]
    phrases = [f'"{first} {second}"' for first, second in pairwise(subject)]
    # “apigateway” is also looked for as “api gateway”, and “API Gateway” as “apigateway”.
    compounds = [word for word in asked.joined[:_MOST_JOINED] if len(word) <= _LONGEST_COMPOUND]
    split = [f'"{first} {second}"' for word in compounds for first, second in splits(word)]
    names = [*asked.identifiers, *(f'"{" ".join(parts(name))}"' for name in asked.identifiers)]
    planned = (
        ("title", [*subject, *topics, *joined], 25, 1.5),
        ("text", [*subject, *topics], 50, 1.0),
        (
            "text",
            [*names[:_MOST_PHRASES], *phrases[:_MOST_PHRASES], *joined[:_MOST_PHRASES], *split],
            25,
            1.0,
        ),
        ("text", list(asked.described[:_MOST_DESCRIBED]), 25, 0.5),
    )
    return tuple(
        CqlQuery(f"{within} AND ({any_of})", limit, weight)
        for field, words, limit, weight in planned
        if (any_of := _any_of(field, words))
    )


def _any_of(field: str, words: Iterable[str]) -> str:
    clean = dict.fromkeys(cleaned for word in words if (cleaned := _searchable(word)))
    return " OR ".join(f"{field} ~ {cql_string(word)}" for word in clean)


def _searchable(text: str) -> str:
    """Return a word or ``"quoted phrase"`` without Lucene's special characters, in lower case.

    Lower case because AND, OR and NOT in capitals are operators.
    """
    is_phrase = text.startswith('"')
    bare = " ".join(word[:_LONGEST_WORD] for word in _LUCENE.sub(" ", text).lower().split())
    if not bare:
        return ""
    return f'"{bare}"' if is_phrase or " " in bare else bare
