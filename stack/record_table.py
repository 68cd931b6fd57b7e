"""A DynamoDB table for records, safe by default."""

from enum import Enum
from typing import NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from stack.arguments import check_fields, refuse
from stack.policy import PolicyStatement, statement

READ_ACTIONS = ("dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:Query")
WRITE_ACTIONS = (
    "dynamodb:BatchWriteItem",
    "dynamodb:DeleteItem",
    "dynamodb:PutItem",
    "dynamodb:UpdateItem",
)


class StreamView(Enum):
    """What a table's stream tells of each change."""

    KEYS_ONLY = "KEYS_ONLY"
    """Only the keys."""
    NEW_IMAGE = "NEW_IMAGE"
    """The item after the change."""
    OLD_IMAGE = "OLD_IMAGE"
    """The item before the change."""
    NEW_AND_OLD_IMAGES = "NEW_AND_OLD_IMAGES"
    """The item before and after the change."""


class KeyKind(Enum):
    """What kind of value an attribute holds that records are found or ordered by."""

    TEXT = "S"
    """Text."""
    NUMBER = "N"
    """A number."""


class TableIndex(TypedDict):
    """A global secondary index over all attributes."""

    name: str
    """Name of the index."""
    hash_key: str
    """Attribute (text) that records are looked up by; those without it are not in the index."""
    range_key: NotRequired[str]
    """Attribute that they are ordered by."""
    range_key_kind: NotRequired[KeyKind]
    """What `range_key` holds; text by default."""


class RecordTableArgs(TypedDict):
    """How records are keyed, found and kept."""

    table_name: pulumi.Input[str]
    """Name in AWS."""
    hash_key: str
    """Attribute (a string) that identifies a record, alone or with `range_key`."""
    range_key: NotRequired[str]
    """Attribute (a string) that orders the records of one `hash_key`."""
    ttl_attribute: NotRequired[pulumi.Input[str]]
    """Attribute with the time, in seconds since 1970, after which AWS removes a record; none by default."""
    indexes: NotRequired[list[TableIndex]]
    """Further ways to find records; none by default."""
    stream: NotRequired[StreamView]
    """Stream of changes; none by default."""
    point_in_time_recovery: NotRequired[pulumi.Input[bool]]
    """Keep 35 days of history to restore from; true by default."""
    deletion_protection: NotRequired[bool]
    """Refuse deletion, in AWS and in Pulumi; true by default."""
    key_arn: NotRequired[pulumi.Input[str]]
    """KMS key that encrypts the records; DynamoDB's own by default."""


class RecordTable(pulumi.ComponentResource):
    """An on-demand table with point-in-time recovery, encryption and deletion protection."""

    table_name: pulumi.Output[str]
    """Its name."""
    table_arn: pulumi.Output[str]
    """Its ARN."""
    stream_arn: pulumi.Output[str]
    """ARN of its stream; empty without one."""
    read_statement: pulumi.Output[PolicyStatement]
    """Permission to read records, also through indexes."""
    write_statement: pulumi.Output[PolicyStatement]
    """Permission to write and delete records."""

    def __init__(self, name: str, args: RecordTableArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        _check(args)
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
            attributes=[{"name": key, "type": kind.value} for key, kind in sorted(_keys(args).items())],
            global_secondary_indexes=[_index(index) for index in args.get("indexes", [])] or None,
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
        """Permit exactly these actions on the table (and, for queries, on its indexes)."""
        resources: list[pulumi.Input[str]] = [self.table_arn]
        if "dynamodb:Query" in actions:
            resources.append(pulumi.Output.concat(self.table_arn, "/index/*"))
        return statement(actions, *resources)

    def grant_query(self, index: str) -> pulumi.Output[PolicyStatement]:
        """Permit to query one index, and nothing else of the table."""
        return statement(["dynamodb:Query"], pulumi.Output.concat(self.table_arn, f"/index/{index}"))


def _index(index: TableIndex) -> dict[str, object]:
    """Describe an index in DynamoDB's spelling."""
    keys = [{"attribute_name": index["hash_key"], "key_type": "HASH"}]
    if "range_key" in index:
        keys.append({"attribute_name": index["range_key"], "key_type": "RANGE"})
    return {"name": index["name"], "key_schemas": keys, "projection_type": "ALL"}


def _keys(args: RecordTableArgs) -> dict[str, KeyKind]:
    """Name all attributes that are keys somewhere, with what they hold."""
    keys = {args["hash_key"]: KeyKind.TEXT}
    if "range_key" in args:
        keys[args["range_key"]] = KeyKind.TEXT
    for index in args.get("indexes", []):
        keys[index["hash_key"]] = KeyKind.TEXT
        if "range_key" in index:
            keys[index["range_key"]] = KeyKind(index.get("range_key_kind", KeyKind.TEXT))
    return keys


def _check(args: RecordTableArgs) -> None:
    """Refuse keys that contradict each other."""
    check_fields("RecordTable", args, RecordTableArgs)
    if args.get("range_key") == args["hash_key"]:
        refuse(
            "RecordTable",
            "range_key",
            "is the same attribute as `hash_key`",
            "Leave it out, or name another.",
        )
    names = [index["name"] for index in args.get("indexes", [])]
    if len(names) != len(set(names)):
        refuse("RecordTable", "indexes", "have the same name twice", "Give each index a name of its own.")
