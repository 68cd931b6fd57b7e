"""The Markdown parser: CommonMark, GitHub tables and strikethrough, and common extensions.

The extensions are footnotes, definition lists, `!!!` admonitions, `:::` containers, `<details>` and math (kept as it
is written), and what `html_tags`, `attribute_lists` and `list_indentation` read. Other HTML is text, except comments,
which are dropped. The parser accepts any link target; `inline` decides which are allowed. This module is imported on
first use, because the import takes a tenth of a second.
"""

from __future__ import annotations

import re
from functools import cache
from unicodedata import category

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.state_inline import Delimiter
from mdit_py_plugins.admon import admon_plugin
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.footnote import footnote_plugin

from common.storage_format.from_markdown.attribute_lists import attribute_lists
from common.storage_format.from_markdown.html_tags import html_tags
from common.storage_format.from_markdown.list_indentation import list_indentation
from common.storage_format.from_markdown.table_rule import table

PANELS = {
    "info": "info",
    "note": "note",
    "warning": "warning",
    "tip": "tip",
    "abstract": "info",
    "summary": "info",
    "tldr": "info",
    "question": "info",
    "help": "info",
    "faq": "info",
    "example": "info",
    "seealso": "info",
    "important": "info",
    "hint": "tip",
    "success": "tip",
    "check": "tip",
    "done": "tip",
    "attention": "note",
    "caution": "warning",
    "danger": "warning",
    "error": "warning",
    "failure": "warning",
    "bug": "warning",
}
"""The Confluence panel for each admonition name."""

ALERTS = {"NOTE": "info", "TIP": "tip", "IMPORTANT": "info", "WARNING": "note", "CAUTION": "warning"}
"""The Confluence panel for each GitHub alert, by its colour on GitHub: a warning is yellow, a caution is red."""

MAX_NESTING = 60
"""Maximum nesting of quotes and lists; deeper content stays as text."""

MAX_LINES_SEARCHED = 100_000
"""Maximum number of lines searched for the ends of details and containers: limits the cost of hostile text."""

_DETAILS = re.compile(r"<details\b[^>]*>\s*", re.IGNORECASE)
_DETAILS_END = re.compile(r"</details\s*>\s*$", re.IGNORECASE)
_CONTAINER = re.compile(r"(:{3,})\s*(\w+)\s*(.*)$")
_SUMMARY = re.compile(r"\s*<summary\b[^>]*>(.*?)</summary\s*>", re.IGNORECASE | re.DOTALL)


@cache
def parser() -> MarkdownIt:
    """Return the parser. It is cached and has no state between texts."""
    markdown = MarkdownIt("commonmark", {"html": False, "maxNesting": MAX_NESTING + 10})
    markdown.enable(["table", "strikethrough"])
    markdown.block.ruler.at("table", table, {"alt": ["paragraph", "reference"]})
    markdown.use(footnote_plugin).use(deflist_plugin).use(admon_plugin)
    markdown.use(
        dollarmath_plugin, allow_digits=False, allow_space=False, allow_labels=False, double_inline=True
    )
    markdown.block.ruler.before("code", "too_deep", _too_deep)
    markdown.block.ruler.before(
        "fence", "details", _details, {"alt": ["paragraph", "reference", "blockquote", "list"]}
    )
    markdown.block.ruler.before(
        "fence", "container", _container, {"alt": ["paragraph", "reference", "blockquote", "list"]}
    )
    markdown.block.ruler.before(
        "fence", "comment", _comment_block, {"alt": ["paragraph", "reference", "blockquote"]}
    )
    markdown.inline.ruler.before("autolink", "comment", _comment_inline)
    markdown.use(attribute_lists).use(html_tags).use(list_indentation)
    markdown.inline.ruler.at("emphasis", _emphasis)
    markdown.inline.ruler.at("strikethrough", _emphasis)
    # `inline` decides which links are allowed.
    markdown.validateLink = lambda url: True  # type: ignore[method-assign]
    markdown.normalizeLink = lambda url: url  # type: ignore[method-assign]
    return markdown


def _too_deep(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Keep content nested deeper than MAX_NESTING as text, so that none of it is lost."""
    if state.level < MAX_NESTING:
        return False
    if not silent:
        _paragraph(state, start, end, state.getLines(start, end, state.blkIndent, False).strip())
        state.line = end
    return True


def _paragraph(state: StateBlock, start: int, end: int, text: str) -> None:
    state.push("paragraph_open", "p", 1).map = [start, end]
    state.push("literal", "", 0).content = text
    state.push("paragraph_close", "p", -1)


def _details(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Parse `<details><summary>title</summary> … </details>`, with its tags at the starts and ends of lines."""
    if state.is_code_block(start):
        return False
    match = _DETAILS.match(_line(state, start))
    if not match:
        return False
    last = _end_of_details(state, start, end)
    if last is None:
        return False
    if silent:
        return True
    first, summary, rest = start + 1, "", _line(state, start)[match.end() :]
    head = "\n".join([rest, *(_line(state, number) for number in range(first, min(first + 3, last)))])
    if found := _SUMMARY.match(head):
        summary = " ".join(found[1].split())
        first = start + 1 + head.count("\n", 0, found.end())
        rest = head[found.end() :].split("\n", 1)[0]
    if last == start:
        rest = _DETAILS_END.sub("", rest)
    token = state.push("details_open", "details", 1)
    token.content = summary
    token.map = [start, last + 1]
    if rest.strip():
        _inline_paragraph(state, start, first, rest.strip())
    old = state.parentType, state.lineMax
    closing = _DETAILS_END.sub("", _line(state, last)).strip() if last > start else ""
    if first < last:
        state.lineMax = last
        state.md.block.tokenize(state, first, last)
    if closing:
        _inline_paragraph(state, last, last + 1, closing)
    state.parentType, state.lineMax = old
    state.push("details_close", "details", -1)
    state.line = last + 1
    return True


def _end_of_details(state: StateBlock, start: int, end: int) -> int | None:
    """Return the line that closes the details opened at `start`, or None; all searches of a text share one budget."""
    depth = 0
    for number in range(start, end):
        remaining = state.env.setdefault("lines_to_search", MAX_LINES_SEARCHED)
        state.env["lines_to_search"] = remaining - 1
        if remaining <= 0:
            return None
        line = _line(state, number)
        depth += bool(_DETAILS.match(line)) - bool(_DETAILS_END.search(line))
        if depth <= 0:
            return number
    return None


def _container(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Parse `:::note title` up to a line of colons; an unclosed container ends with its parent."""
    match = _CONTAINER.match(_line(state, start))
    if not match or state.is_code_block(start) or match[2].lower() not in {*PANELS, "details"}:
        return False
    if silent:
        return True
    fence = re.compile(rf":{{{len(match[1])},}}\s*$")
    last = start + 1
    while last < end and not fence.match(_line(state, last)):
        last += 1
        state.env["lines_to_search"] = state.env.get("lines_to_search", MAX_LINES_SEARCHED) - 1
    if state.env.get("lines_to_search", 1) <= 0:
        return False
    token = state.push("container_open", "div", 1)
    token.map = [start, last]
    token.info, token.content = match[2].lower(), match[3].strip("[] \t")
    old = state.parentType, state.lineMax
    state.lineMax = last
    state.md.block.tokenize(state, start + 1, last)
    state.parentType, state.lineMax = old
    state.push("container_close", "div", -1)
    state.line = min(last + 1, end)
    return True


def _inline_paragraph(state: StateBlock, start: int, end: int, text: str) -> None:
    state.push("paragraph_open", "p", 1).map = [start, end]
    inline = state.push("inline", "", 0)
    inline.content, inline.map, inline.children = text, [start, end], []
    state.push("paragraph_close", "p", -1)


def _line(state: StateBlock, number: int) -> str:
    return state.src[state.bMarks[number] + state.tShift[number] : state.eMarks[number]]


def _comment_block(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Drop a comment on lines of its own."""
    if state.is_code_block(start) or not _line(state, start).startswith("<!--"):
        return False
    closed = state.src.find("-->", state.bMarks[start] + state.tShift[start] + 4)
    if closed < 0:
        return False
    last = next((number for number in range(start, end) if state.eMarks[number] >= closed + 3), None)
    if last is None or state.src[closed + 3 : state.eMarks[last]].strip():
        return False
    if not silent:
        state.line = last + 1
    return True


def _comment_inline(state: StateInline, silent: bool) -> bool:
    """Drop a comment within a line."""
    if not state.src.startswith("<!--", state.pos):
        return False
    closed = state.src.find("-->", state.pos + 4)
    if closed < 0:
        return False
    if not silent:
        # The empty text keeps strikethrough from joining a tilde before the comment with one after it.
        state.push("text", "", 0)
    state.pos = closed + 3
    return True


def _is_sign(character: str) -> bool:
    """Return whether a character is punctuation or a symbol."""
    return category(character)[0] in "PS"


def _emphasis(state: StateInline, silent: bool) -> bool:
    """Collect `*`, `_` and `~~` as CommonMark does, but let `**` also end between punctuation and a letter.

    CommonMark does not recognise `**word:**more`, nor most emphasis in Chinese, Japanese and Korean text.
    """
    marker = state.src[state.pos]
    if silent or marker not in "*_~":
        return False
    scanned = state.scanDelims(state.pos, marker != "_")
    length = scanned.length
    if marker == "~" and length < 2:
        return False
    before = state.src[state.pos - 1] if state.pos else " "
    after = state.src[state.pos + length : state.pos + length + 1] or " "
    opens, closes = scanned.can_open, scanned.can_close
    if marker != "_":
        closes = closes or (_is_sign(before) and not _is_sign(after) and not after.isspace())
        opens = opens or (_is_sign(after) and not _is_sign(before) and not before.isspace())
    size = 1
    if marker == "~":
        size = 2
        if length % 2:
            state.push("text", "", 0).content = marker
    for _ in range(length // size):
        state.push("text", "", 0).content = marker * size
        state.delimiters.append(
            Delimiter(
                marker=ord(marker),
                length=length if size == 1 else 0,
                token=len(state.tokens) - 1,
                end=-1,
                open=opens,
                close=closes,
            )
        )
    state.pos += length
    return True
