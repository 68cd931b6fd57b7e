"""Sequences are aligned correctly in time that grows with their length; which texts are paired and folded."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.review_ticket_creator.diff import sequence_alignment
from handlers.review_ticket_creator.diff.page_comparison import compare_pages
from handlers.review_ticket_creator.diff.pair_passages import pair
from handlers.review_ticket_creator.diff.row_comparison import (
    CollapsedRows,
    Row,
    collapse_equal_rows,
    compare,
    count_rows,
)
from handlers.review_ticket_creator.diff.sequence_alignment import align

_few = st.lists(st.integers(0, 3), max_size=25)
_many = st.lists(st.integers(0, 40), max_size=40)


@settings(max_examples=400, deadline=None)
@given(_few | _many, _few | _many)
def test_stretches_cover_both_sequences_correctly(before: list[int], after: list[int]) -> None:
    x = y = 0
    equal_before = None
    for stretch in align(before, after):
        assert (stretch.before_start, stretch.after_start) == (x, y)
        x, y = stretch.before_end, stretch.after_end
        assert x > stretch.before_start or y > stretch.after_start
        assert stretch.equal != equal_before
        equal_before = stretch.equal
        if stretch.equal:
            assert before[stretch.before_start : x] == after[stretch.after_start : y]
    assert (x, y) == (len(before), len(after))


@settings(max_examples=300, deadline=None)
@given(_few, _few, st.sampled_from([1, 30, 1 << 26]))
def test_a_different_stretch_has_no_item_in_common(before: list[int], after: list[int], table: int) -> None:
    """That holds however many differences there are, and also where the table of lengths is divided."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sequence_alignment, "_LARGEST_TABLE", table)
        stretches = align(before, after)
    for one in stretches:
        if not one.equal:
            gone, new = before[one.before_start : one.before_end], after[one.after_start : one.after_end]
            assert not set(gone) & set(new)


@pytest.mark.parametrize("count", [61, 700])
def test_equal_passages_between_many_changes_are_unchanged(count: int) -> None:
    def page(word: str) -> str:
        return "".join(f"<p>{word} {n} {word}</p><p>Note</p>" for n in range(count))

    comparison = compare_pages(page("before"), page("after"))
    unchanged = [row for row in comparison.rows if row.sign == "="]
    assert [comparison.shown(row)[0].text for row in unchanged] == ["Note"] * count


@settings(max_examples=200, deadline=None)
@given(_few)
def test_equal_sequences_are_one_equal_stretch(items: list[int]) -> None:
    assert [stretch.equal for stretch in align(items, items)] == [True] * bool(items)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.integers(), max_size=30, unique=True), st.data())
def test_removed_items_are_found_exactly(items: list[int], data: st.DataObject) -> None:
    kept = [item for item in items if data.draw(st.booleans())]
    different = sum(s.before_end - s.before_start for s in align(items, kept) if not s.equal)
    assert different == len(items) - len(kept)
    assert all(s.after_start == s.after_end for s in align(items, kept) if not s.equal)


@pytest.mark.parametrize("kinds", [2, 50, 100_000])
def test_time_grows_with_length_however_repetitive(kinds: int) -> None:
    def seconds(size: int) -> float:
        before = [(n * 7919) % kinds for n in range(size)]
        after = [-1 if n % 50 == 7 else item for n, item in enumerate(before)]
        started = time.process_time()
        align(before, after)
        return time.process_time() - started

    assert seconds(40_000) < 0.2 + 12 * seconds(10_000)


def test_only_versions_of_the_same_text_are_paired() -> None:
    before = ["the limit is 100 per minute", "ask the team", "gone for good"]
    after = ["a wholly new beginning here", "the limit is 250 per minute", "ask the whole team"]
    assert pair(before, after) == [(None, 0), (0, 1), (1, 2), (2, None)]


@settings(max_examples=200, deadline=None)
@given(*[st.lists(st.sampled_from(["a b c", "a b d", "x y z", "x y", "", "q"]), max_size=12)] * 2)
def test_pairs_keep_the_order_and_lose_nothing(before: list[str], after: list[str]) -> None:
    pairs = pair(before, after)
    assert [x for x, _ in pairs if x is not None] == list(range(len(before)))
    assert [y for _, y in pairs if y is not None] == list(range(len(after)))


def test_long_stretches_are_paired_along_the_diagonal_in_little_time() -> None:
    before = [f"line {n} says something about number {n * 3}" for n in range(3_000)]
    started = time.process_time()
    pairs = pair(before, [line + " today" for line in before])
    assert pairs == [(n, n) for n in range(3_000)]
    assert time.process_time() - started < 2


def test_changes_are_numbered_and_counted() -> None:
    rows = compare(["a b c", "same", "old words gone"], ["a b d", "same", "new"], str)
    assert [(row.sign, row.change) for row in rows] == [("~", 1), ("=", 0), ("-", 2), ("+", 2)]
    assert count_rows(rows) == (1, 1, 1, 2)


def test_rows_far_from_a_change_are_omitted_and_counted() -> None:
    rows = (
        [Row("=", n, n, 0) for n in range(10)]
        + [Row("+", None, 10, 1)]
        + [Row("=", n, n + 1, 0) for n in range(10, 14)]
    )
    assert collapse_equal_rows(rows) == [
        CollapsedRows(tuple(rows[:7])),
        *rows[7:14],
        CollapsedRows(tuple(rows[14:])),
    ]
    assert collapse_equal_rows(rows[:10]) == [CollapsedRows(tuple(rows[:10]))]
    assert collapse_equal_rows([]) == []


@settings(max_examples=200, deadline=None)
@given(_many, _many)
def test_folding_hides_no_change_and_loses_no_row(before: list[int], after: list[int]) -> None:
    rows = compare(before, after, str)
    folded = collapse_equal_rows(rows)
    assert [row for row in folded if isinstance(row, Row) and row.change] == [
        row for row in rows if row.change
    ]
    every = [one for row in folded for one in (row.rows if isinstance(row, CollapsedRows) else (row,))]
    assert every == rows
