"""Text that a model wrote: takes off what it wrapped around the Markdown, and finds what is no text for a page.

Everything here leaves code blocks and code spans alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

_THINKING = re.compile(r"\A\s*<thinking>.*?</thinking>\s*", re.DOTALL | re.IGNORECASE)
#: The noun keeps "Here is the list of limits:", which may be text of the page.
_PREAMBLE = re.compile(
    r"\A\s*(?:(?:sure|certainly|of course|okay|ok)\b[^\n]{0,40}?[,.!:]?\s*)?(?:here(?:'s|’s| is| are)|below is)\b"
    r"[^\n]{0,60}\b(?:page|draft|documentation|document|markdown|(?:new|updated|revised|rewritten|edited) "
    r"(?:text|block|version|paragraph|section|content))\b[^\n.]{0,60}:[ \t]*\n+",
    re.IGNORECASE,
)
_FENCE = re.compile(r"[ ]{0,3}(`{3,}|~{3,})[ \t]*([^\s`]*)[^`]*")
_HEADING = re.compile(r"\A\s*#{1,6}[ \t]+([^\n]+?)[ \t]*#*[ \t]*(?:\n+|\Z)")
_BLOCK_SIGN = r"(?:[-*+][ ]|#{1,6}[ ]|\d{1,3}[.)][ ]|>[ ]?|\||```)"
_LITERAL_BREAK = re.compile(rf"(?<!\\)\\n(?:(?<!\\)\\n|{_BLOCK_SIGN})")
_INLINE_CODE = re.compile(r"(?<!`)(`{1,2})(?!`).+?(?<!`)\1(?!`)")
_HTML_BLOCK = re.compile(
    r"^\s*<(html|body|h[1-6]|p|div|section|article|ul|ol|li|dl|table|thead|tbody|tr|td|th|blockquote|pre|ac:[\w-]+)"
    r"(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_REST = r"(?:the\s+)?(?:rest|remainder|remaining|other|existing|previous|original|everything else)\b"
_SAME = r"(?:no (?:other |further )?changes?|unchanged|(?:same )?as (?:before|above)|keep (?:as is|this))"
_LEFT_OUT = (
    r"(?:unchanged|the same|as (?:before|is|above)|omitted|truncated|not shown|goes here|continues|here|"
    r"of (?:the )?(?:page|content|section|document|text|list|table|block)\b[^\n]{0,40})"
)
_DOTS = r"(?:\.{3}|…)"
#: A line that stands for other text: an ellipsis, what an ellipsis introduces, or a note in brackets or a comment.
_PLACEHOLDER_LINE = re.compile(
    rf"\s*\[?\s*{_DOTS}\s*\]?\s*|\W*?{_DOTS}\s*[\[(]?\s*(?:{_REST}|{_SAME})[^\n]{{0,80}}"
    rf"|\W*?<!--\s*(?:{_DOTS}\s*)?(?:{_REST}|{_SAME})[^\n]*"
    rf"|\s*[\[(]\s*(?:{_DOTS}\s*)?(?:{_SAME}|{_REST}[^\n]{{0,60}}?\b{_LEFT_OUT})\W*",
    re.IGNORECASE,
)
#: A whole text that stands for another.
_PLACEHOLDER = re.compile(rf"\W*{_SAME}(?: (?:needed|required|necessary))?\W*", re.IGNORECASE)


def unwrapped(
    text: str, *, is_page: bool = False, title: str = "", echoes: Sequence[int] = (), old: str = ""
) -> str:
    """Return a model's Markdown without reasoning, introduction, a fence around all of it, and echoes.

    ``is_page`` says that the text is a whole page, ``title`` is the page's title if the text is its beginning,
    ``echoes`` are block numbers that the model may have repeated as ``[3] ``, and ``old`` is the Markdown of the block
    that the text replaces. A fence stays if that block is code.
    """
    text = _real_line_breaks(text)
    for _ in range(4):
        before = text
        text = _PREAMBLE.sub("", _THINKING.sub("", text))
        if not _is_code(old):
            text = _without_fence(text, is_page=is_page)
        for number in echoes:
            text = re.sub(rf"\A\s*\[{number}\](?:[ \t](?=[ \t]*(?:[-*+]|\d+[.)]) )|[ \t]+)", "", text)
        if title and (heading := _HEADING.match(text)) and _same(heading[1], title):
            text = text[heading.end() :]
        if text == before:
            return text
    return text


def text_faults(text: str, old: str = "") -> list[str]:
    """Return what makes a text unusable: HTML where Markdown was asked for, or a placeholder for other text.

    ``old`` is the text that it replaces: lines that are already there are no placeholders.
    """
    faults = []
    known = {line.strip() for line in old.splitlines()}
    lines = [] if _is_code(old) else [line for line in _lines_outside_code(text) if line.strip() not in known]
    if any(map(_HTML_BLOCK.match, lines)):
        faults.append("is HTML; write it as Markdown, and show HTML code in backticks")
    placeholders = [line.strip() for line in lines if _PLACEHOLDER_LINE.fullmatch(line)]
    if not placeholders and _PLACEHOLDER.fullmatch(text) and text.strip() != old.strip():
        placeholders = [text.strip()]
    if placeholders:
        faults.append(
            f"has a placeholder, {placeholders[0][:60]!r}; write out all the text, or leave out edits of blocks that "
            "do not change"
        )
    return faults


def _real_line_breaks(text: str) -> str:
    r"""Return a text whose line breaks were all written as ``\n`` with real ones; others are unchanged."""
    if "\n" in text.strip():
        return text
    spans = [match.span() for match in _INLINE_CODE.finditer(text)]

    def is_code(place: int) -> bool:
        return any(start <= place < end for start, end in spans)

    if not any(not is_code(match.start()) for match in _LITERAL_BREAK.finditer(text)):
        return text
    return re.sub(r"(?<!\\)\\n", lambda match: match[0] if is_code(match.start()) else "\n", text)


def _without_fence(text: str, *, is_page: bool) -> str:
    """Return the content of a text that is one fence as a whole; a fence of code in an edit is code."""
    lines = text.strip().split("\n")
    opened, closed = _FENCE.fullmatch(lines[0]), _FENCE.fullmatch(lines[-1])
    if len(lines) < 3 or not opened or not closed or closed[2] or closed[1][0] != opened[1][0]:
        return text
    is_markdown = opened[2].lower() in ("markdown", "md")
    if not is_markdown and (opened[2] or not is_page):
        return text
    inner = [
        fence for line in lines[1:-1] if (fence := _FENCE.fullmatch(line)) and fence[1][0] == opened[1][0]
    ]
    if len(inner) % 2 or (inner and not is_markdown and not inner[0][2]):
        return text
    return "\n".join(lines[1:-1])


def _lines_outside_code(text: str) -> Iterator[str]:
    fence = ""
    for line in text.splitlines():
        found = _FENCE.match(line)
        if found and not fence:
            fence = found[1]
        elif found and found[1].startswith(fence) and not found[2]:
            fence = ""
        elif not fence:
            yield line


def _is_code(old: str) -> bool:
    return bool(_FENCE.match(old.lstrip("\n").partition("\n")[0]))


def _same(heading: str, title: str) -> bool:
    return _plain(heading) == _plain(title)


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[*_`]", "", text).casefold().split()).rstrip(".:")
