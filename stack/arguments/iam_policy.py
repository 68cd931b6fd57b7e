"""IAM policy statements as data, and the policy documents built from them."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pulumi

from .known_later import check_json
from .validation import is_output, reject

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


def key_of(args: Any) -> list[pulumi.Input[str]]:
    """Return the customer's KMS key of a store, its argument `key_arn`, as a list: empty if there is none."""
    return [args["key_arn"]] if "key_arn" in args else []


def with_key(actions: Sequence[str], key_actions: Sequence[str], args: Any) -> list[str]:
    """Return actions on a store, and those on its key if it has one.

    One statement may hold both: IAM applies an action only to resources of its own service.
    """
    return [*actions, *(key_actions if "key_arn" in args else ())]


def policy_document(statements: pulumi.Input[Sequence[pulumi.Input[PolicyStatement]]]) -> pulumi.Output[str]:
    """Return the JSON of an IAM policy document with these statements."""

    def write(known: Any) -> pulumi.Output[str]:
        return pulumi.Output.json_dumps({"Version": "2012-10-17", "Statement": [_iam(one) for one in known]})

    return pulumi.Output.from_input(statements).apply(write)


def deny_plain_http(actions: str, *resources: pulumi.Input[str]) -> dict[str, Any]:
    """Return the statement of a resource policy, in IAM's format, that denies requests without TLS."""
    return {
        "Sid": "RefuseWithoutTls",
        "Effect": "Deny",
        "Principal": "*",
        "Action": actions,
        "Resource": list(resources) if len(resources) > 1 else resources[0],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }


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
    if is_output(one):
        return
    if not isinstance(one, Mapping):
        fix = "Give statements of components, or objects with `actions` and `resources`."
        reject(component, "statements", f"have an entry of type {type(one).__name__}", fix)
    check_json(component, "statements", one)
    if unknown := sorted(set(one) - {"actions", "resources", "conditions"}):
        fix = 'Write it as {"actions": ["s3:GetObject"], "resources": [arn]}, with optional `conditions`.'
        reject(component, "statements", f"have the unknown key {unknown[0]!r}", fix)
    for part in ("actions", "resources"):
        if not is_output(one.get(part)) and (not isinstance(one.get(part), list) or not one[part]):
            fix = f"Give each statement a list of `{part}` with at least one entry."
            reject(component, "statements", f"have no list of `{part}`", fix)


def _iam(one: PolicyStatement) -> dict[str, Any]:
    """Return one statement in IAM's JSON format."""
    written: dict[str, Any] = {"Effect": "Allow", "Action": one["actions"], "Resource": one["resources"]}
    if one.get("conditions"):
        written["Condition"] = one["conditions"]
    return written
