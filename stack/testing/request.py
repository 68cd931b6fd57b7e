"""Converts the engine's registration requests to plain data."""

from typing import Any

from pulumi.runtime.proto import alias_pb2

from .graph import AppliedTransform, Registration
from .wire import plain_properties, plain_value


def registration_of(urn: str, request: Any, transforms: tuple[AppliedTransform, ...]) -> Registration:
    """Convert a registration request, after all transforms, to a Registration."""
    inputs, secrets = plain_properties(request.object)
    by_property = {
        name: tuple(sorted(dependency.urns))
        for name, dependency in request.propertyDependencies.items()
        if dependency.urns
    }
    return Registration(
        urn=urn,
        type=request.type,
        name=request.name,
        custom=request.custom,
        parent=request.parent,
        inputs=inputs,
        secrets=secrets,
        dependencies=tuple(
            sorted({*request.dependencies, *(u for urns in by_property.values() for u in urns)})
        ),
        property_dependencies=by_property,
        protect=request.protect,
        retain_on_delete=request.retainOnDelete,
        aliases=tuple(_alias(alias) for alias in request.aliases),
        transforms=transforms,
        ignore_changes=tuple(request.ignoreChanges),
        replace_on_changes=tuple(request.replaceOnChanges),
        replace_with=tuple(request.replace_with),
        replacement_trigger=(
            plain_value(request.replacement_trigger) if request.HasField("replacement_trigger") else None
        ),
        delete_before_replace=request.deleteBeforeReplace if request.deleteBeforeReplaceDefined else None,
        deleted_with=request.deletedWith,
        additional_secret_outputs=tuple(request.additionalSecretOutputs),
        custom_timeouts={field.name: value for field, value in request.customTimeouts.ListFields()},
        hide_diffs=tuple(request.hideDiffs),
        hooks={field.name: tuple(names) for field, names in request.hooks.ListFields()},
        version=request.version,
        plugin_download_url=request.pluginDownloadURL,
        provider=request.provider,
        providers=dict(request.providers),
        import_id=request.importId,
    )


def _alias(alias: alias_pb2.Alias) -> str:
    """Return an alias as its URN, or as `name=…`, `type=…` and `parent=…` if the program gave parts."""
    if alias.urn:
        return alias.urn
    spec = alias.spec
    parts = {
        "name": spec.name, "type": spec.type, "parent": spec.parentUrn,
        "project": spec.project, "stack": spec.stack,
    }  # fmt: skip
    given = [f"{key}={value}" for key, value in parts.items() if value]
    return " ".join([*given, "parent=none"] if spec.noParent else given)
