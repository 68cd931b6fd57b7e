"""The page about the test kit runs as written, and describes every check and every recorded attribute."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from stack.testing import Graph, Resource, checks
from tests.stack.pipeline_run import ROOT

PAGE = (ROOT / "docs" / "testing.md").read_text()
BLOCKS = re.findall(r"^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
CODE = "\n".join(BLOCKS)


def test_the_examples_run_one_after_the_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    shared: dict[str, object] = {"__name__": "testing_page"}
    for number, block in enumerate(BLOCKS):
        exec(compile(block, f"docs/testing.md, example {number + 1}", "exec"), shared)  # noqa: S102 (our own page)
    assert len(re.findall("^assert ", CODE, re.MULTILINE)) > len(BLOCKS)


def test_every_check_is_described_with_an_asserting_example() -> None:
    prose = re.sub(r"```.*?```", "", PAGE, flags=re.DOTALL)
    for name in {*checks.__all__} - {"Statement"}:
        assert f"`{name}`" in prose, name
        assert f"checks.{name}(" in CODE, name
    for name in set(re.findall(r"checks\.(\w+)\(", PAGE)):
        assert name in checks.__all__, name


def test_every_recorded_attribute_and_finder_is_described() -> None:
    for field in fields(Resource):
        assert f"`{field.name}`" in PAGE, field.name
    for name in vars(Graph):
        if not name.startswith("_"):
            assert f"`{name}`" in PAGE or f"`graph.{name}`" in PAGE, name
