"""IAM statements as data, and the documents made of them."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pulumi

from .validation import reject

PolicyStatement = dict[str, Any]
"""One permission: `actions` and `resources` (lists of text), and `conditions` as IAM writes them, if any.

A dictionary rather than a type of its own, because Pulumi's component host cannot map the fields of a value
that is only known during the update, and ARNs usually are. There is no statement that denies.
"""


def statement(
    actions: Sequence[str],
    *resources: pulumi.Input[str],
    conditions: Mapping[str, Mapping[str, Sequence[pulumi.Input[str]]]] | None = None,
) -> pulumi.Output[PolicyStatement]:
    """Build a statement whose ARNs may be known only during the update."""
    parts: dict[str, Any] = {"actions": sorted(actions), "resources": list(resources)}
    if conditions:
        parts["conditions"] = {operator: dict(keys) for operator, keys in conditions.items()}
    return pulumi.Output.all(**parts)


def policy_document(statements: pulumi.Input[Sequence[pulumi.Input[PolicyStatement]]]) -> pulumi.Output[str]:
    """Write statements as an IAM policy document."""

    def write(every: Any) -> pulumi.Output[str]:
        return pulumi.Output.json_dumps({"Version": "2012-10-17", "Statement": [_iam(one) for one in every]})

    return pulumi.Output.from_input(statements).apply(write)


def trust_policy(service: str) -> str:
    """Write the document by which a role lets an AWS service take it."""
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": service}},
            ],
        }
    )


def check_statement(component: str, one: object) -> None:
    """Refuse a statement in another spelling than ours; one that is not known yet passes."""
    if not isinstance(one, Mapping) or isinstance(one, pulumi.Output):
        return
    if unknown := sorted(set(one) - {"actions", "resources", "conditions"}):
        fix = 'Write it as {"actions": ["s3:GetObject"], "resources": [arn]}, with `conditions` if need be.'
        reject(component, "statements", f"have {unknown[0]!r}", fix)
    for part in ("actions", "resources"):
        if not isinstance(one.get(part), list) or not one[part]:
            reject(component, "statements", f"have no list of `{part}`", "Name at least one.")


def _iam(one: PolicyStatement) -> dict[str, Any]:
    """Write one statement in IAM's own spelling."""
    written: dict[str, Any] = {"Effect": "Allow", "Action": one["actions"], "Resource": one["resources"]}
    if one.get("conditions"):
        written["Condition"] = one["conditions"]
    return written
