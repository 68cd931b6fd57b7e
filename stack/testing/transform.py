"""Runs a program's transforms as the engine does: with what was asked for, taking over what they answer."""

import asyncio
from typing import Any

from pulumi.runtime._callbacks import _CallbackServicer
from pulumi.runtime.proto import callback_pb2, resource_pb2


def transform(callback: callback_pb2.Callback, request: Any) -> None:
    """Run one transform on the program's own event loop and write its answer back into the request."""
    servicer = next(s for s in _CallbackServicer._servicers if callback.token in s._callbacks)
    options = resource_pb2.TransformResourceOptions(
        depends_on=request.dependencies,
        ignore_changes=request.ignoreChanges,
        replace_on_changes=request.replaceOnChanges,
        version=request.version,
        aliases=request.aliases,
        provider=request.provider,
        plugin_download_url=request.pluginDownloadURL,
        deleted_with=request.deletedWith,
        additional_secret_outputs=request.additionalSecretOutputs,
        providers=request.providers,
        **{"import": request.importId},
    )
    for source, target in (("protect", "protect"), ("retainOnDelete", "retain_on_delete")):
        if request.HasField(source):
            setattr(options, target, getattr(request, source))
    question = resource_pb2.TransformRequest(
        type=request.type, name=request.name, custom=request.custom, parent=request.parent,
        properties=request.object, options=options,
    )  # fmt: skip
    work = servicer._callbacks[callback.token](question.SerializeToString())
    answer: Any = asyncio.run_coroutine_threadsafe(work, servicer._loop).result()  # type: ignore[arg-type]
    request.object.CopyFrom(answer.properties)
    if not answer.HasField("options"):
        return
    changed = answer.options
    for field, values in (
        ("dependencies", changed.depends_on),
        ("ignoreChanges", changed.ignore_changes),
        ("aliases", changed.aliases),
    ):
        request.ClearField(field)
        getattr(request, field).extend(values)
    request.provider = changed.provider
    request.importId = getattr(changed, "import")
    for source, target in (("protect", "protect"), ("retain_on_delete", "retainOnDelete")):
        if changed.HasField(source):
            setattr(request, target, getattr(changed, source))
