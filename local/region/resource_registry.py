"""The created resources and their permissions, for the checks that MiniStack does not make."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Function:
    """A Lambda function, with what permission checks need."""

    name: str
    arn: str
    role: str
    timeout: int
    log_group: str


@dataclass(frozen=True)
class Route:
    """A route of an HTTP API and its integration."""

    api: str
    key: str
    integration: str


@dataclass(frozen=True)
class Target:
    """A target of an EventBridge rule."""

    rule_arn: str
    arn: str
    role_arn: str | None
    dead_letter_arn: str | None


@dataclass(frozen=True)
class Schedule:
    """A schedule of EventBridge Scheduler: its target and the role that it uses."""

    name: str
    arn: str
    role_arn: str
    dead_letter_arn: str | None


@dataclass(frozen=True)
class Mapping:
    """An event source mapping: a queue or a table's stream that invokes a function."""

    function: str
    source_arn: str


@dataclass
class ResourceRegistry:
    """Created resources by name or ARN. Provisioners write from several threads, only by setting keys and appending."""

    role_policies: dict[str, dict[str, str]] = field(default_factory=dict)
    functions: dict[str, Function] = field(default_factory=dict)
    function_policies: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    integrations: dict[str, str] = field(default_factory=dict)
    stages: dict[str, list[str]] = field(default_factory=dict)
    routes: list[Route] = field(default_factory=list)
    queues: dict[str, int] = field(default_factory=dict)
    queue_policies: dict[str, str] = field(default_factory=dict)
    topic_policies: dict[str, str] = field(default_factory=dict)
    targets: list[Target] = field(default_factory=list)
    mappings: list[Mapping] = field(default_factory=list)
    schedules: list[Schedule] = field(default_factory=list)

    def policies_of_role(self, role: str) -> list[str]:
        """Return the policy documents of a role, given by name or ARN."""
        return list(self.role_policies.get(role.rsplit("/", 1)[-1], {}).values())
