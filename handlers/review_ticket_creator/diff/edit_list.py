"""The edits of a draft as short numbered texts: a reviewer can drop an edit by its number."""

from __future__ import annotations

from collections.abc import Iterable

from common import storage_format as sf
from common.runtime.unicode_safety import make_visible, visible_line

_MAX_TEXT = 80  # characters of each quoted text
_CONTEXT = 40  # characters that are the same in both texts before an excerpt leaves out its beginning


def edit_texts(changes: Iterable[sf.BlockChange]) -> list[str]:
    """Return one text for each edit, in the order of their numbers."""
    return [_edit_text(change) for change in changes]


def _edit_text(change: sf.BlockChange) -> str:
    old, new = _one_line(change.before), _one_line(change.after)
    start = _first_difference(old, new) if old and new else 0
    before, after = _excerpt(old, start), _excerpt(new, start)
    where = f" (under {_quoted(change.headings[-1])})" if change.headings else ""
    if not after:
        return f"Removes {before or 'an element without text'}{where}"
    if not before:
        return f"Adds {after}{where}"
    return f"Replaces {before} with {after}{where}"


def _one_line(storage: str) -> str:
    return " ".join(make_visible(sf.plain_text(storage)).split()) if storage else ""


def _first_difference(old: str, new: str) -> int:
    """Return where an excerpt of both texts begins: a few words before they differ, 0 if that is near the beginning."""
    pairs = enumerate(zip(old, new, strict=False))
    same = next((n for n, (one, other) in pairs if one != other), min(len(old), len(new)))
    if same <= _CONTEXT:
        return 0
    return new.rfind(" ", 0, same - _CONTEXT // 2) + 1


def _excerpt(text: str, start: int) -> str:
    return _quoted(f"…{text[start:]}" if start else text)


def _quoted(text: str) -> str:
    line = visible_line(text, _MAX_TEXT)
    return f"“{line}”" if line else ""
