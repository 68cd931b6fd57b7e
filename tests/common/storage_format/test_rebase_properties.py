"""Property tests of rebasing: after any change of a page, an edit lands on its passage with the same path, or nowhere.

The pages are trees whose nodes have hidden identities (`page_model`) that do not appear in the text.
"""

from __future__ import annotations

import random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from common import storage_format as sf
from tests.common.storage_format.page_model import Node, Passage, Writer, written
from tests.example_count import examples

BRIEF = settings(
    max_examples=examples(80), deadline=None, suppress_health_check=list(HealthCheck), database=None
)
EVERYTHING = frozenset({"move", "swap", "insert", "delete", "correct", "shuffle"})
NO_SWAPS = EVERYTHING - {"swap"}


def landed(before: Node, after: Node, number: int) -> tuple[Passage, Passage] | None:
    """Edit block `number` of `before` on `after`; return its passage and the edited passage, or None for a conflict."""
    base, current = sf.parse(written(before)[0]), sf.parse(written(after)[0])
    was, now = written(before)[1], written(after)[1]
    assert (len(base.blocks), len(current.blocks)) == (len(was), len(now))
    block = base.blocks[number]
    markdown = "edited"
    if block.kind == "table_row":
        markdown = "| edited |" + base.markdown(number).split("|", 2)[2]
    result = sf.rebase([sf.Replace(block.id, markdown)], base, current)
    if isinstance(result, sf.EditConflict):
        return None
    [there] = [n for n, passage in enumerate(now) if _is_edited(current, n, result)]
    return was[number], now[there]


def _is_edited(current: sf.Page, number: int, result: sf.Edited) -> bool:
    """Tell whether the result is the page with only this block changed."""
    start, end = current.blocks[number].span
    [change] = result.changes
    return result.storage == current.source[:start] + change.after + current.source[end:]


@BRIEF
@given(
    st.randoms(use_true_random=False), st.sampled_from((0.3, 0.7, 1.0)), st.integers(1, 6), st.integers(0, 99)
)
def test_an_edited_passage_keeps_its_path_and_label(
    chance: random.Random, alike: float, times: int, number: int
) -> None:
    """The names above it are the same or were corrected in place; a row keeps its label and header."""
    writer = Writer(chance, alike)
    before = writer.page()
    after = writer.changed(before, times, EVERYTHING)
    found = landed(before, after, number % len(written(before)[1]))
    if found is not None:
        was, now = found
        assert (was.kind, was.label, len(was.path)) == (now.kind, now.label, len(now.path))
        for (identity, name), (other, named) in zip(was.path, now.path, strict=True):
            assert name == named or (identity == other and " | " not in name)


@BRIEF
@given(st.randoms(use_true_random=False), st.integers(1, 6), st.integers(0, 99))
def test_a_unique_passage_is_never_confused(chance: random.Random, times: int, number: int) -> None:
    """A passage unlike all others is edited itself, or the edit is a conflict."""
    writer = Writer(chance, 0)
    before = writer.page()
    after = writer.changed(before, times, NO_SWAPS)
    found = landed(before, after, number % len(written(before)[1]))
    if found is not None:
        was, now = found
        assert (was.identity, was.kind) == (now.identity, now.kind)
        assert [identity for identity, _ in was.path] == [identity for identity, _ in now.path]


def test_a_passage_is_found_when_others_changed() -> None:
    """At least 19 of 20. The rest are neighbours of corrected names, and passages with a new name that others have."""
    chance = random.Random(7)
    found = 0
    for _ in range(400):
        writer = Writer(chance, 0)
        before = writer.page()
        number = chance.randrange(len(written(before)[1]))
        spared = written(before)[1][number].identity
        after = writer.changed(before, 2, frozenset({"move", "insert", "delete", "correct"}), spared)
        pair = landed(before, after, number)
        found += pair is not None and pair[1].identity == spared
    assert found >= 380, found
