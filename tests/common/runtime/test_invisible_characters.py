"""Which characters count as invisible, where they are allowed, and which words mix scripts."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.runtime import invisible_characters
from common.runtime.invisible_characters import (
    DEFAULT_IGNORABLE,
    EMOJI,
    code_points,
    invisible_in,
    without_invisible,
)
from common.runtime.unicode_safety import make_visible, mixed_script_words
from tests.example_count import examples

_ODD = st.sampled_from(
    "a1#é ب\u0915\u094d👩💻❤🏽\ufe0e\ufe0f\u200c\u200d\u200b\u00ad\u20e3\u202e\U000e0100\u2028\n"
)
_TEXT = st.text(st.one_of(_ODD, st.characters()), max_size=20)


@pytest.mark.parametrize(
    "code",
    [0xAD, 0x34F, 0x61C, 0x115F, 0x1160, 0x17B4, 0x180E, 0x200B, 0x200C, 0x200D, 0x200E, 0x202A, 0x202E, 0x2060, 0x2065,
     0x2066, 0x2069, 0x2800, 0x3164, 0xFE00, 0xFE0E, 0xFE0F, 0xFEFF, 0xFFA0, 0xFFF0, 0x1BCA0, 0x1D173, 0xE0001, 0xE0020,
     0xE007F, 0xE0100, 0xE01EF, 0xE0FFF, 0x85, 0x9F, 0x2028, 0xFFF9],
)  # fmt: skip
def test_an_invisible_character_is_removed_and_written_out(code: int) -> None:
    text = f"pay{chr(code)}outs"
    assert without_invisible(text).replace(" ", "") == "payouts"
    assert make_visible(text) == f"pay⟨U+{code:04X}⟩outs"


@pytest.mark.parametrize(
    "text",
    [
        "❤\ufe0f and ☺\ufe0e", "1\ufe0f\u20e3", "👩\u200d💻", "🏳\ufe0f\u200d🌈", "👨🏽\u200d🚀",
        "می\u200cخواهم", "क\u094d\u200dष", "ශ\u0dca\u200dරී", "ب\u200d", "a b\u00a0c\td\ne", "한글", "e\u0301", "日本語",
    ],
)  # fmt: skip
def test_a_joiner_in_its_proper_place_stays(text: str) -> None:
    assert without_invisible(text) == text
    assert make_visible(text) == text


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("a\ufe0fb", "ab"), ("1\ufe0f", "1"), ("❤\ufe0f\ufe0f\ufe0e", "❤\ufe0f"), ("a\u200db", "ab"), ("👩\u200d", "👩"),
        ("\u200d💻", "💻"), ("a\u200c\u200d b", "a b"), ("ب\u200d\u200d\u200da", "ب\u200da"), ("🏴\U000e0067\U000e007f", "🏴"),
        ("葛\U000e0100", "葛"), ("one\u2028two", "one two"),
    ],
)  # fmt: skip
def test_joiners_out_of_place_are_removed(text: str, left: str) -> None:
    assert without_invisible(text) == left


def test_the_table_equals_unicodes() -> None:
    """The browser tests compare it with a browser's own tables."""
    assert sum(last - first + 1 for first, last in code_points(DEFAULT_IGNORABLE)) == 4_174
    assert sum(last - first + 1 for first, last in code_points(EMOJI)) == 1_426


@settings(max_examples=examples(500), deadline=None)
@given(_TEXT)
def test_removal_leaves_no_invisible_and_loses_no_visible_character(text: str) -> None:
    left = without_invisible(text)
    assert list(invisible_in(left)) == []
    assert without_invisible(left) == left

    def seen(value: str) -> str:
        return "".join(c for c in value if not invisible_characters.is_invisible(c) and not c.isspace())

    assert seen(left) == seen(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("p\u0430yments", ["p\u0430yments"]),
        ("\u0391PI of the p\u043ertal", ["\u0391PI", "p\u043ertal"]),
        ("e\u0301\u0442", ["e\u0301\u0442"]),
        ("Привет API, USB-порт, foo_бар, αβγ x, 10 µs", []),
    ],
)
def test_words_that_mix_scripts_are_found(text: str, words: list[str]) -> None:
    assert [match[0] for match, _ in mixed_script_words(text)] == words
