"""Creates the resources of a Pulumi program in the local region, one at a time.

There is one small function per resource type, found by its type token. It takes the properties that it supports from a
Properties and returns the outputs that AWS would have computed. Errors name the resource: an unknown type, an
unsupported property, an argument that botocore or MiniStack refuses.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from local.region.input_properties import Properties
from local.region.ministack import MiniStack, RegionFailure
from local.region.resource_registry import ResourceRegistry


class ProvisioningFailure(RegionFailure):
    """A resource cannot be created as the program declares it; the message names the resource."""


@dataclass(frozen=True)
class Created:
    """A resource's physical id, and the outputs that are not among its inputs."""

    id: str
    outputs: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Aws:
    """The clients and the registry that provisioners work with.

    `api_url` maps an HTTP API's id to the base URL of its stages. `environment` maps a function's name to the variables
    that the region adds to the function's environment.
    """

    stack: MiniStack
    registry: ResourceRegistry
    api_url: Callable[[str], str]
    environment: Callable[[str], dict[str, str]]

    def __call__(self, service: str) -> Any:
        """Return the boto3 client of a service."""
        return self.stack.client(service)

    def arn(self, service: str, resource: str) -> str:
        """Return the ARN of a resource of this region and account."""
        return f"arn:aws:{service}:{self.stack.region}:{self.stack.account}:{resource}"


Create = Callable[[Aws, Properties, str], Created]
_PROVISIONERS: dict[str, Create] = {}


def provisions(token: str) -> Callable[[Create], Create]:
    """Register a function as the provisioner of one resource type."""

    def register(create: Create) -> Create:
        _PROVISIONERS[token] = create
        return create

    return register


def provision(aws: Aws, token: str, name: str, inputs: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Create one resource; return its id and its whole state (inputs and outputs). Raises ProvisioningFailure."""
    resource = f"{token} {name!r}"
    create = _PROVISIONERS.get(token)
    if create is None:
        raise ProvisioningFailure(f"{resource}: the local region has no provisioner for this resource type")
    properties = Properties(inputs)
    try:
        created = create(aws, properties, _physical_name(name))
    except (BotoCoreError, ClientError, RegionFailure, ValueError, TypeError) as error:
        raise ProvisioningFailure(f"{resource}: {error}") from error
    if unknown := properties.unknown():
        raise ProvisioningFailure(
            f"{resource}: the local region does not support the property {', '.join(unknown)}"
        )
    return created.id, {**inputs, **created.outputs}


def call_provider_function(aws: Aws, token: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return the result of a provider function (an invoke). Raises ProvisioningFailure for an unknown function."""
    account, region = aws.stack.account, aws.stack.region
    results: dict[str, dict[str, Any]] = {
        "aws:index/getCallerIdentity:getCallerIdentity": {
            "accountId": account,
            "arn": f"arn:aws:iam::{account}:root",
            "id": account,
            "userId": account,
        },
        "aws:index/getRegion:getRegion": {
            "id": region,
            "name": region,
            "region": region,
            "description": f"{region} on this machine",
            "endpoint": f"ec2.{region}.amazonaws.com",
        },
        "aws:index/getPartition:getPartition": {
            "id": "aws",
            "partition": "aws",
            "dnsSuffix": "amazonaws.com",
            "reverseDnsPrefix": "com.amazonaws",
        },
    }
    if token not in results:
        raise ProvisioningFailure(
            f"the local region does not support the provider function {token}({arguments})"
        )
    return results[token]


def _physical_name(logical: str) -> str:
    """Return the generated name of a resource for which the program gives none; the same on every run."""
    return f"{logical}-{hashlib.sha256(logical.encode()).hexdigest()[:7]}"
