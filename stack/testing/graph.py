"""The resource graph that a program registered: frozen dataclasses, and methods to find resources."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

UNKNOWN = "<unknown>"
"""Placeholder in recorded inputs for a value that a preview does not know yet."""


@dataclass(frozen=True)
class AppliedTransform:
    """One transform that ran on a resource, whether or not it changed anything."""

    name: str
    """Qualified name of the function."""
    registered_on: str
    """URN of the resource or component whose options hold it; empty for one of the whole stack."""
    changed: tuple[str, ...]
    """Names of what it changed: inputs by their names, options like `opts.protect`; sorted."""


@dataclass(frozen=True)
class Registration:
    """One resource or component as the program registered it with the engine, after all transforms."""

    urn: str
    """URN, Pulumi's unique name: stack, project, the chain of parent types, logical name."""
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
    """URNs that it depends on, explicitly or through its inputs, sorted."""
    property_dependencies: Mapping[str, tuple[str, ...]]
    """Per input, the URNs its value comes from."""
    protect: bool
    """True if Pulumi must not delete it."""
    retain_on_delete: bool
    """True if it stays in the cloud after it is removed from the program."""
    aliases: tuple[str, ...]
    """Earlier identities: URNs, or `name=…`/`type=…`/`parent=…` where the program gave parts."""
    transforms: tuple[AppliedTransform, ...]
    """Transforms in the order in which they ran: the resource's own, its parents', the stack's."""
    ignore_changes: tuple[str, ...]
    """Inputs whose changes are not applied."""
    replace_on_changes: tuple[str, ...]
    """Inputs whose changes replace it."""
    replace_with: tuple[str, ...]
    """URNs of resources with which it is replaced."""
    replacement_trigger: Any
    """Value whose change replaces it; None if there is none."""
    delete_before_replace: bool | None
    """Whether the old one is deleted before the new one is created; None if the provider decides."""
    deleted_with: str
    """URN of the resource whose deletion also deletes this one; empty if there is none."""
    additional_secret_outputs: tuple[str, ...]
    """Outputs that are kept as secrets although none of their inputs is secret."""
    custom_timeouts: Mapping[str, str]
    """Timeouts of `create`, `update`, `delete` and `read` that the program sets, e.g. `5m`."""
    hide_diffs: tuple[str, ...]
    """Properties whose differences are not shown."""
    hooks: Mapping[str, tuple[str, ...]]
    """Names of the hooks per moment, e.g. `before_create`."""
    version: str
    """Requested version of the provider; empty if the package decides."""
    plugin_download_url: str
    """URL from which the provider is downloaded; empty for the default."""
    provider: str
    """Reference of an explicit provider; empty for the default one."""
    providers: Mapping[str, str]
    """References of the providers that a component passes to its children, per package."""
    import_id: str
    """Identifier of an existing resource to adopt; empty otherwise."""


@dataclass(frozen=True)
class Resource(Registration):
    """A registration and its result."""

    id: str
    """The provider's identifier; empty for components and in previews."""
    outputs: Mapping[str, Any]
    """State after creation: the inputs, overlaid with the outputs that `create` returned."""
    registered_outputs: Mapping[str, Any] | None = field(default=None)
    """Arguments of `register_outputs`; None if it was never called (components must call it)."""


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
        """Return all resources of a type token, sorted by URN."""
        return tuple(resource for resource in self.resources if resource.type == type_)

    def named(self, name: str, type_: str = "") -> Resource:
        """Return the only resource with this logical name (and type, if several types share the name).

        Raises LookupError with a list of the resources if none or several match.
        """
        matching = [r for r in self.resources if r.name == name and type_ in ("", r.type)]
        if len(matching) != 1:
            known = ", ".join(sorted(f"{r.type} {r.name}" for r in matching or self.resources))
            raise LookupError(f"{len(matching)} resources are named {name!r} {type_}; there are: {known}")
        return matching[0]

    def children(self, parent: Resource) -> tuple[Resource, ...]:
        """Return the resources directly below a component, sorted by URN."""
        return tuple(resource for resource in self.resources if resource.parent == parent.urn)

    def by_urn(self, urn: str) -> Resource:
        """Return the resource with a URN. Raises LookupError."""
        for resource in self.resources:
            if resource.urn == urn:
                return resource
        raise LookupError(f"no resource has the URN {urn}")

    def urns(self) -> tuple[str, ...]:
        """Return all URNs, sorted, for a snapshot test that detects renames."""
        return tuple(resource.urn for resource in self.resources)
