"""Parses the pipeline's own prompts: tickets, page outline, candidates and feedback from their tags."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

_ATTRIBUTE = re.compile(r'(\w+)="([^"]*)"')
_BLOCK = re.compile(r"^\[(\d+)\] ?", re.MULTILINE)
# The outline has a line without text where a panel, cell or another container begins or ends.
_BOUNDARY = re.compile(r"^\s*(?:\[\d+\] )?⟨[^⟩\n]*⟩\s*$", re.MULTILINE)
_FAVOURS = re.compile(r"^Lexical ranking favours: *(\S.*?)\s*$", re.MULTILINE)


@dataclass(frozen=True)
class TicketText:
    """A ticket as it appears in a prompt."""

    key: str
    summary: str
    description: str


@dataclass(frozen=True)
class OutlineBlock:
    """A numbered block of a page, as Markdown."""

    number: int
    text: str


@dataclass(frozen=True)
class PromptCandidate:
    """A candidate page in a prompt; `score` is its lexical ranking score, higher is better."""

    label: str
    title: str
    score: float = 0.0


@dataclass(frozen=True)
class Prompt:
    """The parts of a prompt; parts that the prompt lacks are empty."""

    tickets: tuple[TicketText, ...]
    blocks: tuple[OutlineBlock, ...]
    page_title: str
    title: str
    candidates: tuple[PromptCandidate, ...]
    favours: str
    feedback: str


def read_prompt(text: str) -> Prompt:
    """Parse a user message. Text between tags cannot open or close a tag, so a plain search is enough."""
    page = _parts(text, "page")
    fields = {attributes.get("ticket", ""): body for attributes, body in _parts(text, "fields")}
    page_attributes, outline = page[0] if page else ({}, "")
    return Prompt(
        tickets=tuple(_ticket(body, fields) for _, body in _parts(text, "ticket")),
        blocks=tuple(_blocks(outline)),
        page_title=page_attributes.get("title", ""),
        title=_only(text, "title"),
        candidates=tuple(
            PromptCandidate(
                attributes.get("label", ""), _field(body, "Title"), _number(attributes.get("score", ""))
            )
            for attributes, body in _parts(text, "candidate")
        ),
        favours=(_FAVOURS.findall(text) or [""])[-1],
        feedback=_only(text, "feedback"),
    )


def _parts(text: str, tag: str) -> list[tuple[dict[str, str], str]]:
    pattern = re.compile(rf"^<{tag}((?: [^\n>]*)?)>\n(.*?)^</{tag}>", re.MULTILINE | re.DOTALL)
    return [(dict(_ATTRIBUTE.findall(head)), body.strip("\n")) for head, body in pattern.findall(text)]


def _only(text: str, tag: str) -> str:
    found = _parts(text, tag)
    return found[0][1] if found else ""


def _ticket(body: str, fields: Mapping[str, str]) -> TicketText:
    """Return a ticket; its further fields continue the description. Its comments are not used."""
    head, _, description = body.partition("\n\n")
    key = _field(head, "Key")
    return TicketText(key, _field(head, "Summary"), f"{description}\n\n{fields.get(key, '')}".strip())


def _field(text: str, name: str) -> str:
    found = re.search(rf"^{name}: *(.*)$", text, re.MULTILINE)
    return found.group(1).strip() if found else ""


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


def _blocks(outline: str) -> list[OutlineBlock]:
    outline = _BOUNDARY.sub("", outline)
    starts = list(_BLOCK.finditer(outline))
    ends = [*(match.start() for match in starts[1:]), len(outline)][: len(starts)]
    return [
        OutlineBlock(int(match.group(1)), outline[match.end() : end].rstrip("\n"))
        for match, end in zip(starts, ends, strict=True)
    ]
