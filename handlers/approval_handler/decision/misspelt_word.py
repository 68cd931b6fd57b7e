"""Suggests the decision word that a comment may have meant. A suggestion decides nothing; it only helps people."""

from __future__ import annotations

import re
from difflib import get_close_matches

_WORDS = ("APPROVED", "REJECTED", "NEEDS REVISION")
_MIN_LIKENESS = 0.75
_FIRST_WORDS = re.compile(r"[^\W\d_]+")
_MAX_READ = 200  # characters at the beginning of a comment


def suggested_word(text: str) -> str:
    """Return the decision word that the beginning of a comment resembles without being it; "" for none."""
    words = [word.upper() for word in _FIRST_WORDS.findall(text[:_MAX_READ])[:2]]
    beginnings = [" ".join(words), *words[:1]]
    if any(beginning in _WORDS for beginning in beginnings):
        return ""
    for beginning in beginnings:
        candidates = [word for word in _WORDS if word[0] == beginning[:1]]
        found: list[str] = get_close_matches(beginning, candidates, n=1, cutoff=_MIN_LIKENESS)
        if found:
            return found[0]
    return ""
