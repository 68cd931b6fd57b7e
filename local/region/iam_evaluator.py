"""Evaluates IAM policy documents: finds whether they allow an action on a resource.

Covers the elements that the stack's documents use. An unknown element or condition operator raises UnreadablePolicy, so
nothing is allowed by oversight. An explicit denial wins, as on AWS.
"""

import fnmatch
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

Document = str | dict[str, Any]


class UnreadablePolicy(ValueError):
    """A policy document uses an element or condition operator that this evaluator does not support."""


def allows(
    documents: Iterable[Document],
    action: str,
    resource: str,
    context: Mapping[str, str] | None = None,
    principal: str | None = None,
) -> bool:
    """Return whether the documents together allow the action on the resource.

    `context` holds condition keys ("aws:SourceArn": …). `principal` is the calling service ("events.amazonaws.com") for
    a resource's policy, and None for the policies of a role.
    """
    allowed = False
    for statement in policy_statements(documents):
        if not _applies(statement, action, resource, context or {}, principal):
            continue
        if statement.get("Effect") == "Deny":
            return False
        allowed = True
    return allowed


def policy_statements(documents: Iterable[Document]) -> list[dict[str, Any]]:
    """Return all statements of the documents, each given as JSON text or parsed."""
    collected: list[dict[str, Any]] = []
    for document in documents:
        parsed = json.loads(document) if isinstance(document, str) else document
        collected.extend(_listed(parsed.get("Statement")))
    return collected


def matches_pattern(pattern: str, text: str, case: bool = True) -> bool:
    """Return whether a text matches a policy pattern; only * and ? are wildcards."""
    expression = fnmatch.translate(pattern.replace("[", "[[]"))
    return re.match(expression, text, 0 if case else re.IGNORECASE) is not None


def _applies(
    statement: dict[str, Any], action: str, resource: str, context: Mapping[str, str], principal: str | None
) -> bool:
    if "NotAction" in statement or "NotResource" in statement or "NotPrincipal" in statement:
        raise UnreadablePolicy(
            f"the local region does not support NotAction, NotResource and NotPrincipal: {statement}"
        )
    if not any(matches_pattern(pattern, action, case=False) for pattern in _listed(statement.get("Action"))):
        return False
    if not any(matches_pattern(pattern, resource) for pattern in _listed(statement.get("Resource", "*"))):
        return False
    if principal is not None and not _names(statement.get("Principal"), principal):
        return False
    return _conditions_hold(statement.get("Condition") or {}, context)


def _names(stated: Any, principal: str) -> bool:
    if stated == "*":
        return True
    if not isinstance(stated, dict):
        return False
    return any(name in ("*", principal) for names in stated.values() for name in _listed(names))


def _conditions_hold(conditions: dict[str, dict[str, Any]], context: Mapping[str, str]) -> bool:
    folded = {key.lower(): value for key, value in context.items()}
    for operator, wanted in conditions.items():
        base = operator.removesuffix("IfExists")
        for key, values in wanted.items():
            actual = folded.get(key.lower())
            if actual is None:
                if base != operator:
                    continue
                return False
            if not _holds(base, [str(value) for value in _listed(values)], actual):
                return False
    return True


def _holds(operator: str, wanted: list[str], actual: str) -> bool:
    if operator in ("StringLike", "ArnLike", "ArnEquals"):
        return any(matches_pattern(pattern, actual) for pattern in wanted)
    if operator == "StringEquals":
        return actual in wanted
    if operator == "Bool":
        return actual.lower() in [value.lower() for value in wanted]
    raise UnreadablePolicy(f"the local region does not support the condition operator {operator}")


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, list) else [value]
