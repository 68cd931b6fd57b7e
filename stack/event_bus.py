"""An EventBridge bus of one's own, with an archive to replay from."""

from typing import NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from stack.arguments import check_fields, check_range
from stack.policy import PolicyStatement, statement


class EventBusArgs(TypedDict):
    """Name of the bus and memory of its events."""

    bus_name: pulumi.Input[str]
    """Name in AWS."""
    description: NotRequired[pulumi.Input[str]]
    """What the bus is for, as AWS shows it."""
    archive_days: NotRequired[pulumi.Input[int]]
    """How long events can be replayed; 30 days by default."""
    key_arn: NotRequired[pulumi.Input[str]]
    """KMS key that encrypts events at rest; EventBridge's own by default."""
    policy: NotRequired[pulumi.Input[str]]
    """Resource policy, for other accounts; none by default."""


class EventBus(pulumi.ComponentResource):
    """A custom bus that keeps what it carried."""

    bus_name: pulumi.Output[str]
    """Its name."""
    bus_arn: pulumi.Output[str]
    """Its ARN."""
    archive_name: pulumi.Output[str]
    """Name of its archive."""
    publish_statement: pulumi.Output[PolicyStatement]
    """Permission to put events on it."""

    def __init__(self, name: str, args: EventBusArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        check_fields("EventBus", args, EventBusArgs)
        check_range("EventBus", "archive_days", args.get("archive_days"), 1, 3650)
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
