"""Secrets from Secrets Manager, read by ARN, kept for the life of the process, re-read on demand."""

from __future__ import annotations

import json
from typing import Any


class InvalidSecret(Exception):
    """The secret is not the JSON object that the stack writes; the message names the key, never the value."""


class Secret:
    """One secret, a JSON object of strings. ``client`` is boto3's ``secretsmanager`` client."""

    def __init__(self, client: Any, arn: str) -> None:
        self._client, self._arn = client, arn
        self._value: dict[str, Any] | None = None

    def __repr__(self) -> str:
        return f"Secret({self._arn!r})"

    def get(self, key: str, *, fresh: bool = False) -> Any:
        """Return the value under ``key``; ``fresh`` reads the secret anew (after a 401, say)."""
        if self._value is None or fresh:
            answer = self._client.get_secret_value(SecretId=self._arn)
            try:
                self._value = json.loads(answer["SecretString"])
            except (KeyError, ValueError):
                self._value = None
        if not isinstance(self._value, dict) or key not in self._value:
            raise InvalidSecret(
                f'{self._arn} has no "{key}": set it again with `pulumi config set --secret` and `pulumi up`'
            )
        return self._value[key]
