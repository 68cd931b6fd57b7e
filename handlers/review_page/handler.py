"""GET /reviews/{document_id}/{revision}."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from common.lambda_entry import logging_setup
from common.runtime.deadline import OutOfTime, within
from handlers.review_page import status_pages
from handlers.review_page.dependencies import viewing
from handlers.review_page.response_headers import headers

logging_setup.set_up()
log = logging.getLogger(__name__)

#: Seconds in which a page is shown or asked to be tried again: less than the function has (10).
LONGEST = 7
#: Seconds after which a reader may try again when AWS could not be asked.
TRY_AGAIN = 30


def handle(request: dict[str, Any], _context: object) -> dict[str, Any]:
    """Show the diff of an open review, or say where a link leads instead."""
    try:
        with within(LONGEST):
            return _answer(*_shown(request))
    except (BotoCoreError, ClientError, OutOfTime):
        log.exception("a review cannot be shown now", extra={"path": request.get("rawPath")})
        return _answer(503, status_pages.unavailable(), {"retry-after": str(TRY_AGAIN)})


def _shown(request: Mapping[str, Any]) -> tuple[int, str]:
    named = request.get("pathParameters") or {}
    given = request.get("queryStringParameters") or {}
    return viewing().show(
        str(named.get("document_id")),
        str(named.get("revision")),
        str(given.get("signature")),
    )


def _answer(status: int, page: str, more: Mapping[str, str] | None = None) -> dict[str, Any]:
    return {"statusCode": status, "headers": {**headers(page), **(more or {})}, "body": page}
