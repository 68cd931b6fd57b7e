"""The conversion examples in `pairs/`: each `*.md` renders to the same tree as its `*.xml`.

The pairs are the specification of `render` in examples. Only white space between blocks is ignored.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from common import storage_format as sf
from common.storage_format.xml.equivalence import normalised
from local.atlassian.confluence.storage_adf import to_adf, unsupported_shapes
from local.atlassian.documents.adf_check import CONFLUENCE_CHILDREN, check_document

PAIRS = sorted((Path(__file__).parent / "pairs").glob("*.md"))


@pytest.mark.parametrize("path", PAIRS, ids=lambda path: path.stem)
def test_markdown_renders_to_the_expected_storage_format(path: Path) -> None:
    rendered = sf.render(path.read_bytes().decode())
    assert normalised(rendered) == normalised(path.with_suffix(".xml").read_bytes().decode())


@pytest.mark.parametrize("path", PAIRS, ids=lambda path: path.stem)
def test_expected_storage_format_is_what_the_editor_holds(path: Path) -> None:
    """By the content rules of Atlassian's ADF schema; `tests/local/atlassian/test_npm_clients.py` holds the rules against it."""
    storage = path.with_suffix(".xml").read_bytes().decode()
    assert not unsupported_shapes(storage)
    check_document(to_adf(storage), CONFLUENCE_CHILDREN)


@pytest.mark.parametrize("path", PAIRS, ids=lambda path: path.stem)
def test_rendered_text_survives_a_round_trip(path: Path) -> None:
    rendered = sf.render(path.read_bytes().decode())
    again = sf.render(sf.to_markdown(rendered))
    assert "".join(sf.plain_text(again).split()) == "".join(sf.plain_text(rendered).split())


def test_there_are_at_least_80_pairs() -> None:
    assert len(PAIRS) >= 80
