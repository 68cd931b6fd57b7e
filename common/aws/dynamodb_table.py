"""A DynamoDB table with a string partition key: conditional writes and leases.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.ConditionExpressions.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from uuid import uuid4

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from botocore.exceptions import ClientError

from common.runtime.deadline import Clock
from common.runtime.errors import ConditionFailed, LeaseHeld

_serialize = TypeSerializer().serialize
RecordT = TypeVar("RecordT")
_deserialize = TypeDeserializer().deserialize


@dataclass
class Lease:
    """The right of ``owner`` to work on a record. ``item`` is the record as it was when the lease was taken.

    The write that ends the work may release it; otherwise it is released when the ``with`` block ends.
    """

    key: str
    name: str
    owner: str
    item: dict[str, Any]
    is_released: bool = False


@dataclass(frozen=True)
class Held(Generic[RecordT]):
    """A record that this invocation works on, as it was when its lease was taken."""

    record: RecordT
    lease: Lease


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
        self,
        key: str,
        values: Mapping[str, Any],
        expect: Mapping[str, Any] | None = None,
        releasing: Lease | None = None,
    ) -> dict[str, Any]:
        """Set ``values`` (None removes) on an existing item and return the whole item.

        Raises ConditionFailed unless every attribute in ``expect`` has that value (None: is absent). Releases the lease
        ``releasing`` in the same write, which fails if another owner holds it by now.
        """
        if releasing:
            values = {**values, f"{releasing.name}_owner": None, f"{releasing.name}_until": None}
            expect = {**(expect or {}), f"{releasing.name}_owner": releasing.owner}
        item = self._update(key, values, expect or {})
        if releasing:
            releasing.is_released = True
        return item

    def _update(self, key: str, values: Mapping[str, Any], expect: Mapping[str, Any]) -> dict[str, Any]:
        names, operands = {"#key": self._key}, {}
        sets, removes, conditions = [], [], ["attribute_exists(#key)"]
        for number, (name, value) in enumerate(values.items()):
            names[f"#v{number}"] = name
            if value is None:
                removes.append(f"#v{number}")
            else:
                sets.append(f"#v{number} = :v{number}")
                operands[f":v{number}"] = _serialize(value)
        for number, (name, value) in enumerate(expect.items()):
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

    def lease(self, key: str, owner: str, seconds: int) -> AbstractContextManager[Lease]:
        """Hold the lease of an existing record. Raises LeaseHeld while another owner holds it.

        Raises KeyError if there is no such record, because a retry would not find it either.
        The lease of a process that dies expires after ``seconds``, which must be before its message is redelivered.
        """
        return self._leased("lease", key, owner, seconds)

    @contextmanager
    def create_leased(self, item: Mapping[str, Any], owner: str, seconds: int) -> Iterator[Lease | None]:
        """Write a new item and hold its lease from the same write on; yields None if the key exists already."""
        until = int(self._clock()) + seconds
        leased = {**item, "lease_owner": owner, "lease_until": until}
        if not self.create(leased):
            yield None
            return
        with self._until_released(Lease(str(item[self._key]), "lease", owner, leased)) as lease:
            yield lease

    def notification_lease(self, key: str, seconds: int) -> AbstractContextManager[Lease]:
        """Hold a second lease, for failure notifications, also while ``lease`` is held; raises the same errors.

        Two deliveries of one message may fail at once, and both would find that the comment does not exist yet.
        """
        return self._leased("telling", key, uuid4().hex, seconds)

    @contextmanager
    def _leased(self, name: str, key: str, owner: str, seconds: int) -> Iterator[Lease]:
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
        with self._until_released(Lease(key, name, owner, item)) as lease:
            yield lease

    @contextmanager
    def _until_released(self, lease: Lease) -> Iterator[Lease]:
        """Release a lease when the work inside has ended, unless the work itself released it, or its process died."""
        try:
            yield lease
        except Exception:
            self._release(lease)
            raise
        self._release(lease)

    def _release(self, lease: Lease) -> None:
        if lease.is_released:
            return
        try:
            self.update(lease.key, {}, releasing=lease)
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
