"""Taking a version of a page back: the earlier bytes of what it changed, around later edits, or a conflict."""

from __future__ import annotations

import random

import pytest

from benchmarks.storage_invariants import random_edits
from common import storage_format as sf
from tests.common.storage_format.page_model import Writer, written

BEFORE = (
    "<h1>Retries</h1><p>Events are sent 8 times.</p><p>They wait for an hour.</p><ul><li>first</li>"
    "<li>second</li></ul><table><tbody><tr><th>name</th><th>value</th></tr><tr><td>limit</td><td>8</td></tr>"
    "</tbody></table><p>The end.</p>"
)


def restored(before: str, published: str, current: str) -> str | None:
    """Return the current page without what the published version changed; None for a conflict."""
    base, now = sf.parse(published), sf.parse(current)
    edits = sf.rebase_restores(sf.restores(sf.parse(before), base), base, now)
    if isinstance(edits, sf.EditConflict):
        return None
    storage = sf.apply(now, edits).storage
    again = sf.rebase(sf.restores(sf.parse(before), base), base, now)
    assert isinstance(again, sf.EditConflict) or again.storage == storage
    return storage


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<p>Events are sent 8 times.</p>", "<p>Events are sent 12 times.</p>"),
        ("<p>Events are sent 8 times.</p>", ""),
        ("<p>The end.</p>", "<p>The end.</p><p>More.</p>"),
        ("<h1>", "<p>First of all.</p><h1>"),
        ("<li>second</li>", "<li>second</li><li>third</li>"),
        ("<li>second</li>", ""),
        ("<tr><td>limit</td><td>8</td></tr>", "<tr><td>limit</td><td>12</td></tr>"),
        ("<tr><td>limit</td><td>8</td></tr>", ""),
        ("</li><li>", "</li></ul><p>divided</p><ul><li>"),
        ("<ul><li>first</li><li>second</li></ul>", ""),
    ],
)
def test_the_earlier_text_comes_back(old: str, new: str) -> None:
    published = BEFORE.replace(old, new)
    assert restored(BEFORE, published, published) == BEFORE
    later = published.replace("They wait for an hour.", "They wait for two hours.")
    expected = BEFORE.replace("They wait for an hour.", "They wait for two hours.")
    assert restored(BEFORE, published, later) == expected


def test_a_neighbour_that_was_deleted_stays_deleted() -> None:
    published = BEFORE.replace("8 times", "12 times")
    later = published.replace("<p>They wait for an hour.</p>", "")
    assert restored(BEFORE, published, later) == BEFORE.replace("<p>They wait for an hour.</p>", "")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Events are sent 12 times.", "Events are sent 14 times."),
        ("<p>Events are sent 12 times.</p>", ""),
        ("12 times", "12 <ac:inline-comment-marker ac:ref='r1'>times</ac:inline-comment-marker>"),
    ],
)
def test_a_later_change_of_the_same_passage_is_a_conflict(old: str, new: str) -> None:
    published = BEFORE.replace("8 times", "12 times")
    assert restored(BEFORE, published, published.replace(old, new)) is None


def test_the_ids_that_confluence_sets_are_no_change() -> None:
    published = BEFORE.replace("8 times", "12 times").replace("<p>", '<p local-id="x">')
    [edit] = sf.restores(sf.parse(BEFORE), sf.parse(published))
    assert edit.storage == "<p>Events are sent 8 times.</p>"


def test_text_that_came_under_a_new_heading_is_a_conflict() -> None:
    """Without the heading, text that the reviewer has not seen would be under another one."""
    published = BEFORE.replace("<p>They wait", "<h2>Waiting</h2><p>They wait")
    later = published.replace("an hour", "two hours")
    base = sf.parse(published)
    assert isinstance(sf.rebase(sf.restores(sf.parse(BEFORE), base), base, sf.parse(later)), sf.EditConflict)


def test_a_change_lists_what_it_puts_back_and_removes() -> None:
    published = BEFORE.replace("8 times.", '8 times <ac:emoticon ac:name="tick" />.')
    page = sf.parse(published)
    [change] = sf.apply(page, sf.restores(sf.parse(BEFORE), page)).changes
    assert change.after == "<p>Events are sent 8 times.</p>"
    assert change.headings == ("Retries",)
    assert [token.kind for token in change.removed] == ["emoticon"]


def test_most_publications_are_taken_back_around_a_later_edit() -> None:
    """At least 9 of 10 on generated pages; the rest resemble other passages."""
    chance = random.Random(11)
    tried = found = 0
    for _ in range(50):
        page = sf.parse(written(Writer(chance, 0).page())[0])
        try:
            published = sf.parse(sf.apply(page, random_edits(page, chance, 2)).storage)
        except sf.InvalidEdit:
            continue
        edits = sf.restores(page, published)
        changed = [block for edit in edits for block in published.blocks_within(edit.start, edit.end)]
        others = [block for block in published.blocks if block.kind == "paragraph" and block not in changed]
        if not edits or not others:
            continue
        tried += 1
        theirs = sf.Replace(chance.choice(others).id, "an edit of another passage")
        later = sf.apply(published, [theirs]).storage
        back = restored(page.source, published.source, later)
        found += back is not None
        assert back in (None, sf.apply(published, [*edits, theirs]).storage)
    assert tried > 20
    assert found >= 0.9 * tried, f"{found} of {tried}"
