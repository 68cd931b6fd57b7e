"""The edits of a page (replace, insert after, delete, restore) and the result of applying them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True)
class Replace:
    """Replace a block with `markdown`."""

    block_id: str
    markdown: str


@dataclass(frozen=True)
class InsertAfter:
    """Insert `markdown` after a block; with `block_id` None, before the first block of the page."""

    block_id: str | None
    markdown: str


@dataclass(frozen=True)
class Delete:
    """Delete a block."""

    block_id: str


@dataclass(frozen=True)
class Restore:
    """Put the earlier text `storage` in place of the characters `start`–`end` of the page.

    Only a program makes it, never a model. `block_id` is the first block in that span, or else the last block before
    it; None at the beginning of the page.
    """

    block_id: str | None
    start: int
    end: int
    storage: str


Edit: TypeAlias = Replace | InsertAfter | Delete
"""What a model may propose."""
PageEdit: TypeAlias = Edit | Restore


@dataclass(frozen=True)
class Token:
    """Content without a Markdown form: its `kind`, such as `jira-macro`, and as `hint` what a reader sees of it."""

    kind: str
    hint: str


@dataclass(frozen=True)
class BlockChange:
    """The effect of one edit.

    `before` and `after` are storage format: the block's source before the edit (empty for an insertion) and the text
    that replaced it (empty for a deletion). `removed` lists the tokens and inline comments of the block that are no
    longer anywhere on the page, and the containers that a deletion left empty and that are removed with it.
    """

    edit: PageEdit
    block_id: str | None
    headings: tuple[str, ...]
    before: str
    after: str
    removed: tuple[Token, ...] = ()


@dataclass(frozen=True)
class Edited:
    """A page after edits: the new storage format, and one change for each edit, in the order of the edits."""

    storage: str
    changes: tuple[BlockChange, ...]


@dataclass(frozen=True)
class EditConflict:
    """Edits that do not apply to the current version of the page, each with the reason (reviewers read it)."""

    reasons: tuple[tuple[PageEdit, str], ...]
