"""StreamSubscription: delivers the changes of a table to a function; what fails for good is kept, not lost."""

from typing import Any, Unpack, cast, overload

import pulumi
import pulumi_aws as aws

from ..arguments.iam_policy import PolicyStatement, policy_document, statement
from ..arguments.names import suffixed
from ..arguments.shape import NOT_GIVEN, given_args, outputs_of
from ..arguments.tags import with_tags
from ..function.invocation_target import invocation_target
from ..monitoring.alarm import Topics
from ..monitoring.queue_alarms import watch_stream
from .dead_letter_queue import create_dead_letters, refuse_plain_http
from .stream_args import StreamStart, StreamSubscriptionArgs, check_stream, record_filters

_READ = ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"]


class StreamSubscription(pulumi.ComponentResource):
    """Delivers the changes of a table to a function: event source mapping, dead-letter queue and alarms.

    A batch that fails is split and retried. After the last retry its place in the stream (shard and sequence numbers,
    not the records) goes to the dead-letter queue; DynamoDB keeps the records for 24 hours. The function's role gets
    permission to read this stream and to send to this queue.
    """

    mapping_id: pulumi.Output[str]
    """Id of the event source mapping."""
    dead_letter_queue_url: pulumi.Output[str]
    """URL of the dead-letter queue."""
    dead_letter_queue_name: pulumi.Output[str]
    """Name of the dead-letter queue."""

    @overload
    def __init__(
        self, name: str, args: StreamSubscriptionArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None: ...
    @overload
    def __init__(
        self,
        name: str,
        *,
        opts: pulumi.ResourceOptions | None = None,
        **keywords: Unpack[StreamSubscriptionArgs],
    ) -> None: ...
    def __init__(
        self,
        name: str,
        args: StreamSubscriptionArgs = NOT_GIVEN,
        opts: pulumi.ResourceOptions | None = None,
        **keywords: Any,
    ) -> None:
        args = given_args(StreamSubscriptionArgs, args, keywords)
        check_stream(args)
        super().__init__("kinexus:index:StreamSubscription", name, None, with_tags(opts, args))
        child = pulumi.ResourceOptions(parent=self)
        own_name = suffixed(args.get("subscription_name"), "-stream")
        dead_letters = create_dead_letters(
            f"{name}-dead-letters", suffixed(own_name, "-dead-letters"), args.get("key_arn"), child
        )
        refuse_plain_http(f"{name}-dead-letters-policy", dead_letters, child)
        receiver = invocation_target("StreamSubscription", args["function"], args.get("alias"))
        policy = aws.iam.RolePolicy(
            f"{name}-read",
            name=own_name,
            role=receiver.role_name,
            policy=policy_document(_permissions(args, dead_letters)),
            opts=child,
        )
        mapping = aws.lambda_.EventSourceMapping(
            f"{name}-mapping",
            event_source_arn=args["stream_arn"],
            function_name=receiver.arn,
            starting_position=StreamStart(args.get("start", StreamStart.OLDEST)).value,
            batch_size=args.get("batch_size", 100),
            maximum_batching_window_in_seconds=args.get("batch_window_seconds"),
            parallelization_factor=args.get("parallel_batches"),
            filter_criteria=record_filters(args),
            function_response_types=["ReportBatchItemFailures"],
            bisect_batch_on_function_error=args.get("bisect", True),
            maximum_retry_attempts=args.get("maximum_retries", 10),
            maximum_record_age_in_seconds=args.get("maximum_record_age_seconds"),
            destination_config={"on_failure": {"destination_arn": dead_letters.arn}},
            # AWS rejects a mapping until the role has permission to read.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[policy]),
        )
        watch_stream(
            self,
            name,
            own_name,
            receiver.name,
            dead_letters.name,
            cast(Topics, args.get("alarm_topic_arns", [])),
            args.get("alarm_age_seconds", 900),
        )
        self.mapping_id = mapping.id
        self.dead_letter_queue_url = dead_letters.url
        self.dead_letter_queue_name = dead_letters.name
        self.register_outputs(outputs_of(self))


def _permissions(
    args: StreamSubscriptionArgs, dead_letters: aws.sqs.Queue
) -> list[pulumi.Output[PolicyStatement]]:
    """Return the function's permissions on the stream, the dead-letter queue and the keys of both."""
    permissions = [
        statement(_READ, cast(pulumi.Input[str], args["stream_arn"])),
        # ListStreams has no resource-level permissions.
        statement(["dynamodb:ListStreams"], "*"),
        statement(["sqs:SendMessage"], dead_letters.arn),
    ]
    if "table_key_arn" in args:
        permissions.append(statement(["kms:Decrypt"], args["table_key_arn"]))
    if "key_arn" in args:
        permissions.append(statement(["kms:Decrypt", "kms:GenerateDataKey"], args["key_arn"]))
    return permissions
