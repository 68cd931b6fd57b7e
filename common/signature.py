"""The signature on a webhook: HMAC over the raw body, as WebSub defines `X-Hub-Signature: method=hex`.

https://developer.atlassian.com/cloud/jira/platform/webhooks/#secure-admin-webhooks
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence

#: Methods we accept; Jira signs with sha256 and says that it may change.
METHODS = frozenset({"sha256", "sha384", "sha512"})


def is_valid(header: str, body: bytes, secrets: Sequence[str]) -> bool:
    """Say in constant time whether ``header`` signs ``body`` with one of ``secrets``.

    There are several secrets while one replaces another.
    """
    method, separator, given = header.strip().partition("=")
    if not separator or method.lower() not in METHODS:
        return False
    expected = [hmac.new(secret.encode(), body, method.lower()).hexdigest() for secret in secrets if secret]
    matches = [
        hmac.compare_digest(candidate.encode(), given.strip().lower().encode()) for candidate in expected
    ]
    return any(matches)
