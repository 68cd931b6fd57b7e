"""Rebasing after a person edited the page: edits of unchanged blocks apply, others are an EditConflict."""

from __future__ import annotations

import pytest

from common import storage_format as sf

BASE = (
    '<h1>T</h1><p>one</p><p>two <ac:link><ri:page ri:content-title="P" /></ac:link></p>'
    "<ul><li>a</li><li>b<ul><li>c</li></ul></li></ul><p>same</p><p>same</p>"
)


def rebased(current: str, *edits: tuple[int, str]) -> sf.Edited | sf.EditConflict:
    base = sf.parse(BASE)
    aimed = [sf.Replace(base.blocks[number].id, markdown) for number, markdown in edits]
    return sf.rebase(aimed, base, sf.parse(current))


def storage(result: sf.Edited | sf.EditConflict) -> str:
    assert isinstance(result, sf.Edited), result
    return result.storage


def test_an_unchanged_block_is_edited_in_its_new_position() -> None:
    current = "<p>new first</p>" + BASE.replace("<p>one</p>", "<p>ONE</p>")
    assert storage(rebased(current, (2, "2 ⟦page-link 1⟧"))) == current.replace("<p>two ", "<p>2 ")


def test_a_changed_or_deleted_block_is_a_conflict() -> None:
    for current in (BASE.replace("<p>one</p>", "<p>One</p>"), BASE.replace("<p>one</p>", "")):
        conflict = rebased(current, (1, "1"), (2, "2"))
        assert isinstance(conflict, sf.EditConflict)
        ((edit, reason),) = conflict.reasons
        assert isinstance(edit, sf.Replace)
        assert edit.markdown == "1"
        assert reason == '"one" was changed or deleted'


def test_a_block_moved_within_its_section_is_found() -> None:
    current = BASE.replace("<p>one</p>", "").replace("<ul>", "<p>one</p><ul>", 1)
    assert storage(rebased(current, (1, "1"))) == current.replace("<p>one</p>", "<p>1</p>")


def test_a_block_moved_out_of_its_section_is_a_conflict() -> None:
    conflict = rebased("<p>one</p>" + BASE.replace("<p>one</p>", ""), (1, "1"))
    assert isinstance(conflict, sf.EditConflict)
    [(_, reason)] = conflict.reasons
    assert reason == '"one" is now under no heading; before, it was under "T"'


def test_among_equal_blocks_the_neighbours_decide() -> None:
    """The last of two equal paragraphs is edited, although another paragraph was added between them."""
    current = BASE.replace("<p>same</p><p>same</p>", "<p>same</p><p>between</p><p>same</p>")
    assert storage(rebased(current, (7, "last"))).endswith("<p>same</p><p>between</p><p>last</p>")


def test_a_deleted_equal_block_is_a_conflict() -> None:
    current = BASE.replace("<p>same</p><p>same</p>", "<p>same</p>")
    assert isinstance(rebased(current, (6, "x"), (7, "y")), sf.EditConflict)


def test_insertions_follow_their_block_into_a_list_that_grew() -> None:
    base = sf.parse(BASE)
    current = BASE.replace("<li>c</li>", "<li>c</li><li>theirs</li>")
    edits = [sf.InsertAfter(base.blocks[4].id, "- mine"), sf.InsertAfter(None, "top")]
    merged = sf.rebase(edits, base, sf.parse(current))
    assert storage(merged) == "<p>top</p>" + current.replace(
        "</ul></li></ul>", "</ul></li><li>mine</li></ul>"
    )


def test_a_heading_after_a_list_that_grew_stays_valid() -> None:
    base = sf.parse("<ul><li>a</li></ul><p>x</p>")
    current = sf.parse("<ul><li>a</li><li>theirs</li></ul><p>x</p>")
    merged = sf.rebase([sf.InsertAfter(base.blocks[0].id, "## New")], base, current)
    assert isinstance(merged, sf.Edited)
    sf.parse(merged.storage)
    assert "theirs" in merged.storage
    assert "<h2>New</h2>" in merged.storage


def test_an_unchanged_page_is_edited_directly() -> None:
    base = sf.parse(BASE)
    edits: list[sf.Edit] = [sf.Replace(base.blocks[1].id, "1"), sf.Delete(base.blocks[6].id)]
    assert sf.rebase(edits, base, base) == sf.apply(base, edits)


def test_edits_invalid_on_the_base_raise() -> None:
    """This is not a conflict: the edits never applied."""
    base = sf.parse(BASE)
    with pytest.raises(sf.InvalidEdit):
        sf.rebase([sf.Replace(base.blocks[1].id, "⟦image 9⟧")], base, sf.parse(BASE + "<p>x</p>"))


def test_changes_refer_to_the_current_page() -> None:
    base = sf.parse(BASE)
    current = sf.parse("<h1>New T</h1>" + BASE.removeprefix("<h1>T</h1>"))
    merged = sf.rebase([sf.Replace(base.blocks[1].id, "1")], base, current)
    assert isinstance(merged, sf.Edited)
    assert merged.changes[0].headings == ("New T",)
    assert merged.changes[0].block_id == current.blocks[1].id
