"""Converts Jira wiki markup, the format of descriptions and comments in webhooks and REST v2, to plain text.

https://jira.atlassian.com/secure/WikiRendererHelpAction.jspa?section=all (the notation)
"""

import json
import re

from common.markup import adf_to_text

_BLOCK = re.compile(r"\{(code|noformat|quote|panel|adf)(?::([^{}\n]{0,400}))?\}")
_LANGUAGE = re.compile(r"[A-Za-z0-9+#]{1,20}")
_HEADING = re.compile(r"h([1-6])\.\s*(.*)")
_LIST = re.compile(r"([*#-]{1,10})\s+(.*)")
_RULE = re.compile(r"-{4,}\s*")
_TABLE = re.compile(r"\|.*")
_CELL = re.compile(r"((?:\[[^\[\]\n]*\]|\{\{[^{}\n]*\}\}|[^|])*)\|\|?")

_INLINE = re.compile(
    r"""
      \\(?P<escaped>[\[\]{}()*_+\-^~!|?\#\\])
    | \{\{(?P<code>(?:[^{}\n]|\{[^{}\n]{0,200}\}){1,1000})\}\}
    | \{(?:color|anchor)(?::[^{}\n]{0,100})?\}
    | \[~(?:accountid:)?(?P<person>[^\[\]\n]{1,200})\]
    | \[(?P<link>[^\[\]\n]{1,4000})\]
    | (?<!\w)!(?P<image>[^!\s|][^!\n|]{0,400})(?:\|[^!\n]{0,200})?!(?!\w)
    | (?P<smiley>\((?:/|x|y|n|!|\?|i|\+|-|on|off|\*[rgby]?)\))
    | (?<![\w*{])\*(?=\S)(?P<bold>[^*\n]{1,2000})(?<=\S)\*(?![\w*])
    | (?<!\w)_(?=\S)(?P<italic>[^_\n]{1,2000})(?<=\S)_(?!\w)
    | (?<!\w)\+(?=\S)(?P<inserted>[^+\n]{1,2000})(?<=\S)\+(?!\w)
    | (?<!\w)\?\?(?=\S)(?P<citation>[^?\n]{1,2000})(?<=\S)\?\?(?!\w)
    | (?<![\w-])-(?=[^\s-])(?P<struck>[^-\n]{1,2000})(?<=\S)-(?![\w-])
    """,
    re.VERBOSE,
)
_SMILEYS = {
    "(/)": "✅", "(x)": "❌", "(y)": "👍", "(n)": "👎", "(!)": "⚠️", "(i)": "ℹ️", "(?)": "❓", "(+)": "➕",
    "(-)": "➖", "(on)": "💡", "(off)": "💡",
}  # fmt: skip


def wiki_to_text(markup: object, limit: int = 1_000_000) -> str:
    """Convert Jira wiki markup to plain text of at most `limit` characters.

    Headings, lists, quotations, tables, code and struck-through text look as in Markdown, as in the output of
    `common.markup.adf_to_text.adf_to_text`. Bold, italic and colours are dropped; links keep their address in
    parentheses. Input that is not a string is passed to `adf_to_text`, so this function reads a field of either format.
    Never raises.
    """
    if not isinstance(markup, str):
        return adf_to_text.adf_to_text(markup, limit)
    source = markup[:limit].replace("\r\n", "\n").replace("\r", "\n").replace("\u200b", "")
    lines: list[str] = []
    position = 0
    while position < len(source):
        opening = _BLOCK.search(source, position)
        if opening is None:
            break
        lines += _lines(source[position : opening.start()], before_block=True)
        name = opening.group(1)
        closing = source.find(f"{{{name}}}", opening.end())
        end = closing if closing >= 0 else len(source)
        lines += _block(name, opening.group(2) or "", source[opening.end() : end])
        position = end + (len(name) + 2 if closing >= 0 else 0)
        if source[position : position + 1] == "\n":
            position += 1
    lines += _lines(source[position:], before_block=False)
    return "\n".join(lines)[:limit].strip("\n")


def _block(name: str, parameters: str, body: str) -> list[str]:
    """Return the lines of one `{name:parameters}body{name}`."""
    if name in ("code", "noformat"):
        language = _LANGUAGE.match(parameters.split("|")[0]) if "=" not in parameters.split("|")[0] else None
        return [f"```{language.group() if language else ''}", *body.strip("\n").split("\n"), "```"]
    if name == "adf":
        try:
            return adf_to_text.adf_to_text(json.loads(body)).split("\n")
        except (ValueError, RecursionError):
            return body.strip().split("\n")
    inner = wiki_to_text(body).split("\n")
    if name == "quote":
        return [f"> {line}" for line in inner]
    title = re.search(r"title=([^|]*)", parameters)
    return ([title.group(1)] if title else []) + inner


def _lines(source: str, *, before_block: bool) -> list[str]:
    if before_block and source.endswith("\n"):
        source = source[:-1]  # the newline that ends the line before a block
    return [_line(line) for line in source.split("\n")] if source else []


def _line(line: str) -> str:
    stripped = line.strip()
    if match := _HEADING.fullmatch(stripped):
        return f"{'#' * int(match.group(1))} {_inline(match.group(2))}"
    if stripped.startswith("bq. "):
        return f"> {_inline(stripped[4:])}"
    if _RULE.fullmatch(stripped):
        return "---"
    if match := _LIST.fullmatch(stripped):
        signs, body = match.groups()
        return "  " * (len(signs) - 1) + ("1. " if signs[-1] == "#" else "- ") + _inline(body)
    if _TABLE.fullmatch(stripped):
        return _table_row(stripped)
    return _inline(line.replace("\\\\", "\n").rstrip())


def _table_row(line: str) -> str:
    heading = line.startswith("||")
    cells = [_inline(cell.strip()) for cell in _CELL.findall(line.lstrip("|").rstrip("|") + "|")]
    row = "| " + " | ".join(cells) + " |"
    return f"{row}\n|{' --- |' * len(cells)}" if heading else row


def _inline(source: str, depth: int = 0) -> str:  # noqa: C901 one branch per mark
    if depth > 4:
        return source

    def written(match: re.Match[str]) -> str:
        kind, value = match.lastgroup, match.group(match.lastgroup) if match.lastgroup else ""
        match kind:
            case "escaped":
                return str(value)
            case "code":
                return f"`{value}`"
            case "person":
                return f"@{value}"
            case "link":
                return _link(value, depth)
            case "image":
                return f"[image: {value}]"
            case "smiley":
                return _SMILEYS.get(value, "⭐")
            case "struck":
                return f"~~{_inline(value, depth + 1)}~~"
            case None:
                return ""
        return _inline(value, depth + 1)

    return _INLINE.sub(written, source)


def _link(value: str, depth: int) -> str:
    """Return the text of `[label|address]`, `[address]` or `[^attachment]`; other brackets are kept."""
    label, bar, rest = value.partition("|")
    if bar:
        address = rest.split("|")[0].strip()
        label = _inline(label, depth + 1)
        return label if label == address or not address else f"{label} ({address})"
    if re.match(r"(?:https?|mailto|ftp|file):", value):
        return value
    if value.startswith("^"):
        return f"[file: {value[1:]}]"
    return f"[{_inline(value, depth + 1)}]"
