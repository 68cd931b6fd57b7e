"""EventBus: a custom EventBridge bus with an archive to replay events from."""

import json
import re
from typing import Any, NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from ..arguments.iam_policy import PolicyStatement, statement
from ..arguments.validation import check_arn, check_fields, check_range, known_value, reject


class EventBusArgs(TypedDict):
    """Name, archive, encryption and access of the bus."""

    bus_name: pulumi.Input[str]
    """Name of the bus and its archive in AWS, up to 48 characters."""
    description: NotRequired[pulumi.Input[str]]
    """Description that AWS shows."""
    archive_days: NotRequired[pulumi.Input[int]]
    """How long events can be replayed; 30 days by default."""
    key_arn: NotRequired[pulumi.Input[str]]
    """KMS key that encrypts events and archive; its policy must allow `events.amazonaws.com` to use it.
    EventBridge's own key by default. Publishers then need `kms:GenerateDataKey` on it."""
    policy: NotRequired[pulumi.Input[str]]
    """Resource policy, for other accounts; none by default."""


class EventBus(pulumi.ComponentResource):
    """A custom EventBridge bus with an archive to replay events from."""

    bus_name: pulumi.Output[str]
    """Its name."""
    bus_arn: pulumi.Output[str]
    """Its ARN."""
    archive_name: pulumi.Output[str]
    """Name of its archive."""
    publish_statement: pulumi.Output[PolicyStatement]
    """Permission to put events on it."""

    def __init__(self, name: str, args: EventBusArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        _check(args)
        super().__init__("kinexus:index:EventBus", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        bus = aws.cloudwatch.EventBus(
            name,
            name=args["bus_name"],
            description=args.get("description"),
            kms_key_identifier=args.get("key_arn"),
            opts=child,
        )
        archive = aws.cloudwatch.EventArchive(
            f"{name}-archive",
            name=args["bus_name"],
            event_source_arn=bus.arn,
            retention_days=args.get("archive_days", 30),
            kms_key_identifier=args.get("key_arn"),
            opts=child,
        )
        if "policy" in args:
            aws.cloudwatch.EventBusPolicy(
                f"{name}-policy", event_bus_name=bus.name, policy=args["policy"], opts=child
            )

        self.bus_name = bus.name
        self.bus_arn = bus.arn
        self.archive_name = archive.name
        self.publish_statement = statement(["events:PutEvents"], bus.arn)
        self.register_outputs(
            {
                "busName": self.bus_name,
                "busArn": self.bus_arn,
                "archiveName": self.archive_name,
                "publishStatement": self.publish_statement,
            }
        )


def _check(args: EventBusArgs) -> None:
    """Raise InvalidArgument for arguments that EventBridge would reject."""
    component = "EventBus"
    check_fields(component, args, EventBusArgs)
    check_range(component, "archive_days", args.get("archive_days"), 1, 3650)
    check_arn(component, "key_arn", args.get("key_arn"), "kms")
    name = known_value(args["bus_name"])
    if name == "default":
        fix = "Use another name. To receive events of the default bus, give an EventSubscription its name."
        reject(component, "bus_name", "is 'default', which exists in every account", fix)
    if name is not None and not re.fullmatch(r"[A-Za-z0-9._-]{1,48}", name):
        reject(component, "bus_name", f"is {name!r}", "Use 1 to 48 letters, digits, `.`, `_` and `-`.")
    policy = known_value(args.get("policy"))
    if policy is not None and not _is_policy(policy):
        fix = 'Write it as JSON: {"Version": "2012-10-17", "Statement": […]}.'
        reject(component, "policy", "is not a policy document", fix)


def _is_policy(text: str) -> bool:
    """Return whether a text is a policy document."""
    try:
        document: Any = json.loads(text)
    except ValueError:
        return False
    return isinstance(document, dict) and "Statement" in document
