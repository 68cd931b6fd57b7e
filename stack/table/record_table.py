"""RecordTable: an on-demand DynamoDB table with secure defaults."""

import pulumi
import pulumi_aws as aws

from ..arguments.iam_policy import PolicyStatement, statement
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

    def __init__(self, name: str, args: RecordTableArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        check_table(args)
        super().__init__("kinexus:index:RecordTable", name, None, opts)
        protected = args.get("deletion_protection", True)
        stream = args.get("stream")
        ttl = args.get("ttl_attribute")
        table = aws.dynamodb.Table(
            name,
            name=args["table_name"],
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

        self.table_name = table.name
        self.table_arn = table.arn
        self.stream_arn = table.stream_arn.apply(lambda arn: arn or "")
        self.read_statement = self.grant(*READ_ACTIONS)
        self.write_statement = self.grant(*WRITE_ACTIONS)
        self.register_outputs(
            {
                "tableName": self.table_name,
                "tableArn": self.table_arn,
                "streamArn": self.stream_arn,
                "readStatement": self.read_statement,
                "writeStatement": self.write_statement,
            }
        )

    def grant(self, *actions: str) -> pulumi.Output[PolicyStatement]:
        """Return a statement that allows exactly these actions on the table (and, for queries, on its indexes)."""
        resources: list[pulumi.Input[str]] = [self.table_arn]
        if "dynamodb:Query" in actions:
            resources.append(pulumi.Output.concat(self.table_arn, "/index/*"))
        return statement(actions, *resources)

    def grant_query(self, index: str) -> pulumi.Output[PolicyStatement]:
        """Return a statement that allows queries of one index, and nothing else of the table."""
        return statement(["dynamodb:Query"], pulumi.Output.concat(self.table_arn, f"/index/{index}"))


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
