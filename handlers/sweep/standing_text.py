"""How much of an approved text is on a page: a pure comparison of words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from common import storage_format as sf
from common.domain.document import DocumentKind
from common.domain.draft import Draft

_RUN = 3
"""Words that are compared together, so that common words in another place do not count."""

Runs = Counter[tuple[str, ...]]


def standing_share(draft: Draft, current: str) -> float:
    """Return the share of a draft's approved text that is on the current page (storage format), from 0 to 1.

    Text is compared in runs of three words, wherever it is. Of a draft that only deletes, the share is that of the
    deleted text which did not come back.
    """
    before, after = _changed_texts(draft)
    unchanged = before & after
    now = _runs(current) - unchanged
    if added := after - before:
        return _share(added, now)
    gone = before - after
    return 1 - _share(gone, now) if gone else 1.0


def _changed_texts(draft: Draft) -> tuple[Runs, Runs]:
    if draft.kind is DocumentKind.CREATE:
        return Counter(), _runs(draft.storage)
    base, approved = _runs(draft.base), _runs(draft.storage)
    return base, approved


def _share(wanted: Runs, found: Runs) -> float:
    return (wanted & found).total() / wanted.total()


def _runs(storage: str) -> Runs:
    return Counter(run for line in sf.plain_text(storage).splitlines() for run in _line_runs(line.split()))


def _line_runs(words: list[str]) -> Iterator[tuple[str, ...]]:
    """Yield the runs of words in a line; a shorter line is one run."""
    if words and len(words) < _RUN:
        yield tuple(words)
    for start in range(len(words) - _RUN + 1):
        yield tuple(words[start : start + _RUN])
