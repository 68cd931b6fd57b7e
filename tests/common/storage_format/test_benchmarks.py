"""The storage benchmarks and the fuzz target detect faults, and parsing imports no Markdown parser."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import convert, rebase_found, storage
from benchmarks.storage_speed import _page as page_like_real_ones
from common import storage_format as sf
from common.storage_format.page.page import Page
from tests.common.storage_format.page_model import Writer, written
from tests.fuzz import storage_format as fuzz

PAGE = "<h1>T</h1><p>a <em>b</em></p><ul><li>c</li></ul>"


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    (tmp_path / "page.xml").write_text(PAGE, "utf-8")
    (tmp_path / "broken.xml").write_text("<p>", "utf-8")
    return tmp_path


@pytest.fixture
def careless(monkeypatch: pytest.MonkeyPatch) -> None:
    """Replace `apply` by one that adds a character outside the edited blocks."""
    apply = sf.apply

    def changed(page: Page, edits: list[sf.Edit]) -> sf.Edited:
        edited = apply(page, edits)
        return sf.Edited(edited.storage + " " * bool(edits), edited.changes)

    monkeypatch.setattr(sf, "apply", changed)


def test_correct_edits_have_no_violations(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert storage.main([str(corpus), "--edits", "20"]) == 0
    assert "files 1 (1 malformed)  blocks 3" in capsys.readouterr().out


@pytest.mark.usefixtures("careless")
def test_a_character_added_elsewhere_is_a_violation(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert storage.main([str(corpus), "--edits", "20"]) == 1
    out = capsys.readouterr().out
    assert "violations 0" not in out
    assert "smallest failing example: page.xml" in out


@pytest.mark.usefixtures("careless")
def test_the_fuzz_target_finds_an_added_character(capsys: pytest.CaptureFixture[str]) -> None:
    assert fuzz.main(["--seconds", "30", "--seed", "1"]) == 1
    assert "FAILED" in capsys.readouterr().out


def test_differing_pairs_are_reported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "same.md").write_text("- a\n- b", "utf-8")
    (tmp_path / "same.xml").write_text('<ul>\n<li><p local-id="1">a</p></li>\n<li>b</li></ul>', "utf-8")
    (tmp_path / "other.md").write_text("**lost**", "utf-8")
    (tmp_path / "other.csf").write_text("<p>lost</p>", "utf-8")
    report = tmp_path / "report.md"
    assert convert.main([str(tmp_path), "--report", str(report)]) == 0
    assert "passed 1/2  differing 1  broken 0" in capsys.readouterr().out
    assert "other.csf" in report.read_text("utf-8")
    assert "same.xml" not in report.read_text("utf-8")


def test_blocks_are_found_after_ids_are_stamped_on_elements(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "sections.xml").write_text(page_like_real_ones(40_000, None), "utf-8")
    chance = random.Random(3)
    for number in range(5):
        (tmp_path / f"alike{number}.xml").write_text(written(Writer(chance, 0.5).page())[0], "utf-8")
    assert rebase_found.main([str(tmp_path)]) == 0
    assert capsys.readouterr().out.splitlines()[-1].endswith("100.0%")


def test_stamped_ids_do_not_change_the_fingerprint() -> None:
    before = '<p class=\'a\' id="b">x&nbsp;<br/></p><ac:structured-macro ac:name="toc"/>'
    after = rebase_found.with_new_ids(before)
    assert after == (
        '<p local-id="00000001" id="b" class=\'a\'>x\u00a0<br local-id="00000002" /></p>'
        '<ac:structured-macro ac:macro-id="00000004" ac:local-id="00000003" ac:name="toc" />'
    )
    assert sf.content_fingerprint(before) == sf.content_fingerprint(after)


def test_too_few_blocks_found_is_a_failure(
    corpus: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(rebase_found, "with_new_ids", lambda storage: storage.replace("<p>a", "<p>b"))
    assert rebase_found.main([str(corpus)]) == 1
    assert "66.7%" in capsys.readouterr().out


def test_reading_and_parsing_import_no_markdown_parser() -> None:
    code = (
        "import sys; from common import storage_format as sf; sf.outline(sf.parse('<p>a</p>')); sf.to_markdown('<p/>');"
        "print([name for name in sys.modules if name.startswith(('markdown', 'mdit', 'bs4', 'lxml'))])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
