"""What was chosen for a change, as it is stored: once, before anything is drafted.

A model may choose otherwise the second time; the record does not.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any

from common.domain.document import Choice, DocumentKind, Scored
from handlers.document_orchestrator.page_selection.selection import Choice as Found
from handlers.document_orchestrator.page_selection.selection import (
    CreatePage,
    JoinDraft,
    Judgement,
    NoDocument,
    UnnamedPage,
    UpdatePage,
)

#: Candidates that are kept on record.
MOST_CANDIDATES = 5


@dataclass(frozen=True)
class Chosen:
    """One target. ``kind`` None: no document is needed; ``joins`` names an open document it becomes part of.

    ``space_id`` and ``parent_id`` are where a new page goes; an existing page stays where it is. ``unnamed`` is the id
    of the page that fits best, where only a person may choose it.
    """

    kind: DocumentKind | None
    choice: Choice
    title: str = ""
    page_id: str | None = None
    space_id: str = ""
    parent_id: str | None = None
    joins: str | None = None
    unnamed: str = ""


@dataclass(frozen=True)
class AllChosen:
    """All targets of a change, and what people named and we refuse (with reasons)."""

    targets: tuple[Chosen, ...]
    refused: tuple[str, ...] = ()


def settle(found: Found, space_id: str, title_for: Callable[[str], str]) -> AllChosen:
    """Turn what was found into what is stored; ``title_for`` gives a new page a title that is free in the space."""
    return AllChosen(
        targets=tuple(
            _chosen(judgement, found.searched, space_id, title_for) for judgement in found.judgements
        ),
        refused=tuple(f"{refused.reference}: {refused.reason}" for refused in found.refused),
    )


def _chosen(
    judgement: Judgement, searched: tuple[str, ...], space_id: str, title_for: Callable[[str], str]
) -> Chosen:
    candidates = tuple(
        Scored(candidate.page_id, candidate.title, round(candidate.score, 2))
        for candidate in judgement.candidates[:MOST_CANDIDATES]
    )
    choice = Choice(judgement.reason, judgement.confidence, judgement.decided_by, candidates, searched)
    match judgement.target:
        case UpdatePage(page_id=page_id, title=title):
            return Chosen(DocumentKind.UPDATE, choice, title, page_id=page_id)
        case JoinDraft(document_id=document_id, title=title):
            return Chosen(DocumentKind.CREATE, choice, title, space_id=space_id, joins=document_id)
        case CreatePage(title=title, parent_id=parent_id):
            return Chosen(
                DocumentKind.CREATE, choice, title_for(title), space_id=space_id, parent_id=parent_id
            )
        case NoDocument():
            return Chosen(None, choice)
        case UnnamedPage(page_id=page_id):
            return Chosen(None, choice, unnamed=page_id)


def to_json(chosen: AllChosen) -> str:
    """Return the form that is kept with the change."""
    return json.dumps(asdict(chosen), ensure_ascii=False)


def from_json(stored: str) -> AllChosen:
    """Read what ``to_json`` returned."""
    shape = json.loads(stored)
    return AllChosen(
        targets=tuple(_target(target) for target in shape["targets"]),
        refused=tuple(shape["refused"]),
    )


def _target(shape: dict[str, Any]) -> Chosen:
    candidates = tuple(Scored(**candidate) for candidate in shape["choice"]["candidates"])
    searched = tuple(shape["choice"]["searched"])
    choice = replace(Choice(**shape["choice"]), candidates=candidates, searched=searched)
    kind = DocumentKind(shape["kind"]) if shape["kind"] else None
    return Chosen(**{**shape, "kind": kind, "choice": choice})
