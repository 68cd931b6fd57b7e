"""A draft: one proposed version of a document, with everything needed to review and publish it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from common import storage_format as sf
from common.domain.document import DocumentKind
from common.domain.model_use import ModelUse

#: The source of an edit that the reviewer's feedback asks for.
FEEDBACK = "feedback"
_EDITS: dict[str, Any] = {
    "replace": sf.Replace,
    "insert_after": sf.InsertAfter,
    "delete": sf.Delete,
    "restore": sf.Restore,
}


@dataclass(frozen=True)
class Because:
    """The reason for an edit: words of a ticket that stand in it just so, with the ticket's key as ``source``.

    ``source`` is FEEDBACK, without a quotation, for words of the reviewer, and ``""`` if they stand nowhere.
    """

    source: str = ""
    quote: str = ""


@dataclass(frozen=True)
class Draft:
    """Revision ``revision`` of a document.

    An *update* has ``page_id``, ``base_version``, the ``base`` storage it was drafted on and ``edits``; a *create* has
    the ``storage`` of the new page. ``storage`` is always the result that the reviewer sees. ``follows`` is the
    previous revision, 0 for the first. ``inputs`` identifies what it was drafted from: a stored draft that was never
    announced is reused only for the same inputs. ``levels`` holds the security level ids of its tickets, by issue key.
    ``model`` records the model that drafted it, None for drafts of versions that did not record it.
    ``because`` has the reason of each edit, or is empty: new pages have none, nor have drafts of earlier versions.
    ``unsourced`` are names, numbers, identifiers and URLs that the draft adds and that stand in no source. Both are for
    the reviewer, and never a part of the page.
    """

    document_id: str
    revision: int
    kind: DocumentKind
    title: str
    space_id: str
    summary: str
    storage: str
    change_ids: tuple[str, ...]
    issue_keys: tuple[str, ...]
    parent_id: str | None = None
    page_id: str | None = None
    base_version: int = 0
    base: str = ""
    edits: tuple[sf.PageEdit, ...] = ()
    follows: int = 0
    inputs: str = ""
    levels: Mapping[str, str] = field(default_factory=dict)
    model: ModelUse | None = None
    because: tuple[Because, ...] = ()
    unsourced: tuple[str, ...] = ()

    def changes(self) -> tuple[sf.BlockChange, ...]:
        """Return the change that each edit of an update makes; nothing for a new page.

        Nothing either for edits that another version of Kinexus stored and that can no longer be applied.
        """
        try:
            return sf.apply(sf.parse(self.base), self.edits).changes if self.edits else ()
        except sf.InvalidEdit:
            return ()

    def to_bytes(self) -> bytes:
        """Return the canonical JSON, whose SHA-256 a decision is bound to."""
        shape = asdict(self)
        shape["edits"] = [edit_to_json(edit) for edit in self.edits]
        return json.dumps(shape, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> Draft:
        """Parse the bytes that ``to_bytes`` returned."""
        shape = json.loads(data)
        shape["kind"] = DocumentKind(shape["kind"])
        shape["edits"] = tuple(edit_from_json(edit) for edit in shape["edits"])
        shape["model"] = ModelUse(**shape["model"]) if shape.get("model") else None
        shape["because"] = tuple(Because(**reason) for reason in shape.get("because", ()))
        for name in ("change_ids", "issue_keys", "unsourced"):
            shape[name] = tuple(shape.get(name, ()))
        return cls(**shape)


def draft_digest(data: bytes) -> str:
    """Return the SHA-256 of a draft, in hex, as a decision records it."""
    return hashlib.sha256(data).hexdigest()


def edit_to_json(edit: sf.PageEdit) -> dict[str, Any]:
    """Return an edit as JSON: ``{"action": "replace", "block_id": …, "markdown": …}``."""
    action = next(name for name, kind in _EDITS.items() if type(edit) is kind)
    return {"action": action, **asdict(edit)}


def edit_from_json(shape: dict[str, Any]) -> sf.PageEdit:
    """Build an edit from the JSON that ``edit_to_json`` returned."""
    fields = {name: value for name, value in shape.items() if name != "action"}
    edit: sf.PageEdit = _EDITS[shape["action"]](**fields)
    return edit
