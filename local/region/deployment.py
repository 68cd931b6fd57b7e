"""Runs a Pulumi program against the local region, as `pulumi up` would against AWS."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import local.region.resources  # noqa: F401 (registers the provisioners)
from local.region import dynamic_resource, permission_checks
from local.region.access_log import APP_ID
from local.region.ministack import MiniStack
from local.region.provisioner import Aws, call_provider_function, provision
from local.region.resource_registry import ResourceRegistry
from stack.testing import Graph, Registration, run_program


@dataclass(frozen=True)
class LocalDeployment:
    """A deployed program: its resource graph with outputs, and the registry of its permissions."""

    graph: Graph
    registry: ResourceRegistry

    @property
    def outputs(self) -> Mapping[str, Any]:
        """The exports of the program."""
        return self.graph.outputs


def deploy(
    program: str | Path | Callable[[], Any],
    stack: MiniStack,
    *,
    project: str,
    name: str,
    config: Mapping[str, Any],
    secret_keys: Collection[str] = (),
    registry: ResourceRegistry | None = None,
    api_url: Callable[[str], str] | None = None,
    environment: Callable[[str], dict[str, str]] = lambda function: {},
    operator: Mapping[str, str | None] | None = None,
) -> LocalDeployment:
    """Create every resource of a program, then check the permissions that MiniStack does not check.

    `name` is the name of the Pulumi stack. `api_url` and `environment` as in `Aws`; by default MiniStack itself serves
    the APIs, and functions get only the certificate to trust and their name. `operator` holds the environment variables
    for dynamic providers, which run on the machine of the deploying person. Raises ProvisioningFailure.
    """
    registry = registry or ResourceRegistry()

    def function_environment(function: str) -> dict[str, str]:
        return {"AWS_CA_BUNDLE": str(stack.ca_bundle), APP_ID: function, **environment(function)}

    def served_by_ministack(api: str) -> str:
        return f"{stack.endpoint}/_aws/execute-api/{api}"

    aws = Aws(stack, registry, api_url or served_by_ministack, function_environment)

    settings = {"aws:region": stack.region, **config}

    def create(wanted: Registration) -> tuple[str, Mapping[str, Any]]:
        if wanted.type.startswith("pulumi:providers:"):
            return wanted.name, {}
        if dynamic_resource.is_dynamic(wanted.type):
            return dynamic_resource.create_dynamic_resource(
                wanted.name, wanted.inputs, settings, project, operator or {}
            )
        return provision(aws, wanted.type, wanted.name, wanted.inputs)

    graph = run_program(
        program,
        project=project,
        stack=name,
        config=settings,
        secret_keys=secret_keys,
        create=create,
        invoke=lambda token, arguments: call_provider_function(aws, token, arguments),
    )
    permission_checks.require_permissions(registry, stack.region, stack.account)
    return LocalDeployment(graph, registry)
