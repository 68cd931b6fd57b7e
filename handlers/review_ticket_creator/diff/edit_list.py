"""The edits of a draft as short numbered texts, each with its reason: a reviewer can drop an edit by its number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from common import storage_format as sf
from common.domain.draft import FEEDBACK, Because
from common.runtime.unicode_safety import make_visible, visible_line

_MAX_TEXT = 80  # characters of each quoted text
_MAX_QUOTED = 200  # characters of a quotation from a ticket
_MAX_UNSOURCED = 12  # facts that are named
_CONTEXT = 40  # characters that are the same in both texts before an excerpt leaves out its beginning


class ListedEdit(NamedTuple):
    """What an edit does, and why: words of a ticket; `is_sourced` is False if no source was found."""

    text: str
    reason: str = ""
    is_sourced: bool = True


def listed_edits(changes: Sequence[sf.BlockChange], because: Sequence[Because]) -> list[ListedEdit]:
    """Return the edits in the order of their numbers; without reasons, as earlier versions stored none."""
    if len(because) != len(changes):
        return [ListedEdit(_edit_text(change)) for change in changes]
    return [
        ListedEdit(_edit_text(change), _reason(reason), bool(reason.source))
        for change, reason in zip(changes, because, strict=True)
    ]


def unsourced_text(unsourced: Sequence[str]) -> str:
    """Return which facts of a draft stand in no source, as text; "" if there is none."""
    shown = [visible_line(fact, _MAX_TEXT) for fact in unsourced[:_MAX_UNSOURCED]]
    if not shown:
        return ""
    more = f" and {len(unsourced) - len(shown)} more" if len(unsourced) > len(shown) else ""
    what = "This stands" if len(unsourced) == 1 else "These stand"
    return f"{what} neither in the tickets nor on the page so far, please check: {', '.join(shown)}{more}"


def _reason(because: Because) -> str:
    if not because.source:
        return "no source found"
    if because.source == FEEDBACK:
        return "because of the reviewer's feedback"
    return f"because {because.source} says {_quoted(because.quote, _MAX_QUOTED)}"


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


def _quoted(text: str, longest: int = _MAX_TEXT) -> str:
    line = visible_line(text, longest)
    return f"“{line}”" if line else ""
