"""A version message says what changed, and only its own draft's mark counts."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.domain.document import DocumentKind
from common.domain.draft import Draft
from common.domain.version_note import MAX_NOTE, draft_mark, is_note_of, version_note
from tests.example_count import examples


def draft(
    document_id: str, revision: int = 1, summary: str = "s", keys: Sequence[str] = ("PAY2-3",)
) -> Draft:
    return Draft(
        document_id=document_id,
        revision=revision,
        kind=DocumentKind.UPDATE,
        title="t",
        summary=summary,
        change_ids=(),
        issue_keys=tuple(keys),
        space_id="1",
        parent_id=None,
        page_id="2",
        base_version=1,
        base="<p>a</p>",
        edits=(),
        storage="<p>b</p>",
    )


OURS, OTHER = "doc-" + "a" * 24, "doc-" + "b" * 24


def test_a_note_begins_with_what_changed_and_ends_in_the_mark() -> None:
    one = draft(OURS, 2, "Raises the retry window to 72 hours.")
    note = version_note(one, "Robin Reviewer", "PAY2-11")
    assert note == (
        f"Raises the retry window to 72 hours (PAY2-3), approved by Robin Reviewer in PAY2-11 · Kinexus {OURS} r2"
    )


_MARKS = st.builds(
    lambda revision, form: form.format(f"Kinexus {OTHER} r{revision}"),
    st.integers(1, 12),
    st.sampled_from(["{}", "{}: it is done", "{}:", " · {}", "[{}]", "{} "]),
)
_SUMMARIES = st.builds(
    lambda start, text, end: (start + text + end)[:300],
    st.one_of(st.just(""), _MARKS),
    st.text(max_size=300),
    st.one_of(st.just(""), _MARKS),
)


@settings(max_examples=examples(300), deadline=None)
@given(
    _SUMMARIES,
    st.lists(st.from_regex(r"[A-Z]{2,10}-[1-9][0-9]{0,5}", fullmatch=True), max_size=8),
    st.one_of(st.text(max_size=130), _MARKS),
    st.integers(1, 12),
)
def test_a_note_has_its_own_mark_whole_and_never_another(
    summary: str, keys: list[str], approver: str, revision: int
) -> None:
    one = draft(OURS, revision, summary, keys)
    note = version_note(one, approver, "DOC-12345")
    assert len(note) <= MAX_NOTE
    assert note.endswith(draft_mark(one))
    assert is_note_of(note, one)
    assert not is_note_of(note, draft(OURS, revision + 1))
    assert not any(is_note_of(note, draft(OTHER, number)) for number in range(1, 13))


@pytest.mark.parametrize(
    ("message", "counts"),
    [
        (f"Kinexus {OURS} r1: Raises the limit", True),
        (f"Kinexus {OURS} r1: Raises the limit · Kinexus {OTHER} r1", False),
        (f"Kinexus {OURS} r11: Raises the limit", False),
        (f"Kinexus {OURS} r1", True),
        (f"Raises the limit · Kinexus {OURS} r1 and more", False),
        (f"x Kinexus {OURS} r1: Raises", False),
        ("", False),
    ],
)
def test_a_mark_counts_at_the_end_or_as_older_versions_wrote_it(message: str, counts: bool) -> None:
    assert is_note_of(message, draft(OURS)) is counts
