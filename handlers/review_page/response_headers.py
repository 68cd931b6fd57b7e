"""The response headers of every review page."""

from __future__ import annotations

from common.markup.html_page import content_security_policy

_FIXED = {
    "content-type": "text/html; charset=utf-8",
    # A closed review no longer shows its content, so no copy of the open review may stay in a cache.
    "cache-control": "no-store",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "referrer-policy": "no-referrer",
    "strict-transport-security": "max-age=31536000",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "x-robots-tag": "noindex, nofollow",
}


def headers(page: str) -> dict[str, str]:
    """Build the headers for `page`, with a policy that allows only its own style. Names are lower-case."""
    policy = f"{content_security_policy(page)}; frame-ancestors 'none'"
    return {**_FIXED, "content-security-policy": policy}
