"""Signs and verifies links to review pages.

Our own signature without an expiry, because a link presigned by a Lambda role expires within hours. It is HMAC-SHA256
(RFC 2104) over document id and revision, so a link opens only this one revision.
"""

import base64
import hashlib
import hmac
from urllib.parse import quote

TICKET_LINK = "<!-- link to the review ticket -->"
"""Where a stored review page gets the link to its ticket when it is shown; the ticket is created after the page."""

_PURPOSE = "kinexus review link v1"


def sign_review_link(key: str, document_id: str, revision: int) -> str:
    """Compute the signature of one revision's link: 43 characters that need no escaping in a URL."""
    message = "\n".join((_PURPOSE, document_id, str(revision))).encode()
    digest = hmac.new(key.encode(), message, hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def verify_review_link(key: str, document_id: str, revision: int, signature: str) -> bool:
    """Return whether `signature` is valid for this revision, compared in constant time."""
    return hmac.compare_digest(
        sign_review_link(key, document_id, revision).encode(), signature.encode("utf-8", "replace")
    )


def review_url(base_url: str, key: str, document_id: str, revision: int) -> str:
    """Return the signed URL of a revision's review page; `base_url` is the API with its stage."""
    path = f"/reviews/{quote(document_id, safe='')}/{revision}"
    return f"{base_url.rstrip('/')}{path}?signature={sign_review_link(key, document_id, revision)}"
