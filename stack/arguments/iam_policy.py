"""IAM policy statements as data, and the policy documents built from them."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pulumi

from .validation import reject

PolicyStatement = dict[str, Any]
"""One permission: `actions` and `resources` (lists of text), and optional `conditions` in IAM's format.

It is a plain dictionary because Pulumi's component host cannot map the fields of a value that is only known during
the update, and ARNs usually are. Every statement allows; there is no Deny.
"""


def statement(
    actions: Sequence[str],
    *resources: pulumi.Input[str],
    conditions: Mapping[str, Mapping[str, Sequence[pulumi.Input[str]]]] | None = None,
) -> pulumi.Output[PolicyStatement]:
    """Build an Allow statement; its ARNs may be outputs that are only known during the update."""
    parts: dict[str, Any] = {"actions": sorted(actions), "resources": list(resources)}
    if conditions:
        parts["conditions"] = {operator: dict(keys) for operator, keys in conditions.items()}
    return pulumi.Output.all(**parts)


def policy_document(statements: pulumi.Input[Sequence[pulumi.Input[PolicyStatement]]]) -> pulumi.Output[str]:
    """Return the JSON of an IAM policy document with these statements."""

    def write(known: Any) -> pulumi.Output[str]:
        return pulumi.Output.json_dumps({"Version": "2012-10-17", "Statement": [_iam(one) for one in known]})

    return pulumi.Output.from_input(statements).apply(write)


def trust_policy(service: str) -> str:
    """Return the JSON of a role's trust policy that lets an AWS service assume the role."""
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": service}},
            ],
        }
    )


def check_statement(component: str, one: object) -> None:
    """Raise InvalidArgument for a statement that is not a PolicyStatement; a value that is not known yet passes."""
    if not isinstance(one, Mapping) or isinstance(one, pulumi.Output):
        return
    if unknown := sorted(set(one) - {"actions", "resources", "conditions"}):
        fix = 'Write it as {"actions": ["s3:GetObject"], "resources": [arn]}, with optional `conditions`.'
        reject(component, "statements", f"have the unknown key {unknown[0]!r}", fix)
    for part in ("actions", "resources"):
        if not isinstance(one.get(part), list) or not one[part]:
            fix = f"Give each statement a list of `{part}` with at least one entry."
            reject(component, "statements", f"have no list of `{part}`", fix)


def _iam(one: PolicyStatement) -> dict[str, Any]:
    """Return one statement in IAM's JSON format."""
    written: dict[str, Any] = {"Effect": "Allow", "Action": one["actions"], "Resource": one["resources"]}
    if one.get("conditions"):
        written["Condition"] = one["conditions"]
    return written
