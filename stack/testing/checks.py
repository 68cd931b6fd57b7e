"""Checks for the graph of any serverless stack; each returns its findings, one line per finding.

assert functions_without_log_retention(graph) == []
"""

from collections.abc import Collection, Mapping
from typing import Any

from .delivery import asynchronous_functions_without_destination, targets_without_dead_letters
from .graph import Graph, Resource
from .policies import (
    Statement,
    policies_from_elsewhere,
    policy_documents,
    role_statements,
    statements,
)
from .policy_lint import policy_faults
from .snapshot import urn_changes, write_urns
from .variables import unset_variables
from .wildcards import is_wide, wildcard_actions, wildcard_resources

__all__ = [
    "Statement",
    "alarms_without_actions",
    "asynchronous_functions_without_destination",
    "components_without_outputs",
    "functions_without_log_retention",
    "is_wide",
    "plain_secrets",
    "policies_from_elsewhere",
    "policy_documents",
    "policy_faults",
    "role_statements",
    "same_name_twice",
    "statements",
    "stray_resources",
    "targets_without_dead_letters",
    "tree",
    "unprotected",
    "unset_variables",
    "urn_changes",
    "wildcard_actions",
    "wildcard_resources",
    "write_urns",
]


def functions_without_log_retention(graph: Graph) -> list[str]:
    """List functions whose log group is not in the graph or has no retention.

    A log group that Pulumi names is found by the function's dependency on it.
    """
    kept = [
        group
        for group in graph.of_type("aws:cloudwatch/logGroup:LogGroup")
        if group.inputs.get("retentionInDays")
    ]
    names = {group.inputs.get("name") for group in kept}
    urns = {group.urn for group in kept}
    return sorted(
        function.name
        for function in graph.of_type("aws:lambda/function:Function")
        if _log_group(function) not in names
        and not urns.intersection(function.property_dependencies.get("loggingConfig", ()))
    )


def _log_group(function: Resource) -> str:
    """Return the name of a function's log group; without one of its own it is made of the function's name."""
    own = function.inputs.get("loggingConfig", {}).get("logGroup")
    return str(own or f"/aws/lambda/{function.inputs.get('name')}")


def alarms_without_actions(graph: Graph) -> list[str]:
    """List alarms without actions, which notify no one."""
    return sorted(
        alarm.name
        for alarm in graph.of_type("aws:cloudwatch/metricAlarm:MetricAlarm")
        if not alarm.inputs.get("alarmActions")
    )


def same_name_twice(graph: Graph) -> list[str]:
    """List resources of one type with the same name in AWS: the second one silently replaces the first, or fails."""
    seen: dict[tuple[str, ...], str] = {}
    findings = []
    for resource in graph.resources:
        name = resource.inputs.get("name")
        if not resource.custom or not name:
            continue
        scope = tuple(
            str(resource.inputs.get(field, "")) for field in ("role", "eventBusName", "apiId", "logGroupName")
        )
        identity = (resource.type, *scope, str(name))
        if identity in seen:
            findings.append(f"{resource.type} {name}: {seen[identity]} and {resource.name}")
        seen[identity] = resource.name
    return sorted(findings)


def components_without_outputs(graph: Graph) -> list[str]:
    """List components that never call `register_outputs`; the engine shows them as unfinished."""
    return sorted(c.name for c in graph.resources if not c.custom and c.registered_outputs is None)


def stray_resources(graph: Graph, roots: Collection[str]) -> list[str]:
    """List resources directly below the stack that are not among `roots`; they probably lack a parent."""
    below = [r for r in graph.resources if r.parent.split("::")[-2] == "pulumi:pulumi:Stack"]
    return sorted(r.name for r in below if r.name not in roots)


def unprotected(graph: Graph, *types: str) -> list[str]:
    """List resources of these types without `protect`, which Pulumi would delete."""
    return sorted(r.name for r in graph.resources if r.type in types and not r.protect)


def plain_secrets(graph: Graph, *secrets: str) -> list[str]:
    """List inputs and exports that contain one of these secret values and are not marked as secret."""
    findings = [
        f"{resource.name}.{name}"
        for resource in graph.resources
        for name, value in resource.inputs.items()
        if name not in resource.secrets and _shows(value, secrets)
    ]
    findings += [
        name
        for name, value in graph.outputs.items()
        if name not in graph.secret_outputs and _shows(value, secrets)
    ]
    return sorted(findings)


def tree(graph: Graph) -> list[str]:
    """Return the graph as indented lines `type name`, children sorted below their parent."""
    below: dict[str, list[Resource]] = {}
    for resource in graph.resources:
        below.setdefault(resource.parent, []).append(resource)
    lines: list[str] = []

    def draw(parent: str, depth: int) -> None:
        for resource in sorted(below.get(parent, ()), key=lambda r: (r.type, r.name)):
            lines.append(f"{'  ' * depth}{resource.type} {resource.name}")
            draw(resource.urn, depth + 1)

    for root in sorted(parent for parent in below if parent.split("::")[-2] == "pulumi:pulumi:Stack"):
        draw(root, 0)
    return lines


def _shows(value: Any, secrets: Collection[str]) -> bool:
    """Return whether a value contains one of the texts at any depth."""
    if isinstance(value, str):
        return any(secret in value for secret in secrets)
    if isinstance(value, Mapping):
        return any(_shows(item, secrets) for item in value.values())
    return isinstance(value, list) and any(_shows(item, secrets) for item in value)
