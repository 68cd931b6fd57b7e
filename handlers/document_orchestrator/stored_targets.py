"""The selected targets of a change in the form that is stored with it, once, before anything is drafted.

A redelivery reads the stored targets, because a model may decide differently when it is asked again.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any

from common.domain.document import DocumentKind, ScoredPage, StoredSelection
from common.domain.model_use import ModelUse
from common.domain.route import Route, route_from_json
from handlers.document_orchestrator.page_selection.selection import (
    CreatePage,
    JoinDraft,
    NoDocument,
    Selection,
    TargetDecision,
    UnnamedPage,
    UpdatePage,
)

#: Candidates that are stored with a target.
MAX_CANDIDATES_KEPT = 8
_LONGEST_REASON = 200


@dataclass(frozen=True)
class StoredTarget:
    """One target of a change.

    ``kind`` is None if no document is needed. ``joins`` is the id of an open document that the change joins.
    ``space_id`` and ``parent_id`` say where a new page is created; they are not used for an existing page.
    ``unnamed`` is the id of the best page if Kinexus may edit it only after a person names it.
    ``route`` is the route of the ticket, None for the default route.
    """

    kind: DocumentKind | None
    choice: StoredSelection
    title: str = ""
    page_id: str | None = None
    space_id: str = ""
    parent_id: str | None = None
    joins: str | None = None
    unnamed: str = ""
    route: Route | None = None


@dataclass(frozen=True)
class StoredTargets:
    """All targets of a change, and the pages that people named but Kinexus does not edit, each with its reason."""

    targets: tuple[StoredTarget, ...]
    refused: tuple[str, ...] = ()


def from_selection(
    selection: Selection, space_id: str, title_for: Callable[[str], str], route: Route
) -> StoredTargets:
    """Convert a selection to its stored form; ``title_for`` makes a title for a new page that is free in the space.

    A new page is created below the parent page of the ticket's ``route``, if that names one.
    """
    stored = None if route.is_default else route
    targets = (_stored(decision, selection, space_id, title_for) for decision in selection.judgements)
    return StoredTargets(
        targets=tuple(_routed(target, stored) for target in targets),
        refused=tuple(f"{refused.reference}: {refused.reason}" for refused in selection.refused),
    )


def _routed(target: StoredTarget, route: Route | None) -> StoredTarget:
    is_new = target.kind is DocumentKind.CREATE and not target.joins
    parent = route.parent_page if route and is_new and route.parent_page else target.parent_id
    return replace(target, route=route, parent_id=parent)


def _stored(
    decision: TargetDecision, selection: Selection, space_id: str, title_for: Callable[[str], str]
) -> StoredTarget:
    candidates = tuple(
        ScoredPage(
            candidate.page_id,
            candidate.title,
            round(candidate.score, 2),
            candidate.url,
            candidate.why[:_LONGEST_REASON],
            candidate.left_out,
        )
        for candidate in decision.candidates[:MAX_CANDIDATES_KEPT]
    )
    choice = StoredSelection(
        decision.reason,
        decision.confidence,
        decision.decided_by,
        candidates,
        selection.searched,
        selection.use,
    )
    match decision.target:
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


def to_json(targets: StoredTargets) -> str:
    """Return the targets as JSON, for the attribute ``choice`` of the change."""
    return json.dumps(asdict(targets), ensure_ascii=False)


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
    model = ModelUse(**shape["choice"]["model"]) if shape["choice"].get("model") else None
    choice = replace(
        StoredSelection(**shape["choice"]), candidates=candidates, searched=searched, model=model
    )
    kind = DocumentKind(shape["kind"]) if shape["kind"] else None
    route = route_from_json(shape["route"]) if shape.get("route") else None  # older versions stored none
    return StoredTarget(**{**shape, "kind": kind, "choice": choice, "route": route})
