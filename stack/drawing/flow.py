"""Reads from a recorded graph which components exist, and how work and data flow between them."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..testing.checks import role_statements
from ..testing.graph import Graph, Resource

KINDS: Mapping[str, str] = {
    "WebhookApi": "api",
    "FunctionSchedule": "schedule",
    "EventSubscription": "queue",
    "PythonFunction": "function",
    "EventBus": "bus",
    "RecordTable": "table",
    "DocumentBucket": "bucket",
    "SecretBundle": "secret",
}
"""The component types that are drawn, each with the kind of its node."""


@dataclass(frozen=True)
class Node:
    """One component."""

    name: str
    kind: str


@dataclass(frozen=True)
class Arrow:
    """One component starts or uses another."""

    source: str
    target: str
    label: str = ""


@dataclass(frozen=True)
class Drawing:
    """The nodes and arrows to draw, both sorted."""

    nodes: tuple[Node, ...]
    arrows: tuple[Arrow, ...]

    def of_kind(self, *kinds: str) -> tuple[Node, ...]:
        """List the nodes of some kinds, in the order of the kinds."""
        return tuple(node for kind in kinds for node in self.nodes if node.kind == kind)


def flow(graph: Graph) -> Drawing:
    """Return the components and arrows of a graph that was created, not previewed."""
    owners = _owners(graph)
    nodes = {Node(owner.name, _kind(owner)) for owner in owners.values()}
    arrows = set(_calls(graph, owners)) | set(_uses(graph, owners))
    return Drawing(
        tuple(sorted(nodes, key=lambda node: (node.kind, node.name))),
        tuple(sorted(arrows, key=lambda arrow: (arrow.source, arrow.target, arrow.label))),
    )


def _kind(component: Resource) -> str:
    return KINDS.get(component.type.rpartition(":")[2], "")


def _owners(graph: Graph) -> dict[str, Resource]:
    """Map the URN of each resource to the drawn component that it belongs to, if any."""
    drawn = [each for each in graph.resources if _kind(each) and not each.custom]
    common = _common_prefix(drawn)
    return {
        child.urn: replace(component, name=component.name.removeprefix(common))
        for component in drawn
        for child in graph.children(component)
    }


def _common_prefix(drawn: Sequence[Resource]) -> str:
    """Return the name of the common parent with a hyphen, if all names begin with it; otherwise an empty text."""
    parents = {component.parent.rpartition("::")[2] for component in drawn}
    common = f"{parents.pop()}-" if len(parents) == 1 else ""
    return common if all(component.name.startswith(common) for component in drawn) else ""


def _calls(graph: Graph, owners: Mapping[str, Resource]) -> Iterator[Arrow]:
    """Yield the arrows to a function from what invokes it, and from a bus to the rules on it."""
    for resource in graph.resources:
        owner = owners.get(resource.urn)
        if owner is None:
            continue
        for urn in resource.dependencies:
            other = owners.get(urn)
            if other is None or other == owner:
                continue
            match resource.type.rpartition(":")[2], _kind(other):
                case "EventRule", "bus":
                    types = json.loads(resource.inputs["eventPattern"]).get("detail-type", [])
                    yield Arrow(other.name, owner.name, ", ".join(types))
                case "Permission", "function" if _kind(owner) == "api":
                    yield Arrow(owner.name, other.name, _route(resource.inputs["sourceArn"]))
                case "Schedule", "function":
                    yield Arrow(owner.name, other.name, str(resource.inputs["scheduleExpression"]))
                case "EventSourceMapping", "function":
                    yield Arrow(owner.name, other.name)


def _route(source_arn: str) -> str:
    """Return the route, e.g. `POST /orders`, that an ARN names."""
    _, _, method, *path = source_arn.split("/", 3)
    return f"{'ANY' if method == '*' else method} /{path[0]}" if path else method


def _uses(graph: Graph, owners: Mapping[str, Resource]) -> Iterator[Arrow]:
    """Yield the arrows from each function to the buses and stores that its policies allow."""
    arns = {
        str(resource.outputs["arn"]): owners[resource.urn]
        for resource in graph.resources
        if resource.urn in owners and resource.outputs.get("arn")
    }
    for role in graph.of_type("aws:iam/role:Role"):
        owner = owners.get(role.urn)
        if owner is None or _kind(owner) != "function":
            continue
        for statement in role_statements(graph, str(role.inputs["name"])):
            # A statement without Resource (an external policy, or one with NotResource) names no component.
            for used in _named(statement.get("Resource", []), arns):
                if _kind(used) in ("bus", "table", "bucket", "secret"):
                    yield Arrow(owner.name, used.name)


def _named(resources: Any, arns: Mapping[str, Resource]) -> Iterator[Resource]:
    """Yield the components whose ARN, or a path below it, is among a statement's resources."""
    for resource in [resources] if isinstance(resources, str) else resources:
        for arn, owner in arns.items():
            if resource == arn or resource.startswith((f"{arn}/", f"{arn}:")):
                yield owner
