"""GET /reviews/{document_id}/{revision}."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from common.lambda_entry import logging_setup
from common.runtime.deadline import DeadlineExceeded, within_deadline
from handlers.review_page import status_pages
from handlers.review_page.dependencies import build_show_review
from handlers.review_page.response_headers import headers

logging_setup.configure_logging()
log = logging.getLogger(__name__)

#: Seconds in which a page is shown or asked to be tried again: less than the function has (10).
MAX_SECONDS = 7
#: Seconds after which a reader may try again when AWS could not be asked.
RETRY_AFTER_SECONDS = 30


def handle(request: dict[str, Any], _context: object) -> dict[str, Any]:
    """Show the diff of an open review, or say where a link leads instead."""
    try:
        with within_deadline(MAX_SECONDS):
            return _answer(*_shown(request))
    except (BotoCoreError, ClientError, DeadlineExceeded):
        log.exception("review_page.failed", extra={"path": request.get("rawPath")})
        return _answer(503, status_pages.unavailable(), {"retry-after": str(RETRY_AFTER_SECONDS)})


def _shown(request: Mapping[str, Any]) -> tuple[int, str]:
    named = request.get("pathParameters") or {}
    given = request.get("queryStringParameters") or {}
    return build_show_review().show(
        str(named.get("document_id")),
        str(named.get("revision")),
        str(given.get("signature")),
    )


def _answer(status: int, page: str, more: Mapping[str, str] | None = None) -> dict[str, Any]:
    return {"statusCode": status, "headers": {**headers(page), **(more or {})}, "body": page}
