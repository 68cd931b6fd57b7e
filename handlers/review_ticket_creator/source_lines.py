"""Storage format broken into lines that a person can read: before and after the tags of blocks.

Joined together the lines are the source again, character by character.
"""

from __future__ import annotations

import itertools
import re

_BLOCKS = (
    r"p|h[1-6]|ul|ol|li|dl|dt|dd|table|colgroup|thead|tbody|tfoot|tr|td|th|blockquote|pre|hr|div|section"
    r"|ac:(?:layout|layout-section|layout-cell|structured-macro|macro|rich-text-body|plain-text-body|parameter|task-list"
    r"|task|task-body|image|adf-extension|adf-node|adf-content|adf-fallback)"
)
_BREAK = re.compile(rf"<(?P<end>/)?(?:{_BLOCKS})(?=[\s/>])[^<>]*?(?P<empty>/)?>(?P<newline>[ \t]*\r?\n)?|\n")


def split(source: str) -> list[str]:
    """Break `source` into lines; a newline of its own stays at the end of its line."""
    cuts: list[int] = [0]
    for match in _BREAK.finditer(source):
        begins = match.group() != "\n" and not match.group("end")
        if begins and match.start() > cuts[-1]:
            cuts.append(match.start())
        if not begins or match.group("empty") or match.group("newline"):
            cuts.append(match.end())
    if cuts[-1] < len(source):
        cuts.append(len(source))
    return [source[start:end] for start, end in itertools.pairwise(cuts)]
