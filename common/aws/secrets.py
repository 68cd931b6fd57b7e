"""Reads secrets from Secrets Manager by ARN; caches them for a few minutes and reads them again on demand."""

from __future__ import annotations

import json
import time
from typing import Any

#: Seconds after which a secret is read again: the longest time for which a warm function uses a replaced secret.
MAX_AGE_SECONDS = 300
#: Seconds between two reads that an unauthenticated request can cause, with a wrong signature.
MIN_REFRESH_INTERVAL = 10


class InvalidSecret(Exception):
    """The secret is not the JSON object that the stack writes; the message names the key, never the value."""


class CachedSecret:
    """One secret, a JSON object of strings and lists of them. ``client`` is boto3's ``secretsmanager`` client."""

    def __init__(self, client: Any, arn: str) -> None:
        self._client, self._arn = client, arn
        self._value: object = None
        self._read_at: float | None = None

    def __repr__(self) -> str:
        return f"CachedSecret({self._arn!r})"

    def get(self, key: str, *, fresh: bool = False, pause: float = 0) -> str:
        """Return the string under ``key``.

        ``fresh`` reads the secret again (after a 401, say), unless it was read in the last ``pause`` seconds.
        """
        value = self._under(key, fresh, pause)
        if not isinstance(value, str) or not value:
            raise self._invalid(f'no string under "{key}"')
        return value

    def get_first(self, *keys: str, fresh: bool = False) -> str:
        """Return the string under the first of these keys that the secret has, likewise."""
        self._under(keys[0], fresh, 0)  # the secret is read again once, however many keys are tried
        return self.get(next((key for key in keys if self._under(key, False, 0)), keys[-1]))

    def get_list(self, key: str, *, fresh: bool = False, pause: float = 0) -> list[str]:
        """Return the list of strings under ``key``, likewise. A single string is not accepted as a list."""
        value = self._under(key, fresh, pause)
        if not isinstance(value, list) or not all(isinstance(each, str) and each for each in value):
            raise self._invalid(f'no list of strings under "{key}"')
        return value

    def _under(self, key: str, fresh: bool, pause: float) -> object:
        # Wall-clock time: the monotonic clock may stop while Lambda freezes the function.
        now = time.time()
        if self._read_at is None or now - self._read_at >= (pause if fresh else MAX_AGE_SECONDS):
            answer = self._client.get_secret_value(SecretId=self._arn)
            self._read_at = now
            try:
                self._value = json.loads(answer["SecretString"])
            except (KeyError, ValueError):
                self._value = None
        return self._value.get(key) if isinstance(self._value, dict) else None

    def _invalid(self, missing: str) -> InvalidSecret:
        return InvalidSecret(
            f"{self._arn} has {missing}: set it again with `pulumi config set --secret` and `pulumi up`"
        )
