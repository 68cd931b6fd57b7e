"""The limit on new text in a draft: as much as a review can show and a person can read at once."""

from __future__ import annotations

MAX_NEW_TEXT_BYTES = 64 * 1024
"""Bytes of UTF-8."""


def added_to(old: str, new: str) -> int:
    """Return how many bytes ``new`` adds to ``old``; their common beginning and end do not count."""
    head = _common(old, new)
    tail = _common(old[head:][::-1], new[head:][::-1])
    return len(new[head : len(new) - tail].encode("utf-8", "replace"))


def _common(one: str, other: str) -> int:
    """Return the length of the common beginning of two texts, in characters."""
    shorter = min(len(one), len(other))
    return next((place for place in range(shorter) if one[place] != other[place]), shorter)


def size_fault(added: int) -> str:
    """Return the message for a draft that adds too many bytes of new text, ``""`` if it does not."""
    if added <= MAX_NEW_TEXT_BYTES:
        return ""
    return (
        f"the draft adds {added:,} bytes of new text, and a review shows at most {MAX_NEW_TEXT_BYTES:,} (64 KB): "
        "write less, or split the work into several tickets"
    )
