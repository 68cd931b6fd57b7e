"""The repo's traps, drafted by the stand-in and the oracle: no figure falls more than two points."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.drafts import __main__ as drafts
from benchmarks.drafts import drafters
from benchmarks.drafts.cases import read_corpus
from benchmarks.drafts.drafters import Recorded, recording
from benchmarks.drafts.traps import traps
from common import storage_format as sf


def test_no_figure_of_the_traps_is_worse_than_stored() -> None:
    assert drafts.gate(list(traps())) == []


def test_there_are_twenty_traps_of_their_own() -> None:
    cases = list(traps())
    assert len({case.case_id for case in cases}) == 20
    assert sum(case.before == case.after for case in cases) == 3
    assert max(len(case.before) for case in cases) > 100_000


def test_recorded_answers_replay_the_same_drafts(tmp_path: Path) -> None:
    cases = list(traps())[3:6]
    first = [drafts.draft(case, recording(drafters.standin(), tmp_path)) for case in cases]
    recorded = Recorded(tmp_path)
    assert [drafts.draft(case, recorded) for case in cases] == first
    assert recorded.changed == 0
    assert drafts.draft(cases[0], recorded).storage is None


def test_corpus_of_markdown_is_drafted_page_by_page(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = {
        "path": "a.md",
        "title": "A",
        "before": "# A\n\nIt takes 3 days.",
        "after": "# A\n\nIt takes 4 days.",
    }
    new = {"path": "b.md", "title": "B", "before": "", "after": "New `thing`."}
    line = {
        "id": "x",
        "kind": "update",
        "summary": "4 days",
        "description": "It takes 4 days.",
        "pages": [page, new],
    }
    corpus = tmp_path / "corpus.jsonl"
    corpus.write_text(json.dumps(line), "utf-8")
    first, second = read_corpus(corpus)
    assert (first.case_id, sf.plain_text(first.before).strip()) == ("x.1", "It takes 3 days.")
    assert second.is_new_page
    assert drafts.main([str(corpus), "--drafter", "oracle"]) == 0
    assert "2 cases, drafted by oracle" in capsys.readouterr().out
