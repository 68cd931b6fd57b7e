"""What was created and who may do what to whom, for the checks that MiniStack does not make."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Function:
    """A Lambda function as its permissions matter."""

    name: str
    arn: str
    role: str
    timeout: int
    log_group: str


@dataclass(frozen=True)
class Route:
    """A route of an HTTP API and the integration that answers it."""

    api: str
    key: str
    integration: str


@dataclass(frozen=True)
class Target:
    """What a rule on a bus calls."""

    rule_arn: str
    arn: str
    role_arn: str | None
    dead_letter_arn: str | None


@dataclass(frozen=True)
class Schedule:
    """What Scheduler calls by the clock, and as whom."""

    name: str
    arn: str
    role_arn: str
    dead_letter_arn: str | None


@dataclass(frozen=True)
class Mapping:
    """A queue that feeds a function."""

    function: str
    queue_arn: str


@dataclass
class ResourceRegistry:
    """Facts by name. Provisioners write from several threads, only by setting keys and appending."""

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
