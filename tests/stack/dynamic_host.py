"""Pulumi's own host of dynamic providers, as the engine starts it: a separate process, called over gRPC."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import grpc
from google.protobuf import struct_pb2
from pulumi.dynamic import ResourceProvider
from pulumi.dynamic.dynamic import serialize_provider
from pulumi.runtime import rpc
from pulumi.runtime.proto import provider_pb2 as wire
from pulumi.runtime.proto import provider_pb2_grpc

from tests.stack.pipeline_run import ROOT

UNKNOWN = rpc.UNKNOWN
_URN = "urn:pulumi:dev::kinexus::pulumi-python:dynamic/kinexus:Some::some"


class Hosted:
    """One provider in the host, called like by the engine; secrets arrive in the clear, as they do there."""

    def __init__(self, stub: provider_pb2_grpc.ResourceProviderStub, provider: ResourceProvider) -> None:
        self._stub, self._provider = stub, serialize_provider(provider)

    def check(self, olds: Mapping[str, Any], news: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
        """Return the checked inputs and the reasons of all failures."""
        answer = self._stub.Check(wire.CheckRequest(urn=_URN, olds=self._sent(olds), news=self._sent(news)))
        return _read(answer.inputs), [failure.reason for failure in answer.failures]

    def diff(self, id_: str, olds: Mapping[str, Any], news: Mapping[str, Any]) -> tuple[bool, list[str]]:
        """Return whether something changes, and the properties for which it is replaced."""
        request = wire.DiffRequest(urn=_URN, id=id_, olds=self._sent(olds), news=self._sent(news))
        answer = self._stub.Diff(request)
        return answer.changes == wire.DiffResponse.DIFF_SOME, list(answer.replaces)

    def create(self, props: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
        """Return id and outputs."""
        answer = self._stub.Create(wire.CreateRequest(urn=_URN, properties=self._sent(props)))
        return answer.id, _read(answer.properties)

    def update(self, id_: str, olds: Mapping[str, Any], news: Mapping[str, Any]) -> dict[str, Any]:
        """Return the outputs."""
        request = wire.UpdateRequest(urn=_URN, id=id_, olds=self._sent(olds), news=self._sent(news))
        return _read(self._stub.Update(request).properties)

    def read(self, id_: str, props: Mapping[str, Any]) -> str:
        """Return the id as a refresh finds it; empty when the resource is gone."""
        answer = self._stub.Read(wire.ReadRequest(urn=_URN, id=id_, properties=self._sent(props)))
        return str(answer.id)

    def delete(self, id_: str, props: Mapping[str, Any]) -> None:
        """Delete it."""
        self._stub.Delete(wire.DeleteRequest(urn=_URN, id=id_, properties=self._sent(props)))

    def _sent(self, props: Mapping[str, Any]) -> struct_pb2.Struct:
        return _wire({**props, "__provider": self._provider})


@contextmanager
def host(
    config: Mapping[str, str], environment: Mapping[str, str]
) -> Iterator[provider_pb2_grpc.ResourceProviderStub]:
    """Run the host, configured with a stack's settings by full key."""
    process = subprocess.Popen(
        [sys.executable, "-m", "pulumi.dynamic"], cwd=ROOT, stdout=subprocess.PIPE, text=True,
        env={**os.environ, "PULUMI_PROJECT": "kinexus", **environment},
    )  # fmt: skip
    try:
        assert process.stdout
        with grpc.insecure_channel(f"127.0.0.1:{process.stdout.readline().strip()}") as channel:
            stub = provider_pb2_grpc.ResourceProviderStub(channel)
            stub.Configure(wire.ConfigureRequest(args=_wire(config)))
            yield stub
    finally:
        process.kill()
        process.communicate()


def _wire(props: Mapping[str, Any]) -> struct_pb2.Struct:
    return asyncio.run(rpc.serialize_properties(dict(props), {}))


def _read(props: struct_pb2.Struct) -> dict[str, Any]:
    read = rpc.deserialize_properties(props, True)
    return {name: value for name, value in read.items() if name != "__provider"}
