"""A tool's input is read by the types that its schema declares; what cannot be read stays as it is."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.aws.tool_input import read_by_schema
from handlers.document_orchestrator.drafting.edit_page_prompt import TOOL as EDIT
from handlers.document_orchestrator.page_selection.llm_judge import TOOL as JUDGE

EDITS = [{"action": "replace", "block": 3, "markdown": "x"}]
SHAPES: list[Any] = [
    EDITS,
    json.dumps(EDITS),
    f"```json\n{json.dumps(EDITS, indent=1)}\n```",
    f"<thinking>One edit.</thinking>\n{json.dumps(EDITS)}",
    str(EDITS),
    EDITS[0],
    json.dumps(EDITS[0]),
    [json.dumps(EDITS[0])],
    '[{"action": "replace", "block": 3, "markdown": "x"\n}]',
    *(
        [{**EDITS[0], "block": block}]
        for block in ("3", "[3]", " 3 ", "3.0", 3.0, "block 3", "#3", "[3].", [3], ["3"])
    ),
    *([{**EDITS[0], "action": action}] for action in ("Replace", " REPLACE ", '"replace"')),
]


@pytest.mark.parametrize("edits", SHAPES, ids=repr)
def test_harmless_shapes_are_read_by_the_declared_type(edits: Any) -> None:
    assert read_by_schema({"summary": "s", "edits": edits}, EDIT.schema) == {"summary": "s", "edits": EDITS}


@pytest.mark.parametrize("action", ["insert_after", "Insert after", "insert-after", "INSERT_AFTER"])
def test_a_word_of_an_enumeration_may_be_written_differently(action: str) -> None:
    given_edits = {"edits": [{"action": action, "block": 1}]}
    assert read_by_schema(given_edits, EDIT.schema)["edits"][0]["action"] == "insert_after"


@pytest.mark.parametrize(
    ("confidence", "number"),
    [("0.9", 0.9), ("90%", 0.9), ("95", 95), ("90 %", 0.9), ("high", "high"), (0.5, 0.5)],
)
def test_a_number_may_be_text_or_a_percentage(confidence: object, number: object) -> None:
    assert read_by_schema({"confidence": confidence}, JUDGE.schema) == {"confidence": number}


@pytest.mark.parametrize("block", ["-1", "three", "3 or 4", True, None, {}, [3, 4], 2.5, "", "９" * 20])
def test_what_cannot_be_read_stays_as_it_is(block: object) -> None:
    assert read_by_schema({"edits": [{"block": block}]}, EDIT.schema) == {"edits": [{"block": block}]}


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(),
        lambda each: (
            st.lists(each) | st.dictionaries(st.sampled_from(["edits", "block", "action", "x"]), each)
        ),
    )
)
def test_any_value_is_read_without_an_error(value: object) -> None:
    once = read_by_schema(value, EDIT.schema)
    assert repr(read_by_schema(once, EDIT.schema)) == repr(once)


@pytest.mark.parametrize("bomb", ["[" * 100_000, "(" * 100_000, "-" * 100_000 + "1", '{"a":' * 50_000])
def test_a_deeply_nested_text_is_no_list(bomb: str) -> None:
    assert read_by_schema({"edits": bomb}, EDIT.schema) == {"edits": bomb}
