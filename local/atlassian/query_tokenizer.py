"""A small tokenizer for JQL and CQL."""

import re
from dataclasses import dataclass

_TOKEN = re.compile(
    r"""
    (?P<space>\s+)
  | (?P<text>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')
  | (?P<sign>!=|!~|>=|<=|=|~|>|<|\(|\)|,)
  | (?P<word>[^\s"'=!~<>(),]+)
""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.)", re.DOTALL)


class QueryError(Exception):
    """The query cannot be parsed; the message says where."""


@dataclass(frozen=True)
class Word:
    """One token: `kind` is text (quoted), word or sign; `value` is unescaped."""

    kind: str
    value: str
    position: int

    def is_word(self, *names: str) -> bool:
        """Return whether this is one of the keywords, in any case."""
        return self.kind == "word" and self.value.upper() in names

    def is_sign(self, *signs: str) -> bool:
        """Return whether this is one of the signs."""
        return self.kind == "sign" and self.value in signs


def _unescaped(match: re.Match[str]) -> str:
    escape = match[1]
    if escape[0] == "u" and len(escape) == 5:
        return chr(int(escape[1:], 16))
    return {"n": "\n", "t": "\t", "r": "\r"}.get(escape, escape)


def words_of(query: str) -> list[Word]:
    """Split a query into tokens; raises QueryError where there is none (an open quote, a lone `!`)."""
    words, position = [], 0
    while position < len(query):
        match = _TOKEN.match(query, position)
        if match is None:
            raise QueryError(f"unexpected {query[position]!r} at character {position + 1}")
        kind = str(match.lastgroup)
        if kind == "text":
            words.append(Word(kind, _ESCAPE.sub(_unescaped, match[0][1:-1]), position))
        elif kind != "space":
            words.append(Word(kind, match[0], position))
        position = match.end()
    return words


class Cursor:
    """A position in a list of tokens, moved forward as a parser reads."""

    def __init__(self, words: list[Word]) -> None:
        self._words = words
        self._at = 0

    def peek(self) -> Word | None:
        """Return the next token without taking it."""
        return self._words[self._at] if self._at < len(self._words) else None

    def take(self) -> Word:
        """Take the next token; raises QueryError at the end."""
        word = self.peek()
        if word is None:
            raise QueryError("unexpected end of the query")
        self._at += 1
        return word

    def accept_word(self, *names: str) -> bool:
        """Take the next token if it is one of the keywords."""
        word = self.peek()
        if word is not None and word.is_word(*names):
            self._at += 1
            return True
        return False

    def accept_sign(self, sign: str) -> bool:
        """Take the next token if it is the sign."""
        word = self.peek()
        if word is not None and word.is_sign(sign):
            self._at += 1
            return True
        return False

    def expect_sign(self, sign: str) -> None:
        """Take the sign; raises QueryError when the next token is another one."""
        if not self.accept_sign(sign):
            word = self.peek()
            raise QueryError(f"expected {sign!r}" + (f" before {word.value!r}" if word else " at the end"))
