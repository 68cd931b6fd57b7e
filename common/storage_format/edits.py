"""The edits that can be aimed at a page, and what applying them gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True)
class Replace:
    """Put what `markdown` says in the place of a block."""

    block_id: str
    markdown: str


@dataclass(frozen=True)
class InsertAfter:
    """Put what `markdown` says after a block; `None` is before the first block of the page."""

    block_id: str | None
    markdown: str


@dataclass(frozen=True)
class Delete:
    """Take a block away."""

    block_id: str


Edit: TypeAlias = Replace | InsertAfter | Delete


@dataclass(frozen=True)
class Token:
    """Something without a Markdown form: `kind` such as `jira-macro`, `hint` what a reader sees of it."""

    kind: str
    hint: str


@dataclass(frozen=True)
class BlockChange:
    """What one edit did.

    `before` and `after` are storage format: the block's source before (empty for an insertion) and what
    stands in its place now (empty for a deletion). `removed` are the tokens and inline comments that stood
    in the block and stand nowhere in the page any more.
    """

    edit: Edit
    block_id: str | None
    headings: tuple[str, ...]
    before: str
    after: str
    removed: tuple[Token, ...] = ()


@dataclass(frozen=True)
class Edited:
    """A page after its edits: the new storage format, and one change per edit, in the order of the edits."""

    storage: str
    changes: tuple[BlockChange, ...]


@dataclass(frozen=True)
class EditConflict:
    """Edits that do not apply to the page as it is now, each with the reason."""

    reasons: tuple[tuple[Edit, str], ...]
