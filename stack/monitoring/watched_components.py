"""Components that stand for an entry of what Observability watches: their names are taken from their outputs."""

from typing import TYPE_CHECKING, Any, Protocol

import pulumi
import pulumi_aws as aws

from .function_alarms import WatchedFunction
from .queue_alarms import WatchedQueue


class FunctionComponent(Protocol):
    """A component with a function, its log group and its name in Pulumi, such as PythonFunction."""

    @property
    def pulumi_resource_name(self) -> str:
        """Its name in Pulumi."""

    function: pulumi.Output[aws.lambda_.Function]
    function_name: pulumi.Output[str]
    log_group_name: pulumi.Output[str]


class QueueComponent(Protocol):
    """A component with a queue, a dead-letter queue and its name in Pulumi, such as EventSubscription."""

    @property
    def pulumi_resource_name(self) -> str:
        """Its name in Pulumi."""

    queue_name: pulumi.Output[str]
    dead_letter_queue_name: pulumi.Output[str]


# Pulumi's schema analyser must not see a component as an argument.
if TYPE_CHECKING:
    FunctionToWatch = WatchedFunction | FunctionComponent
    QueueToWatch = WatchedQueue | QueueComponent
else:
    FunctionToWatch, QueueToWatch = WatchedFunction, WatchedQueue

_DEFAULT_TIMEOUT = 3
"""Timeout in seconds of a function that sets none."""


def with_entries(args: Any) -> Any:
    """Return the arguments of Observability with components among functions and queues replaced by entries."""
    result = dict(args)
    for field, kind, entry in (("functions", "function_name", _function), ("queues", "queue_name", _queue)):
        if isinstance(args.get(field), list | tuple):
            result[field] = [
                entry(one) if isinstance(one, pulumi.ComponentResource) and hasattr(one, kind) else one
                for one in args[field]
            ]
    return result


def _function(component: Any) -> WatchedFunction:
    """Return the entry of a function."""
    timeout = component.function.apply(lambda known: known.timeout)
    return {
        "label": component.pulumi_resource_name,
        "function_name": component.function_name,
        "log_group_name": component.log_group_name,
        "timeout_seconds": timeout.apply(lambda seconds: int(seconds or _DEFAULT_TIMEOUT)),
    }


def _queue(component: Any) -> WatchedQueue:
    """Return the entry of a queue; its component has the alarms."""
    return {
        "label": component.pulumi_resource_name,
        "queue_name": component.queue_name,
        "dead_letter_queue_name": component.dead_letter_queue_name,
    }
