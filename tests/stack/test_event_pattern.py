"""Which patterns EventBridge and Lambda accept, compared with the compiler of EventBridge's own matcher.

https://github.com/aws/event-ruler (RuleCompiler and Range); read, not run. Not proven: what a newer version in a region
accepts.
"""

from typing import Any

import pytest

from stack.events.event_pattern import check_event_pattern, check_message_filter


def value(one: Any) -> str | None:
    return check_event_pattern({"detail": {"field": [one]}})


@pytest.mark.parametrize(
    "one",
    [
        {"numeric": ["=", 5]},
        {"numeric": ["<", 5]},
        {"numeric": [">", 0, "<=", 5]},
        {"numeric": [">=", -1.5, "<", 5e3]},
        {"prefix": ""},
        {"suffix": ""},
        {"prefix": {"equals-ignore-case": "A"}},
        {"equals-ignore-case": ""},
        {"anything-but": ""},
        {"anything-but": ["", "a"]},
        {"anything-but": [1, 2]},
        {"anything-but": {"prefix": ["a", "b"]}},
        {"anything-but": {"wildcard": "*/x"}},
        {"anything-but": {"equals-ignore-case": ""}},
        {"wildcard": r"a\**b"},
        {"exists": False},
        "",
    ],
)
def test_a_value_the_matcher_accepts_is_accepted(one: Any) -> None:
    assert value(one) is None


@pytest.mark.parametrize(
    "one",
    [
        {"numeric": ["=", 5, "<", 7]},
        {"numeric": ["<", 5, ">", 1]},
        {"numeric": [">", 5, "<", 1]},
        {"numeric": [">=", 5, "<=", 5]},
        {"numeric": [">", 1, ">", 2]},
        {"numeric": [">", "1"]},
        {"numeric": []},
        {"prefix": {"equals-ignore-case": ["A"]}},
        {"prefix": ["a"]},
        {"anything-but": {"prefix": ""}},
        {"anything-but": {"suffix": ["a", ""]}},
        {"anything-but": {"numeric": [">", 5]}},
        {"anything-but": []},
        {"anything-but": True},
        {"wildcard": "a**b"},
        {"wildcard": r"a\b"},
    ],
)
def test_a_value_the_matcher_refuses_is_refused_with_the_rule(one: Any) -> None:
    operator = next(iter(one))
    assert f" for {operator} at detail.field: it takes " in str(value(one))


def test_a_misspelt_field_is_found_in_alternatives_too() -> None:
    found = check_event_pattern({"$or": [{"source": ["a"]}, {"detail_type": ["b"]}]})
    assert (
        found == "has 'detail_type' at the top of $or, which would match nothing: did you mean detail-type?"
    )
    deep = {"$or": [{"source": ["a"]}, {"$or": [{"sauce": ["b"]}, {"id": ["c"]}]}]}
    assert "has 'sauce' at the top of $or" in str(check_event_pattern(deep))
    assert check_event_pattern({"detail": {"$or": [{"anything": ["a"]}, {"at": ["b"]}]}}) is None


def test_a_field_named_like_a_filter_is_refused_in_alternatives() -> None:
    """Elsewhere it is accepted."""
    alternatives = [{"prefix": ["a"]}, {"b": [1]}]
    found = check_event_pattern({"detail": {"$or": alternatives}})
    assert "has a field 'prefix' inside of detail.$or, where that name is reserved for an operator" in str(
        found
    )
    assert "'cidr'" in str(check_event_pattern({"$or": [{"detail": {"cidr": ["a"]}}, {"id": ["b"]}]}))
    assert check_event_pattern({"detail": {"prefix": ["a"]}}) is None


def test_the_length_of_a_pattern_excludes_white_space() -> None:
    room = 2048 - len('{"source":[""]}')
    assert check_event_pattern({"source": ["é" * room]}) is None
    found = str(check_event_pattern({"source": ["é" * (room + 1)]}))
    assert found.startswith("has 2049 characters, but EventBridge accepts 2048: use a prefix")
    assert check_message_filter({"body": {"a": ["x" * 4000]}}) is None
    assert "Lambda accepts 4096" in str(check_message_filter({"body": {"a": ["x" * 4096]}}))
