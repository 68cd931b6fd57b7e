"""Properties that hold for every page and text: each is a function that asserts, with its Hypothesis strategies.

`test_properties` runs them briefly with every test run, `tests.fuzz.storage_format` for a given time.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import assume
from hypothesis import strategies as st

from benchmarks.storage_invariants import edit_faults, is_wrongly_refused, page_faults, random_edits
from common import storage_format as sf
from common.runtime.invisible_characters import without_invisible
from common.storage_format.to_markdown.writer import WRAPPERS
from common.storage_format.xml import equivalence
from common.storage_format.xml.element_tree import parse_tree
from local.atlassian.confluence.storage_adf import to_adf, unsupported_shapes
from local.atlassian.documents.adf_check import CONFLUENCE_CHILDREN, check_document
from tests.common.storage_format.strategies import BROKEN, INLINE, MARKDOWN, PAGES

SEEDS = st.integers(0, 2**32)


def a_page_is_its_prefix_blocks_gaps_and_suffix(storage: str) -> None:
    assert page_faults(storage) == []


def broken_pages_are_refused_and_others_reassemble(text: str) -> None:
    error = _refusal(text)
    if error is None:
        assert page_faults(text) == []
        return
    assert 1 <= error.line <= text.count("\n") + 1
    assert error.column >= 1
    assert error.what


def _refusal(text: str) -> sf.MalformedStorage | None:
    try:
        sf.parse(text)
    except sf.MalformedStorage as error:
        return error
    return None


def edits_change_only_their_blocks(storage: str, seed: int, count: int) -> None:
    page = sf.parse(storage)
    faults, _ = edit_faults(page, random_edits(page, random.Random(seed), count))
    assert faults == []


def any_markdown_is_applied_or_refused_with_a_reason(storage: str, markdown: str, seed: int) -> None:
    page = sf.parse(storage)
    assume(page.blocks)
    block = random.Random(seed).choice(page.blocks)
    faults, refused = edit_faults(page, [sf.Replace(block.id, markdown)])
    assert faults == []
    has_text = "⟦" not in markdown and sf.render(markdown).strip()
    assert not (has_text and refused and is_wrongly_refused(block.kind, refused)), refused
    inserted = f"{markdown}\n\nw{seed}x\n\n{markdown}"
    faults, refused = edit_faults(page, [sf.InsertAfter(block.id, inserted)])
    assert not refused or "⟦" in markdown or not is_wrongly_refused(block.kind, refused), refused
    assert faults == []


def a_block_replaced_with_its_own_markdown_is_unchanged(storage: str) -> None:
    page = sf.parse(storage)
    edits = [sf.Replace(block.id, page.markdown(block.number)) for block in page.blocks]
    assert sf.apply(page, [edit for edit in edits if edit.markdown.strip()]).storage == storage


def edits_of_different_blocks_are_merged(storage: str, mine: int, theirs: int) -> None:
    page = sf.parse(storage)
    paragraphs = [block for block in page.blocks if block.kind in ("paragraph", "heading")]
    assume(len(paragraphs) > 1)
    one, other = random.Random(mine).sample(paragraphs, 2)
    assume(sf.content_fingerprint(one.source) != sf.content_fingerprint(other.source))
    first, second = sf.Replace(one.id, "mine"), sf.Replace(other.id, f"theirs, and more {theirs}")
    moved_on = sf.parse(sf.apply(page, [second]).storage)
    merged = sf.rebase([first], page, moved_on)
    if isinstance(merged, sf.Edited):
        assert merged.storage == sf.apply(page, [first, second]).storage
    else:
        assert not (_is_unlike_others(one, page) and _keeps_its_path(one, page, moved_on))
    again = sf.rebase([second], page, moved_on)
    assert isinstance(again, sf.EditConflict)


def a_version_is_taken_back_byte_for_byte(storage: str, seed: int, count: int) -> None:
    """The restored page is the earlier one, and a later edit in a restored passage is a conflict."""
    page = sf.parse(storage)
    chance = random.Random(seed)
    try:
        published = sf.parse(sf.apply(page, random_edits(page, chance, count)).storage)
    except sf.InvalidEdit:
        assume(False)
    edits = sf.restores(page, published)
    back = sf.apply(published, edits).storage
    assert sf.content_fingerprint(back) == sf.content_fingerprint(storage)
    assert all(edit.storage in storage for edit in edits)
    changed = [block for edit in edits for block in published.blocks_within(edit.start, edit.end)]
    if changed:
        block = chance.choice(changed)
        later = published.source.replace(block.source, f"<p>theirs {seed}</p>")
        if block.kind == "paragraph" and _refusal(later) is None:
            assert isinstance(sf.rebase(edits, published, sf.parse(later)), sf.EditConflict)


def _is_unlike_others(block: sf.Block, page: sf.Page) -> bool:
    """Tell whether a block is unique and does not give a value for a field."""
    texts = [sf.plain_text(other.source).split() for other in page.blocks]
    return texts.count(texts[block.number]) == 1 and not {":", "\uff1a"} & set(sf.plain_text(block.source))


def _keeps_its_path(block: sf.Block, page: sf.Page, later: sf.Page) -> bool:
    """Tell whether the path of a block is the same on the later page."""
    return page.steps[block.number].path == later.steps[block.number].path


def rendered_markdown_parses(markdown: str) -> None:
    rendered = sf.render(markdown)
    assert page_faults(rendered) == []


def rendered_markdown_is_what_the_editor_holds(markdown: str) -> None:
    rendered = sf.render(markdown)
    assert not unsupported_shapes(rendered)
    check_document(to_adf(rendered), CONFLUENCE_CHILDREN)


def edits_add_nothing_that_the_editor_cannot_hold(storage: str, markdown: str, seed: int) -> None:
    page = sf.parse(storage)
    assume(page.blocks and "⟦" not in markdown)
    block = random.Random(seed).choice(page.blocks)
    for edit in (sf.Replace(block.id, markdown), sf.InsertAfter(block.id, markdown)):
        try:
            edited = sf.apply(page, [edit])
        except sf.InvalidEdit:
            continue
        assert not unsupported_shapes(edited.storage) - unsupported_shapes(storage)


def _is_caption_wrapped(storage: str) -> bool:
    """Tell whether an element that Markdown does not show is around or in a caption: it may go, and is reported then."""
    wrappers = [element for element in parse_tree(storage).below() if element.name in WRAPPERS]
    captions = [element for element in parse_tree(storage).below() if element.name == "ac:caption"]
    return any(
        wrapper.start < caption.start < wrapper.end or caption.start < wrapper.start < caption.end
        for wrapper in wrappers
        for caption in captions
    )


def text_survives_conversion_to_markdown_and_back(inline: str) -> None:
    storage = f"<p>{inline}</p>"
    assume(not _is_caption_wrapped(storage))
    page = sf.parse(storage)
    shown = page.markdown(0)
    assume(shown.strip() and len(page.blocks) == 1)
    assume(without_invisible(shown) == shown)  # a soft hyphen beside a line break is not kept
    edited = sf.apply(page, [sf.Replace(page.blocks[0].id, "word " + page.markdown(0))])
    words = sf.plain_text(edited.storage).split()
    assert "".join(words) == "word" + "".join(sf.plain_text(storage).split())
    assert edited.changes[0].removed == ()


def equivalent_compares_normalised_trees(storage: str, seed: int, count: int) -> None:
    """Comparing block by block gives the same answer as normalising both pages, also for deeply divided ones."""
    other = _respelled(storage, random.Random(seed), count)
    assume(_refusal(other) is None)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(equivalence, "_SHORT", 0)
        is_same = sf.equivalent(storage, other)
    assert is_same == (equivalence.normalised(storage) == equivalence.normalised(other))
    assert is_same == sf.equivalent(other, storage)


_RESPELLINGS = (
    ("<p>", '<p local-id="n">'),
    ("<p", "<p id='3'"),
    ("<li>", "<li local-id = 'x>y'>"),
    ("><", ">\n<"),
    (">", "> "),
    ("<", " <"),
    ("</", "<!-- <p> --></"),
    ("<br/>", "<br />"),
    ("<hr/>", "<hr></hr>"),
    ("strong>", "b>"),
    ("&lt;", "&#60;"),
    ("<p>", "</p><p>"),
    ("word", "<![CDATA[word]]>"),
    ("word", "other"),
    ("<li>", "<li>x</li><li>"),
    ("table>", "ul>"),
)


def _respelled(storage: str, chance: random.Random, count: int) -> str:
    """Return a page with changes at random places, some of which Confluence makes itself when it saves."""
    for _ in range(count):
        old, new = chance.choice(_RESPELLINGS)
        places = [match.start() for match in re.finditer(re.escape(old), storage)]
        if places and chance.randrange(3):
            at = chance.choice(places)
            storage = storage[:at] + new + storage[at + len(old) :]
        else:
            storage = storage.replace(old, new)
    return storage


PROPERTIES: dict[Callable[..., None], tuple[st.SearchStrategy[Any], ...]] = {
    a_page_is_its_prefix_blocks_gaps_and_suffix: (PAGES,),
    broken_pages_are_refused_and_others_reassemble: (BROKEN,),
    edits_change_only_their_blocks: (PAGES, SEEDS, st.integers(1, 4)),
    any_markdown_is_applied_or_refused_with_a_reason: (PAGES, MARKDOWN, SEEDS),
    a_block_replaced_with_its_own_markdown_is_unchanged: (PAGES,),
    edits_of_different_blocks_are_merged: (PAGES, SEEDS, SEEDS),
    a_version_is_taken_back_byte_for_byte: (PAGES, SEEDS, st.integers(1, 4)),
    rendered_markdown_parses: (MARKDOWN,),
    rendered_markdown_is_what_the_editor_holds: (MARKDOWN,),
    edits_add_nothing_that_the_editor_cannot_hold: (PAGES, MARKDOWN, SEEDS),
    text_survives_conversion_to_markdown_and_back: (INLINE,),
    equivalent_compares_normalised_trees: (PAGES, SEEDS, st.integers(0, 4)),
}
