"""EventSubscription: delivers events of a bus to a function through a queue; an outage delays events, loses none."""

from typing import Any, Unpack, cast, overload

import pulumi
import pulumi_aws as aws

from ..arguments.shape import NOT_GIVEN, given_args, outputs_of
from ..arguments.tags import with_tags
from ..function.invocation_target import invocation_target
from ..monitoring.alarm import Topics
from ..monitoring.queue_alarms import watch_queue, watch_rule
from .args import EventSubscriptionArgs, calls_at_a_time, check_subscription, event_pattern, filter_criteria
from .input_transformer import input_transformer
from .queue import create_queue
from .receive_permissions import let_receive
from .waiting_time import alarm_age

_VISIBILITY_FACTOR = 6
_QUEUE_SECONDS = 4 * 24 * 3600
_RECEIVES = 3


class EventSubscription(pulumi.ComponentResource):
    """Delivers events of a bus to a function: rule, queue, dead-letter queue, event source mapping and alarms.

    Only this rule may send to the queues. The queue's visibility timeout is six times the function's timeout plus the
    batch window, as AWS recommends. The function's role gets permission to receive from the queue, and to send to it
    only with `may_send_back`.
    """

    queue_url: pulumi.Output[str]
    """URL of the queue."""
    queue_arn: pulumi.Output[str]
    """ARN of the queue."""
    queue_name: pulumi.Output[str]
    """Name of the queue."""
    dead_letter_queue_url: pulumi.Output[str]
    """URL of the dead-letter queue."""
    dead_letter_queue_name: pulumi.Output[str]
    """Name of the dead-letter queue."""
    rule_arn: pulumi.Output[str]
    """ARN of the rule."""

    @overload
    def __init__(
        self, name: str, args: EventSubscriptionArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None: ...
    @overload
    def __init__(
        self,
        name: str,
        *,
        opts: pulumi.ResourceOptions | None = None,
        **keywords: Unpack[EventSubscriptionArgs],
    ) -> None: ...
    def __init__(
        self,
        name: str,
        args: EventSubscriptionArgs = NOT_GIVEN,
        opts: pulumi.ResourceOptions | None = None,
        **keywords: Any,
    ) -> None:
        args = given_args(EventSubscriptionArgs, args, keywords)
        check_subscription(args)
        super().__init__("kinexus:index:EventSubscription", name, None, with_tags(opts, args))
        child = pulumi.ResourceOptions(parent=self)
        own_name = args.get("subscription_name")
        function = pulumi.Output.from_input(args["function"])

        rule = aws.cloudwatch.EventRule(
            f"{name}-rule",
            name=own_name,
            event_bus_name=args["bus_name"],
            event_pattern=event_pattern(args),
            opts=child,
        )
        visibility = function.apply(lambda known: known.timeout).apply(
            lambda seconds: _VISIBILITY_FACTOR * int(seconds or 3) + int(args.get("batch_window_seconds", 0))
        )
        receives = args.get("maximum_receives", _RECEIVES)
        kept = args.get("message_retention_seconds", _QUEUE_SECONDS)
        fed = create_queue(
            name,
            own_name,
            rule,
            visibility_seconds=visibility,
            maximum_receives=receives,
            delay_seconds=args.get("delay_seconds"),
            retention_seconds=kept,
            key_arn=args.get("key_arn"),
            opts=child,
        )
        queue, dead_letters = fed.queue, fed.dead_letters
        aws.cloudwatch.EventTarget(
            f"{name}-target",
            rule=rule.name,
            event_bus_name=args["bus_name"],
            target_id="queue",
            arn=queue.arn,
            retry_policy={
                "maximum_event_age_in_seconds": args.get("delivery_age_seconds", 24 * 3600),
                "maximum_retry_attempts": args.get("delivery_retries", 185),
            },
            dead_letter_config={"arn": dead_letters.arn},
            input_transformer=input_transformer(args.get("transformer")),
            # Without the queue policies, the queue would reject the rule's events.
            opts=pulumi.ResourceOptions(parent=self, depends_on=fed.policies),
        )
        receiver = invocation_target("EventSubscription", function, args.get("alias"))
        concurrency = pulumi.Output.all(
            args.get("maximum_concurrency"),
            function.apply(lambda known: known.reserved_concurrent_executions),
            receives,
        ).apply(calls_at_a_time)
        receive = let_receive(name, own_name, args, queue, receiver.role_name, child)
        aws.lambda_.EventSourceMapping(
            f"{name}-mapping",
            event_source_arn=queue.arn,
            function_name=receiver.arn,
            batch_size=args.get("batch_size", 1),
            maximum_batching_window_in_seconds=args.get("batch_window_seconds"),
            filter_criteria=filter_criteria(args),
            function_response_types=["ReportBatchItemFailures"],
            scaling_config={"maximum_concurrency": concurrency},
            # AWS rejects a mapping until the role has permission to receive.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[receive]),
        )
        topics = cast(Topics, args.get("alarm_topic_arns", []))
        age = pulumi.Output.all(
            args.get("alarm_age_seconds"), visibility, receives, args.get("delay_seconds"), kept
        ).apply(alarm_age)
        watch_queue(self, name, own_name, queue.name, dead_letters.name, topics, age)
        watch_rule(
            self, name, own_name, own_name or rule.name, cast(pulumi.Input[str], args["bus_name"]), topics
        )

        self.queue_url = queue.url
        self.queue_arn = queue.arn
        self.queue_name = queue.name
        self.dead_letter_queue_url = dead_letters.url
        self.dead_letter_queue_name = dead_letters.name
        self.rule_arn = rule.arn
        self.register_outputs(outputs_of(self))
