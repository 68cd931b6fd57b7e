"""A comment as a flat sequence of blocks, each of one kind, with the inline runs of those that are text.

Only what carries no meaning of its own is looked through: lists, panels, decisions, and marks such as bold. Everything
that is not known is a block or a run of the kind OTHER, which no approval survives. Only a block of the document ends a
block: a line separator inside a text does not.
https://developer.atlassian.com/cloud/jira/platform/apis/document/structure/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from common.runtime.json_access import as_dict, as_list

#: The only characters that separate words and carry nothing else.
BLANK = " \t\n\u00a0"

_MAX_DEPTH = 60
_MAX_NODES = 20_000
_TRANSPARENT = frozenset({"bulletList", "orderedList", "listItem", "panel", "decisionList"})
_FORMATTING = frozenset({"strong", "em", "underline", "textColor", "backgroundColor", "strike", "code"})


class BlockKind(Enum):
    """What a block is; OTHER is everything that this module does not know."""

    TEXT = auto()
    QUOTATION = auto()
    CODE = auto()
    TABLE = auto()
    STRUCK = auto()
    OTHER = auto()


class RunKind(Enum):
    """What a run is; OTHER is everything that this module does not know, such as a link, a date or a status."""

    TEXT = auto()
    MENTION = auto()
    EMOJI = auto()
    OTHER = auto()


@dataclass(frozen=True)
class Run:
    """A piece of a block's text; of a mention the name, of an emoji its character or short name."""

    text: str
    kind: RunKind = RunKind.TEXT
    struck: bool = False
    code: bool = False


@dataclass(frozen=True)
class Block:
    """One block; only one of the kind TEXT has runs."""

    kind: BlockKind
    runs: tuple[Run, ...] = ()


_BLOCKS = {"blockquote": BlockKind.QUOTATION, "codeBlock": BlockKind.CODE, "table": BlockKind.TABLE}


def from_adf(document: Mapping[str, Any]) -> tuple[Block, ...]:
    """Return the blocks of an Atlassian Document Format document, without those that are empty."""
    if document.get("type") != "doc" or not isinstance(document.get("content"), list):
        return (Block(BlockKind.OTHER),)
    return tuple(_Reader().blocks(document["content"], 0))


def text_blocks(runs: Sequence[Run]) -> Iterator[Block]:
    """Yield the block that inline runs make: none if all are blank; struck or code if all of it is."""
    seen = [run for run in runs if run.kind is not RunKind.TEXT or run.text.strip(BLANK)]
    if not seen:
        return
    if all(run.struck or run.code for run in seen):
        yield Block(BlockKind.STRUCK if any(run.struck for run in seen) else BlockKind.CODE)
    else:
        yield Block(BlockKind.TEXT, tuple(runs))


def people_mentioned(body: object) -> frozenset[str]:
    """Return the names of those whom a comment in ADF mentions."""
    blocks = from_adf(body) if isinstance(body, Mapping) else ()
    runs = [run for block in blocks for run in block.runs]
    return frozenset(run.text for run in runs if run.kind is RunKind.MENTION)


class _Reader:
    """One reading of a document, within a budget of nodes."""

    def __init__(self) -> None:
        self.nodes = _MAX_NODES

    def blocks(self, nodes: object, depth: int) -> Iterator[Block]:
        for node in as_list(nodes):
            self.nodes -= 1
            if self.nodes < 0 or depth > _MAX_DEPTH or not isinstance(node, Mapping):
                yield Block(BlockKind.OTHER)
                return
            kind = node.get("type")
            is_decided = kind == "decisionItem" and as_dict(node.get("attrs")).get("state") == "DECIDED"
            if kind in ("paragraph", "heading") or is_decided:
                yield from text_blocks([self.run(inline) for inline in as_list(node.get("content"))])
            elif isinstance(kind, str) and kind in _TRANSPARENT:
                yield from self.blocks(node.get("content"), depth + 1)
            else:
                yield Block(_BLOCKS.get(kind, BlockKind.OTHER) if isinstance(kind, str) else BlockKind.OTHER)

    def run(self, node: object) -> Run:
        self.nodes -= 1
        node = as_dict(node)
        attrs, value = as_dict(node.get("attrs")), node.get("text")
        marks = {as_dict(mark).get("type") for mark in as_list(node.get("marks")) if as_dict(mark)}
        if self.nodes < 0 or not all(isinstance(mark, str) and mark in _FORMATTING for mark in marks):
            return Run("", RunKind.OTHER)
        struck, code = "strike" in marks, "code" in marks
        match node.get("type"):
            case "text" if isinstance(value, str):
                return Run(value, struck=struck, code=code)
            case "hardBreak":
                return Run("\n")
            case "mention":
                return Run(_string(attrs.get("text")).lstrip("@"), RunKind.MENTION, struck)
            case "emoji":
                shown = _string(attrs.get("text")) or _string(attrs.get("shortName"))
                return Run(shown, RunKind.EMOJI, struck)
        return Run("", RunKind.OTHER)


def _string(value: object) -> str:
    return value if isinstance(value, str) else ""
