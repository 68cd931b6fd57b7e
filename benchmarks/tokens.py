"""Tokens of the prompt that edits a page, by the size of the page, and their price: `python -m benchmarks.tokens`.

Pages have headings, paragraphs, lists, tables and panels, of 1 KB to 1 MB in storage format; the ticket is one of 4,000
characters. Counted are the system text, the tool and the message of the first draft, by the pipeline's own estimate
(four ASCII characters a token). The limit is 1.1 × (window + ticket). A draft asks the model twice: which page, which
edits; the choice of a page is counted with ``CHOICE`` tokens, both answers with ``ANSWERS``.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

from benchmarks.cost import MODELS
from common import storage_format as sf
from common.domain.ticket import Ticket
from common.storage_format.page.outline import estimated_tokens
from handlers.document_orchestrator.drafting.edit_page_prompt import (
    OUTLINE_BUDGET,
    SYSTEM,
    TOOL,
    edit_page_prompt,
    shown_outline,
)
from handlers.document_orchestrator.prompt_text import ticket_parts

KILOBYTES = (1, 10, 20, 50, 100, 300, 1_000)
#: The most that a prompt may have, as a share of window and ticket.
LIMIT = 1.1
#: Tokens for choosing the page, at most, and tokens of both answers in the demo.
CHOICE, ANSWERS = 4_000, 320

TICKET = Ticket(
    issue_id="1", key="PAY-1", project_key="PAY", summary="Deliveries over the burst limit are answered with 429",
    description="The limit of part 17 is 40 requests a second now. " * 80, issue_type="Story", status="Done",
    status_category="done", labels=("needs-docs",), components=(), url="https://example.atlassian.net/browse/PAY-1",
)  # fmt: skip


@dataclass(frozen=True)
class Size:
    """The tokens of one page: whole, as the model reads it, and of the whole prompt; and the prompt's limit."""

    kilobytes: int
    whole: int
    window: int
    prompt: int
    limit: int


def page_of(kilobytes: int) -> sf.Page:
    """Return a page of about so many kilobytes in storage format."""
    parts: list[str] = []
    size, number = 0, 0
    while size < kilobytes * 1_000:
        number += 1
        parts.append(
            f"<h2>Part {number}</h2><p>Part {number} accepts {number % 90} requests a second from each merchant.</p>"
            f"<ul><li>Its log is kept for {number % 30} days.</li><li>Its owner is team {number % 12}.</li></ul>"
            '<ac:structured-macro ac:name="info"><ac:rich-text-body>'
            f"<p>Part {number} answers 429 above its limit.</p></ac:rich-text-body></ac:structured-macro>"
            f"<table><tbody><tr><th>Key</th><th>Value</th></tr><tr><td>burst</td><td>{number}</td></tr></tbody></table>"
        )
        size += len(parts[-1])
    return sf.parse("".join(parts))


def measured(kilobytes: int, ticket: Ticket = TICKET) -> Size:
    """Return the tokens of a page of this size with a ticket."""
    page = page_of(kilobytes)
    outline = shown_outline(page, (ticket.summary, ticket.description))
    message = edit_page_prompt("Limits", outline, [ticket], None)
    prompt = estimated_tokens(SYSTEM) + estimated_tokens(json.dumps(TOOL.schema)) + estimated_tokens(message)
    tickets = estimated_tokens("\n\n".join(ticket_parts([ticket])))
    return Size(
        kilobytes,
        estimated_tokens(sf.outline(page).text),
        estimated_tokens(outline.text),
        prompt,
        int(LIMIT * (OUTLINE_BUDGET + tickets)),
    )


def main() -> None:
    """Print a line for each size of page."""
    table = Table(box=None, pad_edge=False)
    for name in ("page", "whole", "read", "prompt", "limit", *(f"$, {model}" for model in MODELS)):
        table.add_column(name, justify="right")
    for kilobytes in KILOBYTES:
        size = measured(kilobytes)
        costs = (
            f"{((size.prompt + CHOICE) * prices[0] + ANSWERS * prices[1]) / 1e6 * 1_000:.2f}"
            for prices in MODELS.values()
        )
        numbers = (size.whole, size.window, size.prompt, size.limit)
        table.add_row(f"{kilobytes:,} KB", *(f"{number:,}" for number in numbers), *costs)
    Console(width=120).print("Tokens of a page and its prompt, and dollars for 1,000 pages:", table)


if __name__ == "__main__":
    main()
