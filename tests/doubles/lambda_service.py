"""Lambda's configuration in memory: functions with their variables, and the queues that they are connected to.

No function runs. https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionConfiguration.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from tests.doubles.refusals import AwsError, only


class LambdaService:
    """The functions by name, and the event source mappings by their id."""

    def __init__(self, region: str, account: str) -> None:
        self._prefix = f"arn:aws:lambda:{region}:{account}:function:"
        self.functions: dict[str, dict[str, str]] = {}
        self.mappings: dict[str, dict[str, Any]] = {}

    def CreateFunction(self, given: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N802 - Lambda's name
        """Create a function; only its variables are kept."""
        only(given, ("FunctionName", "Role", "Runtime", "Handler", "Code", "Environment"), "CreateFunction")
        self.functions[given["FunctionName"]] = dict(given["Environment"]["Variables"])
        return self._configuration(given["FunctionName"])

    def GetFunctionConfiguration(self, given: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N802
        """Return the configuration of a function."""
        only(given, ("FunctionName",), "GetFunctionConfiguration")
        return self._configuration(given["FunctionName"])

    def UpdateFunctionConfiguration(self, given: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N802
        """Replace the variables of a function."""
        only(given, ("FunctionName", "Environment"), "UpdateFunctionConfiguration")
        self._configuration(given["FunctionName"])
        self.functions[given["FunctionName"]] = dict(given["Environment"]["Variables"])
        return self._configuration(given["FunctionName"])

    def CreateEventSourceMapping(self, given: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N802
        """Connect a queue to a function."""
        only(given, ("EventSourceArn", "FunctionName", "BatchSize"), "CreateEventSourceMapping")
        self._configuration(given["FunctionName"])
        mapping = {
            "UUID": str(uuid4()),
            "EventSourceArn": given["EventSourceArn"],
            "FunctionArn": self._prefix + given["FunctionName"],
            "BatchSize": given["BatchSize"],
            "State": "Enabled",
        }
        self.mappings[mapping["UUID"]] = mapping
        return dict(mapping)

    def ListEventSourceMappings(self, given: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N802
        """List the queues that are connected to a function."""
        only(given, ("FunctionName",), "ListEventSourceMappings")
        arn = self._prefix + given["FunctionName"]
        return {
            "EventSourceMappings": [
                dict(each) for each in self.mappings.values() if each["FunctionArn"] == arn
            ]
        }

    def UpdateEventSourceMapping(self, given: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N802
        """Enable or disable a mapping."""
        only(given, ("UUID", "Enabled"), "UpdateEventSourceMapping")
        if given["UUID"] not in self.mappings:
            raise AwsError("ResourceNotFoundException", "The resource you requested does not exist.", 404)
        mapping = self.mappings[given["UUID"]]
        mapping["State"] = "Enabled" if given["Enabled"] else "Disabled"
        return dict(mapping)

    def _configuration(self, name: str) -> dict[str, Any]:
        if name not in self.functions:
            raise AwsError("ResourceNotFoundException", f"Function not found: {self._prefix}{name}", 404)
        return {
            "FunctionName": name,
            "FunctionArn": self._prefix + name,
            "Environment": {"Variables": dict(self.functions[name])},
        }


class Sts:
    """Who calls."""

    def __init__(self, account: str) -> None:
        self._account = account

    def GetCallerIdentity(self, given: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N802 - STS's name
        """Return the account."""
        only(given, (), "GetCallerIdentity")
        user = f"arn:aws:sts::{self._account}:user/tests"
        return {"UserId": "AKIAIOSFODNN7EXAMPLE", "Account": self._account, "Arn": user}
