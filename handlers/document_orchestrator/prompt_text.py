"""Renders tickets and other data for prompts: between tags, limited in length, and unable to close the tag."""

from __future__ import annotations

import re
from collections.abc import Sequence

from common.domain.ticket import Ticket

#: Characters of a description that a model reads, about 8,000 tokens; of a longer one, its beginning and its end.
MAX_DESCRIPTION = 32_000
#: Characters of all descriptions together in one prompt, however many tickets have joined.
MAX_DESCRIPTIONS_TOGETHER = 64_000
#: Characters of the comments, of the further fields and of the pull requests of all tickets together, each.
MAX_FURTHER_TOGETHER = 16_000
#: Characters of a description that are never cut from a shortened prompt.
MIN_DESCRIPTION = 400
#: Every tag that a prompt has. Text between tags cannot write one of them.
TAGS = (
    "ticket", "fields", "comments", "pull_requests", "candidates", "candidate", "page", "previous_draft", "feedback",
    "title", "parent", "sample", "style_guide",
)  # fmt: skip
_OUR_TAG = re.compile(rf"<(?=\s*/?\s*(?:{'|'.join(TAGS)})\b)", re.IGNORECASE)
_IN_QUOTES = str.maketrans({'"': "'", "<": "‹", ">": "›"})


def ticket_part(ticket: Ticket, longest: int = MAX_DESCRIPTION) -> str:
    """Return the ``<ticket>`` part of a prompt, with at most ``longest`` characters of the description."""
    lines = [
        f"Key: {ticket.key}",
        f"Summary: {one_line(ticket.summary)}",
        f"Type: {one_line(ticket.issue_type)}",
        f"Labels: {', '.join(map(one_line, ticket.labels))}",
        f"Components: {', '.join(map(one_line, ticket.components))}",
        "",
        shortened(ticket.description, longest),
    ]
    return tagged("ticket", "\n".join(lines).rstrip())


def ticket_parts(tickets: Sequence[Ticket], share: float = 1.0) -> list[str]:
    """Return a ``<ticket>`` part for each ticket and parts with what else people wrote in it.

    The descriptions share ``MAX_DESCRIPTIONS_TOGETHER`` equally, the other parts ``MAX_FURTHER_TOGETHER``.

    With a ``share`` below 1, only this share of what fits of each description is shown.
    """
    limit = min(MAX_DESCRIPTION, MAX_DESCRIPTIONS_TOGETHER // max(1, len(tickets)))
    further = int(MAX_FURTHER_TOGETHER // max(1, len(tickets)) * min(share, 1.0))
    parts: list[str] = []
    for ticket in tickets:
        parts.append(ticket_part(ticket, shortened_limit(len(ticket.description), limit, share)))
        parts += _further_parts(ticket, further)
    return parts


def _further_parts(ticket: Ticket, longest: int) -> list[str]:
    """Return the parts with further fields, comments and pull requests of a ticket, if it has any."""
    texts = {
        "fields": "\n\n".join(f"{one_line(name)}:\n{text}" for name, text in ticket.fields),
        "comments": "\n\n".join(ticket.comments),
        "pull_requests": "\n".join(one_line(f"{link.title} {link.url}") for link in ticket.pull_requests),
    }
    return [tagged(name, shortened(text, longest), ticket=ticket.key) for name, text in texts.items() if text]


def shortened_limit(length: int, limit: int, share: float) -> int:
    """Return the characters of a text that a prompt shows: a share of those within the limit, all of a short one."""
    return limit if share >= 1 else min(limit, max(MIN_DESCRIPTION, int(min(length, limit) * share)))


def tagged(name: str, content: str, **attributes: str) -> str:
    """Return ``content`` between tags of this name.

    In ``content``, the "<" of anything that looks like one of our tags becomes "‹". In attribute values, quotation
    marks and angle brackets are replaced, so that a value cannot end the attribute or the tag.
    """
    written = "".join(
        f' {key}="{one_line(value).translate(_IN_QUOTES)}"' for key, value in attributes.items()
    )
    return f"<{name}{written}>\n{_OUR_TAG.sub('‹', content)}\n</{name}>"


def shortened(content: str, longest: int) -> str:
    """Return ``content``; if it has more than ``longest`` characters, replace the middle by a note that says so."""
    if len(content) <= longest:
        return content
    head, tail = longest * 2 // 3, longest // 3
    return f"{content[:head]}\n[… {len(content) - head - tail} characters left out …]\n{content[-tail:]}"


def whole_blocks(markdown: str, longest: int) -> str:
    """Return the blocks of Markdown that fit into ``longest`` characters, and a note that says how many do not.

    Blocks are what blank lines divide. One that is too long by itself is shortened.
    """
    if len(markdown) <= longest:
        return markdown
    blocks = markdown.split("\n\n")
    shown, room = 0, longest
    while shown < len(blocks) and len(blocks[shown]) + 2 <= room:
        room -= len(blocks[shown]) + 2
        shown += 1
    if not shown:
        return shortened(blocks[0], longest)
    return "\n\n".join([*blocks[:shown], f"[… {len(blocks) - shown} blocks left out …]"])


def one_line(value: str) -> str:
    """Return ``value`` on one line: each run of white space becomes one space."""
    return " ".join(value.split())
