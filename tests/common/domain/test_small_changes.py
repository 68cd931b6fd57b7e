"""A reviewer's small changes are carried out exactly as written, or not at all."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common import storage_format as sf
from common.domain.document import DocumentKind
from common.domain.draft import Because, Draft
from common.domain.small_changes import SmallChanges, parse_small_changes, with_small_changes
from tests.example_count import examples

BASE = "<h2>Limits</h2><p>Limit: 5</p><p>Retries: 3</p><ul><li>one</li><li>two</li></ul>"


def draft(*markdown: str, base: str = BASE) -> Draft:
    """A draft that replaces the blocks after the heading, one by one."""
    page = sf.parse(base)
    edits = tuple(sf.Replace(page.blocks[n + 1].id, text) for n, text in enumerate(markdown))
    return Draft(
        document_id="doc-1",
        revision=1,
        kind=DocumentKind.UPDATE,
        title="t",
        space_id="1",
        summary="s",
        storage=sf.apply(page, edits).storage,
        change_ids=(),
        issue_keys=("PAY-1",),
        page_id="2",
        base_version=1,
        base=base,
        edits=edits,
    )


def test_reasons_and_marks_follow_their_edits() -> None:
    reasons = (Because("PAY-1", "five"), Because("PAY-1", "three"))
    told = replace(draft("Limit: 7", "Retries: 4"), because=reasons, unsourced=("7", "4"))
    dropped = with_small_changes(told, SmallChanges(dropped=frozenset({1})))
    assert dropped
    assert (dropped.because, dropped.unsourced) == (reasons[1:], ("4",))
    replaced = with_small_changes(told, SmallChanges((("4", "6"),)))
    assert replaced
    assert (replaced.because, replaced.unsourced) == (reasons, ("7",))


@pytest.mark.parametrize(
    ("feedback", "expected"),
    [
        ('"72 hours" → "48 hours"', (("72 hours", "48 hours"),)),
        ("“72 hours” -> “48 hours”", (("72 hours", "48 hours"),)),
        ("„72 Stunden“ => „48 Stunden“", (("72 Stunden", "48 Stunden"),)),
        ("« 72 heures » → « 48 heures »", (("72 heures", "48 heures"),)),
        ("'a b' → 'c'\n\n- \"d\" => \"e\".", (("a b", "c"), ("d", "e"))),
        ("「七十二」→「四十八」", (("七十二", "四十八"),)),
    ],
)
def test_replacements_are_read_in_any_quotation_marks(
    feedback: str, expected: tuple[tuple[str, str], ...]
) -> None:
    assert parse_small_changes(feedback) == SmallChanges(expected)


def test_drops_are_read() -> None:
    assert parse_small_changes("drop 2\nDrop #3.") == SmallChanges((), frozenset({2, 3}))


@pytest.mark.parametrize(
    "feedback",
    [
        "",
        "Please say 48 hours",
        '"72" → "48" and mention the currency',
        '"72" → 48',
        "drop it",
        "drop 0",
        'drop 2 "a" → "b"',
        '"a" → "a"',
        '"a" → "b"\n"a" → "c"',
        '"a" → ""',
        '"a" → "b" → "c"',
        "drop 1\nThanks",
    ],
)
def test_anything_else_is_left_to_the_model(feedback: str) -> None:
    assert parse_small_changes(feedback) is None


def carried_out(feedback: str, *markdown: str) -> str | None:
    changes = parse_small_changes(feedback)
    assert changes
    result = with_small_changes(draft(*markdown), changes)
    return None if result is None else sf.plain_text(result.storage)


def test_words_are_replaced_where_they_are_new() -> None:
    text = carried_out('"after 72 hours" → "after 48 hours"', "Limit: 10", "It stops after 72 hours.")
    assert text is not None
    assert "It stops after 48 hours." in text
    assert "Limit: 10" in text


@pytest.mark.parametrize(
    ("feedback", "markdown"),
    [
        ('"two" → "2"', "Limit: 10"),  # on the page, but not in the new text
        ('"Limit" → "Rate"', "Limit: 10 and Limit: 11"),  # twice
        ('"a limit of" → "the"', "It has a **limit** of 10"),  # crosses a style
        ('"our page" → "x"', "See [our](https://e.org/page) page"),  # crosses a link
        ('"Limit: 10" → "Limit: 11"\n"10 per" → "12 per"', "Limit: 10 per minute"),  # overlap
        ("drop 1", "Limit: 10"),  # nothing would be left
        ("drop 2", "Limit: 10"),  # there is no second edit
    ],
)
def test_what_is_not_exact_is_left_to_the_model(feedback: str, markdown: str) -> None:
    assert carried_out(feedback, markdown) is None


def test_all_lines_are_sought_in_the_announced_text() -> None:
    text = carried_out('"alpha" → "beta"\n"beta" → "alpha"', "First alpha, then beta.")
    assert text is not None
    assert "First beta, then alpha." in text


def test_an_edit_is_dropped_by_its_number() -> None:
    text = carried_out("drop 1", "Limit: 10", "Retries: 4")
    assert text is not None
    assert "Limit: 5" in text
    assert "Retries: 4" in text


@settings(max_examples=examples(200), deadline=None)
@given(st.text(min_size=1, max_size=30))
def test_new_words_are_plain_text(new: str) -> None:
    changes = parse_small_changes(f'"SLOT" → "{new}"')
    if changes is None:
        return
    result = with_small_changes(draft("Before SLOT after."), changes)
    if result is not None:
        [(_, written)] = changes.replacements
        [change] = result.changes()
        assert sf.plain_text(change.after) == f"Before {written} after."
        assert "<a" not in change.after


def test_links_and_markup_in_new_words_are_shown_as_words() -> None:
    text = carried_out('"SLOT" → "[x](y) **b** <b>c</b>"', "Before SLOT after.")
    assert text is not None
    assert "[x](y) **b** <b>c</b>" in text


@pytest.mark.parametrize("address", ["https://evil.example/login", "www.evil.example", "a@evil.example"])
def test_an_address_is_left_to_the_model(address: str) -> None:
    assert carried_out(f'"SLOT" → "{address}"', "Before SLOT after.") is None
