"""DynamoDB in memory: tables with a string partition key, conditional writes, and indexes that show every attribute.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateItem.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.doubles.expressions import Item, Names, Value, condition, equal, sort_value, update
from tests.doubles.refusals import AwsError, NotDoubled, only

#: Limit of an item, and of the items that one page of a query or a scan reads, in bytes.
MAX_ITEM_BYTES = 400 * 1024
MAX_PAGE_BYTES = 1024 * 1024
_NAMES_AND_VALUES = ("ExpressionAttributeNames", "ExpressionAttributeValues")


@dataclass(frozen=True)
class Index:
    """A global secondary index: its partition key, and its sort key or ``""``, each with the type of its values."""

    key: str
    sort_key: str
    kinds: Mapping[str, str]

    @property
    def keys(self) -> tuple[str, ...]:
        """The key attributes."""
        return tuple(filter(None, (self.key, self.sort_key)))

    def has(self, item: Item) -> bool:
        """Return whether the index shows an item."""
        return all(name in item for name in self.keys)


@dataclass
class Table:
    """A table: its items by the text of their partition key, in the order of their creation."""

    name: str
    key: str
    items: dict[str, Item] = field(default_factory=dict)
    indexes: dict[str, Index] = field(default_factory=dict)

    def id(self, given: Mapping[str, Value]) -> str:
        """Return the text of a key; raises ValidationException if it is none of this table."""
        if set(given) != {self.key} or set(given[self.key]) != {"S"}:
            raise _invalid("The provided key element does not match the schema")
        return self._text(given[self.key])

    def put(self, item: Item) -> None:
        """Store an item in the place of the one with its key."""
        if self.key not in item:
            raise _invalid(
                f"One or more parameter values were invalid: Missing the key {self.key} in the item"
            )
        if set(item[self.key]) != {"S"}:
            raise _invalid(
                f"One or more parameter values were invalid: Type mismatch for key {self.key} expected: S actual: "
                f"{next(iter(item[self.key]))}"
            )
        for name, index in self.indexes.items():
            _check_index_keys(name, index, item)
        if item_bytes(item) > MAX_ITEM_BYTES:
            raise _invalid("Item size has exceeded the maximum allowed size")
        self.items[self._text(item[self.key])] = item

    def _text(self, value: Value) -> str:
        if not value["S"]:
            raise _invalid(
                "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an "
                f"empty string value. Key: {self.key}"
            )
        return str(value["S"])


class DynamoDb:
    """The tables by name."""

    def __init__(self) -> None:
        self.tables: dict[str, Table] = {}

    def CreateTable(self, given: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N802 - DynamoDB's name
        """Create a table, with its indexes."""
        only(
            given,
            ("TableName", "KeySchema", "AttributeDefinitions", "BillingMode", "GlobalSecondaryIndexes"),
            "CreateTable",
        )
        kinds = {each["AttributeName"]: each["AttributeType"] for each in given["AttributeDefinitions"]}
        key, sort_key = _keys(given["KeySchema"])
        if sort_key or kinds[key] != "S":
            raise NotDoubled("a table with a sort key, or whose key is no string")
        table = Table(given["TableName"], key)
        for each in given.get("GlobalSecondaryIndexes", []):
            if each["Projection"] != {"ProjectionType": "ALL"}:
                raise NotDoubled("an index that shows some attributes only")
            table.indexes[each["IndexName"]] = Index(*_keys(each["KeySchema"]), kinds)
        self.tables[table.name] = table
        return {"TableDescription": {"TableName": table.name, "TableStatus": "ACTIVE"}}

    def GetItem(self, given: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N802
        """Return an item, if it exists."""
        only(given, ("TableName", "Key", "ConsistentRead"), "GetItem")
        table = self._table(given)
        item = table.items.get(table.id(given["Key"]))
        return {} if item is None else {"Item": dict(item)}

    def PutItem(self, given: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N802
        """Write a whole item, if the condition holds for the present one."""
        only(given, ("TableName", "Item", "ConditionExpression", *_NAMES_AND_VALUES), "PutItem")
        table, item = self._table(given), dict(given["Item"])
        key = item.get(table.key, {}).get("S", "")
        _check(given, Names(given), table.items.get(key, {}))
        table.put(item)
        return {}

    def UpdateItem(self, given: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N802
        """Change some attributes of an item, if the condition holds; creates one that does not exist."""
        only(
            given,
            (
                "TableName",
                "Key",
                "UpdateExpression",
                "ConditionExpression",
                "ReturnValues",
                *_NAMES_AND_VALUES,
            ),
            "UpdateItem",
        )
        table, names = self._table(given), Names(given)
        key = table.id(given["Key"])
        change = update(given["UpdateExpression"], names)
        present = table.items.get(key, {})
        _check(given, names, present)
        if table.key in change.attributes:  # type: ignore[attr-defined]
            raise _invalid(
                "One or more parameter values were invalid: Cannot update attribute "
                f"{table.key}. This attribute is part of the key"
            )
        changed = change(present or given["Key"])
        table.put(changed)
        wanted = given.get("ReturnValues", "NONE")
        if wanted not in ("NONE", "ALL_NEW"):
            raise NotDoubled(f"ReturnValues={wanted}")
        return {"Attributes": dict(changed)} if wanted == "ALL_NEW" else {}

    def DeleteItem(self, given: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N802
        """Delete an item, if the condition holds; one that does not exist is no error without a condition."""
        only(given, ("TableName", "Key", "ConditionExpression", *_NAMES_AND_VALUES), "DeleteItem")
        table = self._table(given)
        key = table.id(given["Key"])
        _check(given, Names(given), table.items.get(key, {}))
        table.items.pop(key, None)
        return {}

    def Query(self, given: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N802
        """Return a page of the items of an index under one key, in the order of the sort key."""
        only(
            given,
            (
                "TableName", "IndexName", "KeyConditionExpression", "ScanIndexForward", "Limit", "ExclusiveStartKey",
                *_NAMES_AND_VALUES,
            ),
            "Query",
        )  # fmt: skip
        table, names = self._table(given), Names(given)
        if "IndexName" not in given:
            raise NotDoubled("a query without an index")
        if given["IndexName"] not in table.indexes:
            raise _invalid(f"The table does not have the specified index: {given['IndexName']}")
        index = table.indexes[given["IndexName"]]
        test = condition(given["KeyConditionExpression"], names, "KeyConditionExpression")
        names.check_all_used()
        found = [item for item in table.items.values() if index.has(item) and test(item)]
        if index.sort_key:
            found.sort(key=lambda item: sort_value(item[index.sort_key]))
        if not given.get("ScanIndexForward", True):
            found.reverse()
        return _page(found, given, (table.key, *index.keys), lambda item: True)

    def Scan(self, given: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N802
        """Return a page of the items of a table that pass the filter."""
        only(
            given,
            (
                "TableName",
                "FilterExpression",
                "ConsistentRead",
                "Limit",
                "ExclusiveStartKey",
                *_NAMES_AND_VALUES,
            ),
            "Scan",
        )
        table, names = self._table(given), Names(given)
        passes: Callable[[Item], bool] = lambda item: True  # noqa: E731 - the filter that lets everything pass
        if "FilterExpression" in given:
            passes = condition(given["FilterExpression"], names, "FilterExpression")
        names.check_all_used()
        return _page(list(table.items.values()), given, (table.key,), passes)

    def _table(self, given: Mapping[str, Any]) -> Table:
        if given["TableName"] not in self.tables:
            raise AwsError("ResourceNotFoundException", "Requested resource not found")
        return self.tables[given["TableName"]]


def item_bytes(item: Mapping[str, Value]) -> int:
    """Return the size of an item in bytes, about as DynamoDB counts it."""
    return sum(len(name.encode()) + _value_bytes(value) for name, value in item.items())


def _value_bytes(value: Value) -> int:
    [(kind, content)] = value.items()
    if kind == "S":
        return len(content) if content.isascii() else len(content.encode())
    if kind == "N":
        return len(content) // 2 + 1
    if kind == "L":
        return 3 + sum(1 + _value_bytes(each) for each in content)
    if kind == "M":
        return 3 + sum(1 + len(name.encode()) + _value_bytes(each) for name, each in content.items())
    if kind in ("BOOL", "NULL"):
        return 1
    raise NotDoubled(f"an attribute of type {kind}")


def _check(given: Mapping[str, Any], names: Names, present: Item) -> None:
    """Raise ConditionalCheckFailedException unless the condition holds."""
    test = condition(given["ConditionExpression"], names) if "ConditionExpression" in given else None
    names.check_all_used()
    if test is not None and not test(present):
        raise AwsError("ConditionalCheckFailedException", "The conditional request failed")


def _check_index_keys(name: str, index: Index, item: Item) -> None:
    for key in index.keys:
        value = item.get(key)
        if value is None:
            continue
        [(kind, content)] = value.items()
        if kind != index.kinds[key]:
            raise _invalid(
                f"One or more parameter values were invalid: Type mismatch for Index Key {key} Expected: "
                f"{index.kinds[key]} Actual: {kind} IndexName: {name}"
            )
        if kind == "S" and not content:
            raise _invalid(
                "One or more parameter values are not valid. A value specified for a secondary index key is not "
                "supported. The AttributeValue for a key attribute cannot contain an empty string value. "
                f"IndexName: {name}, IndexKey: {key}"
            )


def _page(
    found: list[Item], given: Mapping[str, Any], keys: Iterable[str], passes: Callable[[Item], bool]
) -> dict[str, Any]:
    """Return the items after the start key, up to the limit of items and bytes, and the key to go on with."""
    start = given.get("ExclusiveStartKey")
    if start is not None:
        at = next(
            (
                n
                for n, item in enumerate(found)
                if all(equal(item.get(name), value) for name, value in start.items())
            ),
            None,
        )
        if at is None:
            raise NotDoubled("a start key whose item is gone")
        found = found[at + 1 :]
    read: list[Item] = []
    size = 0
    limit = given.get("Limit")
    for item in found:
        if (limit is not None and len(read) >= limit) or size > MAX_PAGE_BYTES:
            break
        read.append(item)
        size += item_bytes(item)
    items = [dict(item) for item in read if passes(item)]
    answer: dict[str, Any] = {"Items": items, "Count": len(items), "ScannedCount": len(read)}
    if read and (len(read) < len(found) or len(read) == limit):
        answer["LastEvaluatedKey"] = {name: read[-1][name] for name in keys}
    return answer


def _keys(schema: Iterable[Mapping[str, str]]) -> tuple[str, str]:
    kinds = {each["KeyType"]: each["AttributeName"] for each in schema}
    return kinds["HASH"], kinds.get("RANGE", "")


def _invalid(message: str) -> AwsError:
    return AwsError("ValidationException", message)
