"""Each test that docs/security.md and docs/faults.md call a proof is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NAMED = [
    (page.name, *named)
    for page in (ROOT / "docs/security.md", ROOT / "docs/faults.md")
    for named in re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", page.read_text())
]


@pytest.mark.parametrize(("page", "path", "test"), NAMED, ids=[f"{path}-{test}" for _, path, test in NAMED])
def test_the_proof_exists(page: str, path: str, test: str) -> None:
    assert (ROOT / path).is_file(), f"{page} names {path}"
    assert f"def {test}(" in (ROOT / path).read_text() if test else True, f"{page} names {path}::{test}"
