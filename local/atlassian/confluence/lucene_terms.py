"""Evaluates the value of CQL's `~` in Lucene syntax: words, phrases, wildcards, fuzzy words, operators, parentheses."""

import difflib
import re
from dataclasses import dataclass
from typing import Literal

from local.atlassian.confluence.search_index import SearchIndex, terms_of
from local.atlassian.query_tokenizer import QueryError

_TOKEN = re.compile(
    r"""
    (?P<space>\s+)
  | (?P<phrase>"(?:\\.|[^"\\])*")(?:~\d*)?
  | (?P<open>\() | (?P<close>\))
  | (?P<and>&&) | (?P<or>\|\|)
  | (?P<sign>[+\-!])(?=\S)
  | (?P<word>(?:\\.|[^\s"()\\])+)
""",
    re.VERBOSE | re.DOTALL,
)
_REFUSED = re.compile(r"(?<!\\)[\[\]{}^/]")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


@dataclass(frozen=True)
class Found:
    """The pages that a value matches, and the stems that count for the score."""

    pages: frozenset[str]
    stems: frozenset[tuple[str, str]]


Token = tuple[Literal["phrase", "open", "close", "and", "or", "sign", "word"], str]


def _tokens(value: str) -> list[Token]:
    tokens: list[Token] = []
    position = 0
    while position < len(value):
        match = _TOKEN.match(value, position)
        if match is None:
            raise QueryError(f"Could not parse the text query at character {position + 1}: {value!r}")
        kind = match.lastgroup
        if kind == "word" and match[0] in {"AND", "OR", "NOT"}:
            kind = {"AND": "and", "OR": "or", "NOT": "sign"}[match[0]]
        if kind != "space":
            tokens.append((kind, match[kind] if kind == "phrase" else match[0]))  # type: ignore[arg-type]
        position = match.end()
    return tokens


class TermQuery:
    """Evaluates one value against one field of the index."""

    def __init__(self, index: SearchIndex, field: str, value: str) -> None:
        self._index, self._field, self._value = index, field, value
        self._tokens, self._at = _tokens(value), 0

    def run(self) -> Found:
        """Return the matches; raises QueryError for a value that Lucene could not parse."""
        found = self._either()
        if self._at < len(self._tokens):
            raise self._error()
        return found

    def _error(self) -> QueryError:
        return QueryError(f"Could not parse the text query: {self._value!r}")

    def _peek(self) -> str:
        return self._tokens[self._at][0] if self._at < len(self._tokens) else ""

    def _either(self) -> Found:
        found = self._both()
        while self._peek() == "or":
            self._at += 1
            other = self._both()
            found = Found(found.pages | other.pages, found.stems | other.stems)
        return found

    def _both(self) -> Found:
        pages: frozenset[str] | None = None
        without: frozenset[str] = frozenset()
        stems: frozenset[tuple[str, str]] = frozenset()
        count = 0
        while self._peek() not in {"", "or", "close"}:
            if self._peek() == "and":
                if not count:
                    raise self._error()
                self._at += 1
            negative = False
            while self._peek() == "sign":
                negative = negative or self._tokens[self._at][1] != "+"
                self._at += 1
            part = self._part()
            count += 1
            if part is None:
                continue
            if negative:
                without |= part.pages
            else:
                pages = part.pages if pages is None else pages & part.pages
                stems |= part.stems
        if not count:
            raise self._error()
        return Found((pages or frozenset()) - without, stems)

    def _part(self) -> Found | None:
        """Evaluate one word, phrase or group; None for a stop word, which matches everything."""
        if self._peek() not in {"word", "phrase", "open"}:
            raise self._error()
        kind, text = self._tokens[self._at]
        self._at += 1
        if kind == "open":
            found = self._either()
            if self._peek() != "close":
                raise self._error()
            self._at += 1
            return found
        return self._phrase(text[1:-1]) if kind == "phrase" else self._word(text)

    def _phrase(self, text: str) -> Found | None:
        stems = terms_of(_ESCAPED.sub(r"\1", text))
        if not any(stems):
            return None if stems else Found(frozenset(), frozenset())
        return Found(
            frozenset(self._index.with_phrase(self._field, stems)),
            frozenset((self._field, each) for each in stems if each),
        )

    def _word(self, text: str) -> Found | None:
        if _REFUSED.search(text):
            raise self._error()
        bare = text.rstrip("~0123456789.") if re.search(r"(?<!\\)~[\d.]*\Z", text) else None
        if bare is not None and bare:
            return self._any(
                difflib.get_close_matches(
                    bare.casefold(), list(self._index.vocabulary(self._field)), n=50, cutoff=0.75
                )
            )
        if re.search(r"(?<!\\)[*?]", text):
            if text[0] in "*?":
                raise self._error()
            pattern = re.compile(
                "".join({"*": ".*", "?": "."}.get(sign, re.escape(sign)) for sign in text.casefold())
            )
            return self._any(
                [each for each in self._index.vocabulary(self._field) if pattern.fullmatch(each)]
            )
        if re.search(r"(?<!\\):", text):
            # A colon names a field. No such field exists, so there are no matches.
            return Found(frozenset(), frozenset())
        return self._phrase(text)

    def _any(self, stems: list[str]) -> Found:
        pages: set[str] = set()
        for each in stems:
            pages |= set(self._index.with_term(self._field, each))
        return Found(frozenset(pages), frozenset((self._field, each) for each in stems))
