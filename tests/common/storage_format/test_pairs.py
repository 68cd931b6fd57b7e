"""The conversion examples in `pairs/`: each `*.md` renders to the same tree as its `*.xml`.

The pairs are the specification of `render` in examples. Only white space between blocks is ignored.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from common import storage_format as sf
from common.storage_format.xml.equivalence import normalised

PAIRS = sorted((Path(__file__).parent / "pairs").glob("*.md"))


@pytest.mark.parametrize("path", PAIRS, ids=lambda path: path.stem)
def test_markdown_renders_to_the_expected_storage_format(path: Path) -> None:
    rendered = sf.render(path.read_bytes().decode())
    assert normalised(rendered) == normalised(path.with_suffix(".xml").read_bytes().decode())


@pytest.mark.parametrize("path", PAIRS, ids=lambda path: path.stem)
def test_rendered_text_survives_a_round_trip(path: Path) -> None:
    rendered = sf.render(path.read_bytes().decode())
    again = sf.render(sf.to_markdown(rendered))
    assert "".join(sf.plain_text(again).split()) == "".join(sf.plain_text(rendered).split())


def test_there_are_at_least_80_pairs() -> None:
    assert len(PAIRS) >= 80
