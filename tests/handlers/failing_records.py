"""Records whose writes fail as a test requests."""

from __future__ import annotations

from typing import Any

import pytest

from common.aws.document_repository import DocumentRepository
from common.domain.document import Document, DocumentStatus


def fail_moves(patched: pytest.MonkeyPatch, status: DocumentStatus, fault: BaseException) -> None:
    """Let every write that moves a document to a status raise instead."""
    move = DocumentRepository.move

    def fail(
        records: DocumentRepository, document: Document, to: DocumentStatus | None = None, **values: Any
    ) -> Document:
        if to is status:
            raise fault
        return move(records, document, to, **values)

    patched.setattr(DocumentRepository, "move", fail)
