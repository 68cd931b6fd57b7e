"""RecordTable: an on-demand DynamoDB table with secure defaults."""

from collections.abc import Sequence
from typing import Any, Unpack, overload

import pulumi
import pulumi_aws as aws

from ..arguments.granted_actions import granted_actions
from ..arguments.iam_policy import PolicyStatement, key_of, statement
from ..arguments.shape import NOT_GIVEN, given_args, outputs_of
from ..arguments.tags import with_tags
from ..arguments.validation import reject
from .actions import INDEX_ACTIONS, STREAM_ACTIONS, TABLE_ACTIONS
from .args import Projection, RecordTableArgs, StreamView, TableIndex, check_table, key_kinds

READ_ACTIONS = ("dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:Query")
WRITE_ACTIONS = (
    "dynamodb:BatchWriteItem",
    "dynamodb:DeleteItem",
    "dynamodb:PutItem",
    "dynamodb:UpdateItem",
)


class RecordTable(pulumi.ComponentResource):
    """An on-demand DynamoDB table with point-in-time recovery, encryption and deletion protection."""

    table_name: pulumi.Output[str]
    """Its name."""
    table_arn: pulumi.Output[str]
    """Its ARN."""
    stream_arn: pulumi.Output[str]
    """ARN of its stream; empty without the argument `stream`."""
    read_statement: pulumi.Output[PolicyStatement]
    """Permission to read records, also through indexes."""
    write_statement: pulumi.Output[PolicyStatement]
    """Permission to write and delete records."""

    @overload
    def __init__(
        self, name: str, args: RecordTableArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None: ...
    @overload
    def __init__(
        self, name: str, *, opts: pulumi.ResourceOptions | None = None, **keywords: Unpack[RecordTableArgs]
    ) -> None: ...
    def __init__(
        self,
        name: str,
        args: RecordTableArgs = NOT_GIVEN,
        opts: pulumi.ResourceOptions | None = None,
        **keywords: Any,
    ) -> None:
        args = given_args(RecordTableArgs, args, keywords)
        check_table(args)
        super().__init__("kinexus:index:RecordTable", name, None, with_tags(opts, args))
        protected = args.get("deletion_protection", True)
        stream = args.get("stream")
        ttl = args.get("ttl_attribute")
        table = aws.dynamodb.Table(
            name,
            name=args.get("table_name"),
            billing_mode="PAY_PER_REQUEST",
            hash_key=args["hash_key"],
            range_key=args.get("range_key"),
            attributes=[{"name": key, "type": kind.value} for key, kind in sorted(key_kinds(args).items())],
            global_secondary_indexes=[_index(index) for index in args.get("indexes", [])] or None,
            on_demand_throughput=_throughput(args),
            ttl={"attribute_name": ttl, "enabled": True} if ttl is not None else None,
            stream_enabled=True if stream else None,
            stream_view_type=StreamView(stream).value if stream else None,
            point_in_time_recovery={"enabled": args.get("point_in_time_recovery", True)},
            server_side_encryption={"enabled": True, "kms_key_arn": args["key_arn"]} if "key_arn" in args else None,
            deletion_protection_enabled=protected,
            opts=pulumi.ResourceOptions(parent=self, protect=protected or None),
        )  # fmt: skip

        self._key = key_of(args)
        self.own_key = args.get("key_arn")
        self._has_stream = stream is not None
        self.table_name = table.name
        self.table_arn = table.arn
        self.stream_arn = table.stream_arn.apply(lambda arn: arn or "")
        self.read_statement = self.grant(*READ_ACTIONS)
        self.write_statement = self.grant(*WRITE_ACTIONS)
        self.register_outputs(outputs_of(self))

    def grant(self, *actions: str) -> pulumi.Output[PolicyStatement]:
        """Return a statement that allows exactly these actions of DynamoDB.

        Each is allowed where it exists: on the table, for queries and scans also on its indexes, for reading changes on
        its stream. With `key_arn` the statement also allows the use of the key. Raises InvalidArgument for other
        actions, and for those of a stream that the table does not have.
        """
        names = granted_actions("RecordTable", "dynamodb", actions, TABLE_ACTIONS | STREAM_ACTIONS)
        only_stream = sorted(names - TABLE_ACTIONS)
        if only_stream and not self._has_stream:
            rule = f"has dynamodb:{only_stream[0]}, but the table has no stream"
            reject("RecordTable", "grant", rule, "Give the argument `stream` too.")
        resources: list[pulumi.Input[str]] = [self.table_arn] if names & TABLE_ACTIONS else []
        if names & INDEX_ACTIONS:
            resources.append(pulumi.Output.concat(self.table_arn, "/index/*"))
        if names & STREAM_ACTIONS and self._has_stream:
            resources.append(pulumi.Output.concat(self.table_arn, "/stream/*"))
        return self._statement(actions, *resources)

    def grant_query(self, index: pulumi.Input[str]) -> pulumi.Output[PolicyStatement]:
        """Return a statement that allows queries of one index, and nothing else of the table."""
        return self._statement(["dynamodb:Query"], pulumi.Output.concat(self.table_arn, "/index/", index))

    def grant_stream(self) -> pulumi.Output[PolicyStatement]:
        """Return a statement that allows reading the changes in the stream; needs the argument `stream`.

        An event source mapping also needs `dynamodb:ListStreams`, which has no resource.
        """
        return self.grant("dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator")

    def _statement(
        self, actions: Sequence[str], *resources: pulumi.Input[str]
    ) -> pulumi.Output[PolicyStatement]:
        """Return a statement that also allows the use of the table's key."""
        return statement([*actions, *(["kms:Decrypt"] if self._key else [])], *resources, *self._key)


def _index(index: TableIndex) -> dict[str, object]:
    """Return a global secondary index as an argument of the table."""
    keys = [{"attribute_name": index["hash_key"], "key_type": "HASH"}]
    if "range_key" in index:
        keys.append({"attribute_name": index["range_key"], "key_type": "RANGE"})
    projection = Projection(index.get("projection", Projection.ALL))
    described: dict[str, object] = {
        "name": index["name"],
        "key_schemas": keys,
        "projection_type": projection.value,
    }
    if projection is Projection.INCLUDE:
        described["non_key_attributes"] = index["included"]
    return described


def _throughput(args: RecordTableArgs) -> dict[str, object] | None:
    """Return the limits of on-demand throughput; None if none is set."""
    limits: dict[str, object] = {
        "max_read_request_units": args.get("maximum_reads_per_second"),
        "max_write_request_units": args.get("maximum_writes_per_second"),
    }
    return limits if any(limit is not None for limit in limits.values()) else None
