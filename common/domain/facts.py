"""The facts of a text that can be checked without understanding it: numbers, code, identifiers, flags, URLs, names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

_CODE = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
_URL = re.compile(r"https?://[^\s<>()\[\]\"'`]+")
_FLAG = re.compile(r"(?<![\w-])--?[A-Za-z][\w-]*")
_NUMBER = re.compile(r"(?<![A-Za-z0-9_.])\d+(?:[.,:]\d+)*")
#: ASCII, and only from where a word begins: so a long word is read once.
_IDENTIFIER = re.compile(
    r"(?<![A-Za-z0-9_])(?:[A-Za-z_]\w*(?:[./]\w+)+|[A-Za-z]\w*_\w+|[a-z]+[A-Z]\w*|[A-Z][A-Z0-9]{2,}\b|\w+\(\)"
    r"|[A-Z][a-z]+[A-Z]\w*)",
    re.ASCII,
)
_NAME = re.compile(r"(?<=[a-z,;] )[A-Z][a-z]{2,}\b")
_FENCE = re.compile(r"^[ >]*(?:```|~~~)[^\n]*$", re.MULTILINE)
_MARKS = re.compile(r"^[ >]*(?:\d+[.)] |\[![A-Z]+\])", re.MULTILINE)
_END = ".,:;!?"


def facts(markdown: str) -> set[str]:
    """Return the facts of Markdown: numbers, code spans, identifiers, flags, URLs and names, in lower case."""
    return {fact.casefold() for fact in _facts(markdown)}


def unsupported(markdown: str, sources: str, most: int | None = None) -> tuple[str, ...]:
    """Return the facts of Markdown that stand nowhere in the sources, as written, each once; at most ``most``.

    Of a code span its own facts are looked for. Case does not matter.
    """
    text = sources.replace("\\", "").casefold()
    known = facts(sources)
    written: dict[str, str] = {}
    for fact in _facts(_CODE.sub(r" \1 ", markdown)):
        written.setdefault(fact.casefold(), fact)
    new = (fact for folded, fact in written.items() if folded not in known and not _stands_in(folded, text))
    return tuple(islice(new, most))


def _stands_in(fact: str, text: str) -> bool:
    """Return whether a text has a fact, not only as a part of a longer word or number."""
    return fact in text and re.search(rf"(?<![a-z0-9_]){re.escape(fact)}(?![a-z0-9_])", text) is not None


def _facts(markdown: str) -> Iterator[str]:
    text = _MARKS.sub("", _FENCE.sub("", markdown)).replace("\\", "")
    found = [code.strip() for code in _CODE.findall(text)] + _URL.findall(text)
    text = _URL.sub(" ", text)
    for pattern in (_FLAG, _NUMBER, _IDENTIFIER, _NAME):
        found += pattern.findall(text)
    yield from filter(None, (fact.rstrip(_END) for fact in found))
