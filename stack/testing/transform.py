"""Runs a program's transforms on a registration request, as the engine does."""

import asyncio
from typing import Any

from pulumi.runtime._callbacks import _CallbackServicer
from pulumi.runtime.proto import callback_pb2, resource_pb2

from .graph import AppliedTransform

_OPTIONS = {
    "dependencies": "depends_on",
    "protect": "protect",
    "ignoreChanges": "ignore_changes",
    "replaceOnChanges": "replace_on_changes",
    "version": "version",
    "aliases": "aliases",
    "provider": "provider",
    "providers": "providers",
    "customTimeouts": "custom_timeouts",
    "pluginDownloadURL": "plugin_download_url",
    "pluginChecksums": "plugin_checksums",
    "retainOnDelete": "retain_on_delete",
    "deletedWith": "deleted_with",
    "deleteBeforeReplace": "delete_before_replace",
    "additionalSecretOutputs": "additional_secret_outputs",
    "hooks": "hooks",
    "importId": "import",
    "hideDiffs": "hide_diff",
    "replace_with": "replace_with",
    "replacement_trigger": "replacement_trigger",
}
"""The options that a transform can change: their names in a registration request, and in a transform request."""

_SPELLED = {"import": "import_", "hide_diff": "hide_diffs"}
"""Options that have another name in `ResourceOptions`."""


def run_transform(callback: callback_pb2.Callback, request: Any, registered_on: str) -> AppliedTransform:
    """Run one transform on the program's event loop, apply its result to the request, and return what it changed."""
    servicer = next(s for s in _CallbackServicer._servicers if callback.token in s._callbacks)
    options = _options(request)
    question = resource_pb2.TransformRequest(
        type=request.type, name=request.name, custom=request.custom, parent=request.parent,
        properties=request.object, options=options,
    )  # fmt: skip
    work = servicer._callbacks[callback.token](question.SerializeToString())
    answer: Any = asyncio.run_coroutine_threadsafe(work, servicer._loop).result()  # type: ignore[arg-type]
    before, after = request.object.fields, answer.properties.fields
    changed = [name for name in {*before, *after} if before.get(name) != after.get(name)]
    request.object.CopyFrom(answer.properties)
    if answer.HasField("options"):
        _take_over(request, answer.options)
        new_options = _options(request)
        changed += [
            f"opts.{_SPELLED.get(name, name)}"
            for name in _OPTIONS.values()
            if _value(options, name) != _value(new_options, name)
        ]
    return AppliedTransform(_name(servicer, callback.token), registered_on, tuple(sorted(changed)))


def _options(request: Any) -> resource_pb2.TransformResourceOptions:
    """Return the options of a registration request in the format for transforms."""
    options = resource_pb2.TransformResourceOptions()
    for ours, theirs in _OPTIONS.items():
        _copy(request, ours, options, theirs)
    if not request.deleteBeforeReplaceDefined:
        options.ClearField("delete_before_replace")
    return options


def _take_over(request: Any, options: resource_pb2.TransformResourceOptions) -> None:
    """Replace all options of a registration request; options that the transform left out are removed."""
    for ours, theirs in _OPTIONS.items():
        _copy(options, theirs, request, ours)
    request.deleteBeforeReplaceDefined = options.HasField("delete_before_replace")


def _copy(source: Any, name: str, target: Any, as_name: str) -> None:
    """Copy one field of a message, of any type; a field that is absent in the source is cleared."""
    target.ClearField(as_name)
    if _is_given(source, name):
        value = getattr(source, name)
        if hasattr(value, "MergeFrom"):
            getattr(target, as_name).MergeFrom(value)
        else:
            setattr(target, as_name, value)


def _is_given(message: Any, name: str) -> bool:
    """Return whether a field is set; fields without presence tracking always count as set."""
    return not message.DESCRIPTOR.fields_by_name[name].has_presence or message.HasField(name)


def _value(message: Any, name: str) -> Any:
    """Return a field's value for comparison; None if it is not set."""
    return getattr(message, name) if _is_given(message, name) else None


def _name(servicer: _CallbackServicer, token: str) -> str:
    """Return the qualified name of the function that a callback calls."""
    function = next(function for function, known in servicer._transforms.items() if known == token)
    return str(getattr(function, "__qualname__", type(function).__qualname__))
