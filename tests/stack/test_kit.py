"""The graph test kit sees what it promises: parents, options, secrets, transforms, outputs, unknowns, errors.

It does not prove that Pulumi's real engine behaves the same; the order of transforms and the form of URNs
follow its documentation.
"""

import json
import threading
from pathlib import Path
from typing import Any

import pulumi
import pulumi_aws as aws
import pytest

from stack.testing import UNKNOWN, Registration, run_program
from tests.secrets_in_use import SECRET_SETTING


class Pair(pulumi.ComponentResource):
    """Two queues; the second names the first."""

    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("test:index:Pair", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        self.first = aws.sqs.Queue(f"{name}-first", name="first", visibility_timeout_seconds=30, opts=child)
        self.second = aws.sqs.Queue(
            f"{name}-second", name="second", redrive_policy=self.first.arn,
            opts=pulumi.ResourceOptions(parent=self, protect=True, aliases=[pulumi.Alias(name="old-second")]),
        )  # fmt: skip
        self.register_outputs({"first": self.first.url})


def test_records_parents_chain_of_types_inputs_dependencies_and_options() -> None:
    graph = run_program(lambda: Pair("pair"), project="shop", stack="dev")

    assert graph.urns() == (
        "urn:pulumi:dev::shop::test:index:Pair$aws:sqs/queue:Queue::pair-first",
        "urn:pulumi:dev::shop::test:index:Pair$aws:sqs/queue:Queue::pair-second",
        "urn:pulumi:dev::shop::test:index:Pair::pair",
    )
    pair, first, second = (graph.named(name) for name in ("pair", "pair-first", "pair-second"))
    assert pair.parent == "urn:pulumi:dev::shop::pulumi:pulumi:Stack::shop-dev"
    assert graph.children(pair) == (first, second)
    assert first.inputs == {"name": "first", "visibilityTimeoutSeconds": 30}
    assert isinstance(first.inputs["visibilityTimeoutSeconds"], int)
    assert second.inputs["redrivePolicy"] == "arn:aws:sqs:eu-central-1:123456789012:first"
    assert second.dependencies == (first.urn,)
    assert second.property_dependencies["redrivePolicy"] == (first.urn,)
    assert (first.protect, second.protect) == (False, True)
    assert second.aliases[-1].startswith("name=old-second")
    assert pair.registered_outputs == {"first": first.outputs["url"]}
    assert second.registered_outputs is None


def test_unwraps_secrets_and_remembers_which_inputs_and_exports_were_secret() -> None:
    def program() -> None:
        token = pulumi.Config().require_secret("token")
        version = aws.secretsmanager.SecretVersion(
            "v", secret_id="s", secret_string=pulumi.Output.json_dumps({"token": token})
        )
        pulumi.export("plain", "x")
        pulumi.export("text", version.secret_string)

    graph = run_program(program, project="shop", config={"token": SECRET_SETTING}, secret_keys=["token"])

    version = graph.named("v")
    assert version.inputs == {"secretId": "s", "secretString": json.dumps({"token": SECRET_SETTING})}
    assert version.secrets == {"secretString"}
    assert graph.outputs == {"plain": "x", "text": json.dumps({"token": SECRET_SETTING})}
    assert graph.secret_outputs == {"text"}


def test_transforms_run_from_the_resource_over_its_parents_to_the_stack() -> None:
    def add(letter: str) -> pulumi.ResourceTransform:
        def transform(args: pulumi.ResourceTransformArgs) -> pulumi.ResourceTransformResult | None:
            if args.type_ != "aws:sqs/queue:Queue":
                return None
            props = {**args.props, "name": f"{args.props['name']}{letter}"}
            opts = pulumi.ResourceOptions.merge(args.opts, pulumi.ResourceOptions(protect=True))
            return pulumi.ResourceTransformResult(props, opts if letter == "c" else args.opts)

        return transform

    def program() -> None:
        pulumi.runtime.register_resource_transform(add("s"))
        Pair("pair", pulumi.ResourceOptions(transforms=[add("p"), add("c")]))

    graph = run_program(program)

    assert graph.named("pair-first").inputs["name"] == "firstpcs"
    assert graph.named("pair-first").protect
    assert graph.named("pair-second").inputs["redrivePolicy"].endswith(":firstpcs")


def test_delegates_creation_and_functions_to_callbacks_from_several_threads() -> None:
    meet = threading.Barrier(2, timeout=10)
    seen: list[Registration] = []

    def create(registration: Registration) -> tuple[str, dict[str, Any]]:
        meet.wait()
        seen.append(registration)
        return f"{registration.name}!", {"url": f"http://{registration.name}", "arn": "arn"}

    def invoke(token: str, arguments: Any) -> dict[str, Any]:
        return {"region": "nowhere", "name": "nowhere", "token": token}

    def program() -> None:
        one, two = aws.sqs.Queue("one"), aws.sqs.Queue("two")
        pulumi.export("ids", [one.id, two.url, aws.get_region_output().region])

    graph = run_program(program, create=create, invoke=invoke)

    assert sorted(registration.name for registration in seen) == ["one", "two"]
    assert graph.outputs["ids"] == ["one!", "http://two", "nowhere"]


def test_a_preview_creates_nothing_and_leaves_computed_values_unknown() -> None:
    def refuse(registration: Registration) -> tuple[str, dict[str, Any]]:
        raise AssertionError(registration)

    graph = run_program(lambda: Pair("pair"), create=refuse, preview=True)

    assert graph.named("pair-second").inputs == {"name": "second", "redrivePolicy": UNKNOWN}


def test_errors_of_the_program_and_of_creation_reach_the_caller() -> None:
    def broken() -> None:
        raise RuntimeError("in the program")

    def refuse(registration: Registration) -> tuple[str, dict[str, Any]]:
        raise RuntimeError(f"cannot create {registration.name}")

    with pytest.raises(RuntimeError, match="in the program"):
        run_program(broken)
    with pytest.raises(RuntimeError, match="cannot create pair-first"):
        run_program(lambda: Pair("pair"), create=refuse)


def test_refuses_two_resources_of_one_name() -> None:
    def program() -> None:
        aws.sqs.Queue("one")
        aws.sqs.Queue("one")

    with pytest.raises(ValueError, match="Duplicate resource URN"):
        run_program(program)


def test_runs_a_file_with_modules_beside_it_and_configuration_written_as_the_cli_does(tmp_path: Path) -> None:
    (tmp_path / "beside_it.py").write_text("NAME = 'queue'\n")
    (tmp_path / "__main__.py").write_text(
        "import pulumi\nimport pulumi_aws as aws\nfrom beside_it import NAME\n"
        "config = pulumi.Config()\n"
        "aws.sqs.Queue(NAME, fifo_queue=config.require_bool('fifo'))\n"
        "pulumi.export('stack', pulumi.get_stack())\n"
    )

    graph = run_program(tmp_path, project="shop", stack="blue", config={"shop:fifo": True})

    assert graph.named("queue").inputs == {"fifoQueue": True}
    assert graph.outputs == {"stack": "blue"}
    with pytest.raises(LookupError, match="0 resources are named"):
        graph.named("nothing")
