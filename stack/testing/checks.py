"""Questions that every serverless stack should answer well; each returns what is amiss, one line per finding.

assert functions_without_log_retention(graph) == []
"""

import json
from collections.abc import Collection, Mapping
from typing import Any

from stack.testing.graph import Graph, Resource

Statement = Mapping[str, Any]


def role_statements(graph: Graph, role: str) -> list[Statement]:
    """List all statements of a role by its name in AWS, from every inline policy attached to it."""
    policies = [p for p in graph.of_type("aws:iam/rolePolicy:RolePolicy") if p.inputs["role"] == role]
    return [
        statement for policy in policies for statement in json.loads(policy.inputs["policy"])["Statement"]
    ]


def policy_documents(graph: Graph) -> dict[str, Mapping[str, Any]]:
    """Collect every policy document of the graph by resource name and property."""
    found = {}
    for resource in graph.resources:
        for field in ("policy", "assumeRolePolicy"):
            text = resource.inputs.get(field)
            if resource.custom and isinstance(text, str) and "Statement" in text:
                found[f"{resource.name}.{field}"] = json.loads(text)
    return found


def wildcard_resources(graph: Graph, reasons: Mapping[str, str]) -> list[str]:
    """Name allowed actions on resource `*` (or on all of an account) for which `reasons` has no entry."""
    findings = []
    for name, document in policy_documents(graph).items():
        for statement in document["Statement"]:
            if statement["Effect"] != "Allow" or "Resource" not in statement:
                continue
            wide = [arn for arn in _listed(statement["Resource"]) if arn == "*" or arn.endswith(":*:*")]
            actions = [action for action in _listed(statement["Action"]) if action not in reasons]
            findings += [f"{name}: {action} on {arn}" for arn in wide for action in actions]
    return sorted(findings)


def wildcard_actions(graph: Graph) -> list[str]:
    """Name allowed actions that are patterns: each of them permits what nobody has thought of."""
    return sorted(
        f"{name}: {action}"
        for name, document in policy_documents(graph).items()
        for statement in document["Statement"]
        if statement["Effect"] == "Allow"
        for action in _listed(statement["Action"])
        if "*" in action
    )


def functions_without_log_retention(graph: Graph) -> list[str]:
    """Name functions whose log group is not in the graph, or keeps its lines for ever."""
    kept = {
        group.inputs.get("name")
        for group in graph.of_type("aws:cloudwatch/logGroup:LogGroup")
        if group.inputs.get("retentionInDays")
    }
    return sorted(
        function.name
        for function in graph.of_type("aws:lambda/function:Function")
        if function.inputs.get("loggingConfig", {}).get(
            "logGroup", f"/aws/lambda/{function.inputs.get('name')}"
        )
        not in kept
    )


def targets_without_dead_letters(graph: Graph) -> list[str]:
    """Name event targets, and queues that feed functions, which drop what they cannot deliver."""
    findings = [
        target.name
        for target in graph.of_type("aws:cloudwatch/eventTarget:EventTarget")
        if not target.inputs.get("deadLetterConfig", {}).get("arn")
    ]
    sources = {
        m.inputs.get("eventSourceArn")
        for m in graph.of_type("aws:lambda/eventSourceMapping:EventSourceMapping")
    }
    findings += [
        queue.name
        for queue in graph.of_type("aws:sqs/queue:Queue")
        if queue.outputs.get("arn") in sources and not queue.inputs.get("redrivePolicy")
    ]
    return sorted(findings)


def alarms_without_actions(graph: Graph) -> list[str]:
    """Name alarms that nobody hears."""
    return sorted(
        alarm.name
        for alarm in graph.of_type("aws:cloudwatch/metricAlarm:MetricAlarm")
        if not alarm.inputs.get("alarmActions")
    )


def same_name_twice(graph: Graph) -> list[str]:
    """Name resources of one type with one name in AWS: the second silently replaces the first, or fails."""
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
    """Name components that never call `register_outputs`: the engine shows them as unfinished."""
    return sorted(c.name for c in graph.resources if not c.custom and c.registered_outputs is None)


def stray_resources(graph: Graph, roots: Collection[str]) -> list[str]:
    """Name resources that hang directly below the stack without being one of `roots`."""
    below = [r for r in graph.resources if r.parent.split("::")[-2] == "pulumi:pulumi:Stack"]
    return sorted(r.name for r in below if r.name not in roots)


def unprotected(graph: Graph, *types: str) -> list[str]:
    """Name resources of these types that Pulumi would delete without being asked twice."""
    return sorted(r.name for r in graph.resources if r.type in types and not r.protect)


def plain_secrets(graph: Graph, *secrets: str) -> list[str]:
    """Name inputs and exports that show one of these secret values without being marked secret."""
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
    """Draw the graph as indented lines `type name`, children sorted below their parent."""
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


def _listed(value: Any) -> list[str]:
    """Read IAM's "one or a list"."""
    return [value] if isinstance(value, str) else list(value)


def _shows(value: Any, secrets: Collection[str]) -> bool:
    """Tell whether a value contains one of the texts, however deep."""
    if isinstance(value, str):
        return any(secret in value for secret in secrets)
    if isinstance(value, Mapping):
        return any(_shows(item, secrets) for item in value.values())
    return isinstance(value, list) and any(_shows(item, secrets) for item in value)
