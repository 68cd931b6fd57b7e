"""Reads the IAM policies of a graph: every policy document, and all statements of a role.

A preview does not know some documents yet: use a graph that was created.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from .graph import UNKNOWN, Graph, Resource

Statement = Mapping[str, Any]

_ROLE = "aws:iam/role:Role"
_INLINE = "aws:iam/rolePolicy:RolePolicy"
_ATTACHED_TO = ("role", "roles", "roleName")
_ATTACHES = ("policyArn", "policyArns", "managedPolicyArns")


def policy_documents(graph: Graph) -> dict[str, Mapping[str, Any]]:
    """Return every policy document, at any depth of the inputs, by `name.property` of its resource.

    If several resources share a name and a property, their keys have the URN instead of the name. A document in a list
    has its index: `role.inlinePolicies[0].policy`.
    """
    return _labelled(
        (resource, path, document)
        for resource in graph.resources
        if resource.custom
        for path, document in _documents(resource.inputs)
    )


def policies_from_elsewhere(graph: Graph) -> dict[str, str]:
    """Return the ARNs of attached policies whose text is not in the graph, by `name.property`.

    AWS managed policies such as `AdministratorAccess` are included. Keys have the format of `policy_documents`.
    """
    known = _managed(graph)
    return _labelled(
        (resource, path, arn)
        for resource in graph.resources
        if resource.type.startswith("aws:iam/")
        for path, arn in _attached(resource)
        if arn not in known
    )


def role_statements(graph: Graph, role: str) -> list[Statement]:
    """Return all statements of a role, by its name in AWS: of its inline policies and of the attached ones.

    A policy whose text is not in the graph appears as `{"ManagedPolicy": arn}`, so an exact comparison includes it.
    Raises LookupError if the graph has neither the role nor a policy for it.
    """
    known = [one for one in graph.of_type(_ROLE) if role in (one.inputs.get("name"), one.id)]
    inline = [one for one in graph.of_type(_INLINE) if one.inputs.get("role") == role]
    attachments = [
        one
        for one in graph.resources
        if one.type.startswith("aws:iam/") and role in _listed_all(one.inputs, _ATTACHED_TO)
    ]
    if not (known or inline or attachments):
        names = sorted(str(one.inputs.get("name", one.name)) for one in graph.of_type(_ROLE))
        raise LookupError(
            f"no role is named {role!r}, and no policy belongs to such a role; there are: {', '.join(names)}"
        )
    result = [each for one in inline for each in statements(one.inputs["policy"])]
    result += [
        each
        for one in known
        for inside in one.inputs.get("inlinePolicies") or ()
        for each in statements(inside["policy"])
    ]
    managed = _managed(graph)
    for one in (*known, *attachments):
        for _, arn in _attached(one):
            result += statements(managed[arn]) if arn in managed else [{"ManagedPolicy": arn}]
    return result


def statements(document: Mapping[str, Any] | str) -> list[Statement]:
    """Return the statements of a document, given as text or parsed, whether it holds one or a list of them.

    Raises ValueError for a text that is not JSON, and for a document that a preview does not know.
    """
    if document == UNKNOWN:
        raise ValueError("a preview does not know this policy's text: use a graph that was created")
    element = (json.loads(document) if isinstance(document, str) else document)["Statement"]
    return [element] if isinstance(element, Mapping) else list(element)


def element_values(value: Any) -> list[str]:
    """Return an IAM element that is one text or a list as a list; None is the empty list."""
    if value is None:
        return []
    return [value] if isinstance(value, str) else list(value)


def _managed(graph: Graph) -> dict[str, str]:
    """Return the text of the graph's managed policies by ARN."""
    return {
        str(one.outputs["arn"]): str(one.inputs["policy"])
        for one in graph.of_type("aws:iam/policy:Policy")
        if "arn" in one.outputs
    }


def _attached(resource: Resource) -> list[tuple[str, str]]:
    """Return the ARNs of the policies that a resource attaches, each with the property that names it."""
    arns = []
    for name in _ATTACHES:
        value = resource.inputs.get(name)
        if isinstance(value, list):
            arns += [(f"{name}[{index}]", arn) for index, arn in enumerate(value)]
        elif value is not None:
            arns.append((name, value))
    return arns


def _listed_all(inputs: Mapping[str, Any], names: Iterable[str]) -> list[str]:
    return [value for name in names for value in element_values(inputs.get(name))]


def _documents(value: Any, path: str = "") -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the policy documents in a value at any depth, as text or parsed, each with its path."""
    if isinstance(value, str) and '"Statement"' in value:
        value = _parsed(value)
    if isinstance(value, Mapping):
        if "Statement" in value:
            yield path, value
            return
        for name, item in value.items():
            yield from _documents(item, f"{path}.{name}" if path else str(name))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _documents(item, f"{path}[{index}]")


def _parsed(text: str) -> Any:
    """Parse a text as JSON; a text that is not JSON is returned unchanged."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def _labelled(entries: Iterable[tuple[Resource, str, Any]]) -> dict[str, Any]:
    """Key each value by its resource's name and path, or by the URN and path if the name is not unique."""
    every = list(entries)
    owners = Counter(f"{resource.name}.{path}" for resource, path, _ in every)
    return {
        f"{resource.name if owners[f'{resource.name}.{path}'] == 1 else resource.urn}.{path}": value
        for resource, path, value in every
    }
