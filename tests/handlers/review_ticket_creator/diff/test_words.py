"""A text is compared in units that a reader sees: words, or characters of scripts that have no spaces."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.review_ticket_creator.diff.words import split_words


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("two words, 3", ["two", " ", "words", ",", " ", "3"]),
        ("退款72小时", ["退", "款", "72", "小", "时"]),
        ("リトライは3回", ["リ", "ト", "ラ", "イ", "は", "3", "回"]),
        ("か\u3099", ["か\u3099"]),
        ("ที่นี่", ["ที่", "นี่"]),
        ("cafe\u0301 noir", ["cafe\u0301", " ", "noir"]),
        ("हिन्दी", ["हिन्दी"]),
        ("👩\u200d💻!", ["👩\u200d💻", "!"]),
        ("👍🏽👍🏿", ["👍🏽", "👍🏿"]),
        ("🇩🇪🇫🇷", ["🇩🇪", "🇫🇷"]),
        ("3\ufe0f\u20e3", ["3\ufe0f\u20e3"]),
        ("✔\ufe0f ok", ["✔\ufe0f", " ", "ok"]),
        ("한국어 문서", ["한국어", " ", "문서"]),
        ("e\u0301\u0323x", ["e\u0301\u0323x"]),
    ],
)
def test_a_unit_is_what_a_reader_sees_as_one(text: str, units: list[str]) -> None:
    assert split_words(text) == units


@settings(max_examples=300, deadline=None)
@given(st.text(st.one_of(st.characters(), st.sampled_from("añ退ที่\u200d👩💻🏽🇩🇪\ufe0f\u20e3\u0301 #3"))))
def test_the_units_are_the_text(text: str) -> None:
    assert "".join(split_words(text)) == text
