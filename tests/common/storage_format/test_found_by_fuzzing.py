"""Regression tests: the smallest examples of faults that fuzzing found."""

from __future__ import annotations

import pytest

from common import storage_format as sf


@pytest.mark.parametrize(
    "inline",
    [
        "<strong>&nbsp;</strong>",
        "<code>a`b</code><code>a`b</code>",
        "<code>\\</code><code>a`b</code>",
        "\\<br />",
        "<u>0&nbsp;</u>",
        '<ac:emoticon ac:name="smile" /><strong>&amp;</strong>',
        '<ac:emoticon ac:name="smile" /><del>&amp;</del>',
        "<strong><em>0</em><em>0</em></strong>",
        "<strong><em>0</em></strong><strong><em>0</em></strong>",
        "<strong><em>word</em><strong><em>0</em></strong></strong>",
        "<em><strong>0</strong>0<strong>0</strong></em>",
        '\\<ac:emoticon ac:name="smile" />',
        "0<br />&nbsp;",
        '<u>0<ac:emoticon ac:name="smile" /></u><ac:emoticon ac:name="smile" />',
        "<u>0<br />0</u>",
        "⟦x 1⟧",
    ],
)
def test_words_and_wrappers_survive_an_edit(inline: str) -> None:
    storage = f"<p>{inline}</p>"
    page = sf.parse(storage)
    change = sf.apply(page, [sf.Replace(page.blocks[0].id, "word " + page.markdown(0))]).changes[0]
    assert "".join(sf.plain_text(change.after).split()) == "word" + "".join(sf.plain_text(storage).split())
    assert change.removed == ()


def test_a_replaced_loose_token_is_reported_as_removed() -> None:
    page = sf.parse('<ac:emoticon ac:name="smile" />')
    assert sf.apply(page, [sf.Replace(page.blocks[0].id, "0")]).changes[0].removed == (
        sf.Token("emoticon", "smile"),
    )


def test_empty_cdata_is_compared() -> None:
    assert sf.equivalent("<p><![CDATA[]]></p>", "<p></p>")


def test_a_token_in_an_unchanged_block_cannot_be_reused() -> None:
    """An edit that returns its block as shown keeps its tokens, so another edit cannot place them."""
    toc = '<ac:structured-macro ac:name="toc" />'
    page = sf.parse(f"<p>a</p>{toc}")
    one, two = page.blocks
    with pytest.raises(sf.InvalidEdit, match="two edits"):
        sf.apply(page, [sf.Replace(one.id, "⟦toc-macro 1⟧"), sf.Replace(two.id, "⟦toc-macro 1⟧")])


def test_a_loose_item_is_replaced_by_several_items() -> None:
    page = sf.parse("<ul><li>a<ul><li>b</li></ul></li></ul>")
    assert sf.apply(page, [sf.Replace(page.blocks[0].id, "- x\n- y")]).storage == (
        "<ul><li>x</li><li>y<ul><li>b</li></ul></li></ul>"
    )


@pytest.mark.parametrize(
    "inline",
    [
        "<strong><em>a</em>0<em>b</em>0</strong>",
        "<strong><em>a</em>0</strong><strong><em>a</em>0</strong>",
        "<em><strong>a</strong>0<strong>b</strong>0</em>",
        "<strong><em>a</em>0<del><em>b</em></del></strong>",
        "<strong>0<em>a</em>0<em>b</em></strong>",
        "0<del>~</del>0",
        "~<del>a</del>~",
        "<del>a ~~</del>",
        "<del><strong>a</strong> ~ b ~</del> (*",
    ],
)
def test_touching_marks_keep_their_meaning(inline: str) -> None:
    page = sf.parse(f"<p>{inline}</p>")
    [change] = sf.apply(page, [sf.Replace(page.blocks[0].id, "word " + page.markdown(0))]).changes
    merged = inline.replace("</strong><strong>", "")
    assert change.after == f"<p>word {merged}</p>"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<ac:layout-cell data-x='>'>", "</ac:layout-cell>"),
        ("<!-- <ac:layout-cell> --><ac:layout-cell>", "</ac:layout-cell>"),
        ("<ac:layout-cell /><ac:layout-cell>", "</ac:layout-cell>"),
    ],
)
def test_text_in_an_empty_layout_goes_into_its_first_cell(before: str, after: str) -> None:
    """Into the first cell that can hold text: a self-closing cell or one in a comment cannot."""
    before = f"<ac:layout><ac:layout-section>{before}"
    after += "</ac:layout-section></ac:layout>"
    edited = sf.apply(sf.parse(before + after), [sf.InsertAfter(None, "text")])
    assert edited.storage == f"{before}<p>text</p>{after}"
