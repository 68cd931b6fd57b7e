"""When the API token expires, as the setting atlassianTokenExpires says: Atlassian does not report it."""

from __future__ import annotations

from datetime import UTC, datetime

#: Days before the expiry from which it is reported.
WARNING_DAYS = 30


def days_left(expires: str, now: float) -> int | None:
    """Return the days until an ISO date, negative after it; None if it is not set. ``now`` is in epoch seconds."""
    if not expires:
        return None
    today = datetime.fromtimestamp(now, UTC).date()
    return (datetime.fromisoformat(expires).date() - today).days


def expires_soon(expires: str, now: float) -> bool:
    """Say whether a token expires within WARNING_DAYS, or has expired."""
    left = days_left(expires, now)
    return left is not None and left <= WARNING_DAYS
