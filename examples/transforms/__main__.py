"""Uses transforms to set properties without an argument: the platform's log level, dead letters for a week, and tags.

https://www.pulumi.com/docs/iac/concepts/resources/options/transforms/
"""

from pathlib import Path
from typing import Any

import pulumi
from kinexus_components import EventBus, EventSubscription, PythonFunction


def with_platform_lines(args: pulumi.ResourceTransformArgs) -> pulumi.ResourceTransformResult | None:
    """Log Lambda's own platform events at the level DEBUG."""
    if args.type_ != "aws:lambda/function:Function":
        return None
    props: dict[str, Any] = {**args.props}
    props["loggingConfig"] = {**props["loggingConfig"], "systemLogLevel": "DEBUG"}
    return pulumi.ResourceTransformResult(props, args.opts)


def with_week_of_dead_letters(args: pulumi.ResourceTransformArgs) -> pulumi.ResourceTransformResult | None:
    """Keep dead letters for one week."""
    if not (args.type_ == "aws:sqs/queue:Queue" and args.name.endswith("-dead-letters")):
        return None
    week = 7 * 24 * 3600
    return pulumi.ResourceTransformResult({**args.props, "messageRetentionSeconds": week}, args.opts)


def with_owner(args: pulumi.ResourceTransformArgs) -> pulumi.ResourceTransformResult | None:
    """Tag every function and queue of the program."""
    if args.type_ not in ("aws:lambda/function:Function", "aws:sqs/queue:Queue"):
        return None
    props: dict[str, Any] = {**args.props}
    props["tags"] = {**(props.get("tags") or {}), "owner": "orders"}
    return pulumi.ResourceTransformResult(props, args.opts)


pulumi.runtime.register_resource_transform(with_owner)

bus = EventBus("events", {"bus_name": "orders-events"})
pack = PythonFunction(
    "pack",
    {
        "function_name": "orders-pack",
        "handler": "pack.handle",
        "source_root": str(Path(__file__).resolve().parent),
        "include": ["pack.py"],
    },
    pulumi.ResourceOptions(transforms=[with_platform_lines]),
)
EventSubscription(
    "placed",
    {
        "subscription_name": "orders-placed",
        "bus_name": bus.bus_name,
        "pattern": {"source": ["orders"]},
        "function": pack.function,
    },
    pulumi.ResourceOptions(transforms=[with_week_of_dead_letters]),
)
