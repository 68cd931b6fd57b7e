"""The arguments of RecordTable and their validation."""

from collections.abc import Iterator
from enum import Enum
from typing import NotRequired, TypedDict

import pulumi

from ..arguments.tags import check_tags
from ..arguments.validation import (
    check_fields,
    check_key,
    check_range,
    check_text,
    check_together,
    known_value,
    reject,
)


class StreamView(Enum):
    """What a table's stream contains for each change."""

    KEYS_ONLY = "KEYS_ONLY"
    """Only the keys."""
    NEW_IMAGE = "NEW_IMAGE"
    """The item after the change."""
    OLD_IMAGE = "OLD_IMAGE"
    """The item before the change."""
    NEW_AND_OLD_IMAGES = "NEW_AND_OLD_IMAGES"
    """The item before and after the change."""


class KeyKind(Enum):
    """Type of a key attribute."""

    TEXT = "S"
    """Text."""
    NUMBER = "N"
    """A number."""
    BINARY = "B"
    """Bytes."""


class Projection(Enum):
    """Which attributes of a record an index contains."""

    ALL = "ALL"
    """All attributes."""
    KEYS_ONLY = "KEYS_ONLY"
    """Only the keys."""
    INCLUDE = "INCLUDE"
    """The keys and the attributes in `included`."""


class TableIndex(TypedDict):
    """A global secondary index."""

    name: str
    """Name of the index."""
    hash_key: str
    """Partition key: attribute by which records are looked up. Records without it are not in the index."""
    hash_key_kind: NotRequired[KeyKind]
    """Type of `hash_key`; text by default."""
    range_key: NotRequired[str]
    """Sort key: attribute by which the records of one `hash_key` are ordered; none by default."""
    range_key_kind: NotRequired[KeyKind]
    """Type of `range_key`; text by default."""
    projection: NotRequired[Projection]
    """Which attributes the index contains; all by default."""
    included: NotRequired[list[str]]
    """Attributes that the index contains besides the keys; needs `projection` INCLUDE."""


class RecordTableArgs(TypedDict):
    """Keys, indexes, retention and protection of the table."""

    table_name: NotRequired[pulumi.Input[str]]
    """Name in AWS; Pulumi chooses one by default."""
    hash_key: str
    """Partition key: attribute that identifies a record, alone or with `range_key`."""
    hash_key_kind: NotRequired[KeyKind]
    """Type of `hash_key`; text by default."""
    range_key: NotRequired[str]
    """Sort key: attribute by which the records of one `hash_key` are ordered; none by default."""
    range_key_kind: NotRequired[KeyKind]
    """Type of `range_key`; text by default."""
    ttl_attribute: NotRequired[pulumi.Input[str]]
    """Attribute with the time, in seconds since 1970, after which DynamoDB deletes a record; none by default."""
    indexes: NotRequired[list[TableIndex]]
    """Global secondary indexes, up to 20; none by default."""
    stream: NotRequired[StreamView]
    """Stream of changes; none by default."""
    maximum_reads_per_second: NotRequired[int]
    """Read request units per second above which DynamoDB throttles, to limit costs; the account's limit by default."""
    maximum_writes_per_second: NotRequired[int]
    """Write request units per second above which DynamoDB throttles; the account's limit by default."""
    point_in_time_recovery: NotRequired[pulumi.Input[bool]]
    """Allow the table to be restored to any point in the last 35 days; true by default."""
    deletion_protection: NotRequired[bool]
    """Prevent deletion in AWS and in Pulumi; true by default."""
    key_arn: NotRequired[pulumi.Input[str]]
    """ARN of the KMS key that encrypts the records; DynamoDB's own key by default. The statements of this component
    allow the use of the key."""
    tags: NotRequired[pulumi.Input[dict[str, pulumi.Input[str]]]]
    """Tags of everything that the component creates; none by default. For the whole stack use `tag_stack`."""


def key_kinds(args: RecordTableArgs) -> dict[str, KeyKind]:
    """Return the type of every attribute that is a key of the table or of an index."""
    return {attribute: kind for _, attribute, kind in _keys(args)}


def _keys(args: RecordTableArgs) -> Iterator[tuple[str, str, KeyKind]]:
    """Yield every key of the table and its indexes: the table or index, the attribute and its type."""
    yield "the table", args["hash_key"], KeyKind(args.get("hash_key_kind", KeyKind.TEXT))
    if "range_key" in args:
        yield "the table", args["range_key"], KeyKind(args.get("range_key_kind", KeyKind.TEXT))
    for index in args.get("indexes", []):
        yield index["name"], index["hash_key"], KeyKind(index.get("hash_key_kind", KeyKind.TEXT))
        if "range_key" in index:
            yield index["name"], index["range_key"], KeyKind(index.get("range_key_kind", KeyKind.TEXT))


def check_table(args: RecordTableArgs) -> None:
    """Raise InvalidArgument for keys that contradict each other, and arguments that DynamoDB would reject."""
    component = "RecordTable"
    check_fields(component, args, RecordTableArgs)
    check_tags(component, args.get("tags"))
    fix = "Use 3 to 255 letters, digits, `_`, `.` and `-`."
    check_text(component, "table_name", args.get("table_name"), r"[A-Za-z0-9_.-]{3,255}", fix)
    if args.get("range_key") == args["hash_key"]:
        rule = "is the same attribute as `hash_key`"
        reject(component, "range_key", rule, "Leave it out, or use another attribute.")
    check_together(component, args, "range_key_kind", "range_key")
    _check_indexes(component, args)
    kinds: dict[str, tuple[str, KeyKind]] = {}
    for place, attribute, kind in _keys(args):
        before, held = kinds.setdefault(attribute, (place, kind))
        if kind is not held:
            rule = f"has the type {held.name} as a key of {before}, but {kind.name} as a key of {place}"
            reject(component, attribute, rule, "Give it the same `…_key_kind` in both places.")
    ttl = known_value(args.get("ttl_attribute"))
    if ttl is not None and ttl in (args["hash_key"], args.get("range_key")):
        fix = "Keys cannot change, so a record's expiry could never be extended: use another attribute."
        reject(component, "ttl_attribute", f"is {ttl!r}, a key of the table", fix)
    if ttl in kinds and kinds[ttl][1] is not KeyKind.NUMBER:
        fix = "DynamoDB reads it as seconds since 1970: give it KeyKind.NUMBER, or use another attribute."
        reject(component, "ttl_attribute", f"is {ttl!r}, a key that is not a number", fix)
    for field in ("maximum_reads_per_second", "maximum_writes_per_second"):
        check_range(component, field, args.get(field), 1, 40_000)
    check_key(component, "key_arn", args.get("key_arn"))


def _check_indexes(component: str, args: RecordTableArgs) -> None:
    """Raise InvalidArgument for indexes that DynamoDB would reject."""
    indexes = args.get("indexes", [])
    for index in indexes:
        place = f"{component}.indexes"
        check_fields(place, index, TableIndex)
        check_together(place, index, "range_key_kind", "range_key")
        if index.get("range_key") == index["hash_key"]:
            rule = f"of {index['name']} is the same attribute as `hash_key`"
            reject(place, "range_key", rule, "Leave it out, or use another attribute.")
        includes = Projection(index.get("projection", Projection.ALL)) is Projection.INCLUDE
        if includes != bool(index.get("included")):
            rule = f"of {index['name']} and `projection` INCLUDE need each other"
            reject(place, "included", rule, "Give both, or neither.")
    names = [index["name"] for index in indexes]
    if len(names) != len(set(names)):
        reject(component, "indexes", "have the same name twice", "Give each index a unique name.")
    if len(indexes) > 20:
        reject(component, "indexes", f"has {len(indexes)} entries", "DynamoDB allows at most 20.")
