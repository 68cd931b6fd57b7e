"""Reads MiniStack's log of IAM decisions: which actions functions requested, and whether each was allowed."""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from local.region.access_log import AwsCall


@dataclass(frozen=True)
class AccessDecision:
    """One IAM decision about a function's role."""

    function: str
    """The function whose role made the request."""
    action: str
    """The action as IAM names it, e.g. `s3:GetObject`."""
    resource: str
    """ARN of the resource; `*` where the service has no resource for the action."""
    allowed: bool


def parse_decisions(lines: Iterable[str], calls: Iterable[AwsCall]) -> list[AccessDecision]:
    """Return the decisions about functions from log lines of [access key, action, resource, allowed].

    The calls map an access key to its function; a function without an answered call yet is left out.
    """
    functions = {call.access_key: call.function for call in calls if call.is_by_a_function and call.function}
    return [
        AccessDecision(functions[key], action, resource, allowed)
        for key, action, resource, allowed in map(json.loads, lines)
        if key in functions
    ]
