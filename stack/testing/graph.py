"""What a program registered: its resources as plain, frozen data, and ways to ask for them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

UNKNOWN = "<unknown>"
"""What stands in recorded inputs where a preview knows no value yet."""


@dataclass(frozen=True)
class AppliedTransform:
    """One transform that ran on a resource, whether or not it changed anything."""

    name: str
    """Qualified name of the function."""
    registered_on: str
    """URN of the resource or component whose options hold it; empty for one of the whole stack."""
    changed: tuple[str, ...]
    """What it changed: inputs by their names, options as `opts.protect`; sorted."""


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
    transforms: tuple[AppliedTransform, ...]
    """Transforms in the order in which they ran: the resource's own, its parents', the stack's."""
    ignore_changes: tuple[str, ...]
    """Inputs whose changes are not applied."""
    replace_on_changes: tuple[str, ...]
    """Inputs whose changes replace it."""
    replace_with: tuple[str, ...]
    """URNs of resources with which it is replaced."""
    replacement_trigger: Any
    """Value whose change replaces it; None where there is none."""
    delete_before_replace: bool | None
    """Whether the old one goes before the new one comes; None where the provider decides."""
    deleted_with: str
    """URN of the resource whose deletion is its own as well; empty otherwise."""
    additional_secret_outputs: tuple[str, ...]
    """Outputs to be kept as secrets although no input of theirs is one."""
    custom_timeouts: Mapping[str, str]
    """How long `create`, `update`, `delete` and `read` may take, where the program says so, e.g. `5m`."""
    hide_diffs: tuple[str, ...]
    """Properties whose differences are not shown."""
    hooks: Mapping[str, tuple[str, ...]]
    """Names of the hooks per moment, e.g. `before_create`."""
    version: str
    """Version of the provider that is asked for; empty where the package says it."""
    plugin_download_url: str
    """Where the provider is downloaded from; empty for the usual place."""
    provider: str
    """Reference of an explicit provider; empty for the default one."""
    providers: Mapping[str, str]
    """References of the providers that a component hands to its children, per package."""
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
