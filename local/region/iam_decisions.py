"""What functions asked for, and whether they were allowed it: each decision of the process that plays AWS."""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from local.region.access_log import AwsCall


@dataclass(frozen=True)
class Decision:
    """One question whether a function's role may do something, and the answer."""

    function: str
    """The function whose role was asked about."""
    action: str
    """The action as IAM names it, e.g. `s3:GetObject`."""
    resource: str
    """ARN of what it is to be done to; `*` where the service knows no resource."""
    allowed: bool


def parse(lines: Iterable[str], calls: Iterable[AwsCall]) -> list[Decision]:
    """Return the decisions about functions from a log of [access key, action, resource, allowed].

    The calls tell whose key it is; a function whose calls have not been answered yet is left out.
    """
    functions = {call.access_key: call.function for call in calls if call.is_by_a_function and call.function}
    return [
        Decision(functions[key], action, resource, allowed)
        for key, action, resource, allowed in map(json.loads, lines)
        if key in functions
    ]
