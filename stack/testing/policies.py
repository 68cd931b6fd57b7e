"""Reads the IAM policies of a graph: every document, and what each role gets by all the ways there are.

In a preview, documents that are not known yet cannot be read; look at a graph that was created.
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
    """Collect every policy document, wherever in the inputs it is, by `name.property` of its resource.

    Where several resources share a name and a property, each goes by its URN instead: none hides another. A
    document in a list says which one it is: `role.inlinePolicies[0].policy`.
    """
    return _labelled(
        (resource, path, document)
        for resource in graph.resources
        if resource.custom
        for path, document in _documents(resource.inputs)
    )


def policies_from_elsewhere(graph: Graph) -> dict[str, str]:
    """Collect the attached policies whose text is not in the graph: their ARNs by `name.property`.

    AWS's own are among them, so that `AdministratorAccess` shows. Keys are made as those of `policy_documents`.
    """
    ours = _managed(graph)
    return _labelled(
        (resource, path, arn)
        for resource in graph.resources
        if resource.type.startswith("aws:iam/")
        for path, arn in _attached(resource)
        if arn not in ours
    )


def role_statements(graph: Graph, role: str) -> list[Statement]:
    """List all statements of a role by its name in AWS: of its inline policies and of the attached ones.

    A policy whose text is not in the graph stands there as `{"ManagedPolicy": arn}`, so that no exact list passes
    over it. Raises LookupError where the graph has neither the role nor a policy for it.
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
            f"no role is named {role!r}, and no policy is for one; there are: {', '.join(names)}"
        )
    found = [each for one in inline for each in statements(one.inputs["policy"])]
    found += [
        each
        for one in known
        for inside in one.inputs.get("inlinePolicies") or ()
        for each in statements(inside["policy"])
    ]
    ours = _managed(graph)
    for one in (*known, *attachments):
        for _, arn in _attached(one):
            found += statements(ours[arn]) if arn in ours else [{"ManagedPolicy": arn}]
    return found


def statements(document: Mapping[str, Any] | str) -> list[Statement]:
    """List the statements of a document, given as text or parsed, be there one or a list of them.

    Raises ValueError for a text that is no JSON, and for what a preview does not know.
    """
    if document == UNKNOWN:
        raise ValueError("a preview does not know this policy's text: look at a graph that was created")
    found = (json.loads(document) if isinstance(document, str) else document)["Statement"]
    return [found] if isinstance(found, Mapping) else list(found)


def as_list(value: Any) -> list[str]:
    """Read IAM's "one or a list"; what is absent is no one."""
    if value is None:
        return []
    return [value] if isinstance(value, str) else list(value)


def _managed(graph: Graph) -> dict[str, str]:
    """Find the policies that can be attached: their text by ARN."""
    return {
        str(one.outputs["arn"]): str(one.inputs["policy"])
        for one in graph.of_type("aws:iam/policy:Policy")
        if "arn" in one.outputs
    }


def _attached(resource: Resource) -> list[tuple[str, str]]:
    """List the policies that a resource attaches, each with the property that names it."""
    found = []
    for name in _ATTACHES:
        value = resource.inputs.get(name)
        if isinstance(value, list):
            found += [(f"{name}[{index}]", arn) for index, arn in enumerate(value)]
        elif value is not None:
            found.append((name, value))
    return found


def _listed_all(inputs: Mapping[str, Any], names: Iterable[str]) -> list[str]:
    return [value for name in names for value in as_list(inputs.get(name))]


def _documents(value: Any, path: str = "") -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Find policy documents in a value, however deep, as text or parsed; each with the way to it."""
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
    """Read a text as JSON; one that is something else stays a text."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def _labelled(found: Iterable[tuple[Resource, str, Any]]) -> dict[str, Any]:
    """Name each finding by its resource's name and property, or by the URN where that is not enough."""
    every = list(found)
    owners = Counter(f"{resource.name}.{path}" for resource, path, _ in every)
    return {
        f"{resource.name if owners[f'{resource.name}.{path}'] == 1 else resource.urn}.{path}": value
        for resource, path, value in every
    }
