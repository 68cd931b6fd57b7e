"""The oracle says changes as edits, and what the edit language cannot say is counted as lost."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks import generated_changes, oracle, sayable
from benchmarks.editor_shape import as_editor
from common import storage_format as sf

PAGE = """\
Backups run every night.

## Limits

- at most 10 GB
- at most 3 copies

| Setting | Value |
| --- | --- |
| keep | 8 days |
| hour | 2 |

```bash
backup run
```

> [!NOTE]
> Ask before a restore.
"""

CHANGES = {
    "a word": ("every night", "every hour"),
    "a paragraph is added": ("## Limits", "Copies are encrypted.\n\n## Limits"),
    "a section is added": ("## Limits", "## Times\n\nAt **two** o'clock, see `cron`.\n\n## Limits"),
    "a heading changes its level": ("## Limits", "### Limits"),
    "an item first": ("- at most 10 GB", "- no archives\n- at most 10 GB"),
    "an item last": ("- at most 3 copies", "- at most 3 copies\n- at most 2 hosts"),
    "an item is removed": ("- at most 10 GB\n", ""),
    "an item gets items": ("- at most 10 GB", "- at most 10 GB\n    - 20 GB in prod\n    - 5 GB in dev"),
    "a row first": ("| keep | 8 days |", "| user | root |\n| keep | 8 days |"),
    "a row changes": ("8 days", "12 days"),
    "a row is removed": ("| keep | 8 days |\n", ""),
    "code changes": ("backup run", "backup run --all"),
    "text after a panel": (
        "Ask before a restore.",
        "Ask before a restore.\n\nThen wait.\n\n## Later\n\nDone.",
    ),
    "text in a panel": ("Ask before", "Always ask before"),
    "text after a table": ("```bash", "Values are read at start.\n\n```bash"),
}


def storage(markdown: str, shape: str) -> str:
    return sayable.storage_of(markdown, sayable.SHAPES[shape])


@pytest.mark.parametrize("shape", sayable.SHAPES)
@pytest.mark.parametrize("change", CHANGES)
def test_change_is_said_but_for_spelling(change: str, shape: str) -> None:
    before = storage(PAGE, shape)
    after = storage(PAGE.replace(*CHANGES[change]), shape)
    said = oracle.say(before, after)
    assert said.distance == 0, (said.edits, oracle.losses(said.storage, after))
    assert sf.apply(sf.parse(before), said.edits).storage == said.storage
    assert oracle.spelled(said.storage) == oracle.spelled(after)


def test_equal_pages_need_no_edit() -> None:
    page = storage(PAGE, "editor")
    assert oracle.say(page, page) == oracle.Said((), page, 0)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<p>a b</p>", "<p>a c</p>"),
        ("<p>a</p><p>b</p>", "<p>a b</p>"),
        ("<ul><li>a</li></ul>", "<ol><li>a</li></ol>"),
        ("<p>a</p>", "<p><strong>a</strong></p>"),
        ('<p><a href="https://a.example">a</a></p>', '<p><a href="https://b.example">a</a></p>'),
        ("<ul><li>a<ul><li>b</li></ul></li></ul>", "<ul><li>a</li><li>b</li></ul>"),
    ],
)
def test_text_structure_and_form_are_no_spelling(before: str, after: str) -> None:
    assert oracle.spelled(before) != oracle.spelled(after)
    assert oracle.distance(oracle.flat(oracle.spelled(before)), oracle.flat(oracle.spelled(after)))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('<p local-id="1">a&nbsp;b</p>', '<p local-id="2">a&#160;b</p>'),
        ("<ul><li>a</li></ul>", "<ul>\n<li><p>a</p></li>\n</ul>"),
        ('<td colspan="2" class="x">a</td>', '<td class="x" colspan="2"><p>a</p></td>'),
    ],
)
def test_ids_entities_order_and_white_space_are_spelling(before: str, after: str) -> None:
    assert oracle.spelled(before) == oracle.spelled(after)


def test_what_is_lost_is_named_and_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A macro that no Markdown makes cannot be added by any edit."""
    chart = '<ac:structured-macro ac:name="chart"><ac:parameter ac:name="type">pie</ac:parameter></ac:structured-macro>'
    cases = [
        {"id": "said", "kind": "update", "pages": [{"before": "Text.", "after": "New text."}]},
        {"id": "unsaid", "kind": "update", "pages": [{"before": "<p>a</p>", "after": f"<p>a</p>{chart}"}]},
        {"id": "new", "kind": "create", "pages": [{"before": "", "after": "Text."}]},
    ]
    corpus = tmp_path / "corpus.jsonl"
    corpus.write_text("".join(json.dumps(case) + "\n" for case in cases), "utf-8")
    assert sayable.main([str(corpus)]) == 0
    printed = capsys.readouterr().out
    assert "but for spelling   50.0%  (1 of 2)" in printed
    assert "unsaid: box" in printed


def test_editor_shape_is_the_same_but_for_spelling() -> None:
    plain = sf.render(PAGE)
    assert as_editor(plain) != plain
    assert oracle.spelled(as_editor(plain)) == oracle.spelled(plain)


def test_generated_changes_are_one_of_each_kind_and_parse() -> None:
    page = (
        "<h2>Limits</h2><p>Some text.</p><ul><li><p>only item</p></li></ul>"
        '<ac:structured-macro ac:name="info"><ac:rich-text-body><p>Read this.</p></ac:rich-text-body>'
        "</ac:structured-macro><table><tbody><tr><td>cell</td></tr></tbody></table>"
    )
    made = list(generated_changes.changes(page))
    assert {change.kind for change in made} == {
        f"{verb} {kind}"
        for verb in ("add", "remove")
        for kind in ("heading", "paragraph", "list", "item", "box", "table", "row")
    } | {"reword heading", "reword paragraph"}
    for change in made:
        sf.parse(change.before)
        sf.parse(change.after)
        assert change.before != change.after
        assert "<ul></ul>" not in change.before + change.after
        assert "<tbody></tbody>" not in change.before + change.after


def test_pages_are_changed_and_counted_by_kind(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "page.xml").write_text("<h2>Limits</h2><p>Some text.</p><p>More text.</p>", "utf-8")
    (tmp_path / "broken.xml").write_text("<p>", "utf-8")
    assert sayable.main(["--pages", str(tmp_path)]) == 0
    assert "remove heading       100.0%  (1 of 1)" in capsys.readouterr().out
