"""Attribute lists such as `{width=50%}`, `{: .class}` and `{#id}`: they are read, and not printed.

They stand at the end of a heading, after an image, a link or code, or, with a colon, at the end of a line
(https://python-markdown.github.io/extensions/attr_list/).
"""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline

_VALUE = r"""(?:"[^"\n]*"|'[^'\n]*'|[^\s"'{}]+)"""
_ATTRIBUTES = rf"(?:[ \t]*(?:[.#][\w:.-]+|[\w:.-]+={_VALUE}))+[ \t]*"
_AFTER_ELEMENT = re.compile(rf"\{{:?{_ATTRIBUTES}\}}")
_AFTER_HEADING = re.compile(rf"(?:^|[ \t]+)\{{:?({_ATTRIBUTES})\}}[ \t]*$")
_AFTER_LINE = re.compile(rf"(?m)(?:^|[ \t]+)\{{:{_ATTRIBUTES}\}}[ \t]*$")
_ID = re.compile(r"#([\w:.-]+)")


def attribute_lists(markdown: MarkdownIt) -> None:
    """Add attribute lists to a parser. The id of a heading is in the `meta` of its opening token."""
    markdown.core.ruler.after("block", "attribute_lists", _of_blocks)
    markdown.inline.ruler.before("text", "attribute_list", _of_element)


def _of_blocks(state: StateCore) -> None:
    """Take the lists off headings and lines, before the text in them is read; a paragraph of only lists goes."""
    left: set[int] = set()
    for number, token in enumerate(state.tokens):
        if token.type != "inline" or "{" not in token.content:
            continue
        above = state.tokens[number - 1]
        if above.type == "heading_open" and (found := _AFTER_HEADING.search(token.content)):
            token.content = token.content[: found.start()]
            if name := _ID.search(found[1]):
                above.meta = {"id": name[1]}
        elif "{:" in token.content:
            token.content = _AFTER_LINE.sub("", token.content).strip("\n")
            if not token.content.strip() and above.type == "paragraph_open":
                left |= {number - 1, number, number + 1}
    if left:
        state.tokens = [token for number, token in enumerate(state.tokens) if number not in left]


def _of_element(state: StateInline, silent: bool) -> bool:
    """Drop a list right after an image, a link or code."""
    if state.src[state.pos] != "{" or state.pending or not state.tokens:
        return False
    if state.tokens[-1].type not in ("image", "link_close", "code_inline"):
        return False
    found = _AFTER_ELEMENT.match(state.src, state.pos, state.posMax)
    if found is None:
        return False
    state.pos = found.end()
    return True
