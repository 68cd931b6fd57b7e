"""The facts of a text that can be checked without understanding it: numbers, code, identifiers, flags, URLs, names."""

from __future__ import annotations

import re

_CODE = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
_URL = re.compile(r"https?://[^\s<>()\[\]\"'`]+")
_FLAG = re.compile(r"(?<![\w-])--?[A-Za-z][\w-]*")
_NUMBER = re.compile(r"(?<![A-Za-z0-9_.])\d+(?:[.,:]\d+)*")
_IDENTIFIER = re.compile(
    r"[A-Za-z_]\w*(?:[./]\w+)+|[A-Za-z]\w*_\w+|[a-z]+[A-Z]\w*|\b[A-Z][A-Z0-9]{2,}\b|\w+\(\)|\b[A-Z][a-z]+[A-Z]\w*"
)
_NAME = re.compile(r"(?<=[a-z,;] )[A-Z][a-z]{2,}\b")
_FENCE = re.compile(r"^[ >]*(?:```|~~~)[^\n]*$", re.MULTILINE)
_MARKS = re.compile(r"^[ >]*(?:\d+[.)] |\[![A-Z]+\])", re.MULTILINE)
_END = ".,:;!?"


def facts(markdown: str) -> set[str]:
    """Return the facts of Markdown: numbers, code spans, identifiers, flags, URLs and names, in lower case."""
    text = _MARKS.sub("", _FENCE.sub("", markdown)).replace("\\", "")
    found = {code.strip() for code in _CODE.findall(text)}
    urls = {url.rstrip(_END) for url in _URL.findall(text)}
    text = _URL.sub(" ", text)
    for pattern in (_FLAG, _NUMBER, _IDENTIFIER, _NAME):
        found.update(pattern.findall(text))
    return {fact.rstrip(_END).casefold() for fact in found | urls} - {""}


def unsupported(markdown: str, sources: str) -> set[str]:
    """Return the facts of Markdown that stand nowhere in the sources. Of a code span its own facts are looked for."""
    known = sources.replace("\\", "").casefold()
    return {
        fact
        for fact in facts(_CODE.sub(r" \1 ", markdown))
        if not re.search(rf"(?<![a-z0-9_]){re.escape(fact)}(?![a-z0-9_])", known)
    }
