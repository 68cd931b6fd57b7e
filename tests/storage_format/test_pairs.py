"""The corpus of conversions in `pairs/`: each `*.md` is rendered as its `*.xml` says, tree for tree.

It covers what `render` knows: the pairs are the specification in examples. White space between blocks does not
count, everything else does.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from common import storage_format as sf
from common.storage_format.xml.equivalence import normalised

PAIRS = sorted((Path(__file__).parent / "pairs").glob("*.md"))


@pytest.mark.parametrize("path", PAIRS, ids=lambda path: path.stem)
def test_markdown_becomes_the_storage_format_beside_it(path: Path) -> None:
    rendered = sf.render(path.read_bytes().decode())
    assert normalised(rendered) == normalised(path.with_suffix(".xml").read_bytes().decode())


@pytest.mark.parametrize("path", PAIRS, ids=lambda path: path.stem)
def test_what_was_rendered_reads_back_as_markdown_that_renders_the_same_words(path: Path) -> None:
    rendered = sf.render(path.read_bytes().decode())
    again = sf.render(sf.to_markdown(rendered))
    assert "".join(sf.plain_text(again).split()) == "".join(sf.plain_text(rendered).split())


def test_there_are_enough_of_them() -> None:
    assert len(PAIRS) >= 80
