"""What RecordTable wants to know, and what it refuses."""

import re
from collections.abc import Iterator
from enum import Enum
from typing import NotRequired, TypedDict

import pulumi

from ..arguments.validation import check_arn, check_fields, check_range, check_together, known_value, reject


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
    BINARY = "B"
    """Bytes."""


class Projection(Enum):
    """What of a record an index holds."""

    ALL = "ALL"
    """All attributes."""
    KEYS_ONLY = "KEYS_ONLY"
    """Only the keys."""
    INCLUDE = "INCLUDE"
    """The keys and what `included` names."""


class TableIndex(TypedDict):
    """A global secondary index."""

    name: str
    """Name of the index."""
    hash_key: str
    """Attribute that records are looked up by; those without it are not in the index."""
    hash_key_kind: NotRequired[KeyKind]
    """What `hash_key` holds; text by default."""
    range_key: NotRequired[str]
    """Attribute that they are ordered by."""
    range_key_kind: NotRequired[KeyKind]
    """What `range_key` holds; text by default."""
    projection: NotRequired[Projection]
    """What of a record the index holds; all of it by default."""
    included: NotRequired[list[str]]
    """Attributes that the index holds besides the keys; needs `projection` INCLUDE."""


class RecordTableArgs(TypedDict):
    """How records are keyed, found and kept."""

    table_name: pulumi.Input[str]
    """Name in AWS."""
    hash_key: str
    """Attribute that identifies a record, alone or with `range_key`."""
    hash_key_kind: NotRequired[KeyKind]
    """What `hash_key` holds; text by default."""
    range_key: NotRequired[str]
    """Attribute that orders the records of one `hash_key`."""
    range_key_kind: NotRequired[KeyKind]
    """What `range_key` holds; text by default."""
    ttl_attribute: NotRequired[pulumi.Input[str]]
    """Attribute with the time, in seconds since 1970, after which AWS removes a record; none by default."""
    indexes: NotRequired[list[TableIndex]]
    """Further ways to find records, up to 20; none by default."""
    stream: NotRequired[StreamView]
    """Stream of changes; none by default."""
    maximum_reads_per_second: NotRequired[int]
    """Read units a second above which the table refuses, as a limit to costs; the account's by default."""
    maximum_writes_per_second: NotRequired[int]
    """Write units a second above which the table refuses; the account's by default."""
    point_in_time_recovery: NotRequired[pulumi.Input[bool]]
    """Keep 35 days of history to restore from; true by default."""
    deletion_protection: NotRequired[bool]
    """Refuse deletion, in AWS and in Pulumi; true by default."""
    key_arn: NotRequired[pulumi.Input[str]]
    """KMS key that encrypts the records; DynamoDB's own by default. Readers and writers then need
    `kms:Decrypt` on it."""


def key_kinds(args: RecordTableArgs) -> dict[str, KeyKind]:
    """Name all attributes that are keys somewhere, with what they hold."""
    return {attribute: kind for _, attribute, kind in _keys(args)}


def _keys(args: RecordTableArgs) -> Iterator[tuple[str, str, KeyKind]]:
    """List every key of the table and its indexes: where it is one, its attribute, and what that holds."""
    yield "the table", args["hash_key"], KeyKind(args.get("hash_key_kind", KeyKind.TEXT))
    if "range_key" in args:
        yield "the table", args["range_key"], KeyKind(args.get("range_key_kind", KeyKind.TEXT))
    for index in args.get("indexes", []):
        yield index["name"], index["hash_key"], KeyKind(index.get("hash_key_kind", KeyKind.TEXT))
        if "range_key" in index:
            yield index["name"], index["range_key"], KeyKind(index.get("range_key_kind", KeyKind.TEXT))


def check_table(args: RecordTableArgs) -> None:
    """Refuse keys that contradict each other, and what DynamoDB would refuse."""
    component = "RecordTable"
    check_fields(component, args, RecordTableArgs)
    name = known_value(args["table_name"])
    if name is not None and not re.fullmatch(r"[A-Za-z0-9_.-]{3,255}", name):
        reject(component, "table_name", f"is {name!r}", "Use 3 to 255 letters, digits, `_`, `.` and `-`.")
    if args.get("range_key") == args["hash_key"]:
        rule = "is the same attribute as `hash_key`"
        reject(component, "range_key", rule, "Leave it out, or name another.")
    check_together(component, args, "range_key_kind", "range_key")
    _check_indexes(component, args)
    kinds: dict[str, tuple[str, KeyKind]] = {}
    for place, attribute, kind in _keys(args):
        before, held = kinds.setdefault(attribute, (place, kind))
        if kind is not held:
            rule = f"holds {held.name} as a key of {before} and {kind.name} as one of {place}"
            reject(component, attribute, rule, "Give it the same `…_key_kind` in both places.")
    ttl = known_value(args.get("ttl_attribute"))
    if ttl is not None and ttl in (args["hash_key"], args.get("range_key")):
        fix = "Keys never change, so no record could live longer: name another attribute."
        reject(component, "ttl_attribute", f"is {ttl!r}, a key of the table", fix)
    if ttl in kinds and kinds[ttl][1] is not KeyKind.NUMBER:
        fix = "DynamoDB reads it as seconds since 1970: give it KeyKind.NUMBER, or name another attribute."
        reject(component, "ttl_attribute", f"is {ttl!r}, a key that holds no number", fix)
    for field in ("maximum_reads_per_second", "maximum_writes_per_second"):
        check_range(component, field, args.get(field), 1, 40_000)
    check_arn(component, "key_arn", args.get("key_arn"), "kms")


def _check_indexes(component: str, args: RecordTableArgs) -> None:
    """Refuse indexes that DynamoDB would refuse."""
    indexes = args.get("indexes", [])
    for index in indexes:
        place = f"{component}.indexes"
        check_fields(place, index, TableIndex)
        check_together(place, index, "range_key_kind", "range_key")
        if index.get("range_key") == index["hash_key"]:
            rule = f"of {index['name']} is the same attribute as `hash_key`"
            reject(place, "range_key", rule, "Leave it out, or name another.")
        includes = Projection(index.get("projection", Projection.ALL)) is Projection.INCLUDE
        if includes != bool(index.get("included")):
            rule = f"of {index['name']} and `projection` INCLUDE need each other"
            reject(place, "included", rule, "Give both, or none.")
    names = [index["name"] for index in indexes]
    if len(names) != len(set(names)):
        reject(component, "indexes", "have the same name twice", "Give each index a name of its own.")
    if len(indexes) > 20:
        reject(component, "indexes", f"are {len(indexes)}", "DynamoDB takes 20.")
