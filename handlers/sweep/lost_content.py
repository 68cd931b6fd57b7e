"""What a page lost when Confluence saved our version: a pure comparison of two versions in ADF.

Confluence converts storage format that an app writes into the document of its new editor (ADF), and this conversion
may drop content far away from the edits.
https://developer.atlassian.com/cloud/jira/platform/apis/document/structure/
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from common.domain.draft import Draft
from common.runtime.json_access import as_dict, as_list, as_str
from common.storage_format import Fragile, FragileContent, fragile_content

_KINDS = {
    "mention": Fragile.MENTION,
    "media": Fragile.MEDIA,
    "mediaInline": Fragile.MEDIA,
    "inlineCard": Fragile.CARD,
    "blockCard": Fragile.CARD,
    "embedCard": Fragile.CARD,
}


def lost_content(before: Mapping[str, Any], after: Mapping[str, Any], draft: Draft) -> Counter[Fragile]:
    """Return how many things of each kind the version ``after`` lacks, without those that the draft's edits removed.

    ``before`` and ``after`` are documents in ADF.
    """
    base, reviewed = fragile_content(draft.base), fragile_content(draft.storage)
    added = reviewed - base
    gone = _by_kind(document_content(before) - (document_content(after) - added))
    return gone - _by_kind(base - reviewed)


def document_content(document: Mapping[str, Any]) -> FragileContent:
    """Return what a document in ADF has of the things that ``fragile_content`` finds in storage format."""
    found: FragileContent = Counter()
    comments = set()
    for node in _nodes(document):
        kind, attrs = as_str(node.get("type")), as_dict(node.get("attrs"))
        if kind in _KINDS:
            found[_KINDS[kind], as_str(attrs.get("id")) if kind == "mention" else ""] += 1
        elif kind == "annotation":
            comments.add(as_str(attrs.get("id")))
        elif kind == "layoutColumn":
            found[Fragile.WIDTH, _rounded(attrs.get("width"))] += 1
        elif kind == "breakout":
            found[Fragile.WIDTH, as_str(attrs.get("mode"))] += 1
    found.update((Fragile.COMMENT, each) for each in comments)
    return found


def _nodes(value: object) -> Iterator[Mapping[str, Any]]:
    """Yield every node and mark, also those inside the parameters of extensions."""
    waiting: list[object] = [value]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Mapping):
            yield node
            waiting.extend(node.values())
        else:
            waiting.extend(as_list(node))


def _rounded(width: object) -> str:
    """Return a width in per cent, such as 33.33 or 33.3333, as text that is the same for both."""
    return f"{width:.1f}" if isinstance(width, int | float) else ""


def _by_kind(content: FragileContent) -> Counter[Fragile]:
    counts: Counter[Fragile] = Counter()
    for (kind, _), number in content.items():
        counts[kind] += number
    return counts
