"""Plays the same calls over the doubles and over moto, and compares every answer and error."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, ParamValidationError
from botocore.response import StreamingBody
from moto import mock_aws

from tests.doubles import with_region
from tests.handlers.aws import REGION, client

#: What differs from call to call, or is answered by one side only and not used by Kinexus.
RANDOM = frozenset(
    {
        "ResponseMetadata", "MessageId", "ReceiptHandle", "EventId", "VersionId", "UUID", "LastModified", "CreatedDate",
        "SentTimestamp", "UserId", "RuleArn", "Location", "TableDescription", "id", "time",
        "account", "MD5OfMessageAttributes", "ARN",
    }
)  # fmt: skip


@dataclass
class Played:
    """One playing of a story. ``results`` has an answer or an error for each call."""

    side: str
    results: list[tuple[str, Any]] = field(default_factory=list)

    def __call__(self, service: str, operation: str, **given: Any) -> dict[str, Any]:
        """Call an operation by its method's name; return the answer, or {} after an error."""
        build: Any = boto3.client  # botocore's stubs know services by their literal names only
        method = getattr(build(service, region_name=REGION), operation)
        try:
            answer: dict[str, Any] = method(**given)
        except ClientError as error:
            # moto answers 404 for a secret that does not exist, the service 400.
            status = (
                error.response["ResponseMetadata"]["HTTPStatusCode"] if service != "secretsmanager" else 0
            )
            self.results.append(
                (
                    f"{service} {operation} {given}",
                    (type(error).__name__, error.response["Error"]["Code"], status),
                )
            )
            return {}
        except ParamValidationError as error:
            self.results.append((f"{service} {operation} {given}", str(error)))
            return {}
        for name, value in answer.items():
            if isinstance(value, StreamingBody):
                answer[name] = value.read()
        self.results.append((f"{service} {operation}", answer))
        return answer

    def note(self, value: object) -> None:
        """Compare something else that happened."""
        self.results.append(("noted", {"value": value}))


Story = Callable[[Played], None]


@contextmanager
def playing_on(side: str) -> Iterator[Played]:
    """Let boto3 call the doubles, or moto."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
            patch.setenv(name, "testing")
        patch.setenv("AWS_DEFAULT_REGION", REGION)
        patch.setattr(boto3, "client", client)
        if side == "doubles":
            with_region(patch)
            yield Played(side)
        else:
            with mock_aws():
                yield Played(side)


def play(story: Story) -> None:
    """Play a story over both; the doubles answer what moto answers, perhaps with fewer fields."""
    with playing_on("moto") as moto:
        story(moto)
    with playing_on("doubles") as doubles:
        story(doubles)
    for (call, mine), (_, theirs) in zip(doubles.results, moto.results, strict=False):
        assert isinstance(mine, dict) == isinstance(theirs, dict), f"{call}: {mine} and, on moto, {theirs}"
        if isinstance(mine, dict):
            theirs = {name: value for name, value in theirs.items() if name in mine}
        assert without_random(mine) == without_random(theirs), f"{call}: {mine} and, on moto, {theirs}"
    assert len(doubles.results) == len(moto.results)


def without_random(value: Any) -> Any:
    """Return an answer without what differs from call to call."""
    if isinstance(value, Mapping):
        return {name: without_random(each) for name, each in value.items() if name not in RANDOM}
    return [without_random(each) for each in value] if isinstance(value, list | tuple) else value
