"""A DynamoDB table with a string partition key: conditional writes and leases.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.ConditionExpressions.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import Any
from uuid import uuid4

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from botocore.exceptions import ClientError

from common.runtime.deadline import Clock
from common.runtime.errors import ConditionFailed, LeaseHeld

_serialize = TypeSerializer().serialize
_deserialize = TypeDeserializer().deserialize


class DynamoDbTable:
    """One table. ``client`` is boto3's ``dynamodb`` client, ``key`` the name of the partition key."""

    def __init__(self, client: Any, table: str, key: str, clock: Clock) -> None:
        self._client, self._table, self._key, self._clock = client, table, key, clock

    def get(self, key: str) -> dict[str, Any] | None:
        """Return the item as it is now (a consistent read), or None."""
        answer = self._client.get_item(TableName=self._table, Key=self._id(key), ConsistentRead=True)
        return _plain(answer["Item"]) if "Item" in answer else None

    def query_newest(self, index: str, key: str, value: str, limit: int) -> list[dict[str, Any]]:
        """Return the items of an index under one key, the highest sort key first (an eventually consistent read)."""
        answer = self._client.query(
            TableName=self._table,
            IndexName=index,
            KeyConditionExpression="#key = :value",
            ExpressionAttributeNames={"#key": key},
            ExpressionAttributeValues={":value": {"S": value}},
            ScanIndexForward=False,
            Limit=limit,
        )
        return [_plain(item) for item in answer["Items"]]

    def query_index(self, index: str, key: str, value: str) -> Iterator[dict[str, Any]]:
        """Yield all items of an index under one key (an eventually consistent read)."""
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            IndexName=index,
            KeyConditionExpression="#key = :value",
            ExpressionAttributeNames={"#key": key},
            ExpressionAttributeValues={":value": {"S": value}},
        )
        return (_plain(item) for page in pages for item in page["Items"])

    def create(self, item: Mapping[str, Any]) -> bool:
        """Write a new item; False if the key exists already."""
        try:
            self._client.put_item(
                TableName=self._table,
                Item={name: _serialize(value) for name, value in item.items()},
                ConditionExpression="attribute_not_exists(#key)",
                ExpressionAttributeNames={"#key": self._key},
            )
        except ClientError as error:
            _only_condition_failed(error)
            return False
        return True

    def update(
        self, key: str, values: Mapping[str, Any], expect: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """Set ``values`` (None removes) on an existing item and return the whole item.

        Raises ConditionFailed unless every attribute in ``expect`` has that value (None: is absent).
        """
        names, operands = {"#key": self._key}, {}
        sets, removes, conditions = [], [], ["attribute_exists(#key)"]
        for number, (name, value) in enumerate(values.items()):
            names[f"#v{number}"] = name
            if value is None:
                removes.append(f"#v{number}")
            else:
                sets.append(f"#v{number} = :v{number}")
                operands[f":v{number}"] = _serialize(value)
        for number, (name, value) in enumerate((expect or {}).items()):
            names[f"#e{number}"] = name
            if value is None:
                conditions.append(f"attribute_not_exists(#e{number})")
            else:
                conditions.append(f"#e{number} = :e{number}")
                operands[f":e{number}"] = _serialize(value)
        expression = ("SET " + ", ".join(sets) if sets else "") + (
            " REMOVE " + ", ".join(removes) if removes else ""
        )
        return self._write(key, expression, " AND ".join(conditions), names, operands)

    def delete(self, key: str, expect: Mapping[str, Any]) -> None:
        """Delete the item if its attributes have the expected values; otherwise do nothing."""
        names = {f"#e{number}": name for number, name in enumerate(expect)}
        try:
            self._client.delete_item(
                TableName=self._table,
                Key=self._id(key),
                ConditionExpression=" AND ".join(f"{alias} = :{alias[1:]}" for alias in names),
                ExpressionAttributeNames=names,
                ExpressionAttributeValues={
                    f":e{n}": _serialize(value) for n, value in enumerate(expect.values())
                },
            )
        except ClientError as error:
            # let go: a record that another invocation has changed is kept; other errors are raised
            _only_condition_failed(error)

    def lease(self, key: str, owner: str, seconds: int) -> AbstractContextManager[dict[str, Any]]:
        """Hold the lease of an existing record; yields the item. Raises LeaseHeld while another owner holds it.

        Raises KeyError if there is no such record, because a retry would not find it either.
        The lease of a process that dies expires after ``seconds``, which must be before its message is redelivered.
        """
        return self._leased("lease", key, owner, seconds)

    def notification_lease(self, key: str, seconds: int) -> AbstractContextManager[dict[str, Any]]:
        """Hold a second lease, for failure notifications, also while ``lease`` is held; raises the same errors.

        Two deliveries of one message may fail at once, and both would find that the comment does not exist yet.
        """
        return self._leased("telling", key, uuid4().hex, seconds)

    @contextmanager
    def _leased(self, name: str, key: str, owner: str, seconds: int) -> Iterator[dict[str, Any]]:
        now = int(self._clock())
        try:
            item = self._write(
                key,
                f"SET {name}_owner = :owner, {name}_until = :until",
                "attribute_exists(#key) AND "
                f"(attribute_not_exists({name}_owner) OR {name}_owner = :owner OR {name}_until < :now)",
                {"#key": self._key},
                {":owner": {"S": owner}, ":until": {"N": str(now + seconds)}, ":now": {"N": str(now)}},
            )
        except ConditionFailed as error:
            if self.get(key) is None:
                raise KeyError(key) from error
            raise LeaseHeld(f"{key} is being worked on") from error
        try:
            yield item
        except Exception:
            self._release(name, key, owner)
            raise
        self._release(name, key, owner)

    def _release(self, name: str, key: str, owner: str) -> None:
        try:
            self.update(key, {f"{name}_owner": None, f"{name}_until": None}, {f"{name}_owner": owner})
        except ConditionFailed:  # let go: the lease has expired and another owner holds it now
            return

    def _write(
        self, key: str, expression: str, condition: str, names: dict[str, str], operands: dict[str, Any]
    ) -> dict[str, Any]:
        request = {
            "TableName": self._table,
            "Key": self._id(key),
            "UpdateExpression": expression,
            "ConditionExpression": condition,
            "ExpressionAttributeNames": names,
            "ReturnValues": "ALL_NEW",
        }
        if operands:
            request["ExpressionAttributeValues"] = operands
        try:
            return _plain(self._client.update_item(**request)["Attributes"])
        except ClientError as error:
            _only_condition_failed(error)
            raise ConditionFailed(f"{key}: {condition}") from error

    def _id(self, key: str) -> dict[str, Any]:
        return {self._key: {"S": key}}


def _plain(item: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _deserialize(value) for name, value in item.items()}


def _only_condition_failed(error: ClientError) -> None:
    if error.response.get("Error", {}).get("Code") != "ConditionalCheckFailedException":
        raise error
