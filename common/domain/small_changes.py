"""Small changes that a reviewer writes so exactly that no model is needed to carry them out.

A feedback is such a change if it consists only of lines `"old words" → "new words"` and `drop 2`. Old words are sought
in the text that the draft adds; each must be there exactly once. Anything else is left to the model.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from common import storage_format as sf
from common.domain.draft import Draft
from common.runtime.invisible_characters import without_invisible
from common.storage_format.to_markdown.escaping import escape_markdown

_MAX_LINES = 40
_MARK = "[\"'`“”„‟«»‹›‘’‚‛「」『』《》〈〉]"
_REPLACEMENT = re.compile(
    rf"\s*(?:[-*•]\s+)?{_MARK}{{1,2}}(?P<old>.+?){_MARK}{{1,2}}\s*(?:→|->|=>|⇒|⟶)\s*"
    rf"{_MARK}{{1,2}}(?P<new>.+?){_MARK}{{1,2}}\s*[.;,]?\s*"
)
_ARROW = re.compile(r"→|->|=>|⇒|⟶")
_LINK = re.compile(r"<(?:a|ac:link)[\s>]")
_FIRST_SLOT = 0xE000  # private use characters stand for new words until all old words are found
_DROP = re.compile(
    r"\s*(?:[-*•]\s+)?drop\s+#?(?P<number>[1-9][0-9]{0,2})\s*[.;,]?\s*", re.IGNORECASE | re.ASCII
)


@dataclass(frozen=True)
class SmallChanges:
    """Replacements of words, as (old, new), and the numbers of the edits to drop, from 1."""

    replacements: tuple[tuple[str, str], ...] = ()
    dropped: frozenset[int] = frozenset()

    def drops_all_of(self, draft: Draft) -> bool:
        """Return whether no edit of a draft would be left."""
        return bool(draft.edits) and self.dropped >= set(range(1, len(draft.edits) + 1))


def parse_small_changes(feedback: str) -> SmallChanges | None:
    """Read a reviewer's feedback; None unless every line is a replacement or a `drop`."""
    replacements: list[tuple[str, str]] = []
    dropped: set[int] = set()
    lines = [line for line in feedback.splitlines() if line.strip()]
    if not lines or len(lines) > _MAX_LINES:
        return None
    for line in lines:
        if match := _REPLACEMENT.fullmatch(line):
            old, new = (" ".join(without_invisible(match[name]).split()) for name in ("old", "new"))
            if not old or not new or old == new or _ARROW.search(old) or _ARROW.search(new):
                return None
            replacements.append((old, new))
        elif match := _DROP.fullmatch(line):
            dropped.add(int(match["number"]))
        else:
            return None
    if len({old for old, _ in replacements}) != len(replacements):
        return None
    return SmallChanges(tuple(replacements), frozenset(dropped))


def small_revision(draft: Draft, feedback: str) -> Draft | None:
    """Return the draft with the small changes that a feedback asks for; None if it needs the model."""
    changes = parse_small_changes(feedback)
    return with_small_changes(draft, changes) if changes else None


def with_small_changes(draft: Draft, changes: SmallChanges) -> Draft | None:
    """Return the draft of an update with small changes, on the same base; None if they cannot be carried out exactly.

    They cannot if an edit to drop does not exist or none would be left, if old words are not in the new text exactly
    once, if they overlap, if they cross a link, a style or an element, or if new words would become a link.
    """
    numbers = range(1, len(draft.edits) + 1)
    if not draft.edits or not changes.dropped <= set(numbers) or changes.drops_all_of(draft):
        return None
    kept = [edit for number, edit in zip(numbers, draft.edits, strict=True) if number not in changes.dropped]
    page = sf.parse(draft.base)
    try:
        before = sf.apply(page, kept)
    except sf.InvalidEdit:
        return None
    texts = [sf.plain_text(change.after) for change in before.changes]
    targets = [_only_place(texts, old) for old, _ in changes.replacements]
    edits: list[sf.PageEdit] = list(kept)
    slots: dict[str, str] = {}
    for target, (old, new) in zip(targets, changes.replacements, strict=True):
        slot = chr(_FIRST_SLOT + len(slots))
        slots[slot] = escape_markdown(new)
        edit = None if target is None else _with_slot(edits[target], old, slot)
        if target is None or edit is None:
            return None
        edits[target] = edit
    edits = [_filled(edit, slots) for edit in edits]
    try:
        after = sf.apply(page, edits)
    except sf.InvalidEdit:
        return None
    if [sf.plain_text(change.after) for change in after.changes] != _expected(texts, changes.replacements):
        return None
    if _links(after) != _links(before):
        return None  # an address became a link
    because = [each for number, each in enumerate(draft.because, 1) if number not in changes.dropped]
    said = "\n".join(edit.markdown for edit in edits if not isinstance(edit, sf.Delete | sf.Restore)).replace(
        "\\", ""
    )
    return replace(
        draft,
        edits=tuple(edits),
        storage=after.storage,
        because=tuple(because),
        unsourced=tuple(fact for fact in draft.unsourced if fact in said),
    )


def _links(edited: sf.Edited) -> int:
    """Return how many links the changed text has."""
    return sum(len(_LINK.findall(change.after)) for change in edited.changes)


def _only_place(texts: Sequence[str], words: str) -> int | None:
    """Return the index of the only text that contains words, exactly once; else None."""
    places = [number for number, text in enumerate(texts) if words in text]
    return places[0] if len(places) == 1 and _occurs_once(texts[places[0]], words) else None


def _occurs_once(text: str, words: str) -> bool:
    first = text.find(words)
    return first >= 0 and text.find(words, first + 1) < 0


def _with_slot(edit: sf.PageEdit, old: str, slot: str) -> sf.PageEdit | None:
    """Return an edit whose Markdown has a slot in place of words; None if they are not literally in it, once."""
    if isinstance(edit, sf.Delete | sf.Restore) or slot in edit.markdown:
        return None
    for written in dict.fromkeys((old, escape_markdown(old))):
        if _occurs_once(edit.markdown, written):
            return replace(edit, markdown=edit.markdown.replace(written, slot))
    return None


def _filled(edit: sf.PageEdit, slots: Mapping[str, str]) -> sf.PageEdit:
    """Return an edit with new words in its slots."""
    if isinstance(edit, sf.Delete | sf.Restore):
        return edit
    markdown = "".join(slots.get(character, character) for character in edit.markdown)
    return replace(edit, markdown=markdown)


def _expected(texts: Sequence[str], replacements: Sequence[tuple[str, str]]) -> list[str]:
    """Return the texts with all replacements made at once, each in the original text."""
    expected = list(texts)
    for number, text in enumerate(texts):
        places = sorted((text.find(old), old, new) for old, new in replacements if old in text)
        parts, at = [], 0
        for start, old, new in places:
            if start < at:
                return []  # two of them overlap
            parts += [text[at:start], new]
            at = start + len(old)
        expected[number] = "".join(parts) + text[at:]
    return expected
