"""EventBus: a custom EventBridge bus with an archive to replay events from."""

import json
from typing import Any, NotRequired, TypedDict, Unpack, overload

import pulumi
import pulumi_aws as aws

from ..arguments.iam_policy import PolicyStatement, key_of, statement, with_key
from ..arguments.shape import NOT_GIVEN, given_args, outputs_of
from ..arguments.tags import check_tags, with_tags
from ..arguments.validation import check_fields, check_key, check_range, check_text, reject, when_known


class EventBusArgs(TypedDict):
    """Name, archive, encryption and access of the bus."""

    bus_name: NotRequired[pulumi.Input[str]]
    """Name of the bus and its archive in AWS, up to 48 characters; Pulumi chooses names by default."""
    description: NotRequired[pulumi.Input[str]]
    """Description that AWS shows."""
    archive_days: NotRequired[pulumi.Input[int]]
    """How long events can be replayed; 30 days by default."""
    key_arn: NotRequired[pulumi.Input[str]]
    """ARN of the KMS key that encrypts events and archive; its policy must allow `events.amazonaws.com` to use it.
    EventBridge's own key by default. The statement for publishing allows the use of the key."""
    policy: NotRequired[pulumi.Input[str]]
    """Resource policy, for other accounts; none by default."""
    tags: NotRequired[pulumi.Input[dict[str, pulumi.Input[str]]]]
    """Tags of everything that the component creates; none by default. For the whole stack use `tag_stack`."""


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

    @overload
    def __init__(self, name: str, args: EventBusArgs, opts: pulumi.ResourceOptions | None = None) -> None: ...
    @overload
    def __init__(
        self, name: str, *, opts: pulumi.ResourceOptions | None = None, **keywords: Unpack[EventBusArgs]
    ) -> None: ...
    def __init__(
        self,
        name: str,
        args: EventBusArgs = NOT_GIVEN,
        opts: pulumi.ResourceOptions | None = None,
        **keywords: Any,
    ) -> None:
        args = given_args(EventBusArgs, args, keywords)
        _check(args)
        super().__init__("kinexus:index:EventBus", name, None, with_tags(opts, args))
        child = pulumi.ResourceOptions(parent=self)
        bus = aws.cloudwatch.EventBus(
            name,
            name=args.get("bus_name"),
            description=args.get("description"),
            kms_key_identifier=args.get("key_arn"),
            opts=child,
        )
        archive = aws.cloudwatch.EventArchive(
            f"{name}-archive",
            name=args.get("bus_name"),
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
        # EventBridge encrypts with the publisher's permissions.
        self.publish_statement = statement(
            with_key(["events:PutEvents"], ["kms:Decrypt", "kms:GenerateDataKey"], args),
            bus.arn,
            *key_of(args),
        )
        self.register_outputs(outputs_of(self))


def _check(args: EventBusArgs) -> None:
    """Raise InvalidArgument for arguments that EventBridge would reject."""
    component = "EventBus"
    check_fields(component, args, EventBusArgs)
    check_tags(component, args.get("tags"))
    check_range(component, "archive_days", args.get("archive_days"), 1, 3650)
    check_key(component, "key_arn", args.get("key_arn"))
    when_known(args.get("bus_name"), _check_name)
    when_known(args.get("policy"), _check_policy)


def _check_name(name: str) -> None:
    """Raise InvalidArgument for a name that EventBridge would reject."""
    if name == "default":
        fix = "Use another name. To receive events of the default bus, give an EventSubscription its name."
        reject("EventBus", "bus_name", "is 'default', which exists in every account", fix)
    fix = "Use 1 to 48 letters, digits, `.`, `_` and `-`."
    check_text("EventBus", "bus_name", name, r"[A-Za-z0-9._-]{1,48}", fix)


def _check_policy(policy: str) -> None:
    """Raise InvalidArgument for a text that is not a policy document."""
    if not _is_policy(policy):
        fix = 'Write it as JSON: {"Version": "2012-10-17", "Statement": […]}.'
        reject("EventBus", "policy", "is not a policy document", fix)


def _is_policy(text: str) -> bool:
    """Return whether a text is a policy document."""
    try:
        document: Any = json.loads(text)
    except ValueError:
        return False
    return isinstance(document, dict) and "Statement" in document
