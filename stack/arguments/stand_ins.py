"""Components in place of their outputs: a PythonFunction as `function`, an EventBus as `bus_name`.

In Python an argument that wants a function, a name or an ARN also takes the component that has it. The names of types
below are for type checkers only: Pulumi's schema analyser must not see a component as an argument, so that at run time
they are the plain types.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol, get_args, get_origin, get_type_hints, is_typeddict

import pulumi
import pulumi_aws as aws


class HasFunction(Protocol):
    """A component with a function, such as PythonFunction."""

    function: pulumi.Output[aws.lambda_.Function]
    alias_name: pulumi.Output[str]


class HasBus(Protocol):
    """A component with an event bus, such as EventBus."""

    bus_name: pulumi.Output[str]


class HasBucket(Protocol):
    """A component with a bucket, such as DocumentBucket."""

    bucket_name: pulumi.Output[str]


class HasLayer(Protocol):
    """A component with a layer, such as PythonLayer."""

    layer_arn: pulumi.Output[str]


class HasTopic(Protocol):
    """A component with a topic for alarms, such as Observability."""

    topic_arn: pulumi.Output[str]


class HasStream(Protocol):
    """A component with a stream of changes, such as RecordTable."""

    stream_arn: pulumi.Output[str]


class HasQueue(Protocol):
    """A component with a queue, such as EventSubscription."""

    queue_arn: pulumi.Output[str]


class HasBusArn(Protocol):
    """A component with an event bus and its ARN, such as EventBus."""

    bus_arn: pulumi.Output[str]


class HasFunctionArn(Protocol):
    """A component with a function and its ARN, such as PythonFunction."""

    function_arn: pulumi.Output[str]


class HasApi(Protocol):
    """A component with an HTTP API, such as WebhookApi."""

    api_id: pulumi.Output[str]
    stage_name: pulumi.Output[str]


if TYPE_CHECKING:
    AnyFunction = aws.lambda_.Function | HasFunction
    BusName = str | HasBus
    BucketName = str | HasBucket
    LayerArn = str | HasLayer
    TopicArn = str | HasTopic
    StreamArn = str | HasStream
    ApiId = str | HasApi
    DestinationArn = str | HasQueue | HasTopic | HasBusArn | HasFunctionArn
else:
    AnyFunction = aws.lambda_.Function
    BusName = BucketName = LayerArn = TopicArn = StreamArn = ApiId = DestinationArn = str

_DESTINATION = ("queue_arn", "topic_arn", "bus_arn", "function_arn")
_OUTPUTS = {
    "access_log_bucket": ("bucket_name",),
    "alarm_topic_arn": ("topic_arn",),
    "api_id": ("api_id",),
    "bus_name": ("bus_name",),
    "function": ("function",),
    "layer": ("layer_arn",),
    "on_failure_arn": _DESTINATION,
    "on_success_arn": _DESTINATION,
    "rotation_function": ("function",),
    "stream_arn": ("stream_arn",),
}
"""The outputs of a component that may stand in for it, by argument; the first that it has is taken."""
_ENTRY = {"alarm_topic_arns": "alarm_topic_arn", "layers": "layer"}
"""The name of one entry of a list, in the table above."""
_WITH_IT = {
    "api_id": ("api_stage", "stage_name"),
    "function": ("alias", "alias_name"),
    "rotation_function": ("rotation_alias", "alias_name"),
    "stream_arn": ("table_key_arn", "own_key"),
}
"""A second argument that the component also gives, if the program does not, and the attribute for it."""


def with_stand_ins(args: Mapping[str, Any], declared: Any) -> dict[str, Any]:
    """Return arguments of the TypedDict `declared` with components replaced, also in nested objects."""
    hints = get_type_hints(declared, localns={"Output": pulumi.Output, "T": Any})
    result = dict(args)
    for field, value in args.items():
        result[field] = _replaced(field, value, hints.get(field))
        if field in _WITH_IT and result[field] is not value:
            other, output = _WITH_IT[field]
            if getattr(value, output, None) is not None:
                result.setdefault(other, getattr(value, output))
    return result


def _replaced(field: str, value: Any, hint: Any) -> Any:
    """Return the output of a component, or the entries of a list or a nested object with components replaced."""
    if isinstance(value, pulumi.ComponentResource):
        outputs = (getattr(value, one) for one in _OUTPUTS.get(str(field), ()) if hasattr(value, one))
        return next(outputs, value)
    if isinstance(value, list | tuple):
        inner = get_args(hint)[0] if get_origin(hint) is list else None
        return [_replaced(_ENTRY.get(field, field), one, inner) for one in value]
    if isinstance(value, Mapping) and is_typeddict(hint):
        return with_stand_ins(value, hint)
    return value
