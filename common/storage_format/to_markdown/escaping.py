"""Write Markdown text: escaping, code spans and blocks, link destinations, quotes and table rows."""

from __future__ import annotations

import re
from collections.abc import Sequence

_ESCAPED = re.compile(
    r"[\\`*\[\]]|<(?=[A-Za-z/!?])|&(?=#?\w+;)|\{(?=:?[ \t]*(?:[.#]|[\w:.-]+=))"
    r"|~(?=~)|\$(?=[^\s\d]|\Z)|(?<![^\W_])_|_(?![^\W_])"
)
_LINE_START = re.compile(
    r"^(?:(#{1,6})(?=\s|$)|([-+])(?=\s|$|-)|(\d{1,9})([.)])(?=\s|$)|(>|=+\s*$|:(?=\s)|:::|!!!|\?\?\?|\|))"
)
_FENCE = re.compile(r"^~~~")


def escape_markdown(text: str) -> str:
    """Escape text so that Markdown shows it literally."""
    return _ESCAPED.sub(lambda match: "\\" + match[0], text)


def escape_line(line: str) -> str:
    """Escape the start of a line that would begin a block."""
    match = _LINE_START.match(line)
    if match is None:
        return "\\" + line if _FENCE.match(line) else line
    if match[3]:
        return f"{match[3]}\\{line[len(match[3]) :]}"
    return "\\" + line


def blockquote(text: str) -> str:
    """Return Markdown as a block quote."""
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))


def code_span(text: str, in_cell: bool = False) -> str:
    """Return text as a code span; its fence is longer than any run of backticks in the text."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if text.startswith(("`", " ")) or text.endswith(("`", " ")) else ""
    if in_cell:
        text = text.replace("|", "\\|")
    return f"{fence}{pad}{text}{pad}{fence}"


def fenced(text: str, language: str = "", title: str = "") -> str:
    """Return text as a fenced block of code."""
    longest = max((len(run) for run in re.findall(r"^ {0,3}(`{3,})", text, re.MULTILINE)), default=2)
    fence = "`" * (longest + 1)
    named = f' title="{escape_markdown(title)}"' if title and '"' not in title and "`" not in title else ""
    return f"{fence}{language}{named}\n{text}\n{fence}"


def destination(target: str) -> str:
    """Return the destination part of a Markdown link, escaped."""
    if re.search(r"[\s<>()]", target) or not target:
        return (
            "<"
            + target.replace("\\", "%5C").replace("<", "%3C").replace(">", "%3E").replace("\n", "%0A")
            + ">"
        )
    return target.replace("\\", "%5C").replace("*", "%2A")


def indent(text: str, by: str) -> str:
    """Return text with every line but the first indented; empty lines stay empty."""
    first, *rest = text.split("\n")
    return "\n".join([first, *(by + line if line else line for line in rest)])


def table_row(cells: Sequence[str]) -> str:
    """Return a table row from the Markdown of its cells."""
    return "| " + " | ".join(cells) + " |"
