"""Secrets from Secrets Manager, read by ARN, kept for the life of the process, re-read on demand."""

from __future__ import annotations

import json
from typing import Any


class InvalidSecret(Exception):
    """The secret is not the JSON object that the stack writes; the message names the key, never the value."""


class Secret:
    """One secret, a JSON object of strings and lists of them. ``client`` is boto3's ``secretsmanager`` client."""

    def __init__(self, client: Any, arn: str) -> None:
        self._client, self._arn = client, arn
        self._value: object = None

    def __repr__(self) -> str:
        return f"Secret({self._arn!r})"

    def get(self, key: str, *, fresh: bool = False) -> str:
        """Return the string under ``key``; ``fresh`` reads the secret anew (after a 401, say)."""
        value = self._under(key, fresh)
        if not isinstance(value, str) or not value:
            raise self._invalid(f'no text under "{key}"')
        return value

    def several(self, key: str, *, fresh: bool = False) -> list[str]:
        """Return the list of strings under ``key``, likewise. A string alone is no list of its letters."""
        value = self._under(key, fresh)
        if not isinstance(value, list) or not all(isinstance(each, str) and each for each in value):
            raise self._invalid(f'no list of texts under "{key}"')
        return value

    def _under(self, key: str, fresh: bool) -> object:
        if self._value is None or fresh:
            answer = self._client.get_secret_value(SecretId=self._arn)
            try:
                self._value = json.loads(answer["SecretString"])
            except (KeyError, ValueError):
                self._value = None
        return self._value.get(key) if isinstance(self._value, dict) else None

    def _invalid(self, lacks: str) -> InvalidSecret:
        return InvalidSecret(
            f"{self._arn} has {lacks}: set it again with `pulumi config set --secret` and `pulumi up`"
        )
