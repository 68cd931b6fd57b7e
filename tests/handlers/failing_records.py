"""Records whose writes fail as a test requests."""

from __future__ import annotations

from typing import Any

import pytest

from common.aws.document_repository import DocumentRepository
from common.domain.document import Document, DocumentStatus
from common.domain.document_states import DocumentTransition


def fail_moves(patched: pytest.MonkeyPatch, status: DocumentStatus, fault: BaseException) -> None:
    """Let every write that moves a document to a status raise instead."""
    step = DocumentRepository._step

    def fail(
        records: DocumentRepository,
        document: Document,
        transition: DocumentTransition,
        *lease: Any,
        **values: Any,
    ) -> Document:
        if transition.target is status:
            raise fault
        return step(records, document, transition, *lease, **values)

    patched.setattr(DocumentRepository, "_step", fail)
