"""A ticket as a part of a prompt: data between tags, bounded, unable to close its own tag."""

from __future__ import annotations

import re
from collections.abc import Sequence

from common.domain.ticket import Ticket

#: Characters of a description that a model reads; of a longer one, the beginning and the end.
MAX_DESCRIPTION = 6_000
#: Characters of all descriptions together in one prompt, however many tickets have joined.
MAX_DESCRIPTIONS_TOGETHER = 24_000
_OUR_TAG = re.compile(
    r"<(?=\s*/?\s*(?:ticket|candidates?|page|previous_draft|feedback|title|parent)\b)", re.IGNORECASE
)
_IN_QUOTES = str.maketrans({'"': "'", "<": "‹", ">": "›"})


def ticket_part(ticket: Ticket, longest: int = MAX_DESCRIPTION) -> str:
    """Return the ``<ticket>`` part of a prompt."""
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


def ticket_parts(tickets: Sequence[Ticket]) -> list[str]:
    """Return the ``<ticket>`` parts of a prompt about several tickets; each has the same share of what is read."""
    share = MAX_DESCRIPTIONS_TOGETHER // max(1, len(tickets))
    return [ticket_part(ticket, min(MAX_DESCRIPTION, share)) for ticket in tickets]


def tagged(name: str, content: str, **attributes: str) -> str:
    """Return ``content`` between tags of this name; what looks like a tag of any part's loses its angle bracket.

    An attribute's value can neither end its quotation marks nor its tag.
    """
    given = "".join(f' {key}="{one_line(value).translate(_IN_QUOTES)}"' for key, value in attributes.items())
    return f"<{name}{given}>\n{_OUR_TAG.sub('‹', content)}\n</{name}>"


def shortened(content: str, longest: int) -> str:
    """Return ``content`` within ``longest`` characters, leaving out the middle and saying so."""
    if len(content) <= longest:
        return content
    head, tail = longest * 2 // 3, longest // 3
    return f"{content[:head]}\n[… {len(content) - head - tail} characters left out …]\n{content[-tail:]}"


def one_line(value: str) -> str:
    """Return ``value`` without line breaks."""
    return " ".join(value.split())
