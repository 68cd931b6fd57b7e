"""Secrets Manager in memory: each secret has one current version."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from tests.doubles.refusals import AwsError, only


@dataclass(frozen=True)
class Version:
    """The current version of a secret."""

    id: str
    value: str
    created_at: datetime


class SecretsManager:
    """The secrets by name; a secret is named by its name or its whole ARN."""

    def __init__(self, region: str, account: str) -> None:
        self._prefix = f"arn:aws:secretsmanager:{region}:{account}:secret:"
        self.secrets: dict[str, Version] = {}

    def CreateSecret(self, given: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N802 - the service's name
        """Create a secret with its first version."""
        only(given, ("Name", "SecretString", "ClientRequestToken"), "CreateSecret")
        if given["Name"] in self.secrets:
            raise AwsError(
                "ResourceExistsException",
                f"A resource with the ID you requested already exists.: {given['Name']}",
            )
        return self._store(given["Name"], given["SecretString"])

    def PutSecretValue(self, given: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N802
        """Give a secret another version, which is the current one from now on."""
        only(given, ("SecretId", "SecretString", "ClientRequestToken"), "PutSecretValue")
        name = self._name(given["SecretId"])
        return {**self._store(name, given["SecretString"]), "VersionStages": ["AWSCURRENT"]}

    def GetSecretValue(self, given: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N802
        """Return the current version."""
        only(given, ("SecretId",), "GetSecretValue")
        name = self._name(given["SecretId"])
        version = self.secrets[name]
        return {
            "ARN": self._arn(name),
            "Name": name,
            "VersionId": version.id,
            "SecretString": version.value,
            "VersionStages": ["AWSCURRENT"],
            "CreatedDate": version.created_at,
        }

    def _store(self, name: str, value: str) -> dict[str, Any]:
        self.secrets[name] = Version(str(uuid4()), value, datetime.now(UTC))
        return {"ARN": self._arn(name), "Name": name, "VersionId": self.secrets[name].id}

    def _arn(self, name: str) -> str:
        return f"{self._prefix}{name}-AbCdEf"

    def _name(self, secret_id: str) -> str:
        name = secret_id.removeprefix(self._prefix).removesuffix("-AbCdEf")
        if name not in self.secrets:
            raise AwsError("ResourceNotFoundException", "Secrets Manager can't find the specified secret.")
        return name
