"""Dynamic resources: the provider travels in the inputs, serialised, and creates what AWS knows nothing about."""

import base64
from collections.abc import Mapping
from typing import Any

import dill  # type: ignore[import-untyped]
from pulumi.dynamic import ConfigureRequest
from pulumi.dynamic.config import Config

from local.region.ministack import RegionFailure

_PROVIDER = "__provider"


def is_dynamic(token: str) -> bool:
    """Return whether a type token is that of a dynamic resource."""
    return token.startswith("pulumi-python:dynamic")


def create(
    name: str, inputs: Mapping[str, Any], config: Mapping[str, Any], project: str
) -> tuple[str, dict[str, Any]]:
    """Let a dynamic provider create its resource, as Pulumi's own host does; return id and outputs.

    `config` holds the stack's settings by full key. Raises RegionFailure that names the resource.
    """
    # Written by the program that is being run, in this same process.
    provider = dill.loads(base64.b64decode(inputs[_PROVIDER]))  # noqa: S301
    wanted = {key: value for key, value in inputs.items() if key != _PROVIDER}
    try:
        provider.configure(ConfigureRequest(Config(dict(config), project)))
        made = provider.create(wanted)
    except Exception as error:
        raise RegionFailure(f"dynamic resource {name!r}: {error}") from error
    return made.id, {**wanted, **(made.outs or {})}
