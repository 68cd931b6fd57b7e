"""The edits of a draft as short numbered texts: a reviewer can drop an edit by its number."""

from __future__ import annotations

from collections.abc import Iterable

from common import storage_format as sf
from common.runtime.unicode_safety import make_visible

_MAX_TEXT = 80  # characters of each quoted text


def edit_texts(changes: Iterable[sf.BlockChange]) -> list[str]:
    """Return one text for each edit, in the order of their numbers."""
    return [_edit_text(change) for change in changes]


def _edit_text(change: sf.BlockChange) -> str:
    before, after = _excerpt(change.before), _excerpt(change.after)
    where = f" (under {_quoted(change.headings[-1])})" if change.headings else ""
    if not after:
        return f"Removes {before or 'an element without text'}{where}"
    if not before:
        return f"Adds {after}{where}"
    return f"Replaces {before} with {after}{where}"


def _excerpt(storage: str) -> str:
    return _quoted(sf.plain_text(storage)) if storage else ""


def _quoted(text: str) -> str:
    line = " ".join(make_visible(text).split())
    return f"“{line if len(line) <= _MAX_TEXT else line[: _MAX_TEXT - 1] + '…'}”" if line else ""
