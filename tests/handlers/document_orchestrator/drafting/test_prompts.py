"""A prompt about many tickets has a bounded size, and labels each ticket."""

from __future__ import annotations

import json

import pytest

from common import storage_format as sf
from common.domain.ticket import Ticket
from handlers.document_orchestrator.drafting import edit_page_prompt, new_page_prompt
from handlers.document_orchestrator.drafting.edit_page_prompt import PreviousDraft
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


@pytest.mark.parametrize("share", [1.0, 0.7, 0.35])
def test_previous_draft_is_never_cut_in_the_middle(share: float) -> None:
    """Of a long page the changed passages are shown; what does not fit is left out at the end, in whole blocks."""
    page = "\n\n".join(f"Block {n} of the page." for n in range(20_000))
    changed = "\n\n".join(f"Changed {n}." for n in range(10))
    [part, _] = edit_page_prompt.previous_draft_parts(PreviousDraft(page, "Shorter", changed), share)
    assert part == f"<previous_draft>\n{changed}\n</previous_draft>"
    [part] = edit_page_prompt.previous_draft_parts(PreviousDraft(page, ""), share)
    *shown, note = part.removesuffix("\n</previous_draft>").split("\n\n")
    assert f"{note.split()[1]} blocks left out" in note
    assert int(note.split()[1]) + len(shown) == 20_000
    assert shown[-1] == f"Block {len(shown) - 1} of the page."
    short = page[:20_000].rsplit("\n\n", 1)[0]
    assert short in edit_page_prompt.previous_draft_parts(PreviousDraft(short, "", changed))[0]


def test_each_prompt_shows_two_examples() -> None:
    for system in (edit_page_prompt.SYSTEM, new_page_prompt.SYSTEM):
        assert system.count("\nExample: ") == 2
    found = [json.loads(line) for line in edit_page_prompt.SYSTEM.splitlines() if line.startswith("{")]
    assert found[1]["edits"] == []
    page = sf.parse("".join(f"<p>An upload may have {n}0 MB.</p>" for n in range(-5, 10)))
    parsed = edit_page_prompt.parse_edits(found[0], page, sf.outline(page))
    assert parsed.storage == page.source.replace("may have 10 MB", "may have 25 MB")


def test_a_sample_of_the_space_has_a_part_of_its_own() -> None:
    sample = new_page_prompt.Sample("Konten", "Der Text.\n\n" * 1_000)
    written = new_page_prompt.new_page_prompt("Refunds", "", tickets(1), None, sample=sample)
    assert '<sample title="Konten">\nDer Text.\n\n' in written
    assert written.count("Der Text.") * len("Der Text.\n\n") <= new_page_prompt.MAX_SAMPLE
