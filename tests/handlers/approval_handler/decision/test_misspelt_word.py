"""A misspelt decision word is suggested, and never counts as a decision."""

import pytest

from handlers.approval_handler.decision import read_decision
from handlers.approval_handler.decision.misspelt_word import suggested_word


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("APROVED", "APPROVED"),
        ("Approvd, thanks", "APPROVED"),
        ("aproved - looks good", "APPROVED"),
        ("APPROOVED!", "APPROVED"),
        ("REJCTED: wrong page", "REJECTED"),
        ("Rejeted", "REJECTED"),
        ("NEED REVISON\nThe limit is 5", "NEEDS REVISION"),
        ("needs revission", "NEEDS REVISION"),
    ],
)
def test_a_near_miss_is_suggested_and_decides_nothing(text: str, word: str) -> None:
    assert suggested_word(text) == word
    assert read_decision(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Hello",
        "The limit is wrong",
        "I improved the text",
        "Proved by Lee",
        "APPROVED but not yet",
        "Review this",
    ],
)
def test_other_texts_suggest_nothing(text: str) -> None:
    assert suggested_word(text) == ""
