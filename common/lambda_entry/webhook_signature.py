"""Checks the signature of a webhook, which Jira sends in the header `X-Hub-Signature`.

https://developer.atlassian.com/cloud/jira/platform/webhooks/
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence

#: Accepted signature methods. Jira signs with sha256 and says that this may change.
SIGNATURE_METHODS = frozenset({"sha256", "sha384", "sha512"})


def is_valid_signature(header: str, body: bytes, secrets: Sequence[str]) -> bool:
    """Return whether ``header`` signs ``body`` with one of ``secrets``, of which there are several during a rotation.

    Digests are compared in constant time.
    """
    method, separator, given = header.strip().partition("=")
    if not separator or method.lower() not in SIGNATURE_METHODS:
        return False
    expected = [hmac.new(secret.encode(), body, method.lower()).hexdigest() for secret in secrets if secret]
    matches = [
        hmac.compare_digest(candidate.encode(), given.strip().lower().encode()) for candidate in expected
    ]
    return any(matches)
