"""Lambda entry point: GET /reviews/{document_id}/{revision} returns the review page."""

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

#: Seconds after which the answer is 503: less than the function's timeout of 10.
MAX_SECONDS = 7
#: The Retry-After header of a 503, in seconds.
RETRY_AFTER_SECONDS = 30


def handle(request: dict[str, Any], _context: object) -> dict[str, Any]:
    """Return the diff page of an open review, or a page that says why there is none."""
    try:
        with within_deadline(MAX_SECONDS):
            return _response(*_status_and_page(request))
    except (BotoCoreError, ClientError, DeadlineExceeded):
        log.exception("review_page.failed", extra={"path": request.get("rawPath")})
        return _response(503, status_pages.unavailable(), {"retry-after": str(RETRY_AFTER_SECONDS)})


def _status_and_page(request: Mapping[str, Any]) -> tuple[int, str]:
    path = request.get("pathParameters") or {}
    query = request.get("queryStringParameters") or {}
    return build_show_review().show(
        str(path.get("document_id")),
        str(path.get("revision")),
        str(query.get("signature")),
    )


def _response(status: int, page: str, more: Mapping[str, str] | None = None) -> dict[str, Any]:
    return {"statusCode": status, "headers": {**headers(page), **(more or {})}, "body": page}
