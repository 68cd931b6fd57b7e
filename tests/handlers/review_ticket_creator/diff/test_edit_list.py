"""Each edit is named by a short text in which a reviewer recognises it."""

from __future__ import annotations

from common import storage_format as sf
from common.domain.draft import FEEDBACK, Because
from handlers.review_ticket_creator.diff.edit_list import listed_edits, unsourced_text


def edit_texts(changes: list[sf.BlockChange]) -> list[str]:
    return [edit.text for edit in listed_edits(changes, ())]


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


def test_each_edit_has_its_reason() -> None:
    changes = [change("", "<p>New.</p>")] * 3
    because = [Because("PAY2-1", "keep it for\u202e 30 days"), Because(FEEDBACK), Because()]
    assert [(edit.reason, edit.is_sourced) for edit in listed_edits(changes, because)] == [
        ("because PAY2-1 says “keep it for⟨U+202E⟩ 30 days”", True),
        ("because of the reviewer's feedback", True),
        ("no source found", False),
    ]


def test_drafts_stored_without_reasons_show_none() -> None:
    assert [edit.reason for edit in listed_edits([change("", "<p>New.</p>")], ())] == [""]


def test_facts_without_a_source_are_named_and_counted() -> None:
    assert unsourced_text([]) == ""
    assert unsourced_text(["8 GB"]).endswith("please check: 8 GB")
    assert unsourced_text([f"n{number}" for number in range(20)]).endswith("n11 and 8 more")
