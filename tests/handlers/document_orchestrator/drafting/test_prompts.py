"""A prompt about many tickets has a bounded size, and labels each ticket."""

from __future__ import annotations

import pytest

from common import storage_format as sf
from common.domain.ticket import Ticket
from handlers.document_orchestrator.drafting import edit_page_prompt, new_page_prompt
from handlers.document_orchestrator.prompt_text import MAX_DESCRIPTION, MAX_DESCRIPTIONS_TOGETHER


def tickets(count: int) -> list[Ticket]:
    fields = {"summary": "Refunds", "description": "word " * 10_000}
    return [
        Ticket.from_rest({"id": str(n), "key": f"PAY2-{n}", "fields": fields}, "")
        for n in range(1, count + 1)
    ]


def prompt(kind: str, count: int) -> str:
    if kind == "create":
        return new_page_prompt.new_page_prompt("Refunds", "", tickets(count), None)
    outline = sf.outline(sf.parse("<p>One.</p>"), 100)
    return edit_page_prompt.edit_page_prompt("Refunds", outline, tickets(count), None)


@pytest.mark.parametrize("kind", ["create", "update"])
@pytest.mark.parametrize("count", [1, 4, 60])
def test_the_descriptions_of_all_tickets_together_are_bounded(kind: str, count: int) -> None:
    written = prompt(kind, count)
    assert all(f"Key: PAY2-{n}\n" in written for n in range(1, count + 1))
    assert len(written) < min(count * MAX_DESCRIPTION, MAX_DESCRIPTIONS_TOGETHER) + 300 * count + 500
    assert (
        written.count("word ") > min(count * MAX_DESCRIPTION, MAX_DESCRIPTIONS_TOGETHER) / len("word ") * 0.9
    )
