"""Converts properties between Pulumi's wire format and plain Python values."""

from collections.abc import Mapping
from typing import Any

from google.protobuf import struct_pb2
from pulumi.output import Unknown
from pulumi.runtime import rpc
from pulumi.runtime.sync_await import _sync_await

from .graph import UNKNOWN


def plain_properties(properties: struct_pb2.Struct) -> tuple[dict[str, Any], frozenset[str]]:
    """Convert wire properties to plain Python values; also return the names of top-level ones that hold a secret."""
    raw = rpc.deserialize_properties(properties, keep_unknowns=True)
    secrets = frozenset(name for name, value in raw.items() if rpc.is_rpc_secret(value))
    return {name: _plain(value) for name, value in raw.items()}, secrets


def plain_value(value: struct_pb2.Value) -> Any:
    """Convert one wire value to a plain Python value."""
    return plain_properties(struct_pb2.Struct(fields={"value": value}))[0].get("value")


def _plain(value: Any) -> Any:
    """Unwrap secrets, replace unknowns by UNKNOWN, and convert whole numbers to int (the wire has only floats)."""
    if rpc.is_rpc_secret(value):
        return _plain(rpc.unwrap_rpc_secret(value))
    if isinstance(value, Unknown):
        return UNKNOWN
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value


def wire_properties(state: Mapping[str, Any], secrets: frozenset[str]) -> struct_pb2.Struct:
    """Convert a state to wire properties; the names in `secrets` are marked secret, UNKNOWN becomes Pulumi's mark."""
    marked = {
        name: rpc.wrap_rpc_secret(_unplain(value)) if name in secrets else _unplain(value)
        for name, value in state.items()
    }
    return _sync_await(rpc.serialize_properties(marked, {}))


def _unplain(value: Any) -> Any:
    """Replace UNKNOWN in a recorded value by Pulumi's mark for unknown values."""
    if value == UNKNOWN:
        return rpc.UNKNOWN
    if isinstance(value, Mapping):
        return {key: _unplain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_unplain(item) for item in value]
    return value
