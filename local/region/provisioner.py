"""Creates what a Pulumi program registers, resource by resource, on the local region.

One small function per resource type, found by its type token. It takes the properties that it knows from a
Properties and returns what AWS would have computed. Errors name the resource: an unknown type, a property that
nobody took, an argument that botocore or MiniStack refuses.
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
    """A resource cannot be created as the program asks; the message names it."""


@dataclass(frozen=True)
class Created:
    """A resource's physical id, and the outputs that its inputs do not already say."""

    id: str
    outputs: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Aws:
    """What provisioners work with.

    `api_url` turns an HTTP API's id into the base URL under which its stages are reached; `environment` gives
    what the region adds to a function's environment, by the function's name.
    """

    stack: MiniStack
    ledger: ResourceRegistry
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
    who = f"{token} {name!r}"
    create = _PROVISIONERS.get(token)
    if create is None:
        raise ProvisioningFailure(f"{who}: the local region has no provisioner for this resource type")
    properties = Properties(inputs)
    try:
        created = create(aws, properties, _physical_name(name))
    except (BotoCoreError, ClientError, RegionFailure, ValueError, TypeError) as refused:
        raise ProvisioningFailure(f"{who}: {refused}") from refused
    if unknown := properties.unknown():
        raise ProvisioningFailure(f"{who}: the local region does not know the property {', '.join(unknown)}")
    return created.id, {**inputs, **created.outputs}


def answer(aws: Aws, token: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Answer a provider function (an invoke). Raises ProvisioningFailure for one that is not known."""
    account, region = aws.stack.account, aws.stack.region
    answers: dict[str, dict[str, Any]] = {
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
    if token not in answers:
        raise ProvisioningFailure(
            f"the local region does not answer the provider function {token}({arguments})"
        )
    return answers[token]


def _physical_name(logical: str) -> str:
    """Return a name as the provider makes it up when the program gives none; the same on every run."""
    return f"{logical}-{hashlib.sha256(logical.encode()).hexdigest()[:7]}"
