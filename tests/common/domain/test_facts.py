"""Facts are what can be checked without understanding a text: in a draft they stand in its sources, or are marked."""

from __future__ import annotations

import time

from hypothesis import given
from hypothesis import strategies as st

from common.domain.facts import facts, unsupported

TEXT = st.text("ab AZ.,`/_-19:ßあ\n\\", max_size=60)


def test_facts_are_numbers_code_identifiers_flags_urls_and_names() -> None:
    text = "1. Run `a b` with --day 3,5 at https://a.example/x. See retry_count, getUser() and the Payments team."
    assert facts(text) == {
        "a b", "--day", "3,5", "https://a.example/x", "retry_count", "getuser", "payments",
    }  # fmt: skip


def test_unsupported_facts_stand_in_no_source() -> None:
    assert unsupported("It takes 12 of `max_jobs`.", "At most 120, see max_jobs.") == ("12",)


def test_unsupported_facts_are_as_written_each_once() -> None:
    text = "The team Payments asks retryCount, RETRYCOUNT and https://New.example/Path of Payments."
    assert unsupported(text, "the payments team") == ("https://New.example/Path", "retryCount")
    assert unsupported(text, "", most=1) == ("https://New.example/Path",)


@given(TEXT, TEXT)
def test_a_text_supports_all_that_it_says(text: str, more: str) -> None:
    assert unsupported(text, f"{more} {text}") == ()


def test_long_words_are_read_in_linear_time() -> None:
    begun = time.process_time()
    for letter in ("a", "A", "1", "_", "a.", "あa", "`a", "--a "):
        unsupported(letter * 20_000, "word " * 10_000, most=20)
    assert time.process_time() - begun < 5
