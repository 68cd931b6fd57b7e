"""Runs a Pulumi program against the local region, as `pulumi up` would against AWS."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import local.region.resources  # noqa: F401 (registers the provisioners)
from local.region import dynamic_resource, permission_checks
from local.region.access_log import APP_ID
from local.region.ministack import MiniStack
from local.region.provisioner import Aws, answer, provision
from local.region.resource_registry import ResourceRegistry
from stack.testing import Graph, Registration, run_program


@dataclass(frozen=True)
class Deployment:
    """What came of a program: its graph with outputs, and the facts about permissions."""

    graph: Graph
    ledger: ResourceRegistry

    @property
    def outputs(self) -> Mapping[str, Any]:
        """The program's exports."""
        return self.graph.outputs


def deploy(
    program: str | Path | Callable[[], Any],
    stack: MiniStack,
    *,
    project: str,
    name: str,
    config: Mapping[str, Any],
    secret_keys: Collection[str] = (),
    ledger: ResourceRegistry | None = None,
    api_url: Callable[[str], str] | None = None,
    environment: Callable[[str], dict[str, str]] = lambda function: {},
    operator: Mapping[str, str | None] | None = None,
) -> Deployment:
    """Create everything that the program registers; check what MiniStack does not.

    `name` is the Pulumi stack's. `api_url` and `environment` as in `Aws`; by default an API is served by
    MiniStack itself and functions get nothing but the certificate to trust. `operator` is the environment in which
    dynamic providers run, as they do on the machine of whoever deploys. Raises ProvisioningFailure.
    """
    ledger = ledger or ResourceRegistry()

    def trusting(function: str) -> dict[str, str]:
        return {"AWS_CA_BUNDLE": str(stack.ca_bundle), APP_ID: function, **environment(function)}

    def served_by_ministack(api: str) -> str:
        return f"{stack.endpoint}/_aws/execute-api/{api}"

    aws = Aws(stack, ledger, api_url or served_by_ministack, trusting)

    settings = {"aws:region": stack.region, **config}

    def create(wanted: Registration) -> tuple[str, Mapping[str, Any]]:
        if wanted.type.startswith("pulumi:providers:"):
            return wanted.name, {}
        if dynamic_resource.is_dynamic(wanted.type):
            return dynamic_resource.create(wanted.name, wanted.inputs, settings, project, operator or {})
        return provision(aws, wanted.type, wanted.name, wanted.inputs)

    graph = run_program(
        program,
        project=project,
        stack=name,
        config=settings,
        secret_keys=secret_keys,
        create=create,
        invoke=lambda token, arguments: answer(aws, token, arguments),
    )
    permission_checks.check(ledger, stack.region, stack.account)
    return Deployment(graph, ledger)
