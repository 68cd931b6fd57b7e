"""Dynamic resources, such as webhooks in Jira: runs the provider that Pulumi serialises into a resource's inputs."""

import base64
import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import dill  # type: ignore[import-untyped]
from pulumi.dynamic import ConfigureRequest
from pulumi.dynamic.config import Config

from local.region.ministack import RegionFailure

_PROVIDER = "__provider"
_ENVIRONMENT = threading.Lock()


def is_dynamic(token: str) -> bool:
    """Return whether a type token belongs to a dynamic resource."""
    return token.startswith("pulumi-python:dynamic")


def create_dynamic_resource(
    name: str,
    inputs: Mapping[str, Any],
    config: Mapping[str, Any],
    project: str,
    environment: Mapping[str, str | None],
) -> tuple[str, dict[str, Any]]:
    """Run a dynamic provider's check and create, as Pulumi's provider host does; return the id and the outputs.

    `config` holds the stack's settings by full key. `environment` is applied to this process's environment variables
    while the provider runs; None removes a variable. Raises RegionFailure that names the resource.
    """
    # Serialised in this same process by the program that is being run, so it is safe to load.
    provider = dill.loads(base64.b64decode(inputs[_PROVIDER]))  # noqa: S301
    given = {key: value for key, value in inputs.items() if key != _PROVIDER}
    with _environment(environment):
        try:
            provider.configure(ConfigureRequest(Config(dict(config), project)))
            checked = provider.check({}, given)
            if not checked.failures:
                made = provider.create(checked.inputs)
        except Exception as error:
            raise RegionFailure(f"dynamic resource {name!r}: {error}") from error
    if checked.failures:
        raise RegionFailure(
            f"dynamic resource {name!r}: " + "; ".join(each.reason for each in checked.failures)
        )
    return made.id, {**checked.inputs, **(made.outs or {})}


@contextmanager
def _environment(changed: Mapping[str, str | None]) -> Iterator[None]:
    """Change environment variables for one provider at a time; in a real deployment each host process has its own."""
    with _ENVIRONMENT:
        before = {name: os.environ.get(name) for name in changed}
        try:
            _set(changed)
            yield
        finally:
            _set(before)


def _set(variables: Mapping[str, str | None]) -> None:
    for name, value in variables.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value
