"""The stand-in quotes whole sentences or clauses, as a person would, and the number that an edit changes first."""

from __future__ import annotations

from typing import Any

import pytest

from local.bedrock.prompt import OutlineBlock, Prompt, TicketText
from local.bedrock.quotations import with_quotations

LIMITS = """\
- test keys may read 40 times and create 15 parcels per second, as live keys do in every region
- labels in the sandbox go up to 15 per second
- reports stay at one

A failed pickup is tried again on the next working day; what was left at the door can be sent back from there at once."""


def quoted(new: str, old: str = "", description: str = LIMITS, feedback: str = "") -> str:
    ticket = TicketText("SHIP-1", "Sandbox limits", description)
    prompt = Prompt((ticket,), (OutlineBlock(3, old),), "Limits", "", (), "", feedback)
    edit: dict[str, Any] = {"action": "replace" if old else "insert_after", "block": 3, "markdown": new}
    [answered] = with_quotations({"edits": [edit]}, prompt)["edits"]
    return str(answered["because"])


@pytest.mark.parametrize(
    ("old", "new", "quotation"),
    [
        (
            "| Reading | 40 | 10 |",
            "| Reading | 40 | 40 |",
            "test keys may read 40 times and create 15 parcels per second",
        ),
        ("| Labels | 15 | 5 |", "| Labels | 15 | 15 |", "labels in the sandbox go up to 15 per second"),
        ("", "A failed pickup is tried again.", "A failed pickup is tried again on the next working day"),
        ("", "It is about nothing of the kind: zebras.", ""),
    ],
)
def test_quotation_is_whole_and_about_what_changes(old: str, new: str, quotation: str) -> None:
    assert quoted(new, old) == quotation


def test_long_clause_is_quoted_by_its_beginning() -> None:
    long = " ".join(f"word{number}" for number in range(40))
    assert quoted("word3 word7", description=long) == " ".join(long.split()[:15])
