"""Turns a comment in ADF into a flat sequence of blocks; a text block has inline runs.

Lists, panels, decisions and marks such as bold have no meaning of their own: only their content is read. Every unknown
node becomes a block or a run of the kind OTHER, and a comment with one is never an approval. Only a block of the
document ends a block; a line break inside a text does not.
https://developer.atlassian.com/cloud/jira/platform/apis/document/structure/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from common.runtime.json_access import as_dict, as_list

#: The only characters that separate words and mean nothing else.
BLANK = " \t\n\u00a0"

_MAX_DEPTH = 60
_MAX_NODES = 20_000
_TRANSPARENT = frozenset({"bulletList", "orderedList", "listItem", "panel", "decisionList"})
_FORMATTING = frozenset({"strong", "em", "underline", "textColor", "backgroundColor", "strike", "code"})


class BlockKind(Enum):
    """The kind of a block; OTHER is everything that this module does not know."""

    TEXT = auto()
    QUOTATION = auto()
    CODE = auto()
    TABLE = auto()
    STRUCK = auto()
    OTHER = auto()


class RunKind(Enum):
    """The kind of a run; OTHER is everything that this module does not know, such as a link, a date or a status."""

    TEXT = auto()
    MENTION = auto()
    EMOJI = auto()
    OTHER = auto()


@dataclass(frozen=True)
class CommentRun:
    """A piece of a block's text; `text` is the name in a mention, and the character or short name of an emoji."""

    text: str
    kind: RunKind = RunKind.TEXT
    struck: bool = False
    code: bool = False


@dataclass(frozen=True)
class CommentBlock:
    """One block of a comment; only a block of the kind TEXT has runs."""

    kind: BlockKind
    runs: tuple[CommentRun, ...] = ()


_BLOCKS = {"blockquote": BlockKind.QUOTATION, "codeBlock": BlockKind.CODE, "table": BlockKind.TABLE}


def from_adf(document: Mapping[str, Any]) -> tuple[CommentBlock, ...]:
    """Return the blocks of an Atlassian Document Format document, without empty ones."""
    if document.get("type") != "doc" or not isinstance(document.get("content"), list):
        return (CommentBlock(BlockKind.OTHER),)
    return tuple(_Reader().blocks(document["content"], 0))


def text_blocks(runs: Sequence[CommentRun]) -> Iterator[CommentBlock]:
    """Yield one block for inline runs: STRUCK or CODE if all visible runs are, and no block if all are blank."""
    visible = [run for run in runs if run.kind is not RunKind.TEXT or run.text.strip(BLANK)]
    if not visible:
        return
    if all(run.struck or run.code for run in visible):
        yield CommentBlock(BlockKind.STRUCK if any(run.struck for run in visible) else BlockKind.CODE)
    else:
        yield CommentBlock(BlockKind.TEXT, tuple(runs))


def people_mentioned(body: object) -> frozenset[str]:
    """Return the names of the people that a comment in ADF mentions."""
    blocks = from_adf(body) if isinstance(body, Mapping) else ()
    runs = [run for block in blocks for run in block.runs]
    return frozenset(run.text for run in runs if run.kind is RunKind.MENTION)


class _Reader:
    """Reads one document, at most _MAX_NODES nodes and _MAX_DEPTH levels; the rest becomes OTHER."""

    def __init__(self) -> None:
        self.nodes = _MAX_NODES

    def blocks(self, nodes: object, depth: int) -> Iterator[CommentBlock]:
        for node in as_list(nodes):
            self.nodes -= 1
            if self.nodes < 0 or depth > _MAX_DEPTH or not isinstance(node, Mapping):
                yield CommentBlock(BlockKind.OTHER)
                return
            kind = node.get("type")
            is_decided = kind == "decisionItem" and as_dict(node.get("attrs")).get("state") == "DECIDED"
            if kind in ("paragraph", "heading") or is_decided:
                yield from text_blocks([self.run(inline) for inline in as_list(node.get("content"))])
            elif isinstance(kind, str) and kind in _TRANSPARENT:
                yield from self.blocks(node.get("content"), depth + 1)
            else:
                yield CommentBlock(
                    _BLOCKS.get(kind, BlockKind.OTHER) if isinstance(kind, str) else BlockKind.OTHER
                )

    def run(self, node: object) -> CommentRun:
        self.nodes -= 1
        node = as_dict(node)
        attrs, value = as_dict(node.get("attrs")), node.get("text")
        marks = {as_dict(mark).get("type") for mark in as_list(node.get("marks")) if as_dict(mark)}
        if self.nodes < 0 or not all(isinstance(mark, str) and mark in _FORMATTING for mark in marks):
            return CommentRun("", RunKind.OTHER)
        struck, code = "strike" in marks, "code" in marks
        match node.get("type"):
            case "text" if isinstance(value, str):
                return CommentRun(value, struck=struck, code=code)
            case "hardBreak":
                return CommentRun("\n")
            case "mention":
                return CommentRun(_string(attrs.get("text")).lstrip("@"), RunKind.MENTION, struck)
            case "emoji":
                shown = _string(attrs.get("text")) or _string(attrs.get("shortName"))
                return CommentRun(shown, RunKind.EMOJI, struck)
        return CommentRun("", RunKind.OTHER)


def _string(value: object) -> str:
    return value if isinstance(value, str) else ""
