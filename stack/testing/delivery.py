"""Checks for lost events: targets, queues, streams, topics and invocations whose failures are not kept."""

from collections.abc import Iterator
from typing import Any

from .graph import UNKNOWN, Graph, Resource

_TO_PEOPLE = ("email", "email-json", "sms")


def targets_without_dead_letters(graph: Graph) -> list[str]:
    """List resources that drop what they cannot deliver.

    These are: targets of rules and schedules, and topic subscriptions (except those of people), without a dead-letter
    queue; queues of a function without a redrive policy; and event source mappings of a stream without a destination
    for failures, or of a queue that is not in the graph. For invocations that Lambda has accepted, see
    `asynchronous_functions_without_destination`.
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
        findings += _lossy(graph, mapping)
    return sorted(set(findings))


def asynchronous_functions_without_destination(graph: Graph) -> list[str]:
    """List functions invoked by a rule, a schedule, a topic or a bucket whose failed invocations are dropped.

    Such an invocation counts as delivered once Lambda has accepted it: if the function fails, the event does not go to
    the dead-letter queue of the rule or schedule. It is kept only by the function's own dead-letter queue, or by a
    destination for failures on what is invoked: the function, or the alias or version that the caller names.
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


def _lossy(graph: Graph, mapping: Resource) -> list[str]:
    """Return the name of an event source mapping, or of the queue that it reads, if failures are not kept."""
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
    """Yield the ARNs that rules, schedules, topics and buckets invoke asynchronously."""
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
    """Return the function's name and its alias or version from an ARN; both are empty if it is not a function's."""
    name, _, qualifier = arn.partition(":function:")[2].partition(":")
    return name, _qualifier(qualifier)


def _qualifier(text: Any) -> str:
    """Return an alias or version as text; `$LATEST` and None are the empty text."""
    return "" if text in (None, "$LATEST") else str(text)


def _within(value: Any, *path: str) -> Any:
    """Return the nested property at a path of names; None if one of them is missing."""
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value
