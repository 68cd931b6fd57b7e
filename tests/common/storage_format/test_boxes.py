"""Boxes have numbers in the outline: text after them, their titles and their deletion are edits, found on rebasing."""

from __future__ import annotations

import random

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from benchmarks.emptied_oracle import GONE, KEPT, without_emptied
from common import storage_format as sf
from tests.common.storage_format.page_model import Writer, written
from tests.common.storage_format.properties import SEEDS
from tests.common.storage_format.strategies import PAGES
from tests.example_count import examples

BOX = (
    '<ac:structured-macro ac:name="{}"><ac:parameter ac:name="title">T</ac:parameter>'
    "<ac:rich-text-body>{}</ac:rich-text-body></ac:structured-macro>"
)
PLAIN_BOX = BOX.replace('<ac:parameter ac:name="title">T</ac:parameter>', "")
ADF_PANEL = (
    '<ac:adf-extension><ac:adf-node type="panel"><ac:adf-content>{}</ac:adf-content></ac:adf-node>'
    "<ac:adf-fallback><p>in</p></ac:adf-fallback></ac:adf-extension>"
)
LAYOUT = (
    '<ac:layout><ac:layout-section ac:type="two_equal"><ac:layout-cell>{}</ac:layout-cell><ac:layout-cell><p>q</p>'
    "</ac:layout-cell></ac:layout-section></ac:layout>"
)
BOXED = st.builds(
    lambda storage, name: f"{storage}{BOX.format(name, f'{storage}<p>in</p>')}<p>z</p>",
    PAGES,
    st.sampled_from(("info", "expand", "excerpt", "by-an-app")),
)
"""Pages that have a box."""

BRIEF = settings(
    max_examples=examples(25), deadline=None, suppress_health_check=list(HealthCheck), database=None
)


def box_of(page: sf.Page, place: int = 0) -> str:
    """Return the id of a box by its number in the outline."""
    return sf.outline(page).block_id(len(page.blocks) + 1 + place)


def after_box(storage: str, markdown: str, place: int = 0) -> str:
    page = sf.parse(storage)
    return sf.apply(page, [sf.InsertAfter(box_of(page, place), markdown)]).storage


def after_block(storage: str, markdown: str, number: int = 0) -> str:
    page = sf.parse(storage)
    return sf.apply(page, [sf.InsertAfter(page.blocks[number].id, markdown)]).storage


def refusal(page: sf.Page, *edits: sf.Edit) -> str:
    with pytest.raises(sf.InvalidEdit) as refused:
        sf.apply(page, edits)
    return refused.value.reason


def test_a_box_has_a_number_after_those_of_the_blocks() -> None:
    page = sf.parse("<p>a</p>" + BOX.format("expand", "<p>b</p>" + BOX.format("excerpt", "<p>c</p>")))
    outline = sf.outline(page)
    assert outline.text == "[1] a\n[4] ⟨expand: T⟩\n[2] b\n[5] ⟨excerpt: T⟩\n[3] c\n⟨/excerpt⟩\n⟨/expand⟩"
    assert outline.block_id(4) == page.boxes[0].id


def test_a_box_of_which_a_part_is_left_out_has_no_number() -> None:
    page = sf.parse(BOX.format("expand", "<h2>One</h2>" + f"<p>{'words ' * 400}</p>" * 3))
    outline = sf.outline(page, budget_tokens=100)
    assert "⟨expand: T⟩" in outline.text
    with pytest.raises(sf.InvalidEdit):
        outline.block_id(5)


@pytest.mark.parametrize("box", [BOX.format("info", "<p>in</p>"), BOX.format("expand", "<p>in</p>"),
                                 BOX.format("details", "<p>in</p>"), ADF_PANEL.format("<p>in</p>"),
                                 "<blockquote><p>in</p><ul><li>b</li></ul></blockquote>"])  # fmt: skip
def test_text_can_be_put_after_a_box(box: str) -> None:
    assert (
        after_box(f"<p>a</p>{box}<p>z</p>", "## New\n\ntext")
        == f"<p>a</p>{box}<h2>New</h2><p>text</p><p>z</p>"
    )


def test_text_after_a_cell_of_a_layout_gets_a_section_below() -> None:
    storage = LAYOUT.format("<p>a</p>")
    section = '<ac:layout-section ac:type="{}><ac:layout-cell><p>b</p></ac:layout-cell></ac:layout-section></ac:layout>'
    assert after_box(storage, "b") == storage.replace("</ac:layout>", section.format('single"'))
    new = storage.replace('"two_equal"', '"fixed-width"')
    assert after_box(new, "b") == new.replace(
        "</ac:layout>", section.format('fixed-width" ac:breakout-mode="default"')
    )


@pytest.mark.parametrize("inside", ["<p>in</p>", "<p>x</p><ul><li>in</li></ul>", "<blockquote><p>in</p></blockquote>",
                                    "<table><tbody><tr><td>in</td></tr></tbody></table>"])  # fmt: skip
@pytest.mark.parametrize("box", [BOX.replace("{}", "info", 1), BOX.replace("{}", "expand", 1), ADF_PANEL])
def test_a_heading_after_the_last_block_of_a_box_leaves_the_box(box: str, inside: str) -> None:
    storage = box.format(inside)
    last = len(sf.parse(storage).blocks) - 1
    assert after_block(storage, "## New section\n\ntext", last) == storage + "<h2>New section</h2><p>text</p>"


def test_text_after_the_last_block_of_a_box_stays_in_the_box() -> None:
    for box in (BOX.replace("{}", "info", 1), ADF_PANEL):
        assert after_block(box.format("<p>in</p>"), "text") == box.format("<p>in</p><p>text</p>")


def test_a_heading_leaves_nested_boxes_and_the_paragraph_around_them() -> None:
    storage = f"<p>{BOX.format('expand', BOX.format('info', '<p>in</p>'))}</p>"
    assert after_block(storage, "## New") == storage + "<h2>New</h2>"


def test_a_heading_stays_in_an_expand_with_headings_of_its_level() -> None:
    storage = BOX.format("expand", "<h2>One</h2><p>in</p>")
    assert after_block(storage, "## Two", 1) == storage.replace("<p>in</p>", "<p>in</p><h2>Two</h2>")
    assert after_block(storage, "# Two", 1) == storage + "<h1>Two</h1>"


def test_a_heading_in_the_middle_of_a_panel_is_refused() -> None:
    page = sf.parse(BOX.format("info", "<p>one</p><p>two</p>"))
    assert "insert it after the panel" in refusal(page, sf.InsertAfter(page.blocks[0].id, "## New"))


@pytest.mark.parametrize(
    "markdown", ["New & old", "⟨expand: New & old⟩", "[2] ⟨expand: New & old⟩", "**New** & old"]
)
def test_the_title_of_a_box_is_changed_in_words(markdown: str) -> None:
    page = sf.parse(BOX.format("expand", "<p>in</p>"))
    edited = sf.apply(page, [sf.Replace(box_of(page), markdown)])
    assert edited.storage == page.source.replace(">T<", ">New &amp; old<")
    [change] = edited.changes
    assert (change.before, change.after) == tuple(
        f'<ac:parameter ac:name="title">{title}</ac:parameter>' for title in ("T", "New &amp; old")
    )


def test_a_box_without_a_title_gets_one() -> None:
    page = sf.parse(PLAIN_BOX.format("expand", "<p>in</p>"))
    assert sf.apply(page, [sf.Replace(box_of(page), "T")]).storage == BOX.format("expand", "<p>in</p>")


@pytest.mark.parametrize(
    "box", [BOX.format("details", "<p>in</p>"), ADF_PANEL.format("<p>in</p>"), LAYOUT.format("<p>a</p>")]
)
def test_what_has_no_title_is_refused_with_the_reason(box: str) -> None:
    page = sf.parse(box)
    assert "has no title" in refusal(page, sf.Replace(box_of(page), "New"))


def test_a_title_is_one_line_of_words() -> None:
    page = sf.parse(BOX.format("expand", "<p>in</p>"))
    assert "one line" in refusal(page, sf.Replace(box_of(page), "one\n\ntwo"))
    assert "one line" in refusal(page, sf.Replace(box_of(page), "- one"))


def test_a_box_is_deleted_with_all_that_is_in_it() -> None:
    inside = '<p><ac:image><ri:attachment ri:filename="a.png"/></ac:image> x</p>'
    page = sf.parse("<p>a</p>" + BOX.format("excerpt", inside) + "<p>z</p>")
    edited = sf.apply(page, [sf.Delete(box_of(page))])
    assert edited.storage == "<p>a</p><p>z</p>"
    [change] = edited.changes
    assert sorted(token.kind for token in change.removed) == ["excerpt", "image"]
    assert change.before == BOX.format("excerpt", inside)


def test_a_deleted_box_takes_the_box_that_only_it_was_in_along() -> None:
    page = sf.parse("<p>a</p>" + BOX.format("info", BOX.format("excerpt", "<p>x</p>")))
    assert sf.apply(page, [sf.Delete(box_of(page, 1))]).storage == "<p>a</p>"


def test_the_text_of_a_deleted_box_can_be_kept() -> None:
    page = sf.parse(BOX.format("excerpt", '<p><ac:image><ri:attachment ri:filename="a.png"/></ac:image></p>'))
    image = page.markdown(0)
    edited = sf.apply(page, [sf.Delete(box_of(page)), sf.InsertAfter(box_of(page), image)])
    assert edited.storage.count("a.png") == 1
    assert "excerpt" not in edited.storage


def test_edits_within_a_deleted_box_are_refused() -> None:
    page = sf.parse(BOX.format("info", "<p>x</p>" + BOX.format("expand", "<p>y</p>")))
    delete = sf.Delete(box_of(page))
    for edit in (
        sf.Delete(page.blocks[0].id),
        sf.Replace(page.blocks[1].id, "z"),
        sf.InsertAfter(page.blocks[0].id, "z"),
        sf.Replace(box_of(page, 1), "z"),
        sf.Replace(box_of(page), "z"),
        sf.Delete(box_of(page, 1)),
    ):
        assert refusal(page, delete, edit)
        assert refusal(page, edit, delete)


def test_a_cell_of_a_layout_is_not_deleted() -> None:
    page = sf.parse(LAYOUT.format("<p>a</p>"))
    assert "delete the blocks in it" in refusal(page, sf.Delete(box_of(page)))


@BRIEF
@given(BOXED, SEEDS)
def test_a_deleted_box_is_gone_and_nothing_else(storage: str, seed: int) -> None:
    page = sf.parse(storage)
    box = random.Random(seed).choice(page.boxes)
    assume(not box.is_cell)
    marked, at = "", 0
    for block in page.blocks:
        if not box.first <= block.number <= box.last:
            marked += page.source[at : block.span[0]] + KEPT + block.source
            at = block.span[1]
        elif block.number == box.first:
            marked += page.source[at : box.span[0]] + GONE
            at = box.span[1]
    edited = sf.apply(page, [sf.Delete(box.id)])
    assert edited.storage == without_emptied(marked + page.source[at:])


@BRIEF
@given(BOXED, SEEDS)
def test_text_after_a_box_is_right_after_it(storage: str, seed: int) -> None:
    page = sf.parse(storage)
    box = random.Random(seed).choice(page.boxes)
    edit = sf.InsertAfter(box.id, f"w{seed}x text")
    try:
        edited = sf.apply(page, [edit])
    except sf.InvalidEdit:
        return
    [change] = edited.changes
    assert edited.storage.replace(change.after, "", 1) == storage
    between = edited.storage[box.span[1] : edited.storage.index(change.after)]
    assert between in ("", "</p>", "</p >") or (
        box.is_cell and edited.storage.index(change.after) > box.span[1]
    )


# -- rebasing ----------------------------------------------------------------------------------------------------

SECTIONS = "<h2>Staging</h2>{}<h2>Production</h2>{}"
ONE, OTHER = BOX.format("expand", "<p>Limit: 5</p>"), BOX.format("expand", "<p>Limit: 7</p>")


def rebased(edit: sf.Edit, base: str, current: str) -> sf.Edited | sf.EditConflict:
    return sf.rebase([edit], sf.parse(base), sf.parse(current))


def edits_of(storage: str, place: int = 0) -> list[sf.Edit]:
    box = box_of(sf.parse(storage), place)
    return [sf.Delete(box), sf.InsertAfter(box, "new"), sf.Replace(box, "New")]


@pytest.mark.parametrize("number", range(3))
def test_a_box_is_found_when_the_rest_of_the_page_changed(number: int) -> None:
    base = (
        "<h2>A</h2><p>Some text.</p>" + BOX.format("expand", "<p>One.</p><p>Two.</p>") + "<p>Other text.</p>"
    )
    current = "<p>Theirs, at the top.</p>" + base.replace("Other text", "More text")
    edit = edits_of(base)[number]
    result = rebased(edit, base, current)
    assert isinstance(result, sf.Edited)
    edited = sf.apply(sf.parse(base), [edit]).storage
    assert result.storage == "<p>Theirs, at the top.</p>" + edited.replace("Other text", "More text")


@pytest.mark.parametrize("number", range(3))
@pytest.mark.parametrize(
    "current",
    [
        SECTIONS.format(OTHER, ONE),  # the values are swapped
        SECTIONS.format("", ONE),  # the box is gone
        SECTIONS.format("<p>Limit: 5</p>", OTHER),  # its text stands outside
        SECTIONS.format(BOX.format("info", "<p>Limit: 5</p>"), OTHER),  # it is another kind of box
    ],
)
def test_a_box_that_moved_or_changed_is_a_conflict(current: str, number: int) -> None:
    base = SECTIONS.format(ONE, OTHER)
    assert isinstance(rebased(edits_of(base)[number], base, current), sf.EditConflict)


def test_a_box_with_new_text_in_it_is_not_deleted() -> None:
    base = "<p>a</p>" + BOX.format("expand", "<p>Some unique text.</p>") + "<p>z</p>"
    current = base.replace("unique text.</p>", "unique text.</p><p>Theirs.</p>")
    delete, insert, title = edits_of(base)
    for edit in (delete, insert, title):
        assert isinstance(rebased(edit, base, current), sf.EditConflict)
    above = base.replace("<p>Some unique", "<p>Theirs.</p><p>Some unique")
    assert isinstance(rebased(delete, base, above), sf.EditConflict)
    assert isinstance(rebased(insert, base, above), sf.Edited)


def test_a_box_whose_text_was_put_in_another_order_is_not_deleted() -> None:
    base = "<p>a</p>" + BOX.format("expand", "<p>One thing.</p><p>Two things.</p><p>Three.</p>") + "<p>z</p>"
    current = base.replace("<p>One thing.</p><p>Two things.</p>", "<p>Two things.</p><p>One thing.</p>")
    assert isinstance(rebased(edits_of(base)[0], base, current), sf.EditConflict)


def test_a_title_that_somebody_changed_is_a_conflict() -> None:
    base = "<p>Before it.</p>" + BOX.format("expand", "<p>Some unique text.</p>") + "<p>After it.</p>"
    current = base.replace(">T<", ">Theirs<")
    delete, _, title = edits_of(base)
    assert isinstance(rebased(delete, base, current), sf.EditConflict)
    assert isinstance(rebased(title, base, current), sf.EditConflict)


def test_a_heading_that_left_a_box_does_not_capture_changed_text() -> None:
    base = BOX.format("info", "<p>Some unique text.</p>") + "<p>After it.</p>"
    edit = sf.InsertAfter(sf.parse(base).blocks[0].id, "## New")
    assert isinstance(rebased(edit, base, base.replace("After it.", "Changed.")), sf.EditConflict)
    assert isinstance(rebased(edit, base, "<p>Theirs.</p>" + base), sf.Edited)
    in_expand = base.replace("info", "expand")
    edit = sf.InsertAfter(sf.parse(in_expand).blocks[0].id, "## New")
    current = in_expand.replace("<p>Some", "<h2>Theirs</h2><p>Some")
    assert isinstance(rebased(edit, in_expand, current), sf.EditConflict)


@BRIEF
@given(
    st.randoms(use_true_random=False), st.sampled_from((0.3, 0.7, 1.0)), st.integers(1, 5), st.integers(0, 99)
)
def test_an_edited_box_keeps_its_path_and_content(
    chance: random.Random, alike: float, times: int, place: int
) -> None:
    """Whatever people change, only a box with the same title, text and names above it is deleted or titled."""
    writer = Writer(chance, alike)
    before = writer.page()
    after = writer.changed(before, times)
    base, current = sf.parse(written(before)[0]), sf.parse(written(after)[0])
    assume(base.boxes)
    box = base.boxes[place % len(base.boxes)]
    for edit in (
        sf.Delete(box.id),
        sf.Replace(box.id, "Quite another title"),
        sf.InsertAfter(box.id, "new text"),
    ):
        result = sf.rebase([edit], base, current)
        if isinstance(result, sf.EditConflict):
            continue
        applied = [
            other
            for other in current.boxes
            if sf.apply(current, [type(edit)(other.id, *list(vars(edit).values())[1:])]).storage
            == result.storage
        ]
        assert any(_same_place(base, box.first, current, other.first) for other in applied)
        if not isinstance(edit, sf.InsertAfter):
            sources = {current.source[slice(*other.span)] for other in applied}
            texts = {sf.plain_text(source) for source in sources}
            assert sf.plain_text(base.source[slice(*box.span)]) in texts or not isinstance(edit, sf.Delete)


def _same_place(base: sf.Page, number: int, current: sf.Page, there: int) -> bool:
    """Tell whether the headings above two blocks are the same or corrected in place."""
    here, now = base.blocks[number].headings, current.blocks[there].headings
    return len(here) == len(now) and all(
        one == other or one not in sf.plain_text(current.source).split("\n")
        for one, other in zip(here, now, strict=True)
    )
