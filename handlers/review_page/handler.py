"""GET /reviews/{document_id}/{revision}."""

from __future__ import annotations

from typing import Any

from common import logs
from handlers.review_page.composition import viewing
from handlers.review_page.headers import headers

logs.set_up()


def handle(request: dict[str, Any], _context: object) -> dict[str, Any]:
    """Show the diff of an open review, or say where a link leads instead."""
    named = request.get("pathParameters") or {}
    given = request.get("queryStringParameters") or {}
    status, page = viewing().show(
        str(named.get("document_id")),
        str(named.get("revision")),
        str(given.get("signature")),
    )
    return {"statusCode": status, "headers": headers(page), "body": page}
