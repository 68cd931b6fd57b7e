"""The environment variables of this function."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """The settings; a field ``event_bus`` is read from the variable ``EVENT_BUS``."""

    changes_table: str
    event_bus: str
    webhook_secret_arn: str
    allow_unsigned_webhooks: bool
    document_labels: tuple[str, ...]
    decline_labels: tuple[str, ...]
    document_issue_types: tuple[str, ...]
    max_change_age_days: int
