"""The record of the model behind a draft."""

from __future__ import annotations

import pytest

from common.domain.model_use import ModelUse, made_by

NOVA, OTHER = ModelUse("nova", "1a2b3c4d", 100, 10), ModelUse("other", "5e6f7a8b", 7, 3)


@pytest.mark.parametrize(
    ("chosen", "drafted", "said"),
    [
        (NOVA, NOVA, "chosen and drafted by nova"),
        (NOVA, OTHER, "page chosen by nova, drafted by other"),
        (None, NOVA, "drafted by nova"),
        (NOVA, None, "page chosen by nova"),
        (None, None, ""),
    ],
)
def test_people_read_which_models_chose_and_drafted(
    chosen: ModelUse | None, drafted: ModelUse | None, said: str
) -> None:
    assert made_by(chosen, drafted) == said


def test_tokens_of_earlier_answers_are_added() -> None:
    assert OTHER.after(None) == OTHER
    assert OTHER.after(NOVA) == ModelUse("other", "5e6f7a8b", 107, 13)
    assert NOVA.without_tokens() == ModelUse("nova", "1a2b3c4d")
