"""A container goes with its last block, is kept with an empty paragraph where it must stay, and is reported."""

from __future__ import annotations

import random

import pytest
from hypothesis import HealthCheck, given, settings

from benchmarks.storage_invariants import edit_faults
from common import storage_format as sf
from tests.common.storage_format.properties import SEEDS
from tests.common.storage_format.strategies import PAGES
from tests.example_count import examples

EMPTY = "<p />"
BOX = (
    '<ac:structured-macro ac:name="{}"><ac:parameter ac:name="title">T</ac:parameter>'
    "<ac:rich-text-body>{}</ac:rich-text-body></ac:structured-macro>"
)
ADF_PANEL = (
    '<ac:adf-extension><ac:adf-node type="panel"><ac:adf-content>{}</ac:adf-content></ac:adf-node>'
    "<ac:adf-fallback><p>in</p></ac:adf-fallback></ac:adf-extension>"
)
LAYOUT = (
    "<ac:layout><ac:layout-section><ac:layout-cell>{}</ac:layout-cell><ac:layout-cell><p>q</p></ac:layout-cell>"
    "</ac:layout-section></ac:layout>"
)


def without(storage: str, *texts: str) -> sf.Edited:
    """Delete all blocks with one of these texts."""
    page = sf.parse(storage)
    edits = [sf.Delete(block.id) for block in page.blocks if sf.plain_text(block.source).strip() in texts]
    assert len(edits) >= len(texts)
    return sf.apply(page, edits)


def removed(edited: sf.Edited) -> list[str]:
    return [token.kind for change in edited.changes for token in change.removed]


@pytest.mark.parametrize(
    ("container", "kinds"),
    [
        ("<ul><li>a</li><li>b</li></ul>", ["list"]),
        ("<ul><li>a<ol><li>b</li></ol></li></ul>", ["list"]),
        ("<table><colgroup><col /></colgroup><thead><tr><th>a</th></tr></thead><tbody><tr><td>b</td></tr></tbody></table>", ["table"]),
        ("<table><tbody><tr><td><p>a</p><p>b</p></td><td /></tr></tbody></table>", ["table-row", "table"]),
        (BOX.format("info", "<p>a</p><p>b</p>"), ["info"]),
        (BOX.format("panel", BOX.format("expand", "<p>a</p>\n<p>b</p>")), ["expand", "panel"]),
        (ADF_PANEL.format("<p>a</p><p>b</p>"), ["panel"]),
        ("<blockquote><ul><li>a</li><li>b</li></ul></blockquote>", ["list", "quote"]),
        ("<dl><dt>a</dt><dd>b</dd></dl>", ["definition-list"]),
        ("<ac:task-list><ac:task><ac:task-id>1</ac:task-id><ac:task-status>complete</ac:task-status><ac:task-body>a"
         "<ac:task-list><ac:task><ac:task-id>2</ac:task-id><ac:task-status>complete</ac:task-status>"
         "<ac:task-body>b</ac:task-body></ac:task></ac:task-list></ac:task-body></ac:task></ac:task-list>", ["task-list"]),
    ],
)  # fmt: skip
def test_a_container_goes_with_its_last_block(container: str, kinds: list[str]) -> None:
    edited = without(f"<p>x</p>{container}<p>y</p>", "a", "b")
    assert edited.storage == "<p>x</p><p>y</p>"
    assert removed(edited) == kinds


def test_a_removed_box_is_reported_with_its_title() -> None:
    [change] = without(BOX.format("expand", "<p>a</p>"), "a").changes
    assert change.removed == (sf.Token("expand", "T"),)


def test_an_inner_container_goes_alone() -> None:
    assert without("<ul><li>a<ul><li>b</li></ul></li></ul>", "b").storage == "<ul><li>a</li></ul>"
    assert without(BOX.format("info", "<p>a</p><ul><li>b</li></ul>"), "b").storage == BOX.format(
        "info", "<p>a</p>"
    )


@pytest.mark.parametrize(
    "kept",
    [
        LAYOUT,
        "<table><tbody><tr><td>{}</td><td>q</td></tr></tbody></table>",
        BOX.replace("{}", "excerpt", 1),
        BOX.replace("{}", "details", 1),
        BOX.format("info", BOX.replace("{}", "made-by-an-app", 1)),
    ],
)
def test_a_cell_or_a_macro_that_others_use_keeps_an_empty_paragraph(kept: str) -> None:
    storage = kept.format("<p>a</p><ul><li>b</li></ul>")
    assert without(storage, "a", "b").storage == kept.format(EMPTY)


def test_what_is_put_in_its_place_keeps_a_container() -> None:
    page = sf.parse(BOX.format("info", "<p>a</p>"))
    block = page.blocks[0].id
    edited = sf.apply(page, [sf.Delete(block), sf.InsertAfter(block, "new")])
    assert edited.storage == BOX.format("info", "<p>new</p>")
    assert removed(edited) == []


def test_text_below_a_list_takes_the_place_of_the_list() -> None:
    page = sf.parse("<ul><li>a</li></ul>")
    block = page.blocks[0].id
    assert sf.apply(page, [sf.InsertAfter(block, "## New"), sf.Delete(block)]).storage == "<h2>New</h2>"


def test_a_list_with_text_between_its_items_stays() -> None:
    assert without("<ul>loose<li>a</li></ul>", "a").storage == "<ul>loose</ul>"


def faults_of_deletions(storage: str, seed: int) -> list[str]:
    """Delete most blocks of a page, or all blocks of one container, and add text somewhere."""
    page, chance = sf.parse(storage), random.Random(seed)
    share = chance.choice((0.5, 0.9, 1.0))
    edits: list[sf.Edit] = [sf.Delete(block.id) for block in page.blocks if chance.random() < share]
    chance.shuffle(edits)
    if page.blocks and chance.random() < 0.4:
        edits.append(sf.InsertAfter(chance.choice(page.blocks).id, f"new w{seed}x"))
    faults, refused = edit_faults(page, edits)
    return faults if not refused else []


@settings(max_examples=examples(80), deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(PAGES, SEEDS)
def test_deletions_remove_the_emptied_containers_and_nothing_else(storage: str, seed: int) -> None:
    assert faults_of_deletions(storage, seed) == []


def test_a_container_that_is_emptied_only_on_the_current_page_is_a_conflict() -> None:
    """The reviewer saw that the expand stays; on the current page its other text is gone."""
    base = sf.parse("<p>x</p>" + BOX.format("expand", "<p>some unique text</p><p>other text</p>"))
    now = sf.parse("<p>x</p>" + BOX.format("expand", "<p>some unique text</p>"))
    result = sf.rebase([sf.Delete(base.blocks[1].id)], base, now)
    assert isinstance(result, sf.EditConflict)
    assert 'expand "T"' in result.reasons[0][1]


def test_a_box_that_somebody_added_text_to_stays() -> None:
    base = sf.parse("<p>x</p>" + BOX.format("expand", "<p>some unique text</p>") + "<p>y</p>")
    now = sf.parse("<p>x</p>" + BOX.format("expand", "<p>some unique text</p><p>theirs</p>") + "<p>y</p>")
    result = sf.rebase([sf.Delete(base.blocks[1].id)], base, now)
    assert isinstance(result, sf.Edited)
    assert result.storage == "<p>x</p>" + BOX.format("expand", "<p>theirs</p>") + "<p>y</p>"


@pytest.mark.parametrize("deleted", [(0,), (1,), (0, 1)])
def test_text_between_items_does_not_leave_half_a_list_empty(deleted: tuple[int, ...]) -> None:
    page = sf.parse("<ul><li>a</li><li>b</li></ul>")
    edits: list[sf.Edit] = [sf.Delete(page.blocks[number].id) for number in deleted]
    with pytest.raises(sf.InvalidEdit, match="no items left on one side"):
        sf.apply(page, [*edits, sf.InsertAfter(page.blocks[0].id, "| x | y |\n|---|---|\n| 1 | 2 |")])
