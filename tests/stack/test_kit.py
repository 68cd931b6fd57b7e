"""The graph test kit records parents, options, secrets, transforms, outputs, unknowns and errors.

Not proven: that Pulumi's real engine behaves the same; the order of transforms and the form of URNs follow its
documentation.
"""

import json
import threading
from pathlib import Path
from typing import Any

import pulumi
import pulumi_aws as aws
import pytest

from stack.testing import UNKNOWN, AppliedTransform, Registration, run_program
from tests.secrets_in_use import SECRET_SETTING


class Pair(pulumi.ComponentResource):
    """Two queues; the second refers to the first."""

    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("test:index:Pair", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        self.first = aws.sqs.Queue(f"{name}-first", name="first", visibility_timeout_seconds=30, opts=child)
        self.second = aws.sqs.Queue(
            f"{name}-second", name="second", redrive_policy=self.first.arn,
            opts=pulumi.ResourceOptions(parent=self, protect=True, aliases=[pulumi.Alias(name="old-second")]),
        )  # fmt: skip
        self.register_outputs({"first": self.first.url})


def test_records_parents_types_inputs_dependencies_and_options() -> None:
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


def test_unwraps_secrets_and_records_which_values_were_secret() -> None:
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


def test_transforms_run_from_the_resource_up_to_the_stack() -> None:
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


def test_transforms_are_recorded_with_their_changes() -> None:
    def look(args: pulumi.ResourceTransformArgs) -> None:
        return None

    def slow(args: pulumi.ResourceTransformArgs) -> pulumi.ResourceTransformResult | None:
        if args.name != "pair-first":
            return None
        opts = pulumi.ResourceOptions.merge(args.opts, pulumi.ResourceOptions(protect=True, import_="first"))
        return pulumi.ResourceTransformResult({**args.props, "delaySeconds": 5, "name": "renamed"}, opts)

    def program() -> None:
        pulumi.runtime.register_resource_transform(look)
        Pair("pair", pulumi.ResourceOptions(transforms=[slow]))

    graph = run_program(program)

    pair, first, second = (graph.named(name) for name in ("pair", "pair-first", "pair-second"))
    here = f"{test_transforms_are_recorded_with_their_changes.__name__}.<locals>"
    looked = AppliedTransform(f"{here}.look", "", ())
    changed = ("delaySeconds", "name", "opts.import_", "opts.protect")
    assert first.transforms == (AppliedTransform(f"{here}.slow", pair.urn, changed), looked)
    assert second.transforms == pair.transforms == (AppliedTransform(f"{here}.slow", pair.urn, ()), looked)


KEPT: dict[str, Any] = {
    "additional_secret_outputs": ("url",),
    "custom_timeouts": {"create": "5m", "read": "10s"},
    "delete_before_replace": True,
    "hooks": {"before_create": ("greet",)},
    "ignore_changes": ("tags",),
    "import_id": "adopted",
    "plugin_download_url": "https://plugins.example.com",
    "protect": True,
    "replace_on_changes": ("name",),
    "retain_on_delete": True,
    "version": "7.0.0",
}
LOST = {"hide_diffs": ("name",)}
"""Options that Pulumi's SDK for Python passes to no transform; a transform that returns options removes them."""


def optioned(*transforms: pulumi.ResourceTransform) -> tuple[Any, Any]:
    """Register a queue with every option; return it and another one that its options refer to."""

    def program() -> None:
        other = aws.sqs.Queue("other")
        hook = pulumi.ResourceHook("greet", lambda args: None)
        options = pulumi.ResourceOptions(
            additional_secret_outputs=["url"], custom_timeouts=pulumi.CustomTimeouts(create="5m", read="10s"),
            delete_before_replace=True, hooks=pulumi.ResourceHookBinding(before_create=[hook]),
            ignore_changes=["tags"], import_="adopted", plugin_download_url="https://plugins.example.com",
            protect=True, replace_on_changes=["name"], retain_on_delete=True, version="7.0.0", hide_diffs=["name"],
            aliases=[pulumi.Alias(name="old", stack="blue", project="shop", type_="aws:sqs/old:Old", parent=None)],
            depends_on=[other], deleted_with=other, replace_with=[other], transforms=list(transforms),
        )  # fmt: skip
        queue = aws.sqs.Queue("queue", name="work", opts=options)
        pulumi.export("url", queue.url)

    graph = run_program(program)
    assert graph.secret_outputs == {"url"}, "what is said to be secret is so in what others make of it"
    return graph.named("queue"), graph.named("other")


def test_every_option_is_recorded() -> None:
    queue, other = optioned()
    assert {name: getattr(queue, name) for name in KEPT | LOST} == KEPT | LOST
    assert queue.aliases == ("name=old type=aws:sqs/old:Old project=shop stack=blue parent=none",)
    assert queue.dependencies == queue.replace_with == (other.urn,)
    assert queue.deleted_with == other.urn
    untouched = {name: getattr(other, name) for name in KEPT | LOST | {"aliases": (), "deleted_with": ""}}
    assert {name: value for name, value in untouched.items() if value} == {"version": other.version}
    assert other.delete_before_replace is None


def test_every_option_passes_through_a_transform() -> None:
    def touch(args: pulumi.ResourceTransformArgs) -> pulumi.ResourceTransformResult:
        return pulumi.ResourceTransformResult(args.props, args.opts)

    before, _ = optioned()
    queue, other = optioned(touch)
    assert {name: getattr(queue, name) for name in KEPT} == KEPT
    assert queue.aliases == before.aliases
    assert (queue.dependencies, queue.deleted_with) == ((other.urn,), other.urn)
    assert queue.hide_diffs == queue.replace_with == ()
    assert queue.transforms[0].changed == ("opts.hide_diffs", "opts.replace_with")


def test_options_omitted_by_a_transform_are_removed() -> None:
    def forget(args: pulumi.ResourceTransformArgs) -> pulumi.ResourceTransformResult:
        return pulumi.ResourceTransformResult(
            args.props, pulumi.ResourceOptions(additional_secret_outputs=["url"])
        )

    queue, _ = optioned(forget)
    assert (queue.protect, queue.retain_on_delete, queue.deleted_with) == (False, False, "")
    assert queue.ignore_changes == queue.replace_on_changes == queue.aliases == queue.dependencies == ()
    assert queue.custom_timeouts == queue.hooks == {}
    assert queue.delete_before_replace is None
    assert "opts.protect" in queue.transforms[0].changed


def test_a_transform_that_returns_no_options_changes_none() -> None:
    def only_properties(args: pulumi.ResourceTransformArgs) -> pulumi.ResourceTransformResult:
        return pulumi.ResourceTransformResult({**args.props, "name": "other"}, None)  # type: ignore[arg-type]

    queue, other = optioned(only_properties)
    assert {name: getattr(queue, name) for name in KEPT | LOST} == KEPT | LOST
    assert queue.replace_with == (other.urn,)
    assert queue.transforms[0].changed == ("name",)


def test_providers_and_replacement_triggers_are_recorded() -> None:
    def program() -> None:
        there = aws.Provider("there", region="us-east-1")
        aws.sqs.Queue("queue", opts=pulumi.ResourceOptions(provider=there, replacement_trigger={"epoch": 7}))
        pulumi.ComponentResource(
            "test:index:Box", "box", None, pulumi.ResourceOptions(providers=[there])
        ).register_outputs({})

    graph = run_program(program)
    reference = f"{graph.named('there').urn}::there"
    assert graph.named("queue").provider == reference
    assert graph.named("queue").replacement_trigger == {"epoch": 7}
    assert graph.named("box").providers == {"aws": reference}
    assert graph.named("there").replacement_trigger is None


def test_creation_and_invokes_use_callbacks_from_several_threads() -> None:
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


def test_runs_a_file_with_neighbouring_modules_and_cli_configuration(tmp_path: Path) -> None:
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
