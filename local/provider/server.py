"""Serves the double of the AWS provider to the engine, over gRPC on loopback."""

import contextlib
import importlib.metadata
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc
from google.protobuf import empty_pb2, json_format, struct_pb2
from pulumi.runtime import rpc
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

import local.region.resources  # noqa: F401 (registers the provisioners)
from local.provider.differences import DEFAULTS, compare
from local.provider.replacements import DEFAULTS as TYPE_DEFAULTS
from local.provider.replacements import REPLACING, name_property
from local.provider.schema import UnknownType, schema_of, unknown_properties
from local.region.lifecycle import delete, read, update
from local.region.ministack import RegionFailure
from local.region.provisioner import Aws, call_provider_function, provision

VERSION = importlib.metadata.version("pulumi_aws")
_META = {"moduleFormat": "(.*)(?:/[^/]*)"}
"""Makes `aws:lambda/function:Function` a `Function` of the module `lambda` in generated code, as in the real schema."""
_BIGGEST_MESSAGE = 400 * 1024 * 1024


class AwsDouble(provider_pb2_grpc.ResourceProviderServicer):
    """The provider's methods; names and messages are those of provider.proto.

    As in the real provider, secrets arrive in clear and the engine marks them again in what comes back.
    """

    def __init__(self, aws: Aws) -> None:
        self._aws = aws

    def Handshake(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Accept neither secrets nor references to resources, as the real provider."""
        return provider_pb2.ProviderHandshakeResponse()

    def Attach(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Accept the engine that attaches to this running server."""
        return empty_pb2.Empty()

    def GetPluginInfo(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Return the version of pulumi-aws."""
        return plugin_pb2.PluginInfo(version=VERSION)

    def GetSchema(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Return the names of the types, for schemas of other packages that refer to them."""
        types: dict[str, dict[str, Any]] = {token: {} for token in REPLACING}
        named = {"name": "aws", "version": VERSION, "meta": _META, "resources": types}
        return provider_pb2.GetSchemaResponse(schema=json.dumps(named))

    def CheckConfig(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Accept every configuration."""
        return provider_pb2.CheckResponse(inputs=request.news)

    def DiffConfig(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Return whether the configuration changed."""
        changed = request.news != request.old_inputs
        some, none = provider_pb2.DiffResponse.DIFF_SOME, provider_pb2.DiffResponse.DIFF_NONE
        return provider_pb2.DiffResponse(changes=some if changed else none)

    def Configure(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Say that previews are answered here."""
        return provider_pb2.ConfigureResponse(supportsPreview=True)

    def Invoke(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Answer a function such as getCallerIdentity."""
        with _answering(context):
            found = call_provider_function(self._aws, request.tok, _json(request.args))
        answer = provider_pb2.InvokeResponse()
        getattr(answer, "return").CopyFrom(_struct(found))
        return answer

    def Check(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Refuse properties that the type does not have or needs, and make up a name."""
        token, inputs, olds = request.type, _json(request.news), _json(request.olds)
        try:
            schema = schema_of(token)
        except UnknownType as error:
            return _failed("", str(error))
        inputs.pop(DEFAULTS, None)
        failures = [
            provider_pb2.CheckFailure(property=path, reason=f"{token} has no property {path}")
            for path in unknown_properties(token, inputs)
        ]
        failures += [
            provider_pb2.CheckFailure(property=key, reason=f"{token} needs the property {key}")
            for key in sorted(schema.required - inputs.keys())
        ]
        defaults = []
        if (name := name_property(token, schema.inputs)) and name not in inputs:
            made_up = f"{request.name}-{request.randomSeed.hex()[:7]}"
            inputs[name] = olds[name] if name in olds.get(DEFAULTS, ()) else made_up
            defaults.append(name)
        return provider_pb2.CheckResponse(inputs=_struct({**inputs, DEFAULTS: defaults}), failures=failures)

    def Diff(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Return what changes, and what replaces."""
        ignored = dict.fromkeys(request.ignoreChanges)
        return compare(request.type, _json(request.old_inputs), _json(request.news), ignored).message()

    def Create(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Create a resource, or say in a preview what is known of it."""
        inputs = _without_defaults(request.properties)
        if request.preview:
            return provider_pb2.CreateResponse(properties=_struct(_planned(request.type, inputs, {})))
        with _answering(context):
            identity, state = provision(self._aws, request.type, request.name, _values(inputs))
        outputs = {**TYPE_DEFAULTS.get(request.type, {}), **_jsonable(state), **inputs}
        return provider_pb2.CreateResponse(id=identity, properties=_struct(outputs))

    def Update(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Change a resource in place, or say in a preview what is known of it."""
        inputs, olds = _without_defaults(request.news), _without_defaults(request.olds)
        if request.preview:
            return provider_pb2.UpdateResponse(properties=_struct(_planned(request.type, inputs, olds)))
        with _answering(context):
            outputs = update(self._aws, request.type, request.name, request.id, olds, _values(inputs))
        computed = schema_of(request.type).outputs - schema_of(request.type).inputs.keys()
        kept = {key: value for key, value in olds.items() if key in computed}
        outputs = {**TYPE_DEFAULTS.get(request.type, {}), **kept, **_jsonable(outputs), **inputs}
        return provider_pb2.UpdateResponse(properties=_struct(outputs))

    def Read(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Return a resource as it is now; an empty answer says that it is gone."""
        with _answering(context):
            changed = read(self._aws, request.type, request.id, _json(request.properties))
        if changed is None:
            return provider_pb2.ReadResponse()
        inputs = _json(request.inputs)
        return provider_pb2.ReadResponse(
            id=request.id,
            properties=_struct({**_json(request.properties), **changed}),
            inputs=_struct({**inputs, **{key: value for key, value in changed.items() if key in inputs}}),
        )

    def Delete(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Delete a resource."""
        with _answering(context):
            delete(self._aws, request.type, request.id, _json(request.properties))
        return empty_pb2.Empty()

    def Cancel(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Accept the end of an operation."""
        return empty_pb2.Empty()


@contextlib.contextmanager
def serving(aws: Aws) -> Iterator[int]:
    """Serve the provider on a free loopback port for the length of a with block; yields the port."""
    size = [
        ("grpc.max_receive_message_length", _BIGGEST_MESSAGE),
        ("grpc.max_send_message_length", _BIGGEST_MESSAGE),
    ]
    server = grpc.server(ThreadPoolExecutor(max_workers=8), options=size)
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(AwsDouble(aws), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        yield port
    finally:
        server.stop(1).wait()


@contextlib.contextmanager
def _answering(context: Any) -> Iterator[None]:
    """Turn what the region refuses into an error of the resource."""
    try:
        yield
    except RegionFailure as error:
        # let go: abort raises an error of its own, which gRPC sends to the engine
        context.abort(grpc.StatusCode.UNKNOWN, str(error))


def _planned(token: str, inputs: dict[str, Any], olds: dict[str, Any]) -> dict[str, Any]:
    """Return the outputs as far as a preview knows them: the inputs, old outputs, and unknowns for the rest."""
    schema = schema_of(token)
    computed = schema.outputs - schema.inputs.keys()
    known = {key: olds.get(key, rpc.UNKNOWN) for key in computed}
    return {**TYPE_DEFAULTS.get(token, {}), **known, **inputs}


def _failed(key: str, reason: str) -> Any:
    return provider_pb2.CheckResponse(failures=[provider_pb2.CheckFailure(property=key, reason=reason)])


def _json(struct: Any) -> dict[str, Any]:
    """Return properties as JSON values, with whole numbers as int; assets and archives keep their wire form."""
    found: dict[str, Any] = _whole(json_format.MessageToDict(struct))
    return found


def _whole(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {key: _whole(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_whole(item) for item in value]
    return value


def _without_defaults(struct: Any) -> dict[str, Any]:
    return {key: value for key, value in _json(struct).items() if key != DEFAULTS}


def _struct(values: dict[str, Any]) -> struct_pb2.Struct:
    return json_format.ParseDict(values, struct_pb2.Struct())


def _values(inputs: dict[str, Any]) -> dict[str, Any]:
    """Return properties with assets and archives as objects, as provisioners take them."""
    found: dict[str, Any] = _whole(rpc.deserialize_properties(_struct(inputs), keep_unknowns=False))
    return found


def _jsonable(state: dict[str, Any]) -> dict[str, Any]:
    """Return the outputs that a provisioner computed, without archives."""
    return {
        key: value
        for key, value in state.items()
        if value is None or isinstance(value, str | int | float | list | dict)
    }
