"""The settings of the review page, read from environment variables."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """Each field is read from the environment variable with its name in capitals."""

    documents_bucket: str
    link_key_secret_arn: str
    review_link_days: int
