"""What a program registered: its resources as plain, frozen data, and ways to ask for them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

UNKNOWN = "<unknown>"
"""What stands in recorded inputs where a preview knows no value yet."""


@dataclass(frozen=True)
class Registration:
    """One resource or component as the program asked the engine for it, after all transforms."""

    urn: str
    """Pulumi's own name of it: stack, project, the chain of parent types, logical name."""
    type: str
    """Type token, e.g. `aws:lambda/function:Function` or `kinexus:index:PythonFunction`."""
    name: str
    """Logical name, unique per type and parent chain."""
    custom: bool
    """True for a resource that a provider creates, False for a component."""
    parent: str
    """URN of the parent; empty for the stack itself."""
    inputs: Mapping[str, Any]
    """Properties by their camelCase names; secrets unwrapped, whole numbers as int, archives as objects."""
    secrets: frozenset[str]
    """Names of the top-level inputs that hold a secret somewhere."""
    dependencies: tuple[str, ...]
    """URNs it waits for, explicitly or through its inputs, sorted."""
    property_dependencies: Mapping[str, tuple[str, ...]]
    """Per input, the URNs its value comes from."""
    protect: bool
    """True when Pulumi is told to refuse its deletion."""
    retain_on_delete: bool
    """True when it stays in the cloud after it left the program."""
    aliases: tuple[str, ...]
    """Earlier identities: URNs, or `name=…`/`type=…`/`parent=…` where the program gave parts."""
    ignore_changes: tuple[str, ...]
    """Inputs whose changes are not applied."""
    provider: str
    """Reference of an explicit provider; empty for the default one."""
    import_id: str
    """Identifier of an existing resource to adopt; empty otherwise."""


@dataclass(frozen=True)
class Resource(Registration):
    """A registration together with what came of it."""

    id: str
    """The provider's identifier; empty for components and in previews."""
    outputs: Mapping[str, Any]
    """State after creation: the inputs, overlaid with what the creator returned."""
    registered_outputs: Mapping[str, Any] | None = field(default=None)
    """What `register_outputs` got; None where it was never called (components must call it)."""


@dataclass(frozen=True)
class Graph:
    """Everything one run of a program registered."""

    resources: tuple[Resource, ...]
    """All resources and components but the stack itself, sorted by URN."""
    outputs: Mapping[str, Any]
    """The stack's exports; secrets unwrapped."""
    secret_outputs: frozenset[str]
    """Names of the exports that are secret."""

    def of_type(self, type_: str) -> tuple[Resource, ...]:
        """All resources of a type token, sorted by URN."""
        return tuple(resource for resource in self.resources if resource.type == type_)

    def named(self, name: str, type_: str = "") -> Resource:
        """Find the only resource with this logical name (and type, where several kinds share the name).

        Raises LookupError that lists what there is when none or several match.
        """
        found = [r for r in self.resources if r.name == name and type_ in ("", r.type)]
        if len(found) != 1:
            known = ", ".join(sorted(f"{r.type} {r.name}" for r in found or self.resources))
            raise LookupError(f"{len(found)} resources are named {name!r} {type_}; there are: {known}")
        return found[0]

    def children(self, parent: Resource) -> tuple[Resource, ...]:
        """List the resources directly below a component, sorted by URN."""
        return tuple(resource for resource in self.resources if resource.parent == parent.urn)

    def by_urn(self, urn: str) -> Resource:
        """Find the resource of that URN. Raises LookupError."""
        for resource in self.resources:
            if resource.urn == urn:
                return resource
        raise LookupError(f"no resource has the URN {urn}")

    def urns(self) -> tuple[str, ...]:
        """All URNs, sorted: the list a snapshot test holds, so that no rename slips through."""
        return tuple(resource.urn for resource in self.resources)
