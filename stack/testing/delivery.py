"""Finds where work is lost: targets, queues, streams, topics and calls whose failures nobody keeps."""

from collections.abc import Iterator
from typing import Any

from .graph import UNKNOWN, Graph, Resource

_TO_PEOPLE = ("email", "email-json", "sms")


def targets_without_dead_letters(graph: Graph) -> list[str]:
    """Name what drops the work that it cannot deliver.

    That is: targets of rules and of schedules, and subscriptions of topics (but those of people), without a
    dead-letter queue; queues that feed a function without a redrive policy; and mappings of streams without a
    destination for failures, or of a queue that is not in the graph. Calls that Lambda has taken are another
    matter: `asynchronous_functions_without_destination`.
    """
    findings = [
        one.name
        for one in graph.of_type("aws:cloudwatch/eventTarget:EventTarget")
        if not _within(one.inputs, "deadLetterConfig", "arn")
    ]
    findings += [
        one.name
        for one in graph.of_type("aws:scheduler/schedule:Schedule")
        if not _within(one.inputs, "target", "deadLetterConfig", "arn")
    ]
    findings += [
        one.name
        for one in graph.of_type("aws:sns/topicSubscription:TopicSubscription")
        if not one.inputs.get("redrivePolicy") and one.inputs.get("protocol") not in _TO_PEOPLE
    ]
    for mapping in graph.of_type("aws:lambda/eventSourceMapping:EventSourceMapping"):
        findings += _unkept(graph, mapping)
    return sorted(set(findings))


def asynchronous_functions_without_destination(graph: Graph) -> list[str]:
    """Name functions that a rule, a schedule, a topic or a bucket starts, and whose failed calls nobody keeps.

    Such a call has arrived once Lambda took it: the dead-letter queue of the rule or schedule never sees that the
    function failed. What keeps it is the function's own dead-letter queue, or a destination for failures on what
    is called: the function, or the alias or version that the caller names.
    """
    called = {_function_and_qualifier(arn) for arn in _asynchronously_called(graph)}
    kept = {
        (
            str(one.inputs.get("functionName")).rpartition(":function:")[2],
            _qualifier(one.inputs.get("qualifier")),
        )
        for one in graph.of_type("aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig")
        if _within(one.inputs, "destinationConfig", "onFailure", "destination")
    }
    lost = {name for name, qualifier in called - kept}
    return sorted(
        one.name
        for one in graph.of_type("aws:lambda/function:Function")
        if str(one.outputs.get("name", one.id)) in lost
        and not _within(one.inputs, "deadLetterConfig", "targetArn")
    )


def _unkept(graph: Graph, mapping: Resource) -> list[str]:
    """Name a mapping, or the queue that it reads, where failures are not kept."""
    source = mapping.inputs.get("eventSourceArn")
    behind = mapping.property_dependencies.get("eventSourceArn", ())
    queues = [
        queue
        for queue in graph.of_type("aws:sqs/queue:Queue")
        if queue.urn in behind or (source != UNKNOWN and queue.outputs.get("arn") == source)
    ]
    if queues:
        redriven = {
            one.inputs.get("queueUrl") for one in graph.of_type("aws:sqs/redrivePolicy:RedrivePolicy")
        }
        return [
            queue.name
            for queue in queues
            if not queue.inputs.get("redrivePolicy") and queue.id not in redriven
        ]
    service = str(source).split(":")[2:3]
    if service == ["mq"] or (
        service != ["sqs"] and _within(mapping.inputs, "destinationConfig", "onFailure", "destinationArn")
    ):
        return []
    return [mapping.name]


def _asynchronously_called(graph: Graph) -> Iterator[str]:
    """List the ARNs that rules, schedules, topics and buckets call without waiting for the answer."""
    for resource in graph.resources:
        match resource.type.rpartition(":")[2]:
            case "EventTarget":
                yield str(resource.inputs.get("arn"))
            case "Schedule":
                yield str(_within(resource.inputs, "target", "arn"))
            case "TopicSubscription":
                yield str(resource.inputs.get("endpoint"))
            case "BucketNotification":
                for one in resource.inputs.get("lambdaFunctions", ()):
                    yield str(one.get("lambdaFunctionArn"))


def _function_and_qualifier(arn: str) -> tuple[str, str]:
    """Read the name of a function, and of its alias or version, from an ARN; both empty where it is none."""
    name, _, qualifier = arn.partition(":function:")[2].partition(":")
    return name, _qualifier(qualifier)


def _qualifier(text: Any) -> str:
    """Write the unpublished version as nothing, however it was given."""
    return "" if text in (None, "$LATEST") else str(text)


def _within(value: Any, *path: str) -> Any:
    """Follow names into nested properties; None where one of them is missing."""
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value
