"""The environment of this function."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """Each field is the variable of its name in capitals."""

    documents_bucket: str
    link_key_secret_arn: str
