"""Each recipe runs, stays short, is listed, and shows what its first line says."""

import json
from pathlib import Path
from typing import Any

import pytest

from stack.testing import Graph, checks, run_program
from tests.examples.example_run import EXAMPLES

RECIPES = sorted((EXAMPLES / "recipes").glob("*.py"))


def recipe(name: str) -> Graph:
    return run_program(EXAMPLES / "recipes" / f"{name}.py", project="recipes")


@pytest.fixture(autouse=True)
def _in_the_folder_of_the_function(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(EXAMPLES / "nightly_export")


@pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.stem)
def test_a_recipe_is_short_listed_and_passes_the_checks(path: Path) -> None:
    found = recipe(path.stem)
    assert len(path.read_text().splitlines()) <= 20
    assert f"`{path.stem}`" in (EXAMPLES / "README.md").read_text()
    assert checks.functions_without_log_retention(found) == []
    assert checks.targets_without_dead_letters(found) == []
    assert checks.wildcard_actions(found) == []
    assert checks.components_without_outputs(found) == []


def test_outputs_reach_the_pattern_and_the_payload() -> None:
    found = recipe("outputs")
    pattern: Any = json.loads(found.named("arrived-rule").inputs["eventPattern"])
    assert pattern["detail"] == {"bucket": {"name": ["uploads"]}}
    assert json.loads(found.named("nightly-schedule").inputs["target"]["input"]) == {"bucket": "uploads"}


def test_tags_of_the_stack_and_of_a_component_are_joined() -> None:
    found = recipe("tags")
    assert found.named("orders", "aws:dynamodb/table:Table").inputs["tags"] == {
        "team": "shop", "env": "dev", "data": "personal",
    }  # fmt: skip
    assert found.named("papers", "aws:s3/bucket:Bucket").inputs["tags"] == {"team": "shop", "env": "dev"}


def rights(found: Graph, function: str) -> dict[str, Any]:
    """Return the resources by action, without a function's own log and traces."""
    document = json.loads(found.named(f"{function}-policy").inputs["policy"])
    return {action: one["Resource"] for one in document["Statement"][2:] for action in one["Action"]}


def test_listing_is_limited_to_the_prefix() -> None:
    found = recipe("grant_list")
    assert rights(found, "sort") == {
        "s3:ListBucket": ["arn:aws:s3:::papers"],
        "s3:GetObject": ["arn:aws:s3:::papers/inbox/*"],
        "s3:PutObject": ["arn:aws:s3:::papers/sorted/*"],
    }
    assert '"s3:prefix": ["inbox/*"]' in found.named("sort-policy").inputs["policy"]


def test_reading_a_stream_allows_nothing_on_the_table() -> None:
    stream = ["arn:aws:dynamodb:eu-central-1:123456789012:table/orders/stream/*"]
    assert rights(recipe("grant_stream"), "audit") == {
        "dynamodb:DescribeStream": stream,
        "dynamodb:GetRecords": stream,
        "dynamodb:GetShardIterator": stream,
    }
