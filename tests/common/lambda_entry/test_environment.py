"""Settings: a missing or malformed one is named, with its value and the remedy."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from common.lambda_entry.environment import InvalidEnvironment, read_settings


@dataclass(frozen=True)
class Settings:
    table: str
    labels: tuple[str, ...]
    days: int
    strict: bool
    group: str = ""


GOOD = {"TABLE": "t", "LABELS": "a, b,,", "DAYS": "30", "STRICT": "true"}


def test_the_environment_becomes_a_typed_object() -> None:
    assert read_settings(Settings, GOOD) == Settings("t", ("a", "b"), 30, True)
    assert read_settings(Settings, {**GOOD, "LABELS": "", "GROUP": " g "}) == Settings("t", (), 30, True, "g")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"TABLE": ""}, "TABLE is not set"),
        ({"DAYS": "many"}, 'DAYS is "many": it must be a whole number'),
        ({"STRICT": "yes"}, 'STRICT is "yes": it must be "true" or "false"'),
    ],
)
def test_each_wrong_setting_is_named(change: dict[str, str], says: str) -> None:
    with pytest.raises(InvalidEnvironment, match=says):
        read_settings(Settings, {**GOOD, **change})
