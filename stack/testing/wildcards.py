"""Finds IAM permissions that are too wide: wildcard actions, and resources that cover a whole kind or account."""

import re
from collections.abc import Iterator, Mapping

from .graph import Graph
from .policies import Statement, element_values, policies_from_elsewhere, policy_documents, statements

_WORDS_BEFORE_THE_NAME = {
    "codecommit": 0,
    "codepipeline": 0,
    "elasticloadbalancing": 2,
    "execute-api": 0,
    "s3": 0,
    "sns": 0,
    "sqs": 0,
}
"""Per service, how many words in an ARN's last part name the kind of resource, before its name; by default one."""


def wildcard_resources(graph: Graph, reasons: Mapping[tuple[str, str], str]) -> list[str]:
    """List allowed actions on all resources of a service, a kind or an account for which no reason is given.

    `reasons` maps document and action, as in a finding, to the reason: `{("orders-policy.policy",
    "xray:PutTraceSegments"): "X-Ray has no resource-level permissions"}`. An attached policy whose text is not in the
    graph may allow anything, so it needs a reason too, with its ARN in place of the action. So does `*` in a resource
    policy. A reason that is no longer needed is a finding.
    """
    wide = [
        (name, action, f"{name}: {action} on {resources}")
        for name, document in policy_documents(graph).items()
        for statement in statements(document)
        if statement["Effect"] == "Allow"
        for resources in _wide(statement)
        for action in element_values(statement.get("Action")) or [_all_but(statement, "NotAction")]
    ]
    wide += [
        (name, arn, f"{name}: {arn}, whose text is not in the graph")
        for name, arn in policies_from_elsewhere(graph).items()
    ]
    given = {key for key, reason in reasons.items() if reason.strip()}
    unneeded = set(reasons) - {(name, action) for name, action, _ in wide}
    return sorted(
        [finding for name, action, finding in wide if (name, action) not in given]
        + [f"{name}: the reason for {action} excuses nothing" for name, action in unneeded]
    )


def wildcard_actions(graph: Graph) -> list[str]:
    """List allowed actions with wildcards, and statements with NotAction: they also allow future actions."""
    return sorted(
        f"{name}: {action}"
        for name, document in policy_documents(graph).items()
        for statement in statements(document)
        if statement["Effect"] == "Allow"
        for action in (
            [_all_but(statement, "NotAction")]
            if "NotAction" in statement
            else element_values(statement.get("Action"))
        )
        if "NotAction" in statement or _is_open(action)
    )


def is_wide(arn: str) -> bool:
    """Return whether an ARN in a policy covers all resources of a service, of a kind or of an account.

    It does if its name begins with a wildcard (`table/*`, `arn:aws:s3:::*-logs`), or if the service, the account or the
    kind contains one. `table/orders/index/*` and `my-bucket/*` are not wide.
    """
    parts = arn.split(":", 5)
    if len(parts) < 6:
        return _is_open(arn)
    _, partition, service, _, account, name = parts
    words = [word for word in re.split("[:/]", name) if word]
    before = _WORDS_BEFORE_THE_NAME.get(service, 1)
    if any(map(_is_open, (partition, service, account, *words[:before]))):
        return True
    return len(words) > before and words[before].startswith(("*", "?"))


def _wide(statement: Statement) -> Iterator[str]:
    """Yield the wide resources of a statement, as a finding shows them."""
    if "NotResource" in statement:
        yield _all_but(statement, "NotResource")
    yield from filter(is_wide, element_values(statement.get("Resource")))


def _all_but(statement: Statement, element: str) -> str:
    """Describe a negated element (NotAction, NotResource) as what it allows."""
    return f"all but {', '.join(element_values(statement[element]))}"


def _is_open(text: str) -> bool:
    """Return whether a text contains a wildcard."""
    return "*" in text or "?" in text
