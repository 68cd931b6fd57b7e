"""Each edit is named by a short text in which a reviewer recognises it."""

from __future__ import annotations

from common import storage_format as sf
from handlers.review_ticket_creator.diff.edit_list import edit_texts


def change(before: str, after: str, *headings: str) -> sf.BlockChange:
    return sf.BlockChange(sf.Delete("b"), "b", headings, before, after)


def test_each_kind_of_edit_is_named() -> None:
    assert edit_texts(
        [
            change("<p>Limit: 5</p>", "<p>Limit: 10</p>", "Limits"),
            change("", "<p>New text.</p>"),
            change("<p>Old text.</p>", ""),
            change("<ac:image/>", ""),
        ]
    ) == [
        "Replaces “Limit: 5” with “Limit: 10” (under “Limits”)",
        "Adds “New text.”",
        "Removes “Old text.”",
        "Removes an element without text",
    ]


def test_long_texts_are_shown_from_where_they_differ() -> None:
    same = "When your server does not answer in time or answers with an error, we try again up to "
    [text] = edit_texts([change(f"<p>{same}8 times.</p>", f"<p>{same}12 times.</p>")])
    assert "8 times.” with “…" in text
    assert "12 times.”" in text
    assert "When your server" not in text
    [text] = edit_texts([change(f"<p>{same}8 times.</p>", f"<p>{same}8 times. Then we stop.</p>")])
    assert "8 times. Then we stop.”" in text
