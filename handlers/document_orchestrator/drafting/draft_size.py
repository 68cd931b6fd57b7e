"""How much new text a draft may hold: as much as a person can be shown, and asked to read, at once."""

from __future__ import annotations

MAX_NEW_TEXT_BYTES = 64 * 1024
"""Bytes of UTF-8."""


def added_to(old: str, new: str) -> int:
    """Return how many bytes a text adds to the one that it replaces: what both begin and end with is not new."""
    head = _common(old, new)
    tail = _common(old[head:][::-1], new[head:][::-1])
    return len(new[head : len(new) - tail].encode("utf-8", "replace"))


def _common(one: str, other: str) -> int:
    """Return how many characters two texts begin with alike."""
    shorter = min(len(one), len(other))
    return next((place for place in range(shorter) if one[place] != other[place]), shorter)


def size_fault(added: int) -> str:
    """Return why so many bytes of new text are too many, "" where they are not."""
    if added <= MAX_NEW_TEXT_BYTES:
        return ""
    return (
        f"the draft adds {added:,} bytes of new text, and a review shows at most {MAX_NEW_TEXT_BYTES:,} (64 KB): "
        "write less, or split the work into several tickets"
    )
