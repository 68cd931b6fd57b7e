"""The double of the AWS provider answers the engine as Pulumi's does: checks, names, differences and replacements.

The real engine runs on it in tests/engine. Not proven: that each replacing property is one of the real provider's; they
are taken from its schemas.
"""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf import json_format, struct_pb2
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from local.provider.differences import compare
from local.provider.replacements import REPLACING
from local.provider.schema import UnknownType, schema_of, unknown_properties
from local.provider.server import serving
from local.region import lifecycle, provisioner
from local.region.ministack import MiniStack
from local.region.provisioner import Aws
from local.region.resource_registry import ResourceRegistry

ROOT = Path(__file__).resolve().parents[3]
QUEUE = "aws:sqs/queue:Queue"
FUNCTION = "aws:lambda/function:Function"
TOKENS = sorted(provisioner._PROVISIONERS)


@pytest.fixture(scope="module")
def engine() -> Iterator[Any]:
    """The engine's side of the connection; nothing here reaches a region."""
    nowhere: MiniStack = None  # type: ignore[assignment]
    with (
        serving(Aws(nowhere, ResourceRegistry(), str, lambda name: {})) as port,
        grpc.insecure_channel(f"127.0.0.1:{port}") as channel,
    ):
        yield provider_pb2_grpc.ResourceProviderStub(channel)


def struct(**values: Any) -> struct_pb2.Struct:
    return json_format.ParseDict(values, struct_pb2.Struct())


def check(engine: Any, token: str, olds: dict[str, Any] | None = None, **news: Any) -> Any:
    return engine.Check(
        provider_pb2.CheckRequest(
            type=token,
            name="orders",
            news=struct(**news),
            olds=struct(**(olds or {})),
            randomSeed=b"\x01" * 32,
        )
    )


@pytest.mark.parametrize("token", TOKENS)
def test_every_provisioned_type_can_change_and_go(token: str) -> None:
    assert set(REPLACING[token]) <= schema_of(token).inputs.keys()
    assert token in lifecycle._CALLS


@pytest.mark.parametrize(
    "token", ["aws:acm/certificate:Certificate", "aws:s3/bucketVersioning:BucketVersioning"]
)
def test_reading_a_schema_leaves_the_package_usable(token: str) -> None:
    """The packages of pulumi-aws load when first used; in a process of its own, as others have loaded them here."""
    module, name = token.split(":")[1].split("/")[0], token.split(":")[2]
    script = (
        f"from local.provider.schema import schema_of; schema_of({token!r}); "
        f"import pulumi_aws; pulumi_aws.{module}.{name}"
    )
    subprocess.run([sys.executable, "-W", "ignore", "-c", script], check=True, cwd=ROOT)


def test_every_update_is_of_a_provisioned_type() -> None:
    assert lifecycle._UPDATES.keys() | lifecycle._CALLS.keys() | REPLACING.keys() == {*TOKENS}


def test_unknown_properties_are_refused_with_their_path(engine: Any) -> None:
    failures = check(engine, FUNCTION, role="r", tims=3, loggingConfig={"logFormt": "JSON"}).failures
    assert {each.property for each in failures} == {"tims", "loggingConfig.logFormt"}
    assert unknown_properties(FUNCTION, {"environment": {"variables": {"ANY": "name"}}}) == []


def test_missing_properties_and_unknown_types_are_refused(engine: Any) -> None:
    assert [each.property for each in check(engine, FUNCTION).failures] == ["role"]
    assert check(engine, "aws:sqs/queu:Queu").failures[0].reason.startswith("pulumi-aws has no resource")
    with pytest.raises(UnknownType):
        schema_of("gcp:storage/bucket:Bucket")


def test_a_missing_name_is_made_up_and_kept(engine: Any) -> None:
    first = json_format.MessageToDict(check(engine, QUEUE).inputs)
    assert first == {"name": "orders-0101010", "__defaults": ["name"]}
    again = check(engine, QUEUE, olds={**first, "name": "orders-abc"})
    assert json_format.MessageToDict(again.inputs)["name"] == "orders-abc"
    assert json_format.MessageToDict(check(engine, QUEUE, olds=first, name="mine").inputs) == {
        "name": "mine",
        "__defaults": [],
    }


def test_a_change_in_place_names_its_path() -> None:
    old = {"name": "q", "tags": {"team": "a", "old": "x"}, "visibilityTimeoutSeconds": 3}
    found = compare(
        QUEUE, old, {"name": "q", "tags": {"team": "b"}, "delaySeconds": 1, "visibilityTimeoutSeconds": 3}, {}
    )
    assert found.changes == {"tags.team": "update", "tags.old": "delete", "delaySeconds": "add"}
    assert found.replacing == []
    assert found.message().changes == provider_pb2.DiffResponse.DIFF_SOME


@pytest.mark.parametrize(("defaults", "first"), [([], True), (["name"], False)])
def test_a_fixed_name_is_deleted_before_its_replacement(defaults: list[str], first: bool) -> None:
    new = {"name": "q", "fifoQueue": True, "__defaults": defaults}
    found = compare(QUEUE, {"name": "q", "__defaults": defaults}, new, {})
    assert (found.replacing, found.delete_before_replace) == (["fifoQueue"], first)


def test_archives_are_compared_by_hash_and_ignored_changes_are_ignored() -> None:
    mark = {"4dabf18193072939515e22adb298388d": "0def7320c3a5731c473e5ecbe6d01bc7"}
    old = {"code": {**mark, "hash": "1", "path": "a.zip"}, "timeout": 3}
    assert (
        compare(FUNCTION, old, {"code": {**mark, "hash": "1", "path": "b.zip"}, "timeout": 3}, {}).changes
        == {}
    )
    changed = {"code": {**mark, "hash": "2", "path": "a.zip"}, "timeout": 4}
    assert compare(FUNCTION, old, changed, {"timeout": ""}).changes == {"code": "update"}


def test_a_preview_knows_inputs_and_defaults_but_not_arns(engine: Any) -> None:
    request = provider_pb2.CreateRequest(
        type=FUNCTION, name="f", preview=True, properties=struct(name="f", role="r")
    )
    planned = json_format.MessageToDict(engine.Create(request).properties)
    assert (planned["name"], planned["publish"], planned["reservedConcurrentExecutions"]) == ("f", False, -1)
    assert planned["arn"] == planned["invokeArn"] == "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
