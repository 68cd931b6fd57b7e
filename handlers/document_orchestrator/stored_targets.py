"""What was chosen for a change, as it is stored: once, before anything is drafted.

A model may choose otherwise the second time; the record does not.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any

from common.domain.document import DocumentKind, ScoredPage, StoredSelection
from handlers.document_orchestrator.page_selection.selection import (
    CreatePage,
    JoinDraft,
    NoDocument,
    TargetDecision,
    UnnamedPage,
    UpdatePage,
)
from handlers.document_orchestrator.page_selection.selection import Selection as Found

#: Candidates that are kept on record.
MAX_CANDIDATES_KEPT = 5


@dataclass(frozen=True)
class StoredTarget:
    """One target. ``kind`` None: no document is needed; ``joins`` names an open document it becomes part of.

    ``space_id`` and ``parent_id`` are where a new page goes; an existing page stays where it is. ``unnamed`` is the id
    of the page that fits best, where only a person may choose it.
    """

    kind: DocumentKind | None
    choice: StoredSelection
    title: str = ""
    page_id: str | None = None
    space_id: str = ""
    parent_id: str | None = None
    joins: str | None = None
    unnamed: str = ""


@dataclass(frozen=True)
class StoredTargets:
    """All targets of a change, and what people named and we refuse (with reasons)."""

    targets: tuple[StoredTarget, ...]
    refused: tuple[str, ...] = ()


def from_selection(found: Found, space_id: str, title_for: Callable[[str], str]) -> StoredTargets:
    """Turn what was found into what is stored; ``title_for`` gives a new page a title that is free in the space."""
    return StoredTargets(
        targets=tuple(
            _chosen(judgement, found.searched, space_id, title_for) for judgement in found.judgements
        ),
        refused=tuple(f"{refused.reference}: {refused.reason}" for refused in found.refused),
    )


def _chosen(
    judgement: TargetDecision, searched: tuple[str, ...], space_id: str, title_for: Callable[[str], str]
) -> StoredTarget:
    candidates = tuple(
        ScoredPage(candidate.page_id, candidate.title, round(candidate.score, 2))
        for candidate in judgement.candidates[:MAX_CANDIDATES_KEPT]
    )
    choice = StoredSelection(
        judgement.reason, judgement.confidence, judgement.decided_by, candidates, searched
    )
    match judgement.target:
        case UpdatePage(page_id=page_id, title=title):
            return StoredTarget(DocumentKind.UPDATE, choice, title, page_id=page_id)
        case JoinDraft(document_id=document_id, title=title):
            return StoredTarget(DocumentKind.CREATE, choice, title, space_id=space_id, joins=document_id)
        case CreatePage(title=title, parent_id=parent_id):
            return StoredTarget(
                DocumentKind.CREATE, choice, title_for(title), space_id=space_id, parent_id=parent_id
            )
        case NoDocument():
            return StoredTarget(None, choice)
        case UnnamedPage(page_id=page_id):
            return StoredTarget(None, choice, unnamed=page_id)


def to_json(chosen: StoredTargets) -> str:
    """Return the form that is kept with the change."""
    return json.dumps(asdict(chosen), ensure_ascii=False)


def from_json(stored: str) -> StoredTargets:
    """Read what ``to_json`` returned."""
    shape = json.loads(stored)
    return StoredTargets(
        targets=tuple(_target(target) for target in shape["targets"]),
        refused=tuple(shape["refused"]),
    )


def _target(shape: dict[str, Any]) -> StoredTarget:
    candidates = tuple(ScoredPage(**candidate) for candidate in shape["choice"]["candidates"])
    searched = tuple(shape["choice"]["searched"])
    choice = replace(StoredSelection(**shape["choice"]), candidates=candidates, searched=searched)
    kind = DocumentKind(shape["kind"]) if shape["kind"] else None
    return StoredTarget(**{**shape, "kind": kind, "choice": choice})
