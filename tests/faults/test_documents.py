"""Each test that docs/security.md and docs/faults.md name exists, and each cell of faults.md has a test."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.crash import test_crash
from tests.faults import test_aws, test_http, test_model, test_new_page, test_outages, test_services
from tests.faults.claims import CLAIMED

ROOT = Path(__file__).parents[2]
NAMED = [
    (page.name, *named)
    for page in (ROOT / "docs/security.md", ROOT / "docs/faults.md")
    for named in re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", page.read_text())
]


@pytest.mark.parametrize(("page", "path", "test"), NAMED, ids=[f"{path}-{test}" for _, path, test in NAMED])
def test_the_named_test_exists(page: str, path: str, test: str) -> None:
    assert (ROOT / path).is_file(), f"{page} names {path}"
    assert f"def {test}(" in (ROOT / path).read_text() if test else True, f"{page} names {path}::{test}"


def cells(heading: str) -> dict[tuple[str, str], str]:
    """Return the outcome by (fault, column) of the table in faults.md whose first line begins so."""
    lines = (ROOT / "docs/faults.md").read_text().splitlines()
    first = next(number for number, line in enumerate(lines) if line.startswith(heading))
    columns = _parts(lines[first])[1:]
    found: dict[tuple[str, str], str] = {}
    for line in lines[first + 2 :]:
        if not line.startswith("|"):
            break
        faults, *outcomes = _parts(line)
        assert len(outcomes) == len(columns), line
        found |= {
            (fault, column): outcome
            for fault in faults.split(", ")
            for column, outcome in zip(columns, outcomes, strict=True)
        }
    return found


def _parts(line: str) -> list[str]:
    return [part.strip() for part in line.strip("|").split(" | ")]


REQUESTS = cells("| fault | read (GET)")
OTHERS = cells("| fault | outcome |")


def claimed(*modules: object) -> set[tuple[str, str]]:
    return set().union(*(CLAIMED[module.__name__] for module in modules))  # type: ignore[attr-defined]


def test_each_fault_of_a_request_is_run_over_a_socket() -> None:
    assert claimed(test_http) == set(REQUESTS)


def test_each_outcome_of_a_request_is_run_through_the_pipeline() -> None:
    through = claimed(test_services, test_new_page, test_outages) - set(OTHERS)
    assert through <= set(REQUESTS)
    outcomes = {(column, outcome) for (_, column), outcome in REQUESTS.items()}
    assert {(column, REQUESTS[fault, column]) for fault, column in through} == outcomes


def test_each_other_fault_is_run_through_the_pipeline() -> None:
    assert claimed(test_aws, test_model, test_outages, test_services, test_crash) - set(REQUESTS) == set(
        OTHERS
    )
