"""Records whose writes fail where a test says so."""

from __future__ import annotations

from typing import Any

import pytest

from common.aws.document_repository import DocumentRecords
from common.domain.document import Document, DocumentStatus


def fail_moves(patched: pytest.MonkeyPatch, status: DocumentStatus, fault: BaseException) -> None:
    """Let every write that moves a document to a status raise instead."""
    move = DocumentRecords.move

    def fail(
        records: DocumentRecords, document: Document, to: DocumentStatus | None = None, **values: Any
    ) -> Document:
        if to is status:
            raise fault
        return move(records, document, to, **values)

    patched.setattr(DocumentRecords, "move", fail)
