"""Rebasing: a person edited the page meanwhile. Edits on untouched blocks apply, the others are a typed conflict."""

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


def test_an_untouched_block_is_edited_where_it_is_now() -> None:
    current = "<p>new first</p>" + BASE.replace("<p>one</p>", "<p>ONE</p>")
    assert storage(rebased(current, (2, "2 ⟦page-link 1⟧"))) == current.replace("<p>two ", "<p>2 ")


def test_a_changed_or_deleted_block_is_a_conflict_with_its_reason() -> None:
    for current in (BASE.replace("<p>one</p>", "<p>One</p>"), BASE.replace("<p>one</p>", "")):
        conflict = rebased(current, (1, "1"), (2, "2"))
        assert isinstance(conflict, sf.EditConflict)
        ((edit, reason),) = conflict.reasons
        assert isinstance(edit, sf.Replace)
        assert edit.markdown == "1"
        assert "[2] was changed or deleted: <p>one</p>" in reason


def test_a_block_that_moved_within_its_section_is_found_by_its_content() -> None:
    current = BASE.replace("<p>one</p>", "").replace("<ul>", "<p>one</p><ul>", 1)
    assert storage(rebased(current, (1, "1"))) == current.replace("<p>one</p>", "<p>1</p>")


def test_a_block_that_moved_out_of_its_section_is_a_conflict() -> None:
    conflict = rebased("<p>one</p>" + BASE.replace("<p>one</p>", ""), (1, "1"))
    assert isinstance(conflict, sf.EditConflict)
    [(_, reason)] = conflict.reasons
    assert reason == 'block [2] "one" is now under no heading; before, it was under "T"'


def test_of_equal_blocks_the_one_in_the_same_place_is_meant() -> None:
    current = BASE.replace("<p>same</p><p>same</p>", "<p>same</p><p>between</p><p>same</p>")
    assert storage(rebased(current, (7, "last"))).endswith("<p>same</p><p>between</p><p>last</p>")


def test_one_of_equal_blocks_is_gone() -> None:
    current = BASE.replace("<p>same</p><p>same</p>", "<p>same</p>")
    assert isinstance(rebased(current, (6, "x"), (7, "y")), sf.EditConflict)


def test_insertions_follow_their_block_into_whatever_holds_it_now() -> None:
    base = sf.parse(BASE)
    current = BASE.replace("<li>c</li>", "<li>c</li><li>theirs</li>")
    edits = [sf.InsertAfter(base.blocks[4].id, "- mine"), sf.InsertAfter(None, "top")]
    merged = sf.rebase(edits, base, sf.parse(current))
    assert storage(merged) == "<p>top</p>" + current.replace(
        "</ul></li></ul>", "</ul></li><li>mine</li></ul>"
    )


def test_text_after_a_list_that_grew_stands_after_all_of_it() -> None:
    base = sf.parse("<ul><li>a</li></ul><p>x</p>")
    current = sf.parse("<ul><li>a</li><li>theirs</li></ul><p>x</p>")
    merged = sf.rebase([sf.InsertAfter(base.blocks[0].id, "## New")], base, current)
    assert isinstance(merged, sf.Edited)
    sf.parse(merged.storage)
    assert "theirs" in merged.storage
    assert "<h2>New</h2>" in merged.storage


def test_the_same_page_is_just_edited() -> None:
    base = sf.parse(BASE)
    edits = [sf.Replace(base.blocks[1].id, "1"), sf.Delete(base.blocks[6].id)]
    assert sf.rebase(edits, base, base) == sf.apply(base, edits)


def test_edits_that_never_applied_are_invalid_and_no_conflict() -> None:
    base = sf.parse(BASE)
    with pytest.raises(sf.InvalidEdit):
        sf.rebase([sf.Replace(base.blocks[1].id, "⟦image 9⟧")], base, sf.parse(BASE + "<p>x</p>"))


def test_the_changes_speak_of_the_page_as_it_is_now() -> None:
    base = sf.parse(BASE)
    current = sf.parse("<h1>New T</h1>" + BASE.removeprefix("<h1>T</h1>"))
    merged = sf.rebase([sf.Replace(base.blocks[1].id, "1")], base, current)
    assert isinstance(merged, sf.Edited)
    assert merged.changes[0].headings == ("New T",)
    assert merged.changes[0].block_id == current.blocks[1].id
