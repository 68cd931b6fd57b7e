"""The version message of a published page: what changed, for people, and at its end the mark of the draft.

The mark makes publishing idempotent: a page version whose message ends in it holds that draft.
"""

from __future__ import annotations

import re

from common.domain.draft import Draft
from common.runtime.unicode_safety import make_visible, visible_line

MAX_NOTE = 255
"""Confluence's limit for a version message, in characters."""

_MARK = re.compile(r"Kinexus (\S+) r([1-9][0-9]*)\Z")
_OLD_NOTE = re.compile(r"Kinexus (\S+) r([1-9][0-9]*):")
_MAX_KEYS = 3  # source tickets that a note names
_MAX_NAME = 40  # characters of the approver's name
_MIN_SUMMARY = 60  # characters of the summary that are kept before the rest is left out


def version_note(draft: Draft, approver: str, review_key: str) -> str:
    """Return the version message for a draft: its summary, the source tickets, the approver, the review, the mark.

    It has at most `MAX_NOTE` characters. The words before the mark are cut to fit, the summary first.
    """
    mark = f" · {draft_mark(draft)}"
    keys = ", ".join([*draft.issue_keys[:_MAX_KEYS], *(["…"] if len(draft.issue_keys) > _MAX_KEYS else [])])
    name = visible_line(approver, _MAX_NAME)
    origin = (
        f" ({keys}), approved by {name} in {review_key}" if keys else f", approved by {name} in {review_key}"
    )
    room = MAX_NOTE - len(mark)
    origin = _cut(origin, room - _MIN_SUMMARY)
    summary = _one_line(draft.summary).rstrip(" .") or "Documentation updated"
    return _cut(summary, room - len(origin)) + origin + mark


def draft_mark(draft: Draft) -> str:
    """Return the idempotency key of a draft, the end of the version message of the page version that holds it."""
    return f"Kinexus {draft.document_id} r{draft.revision}"


def is_note_of(message: str, draft: Draft) -> bool:
    """Return whether a version message has the mark of this draft.

    The mark counts at the very end. Older versions of Kinexus wrote it at the beginning, followed by a colon: there it
    counts only in a message that does not end in a mark. Anyone can write such a message, so callers check its author.
    """
    found = _MARK.search(message.rstrip()) or _OLD_NOTE.match(message)
    return found is not None and found.groups() == (draft.document_id, str(draft.revision))


def _one_line(text: str) -> str:
    return " ".join(make_visible(text).split())


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: max(0, longest - 1)].rstrip() + "…"
