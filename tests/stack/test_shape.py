"""Every component has the shape that docs/components/shape.md describes, and the page runs as written."""

import inspect
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, is_typeddict

import pulumi
import pytest

import stack
from stack.arguments.shape import camel_case, output_names
from stack.testing import Graph
from tests.stack.pipeline_run import ROOT, graph
from tests.stack.shop import (
    CODE,
    PATTERN,
    api,
    bucket,
    bus,
    function,
    graph_of,
    registered,
    secret,
    subscription,
    table,
)


@pytest.mark.parametrize("component", [*stack.COMPONENTS, stack.JiraWebhook])
def test_a_component_takes_a_typed_dict_or_keywords(component: Any) -> None:
    args = getattr(stack, f"{component.__name__}Args")
    assert is_typeddict(args)
    found = inspect.signature(component.__init__).parameters
    assert list(found) == ["self", "name", "args", "opts", "keywords"]
    assert found["args"].annotation is args
    assert found["keywords"].kind is inspect.Parameter.VAR_KEYWORD


@pytest.mark.parametrize("component", stack.COMPONENTS)
def test_outputs_are_typed_and_documented(component: Any) -> None:
    assert output_names(component)
    for name in output_names(component):
        assert str(component.__annotations__[name]).startswith("pulumi.output.Output["), name


@pytest.mark.parametrize("component", stack.COMPONENTS)
def test_a_component_is_one_file_of_at_most_150_lines(component: Any) -> None:
    path = Path(inspect.getfile(component))
    assert len(path.read_text().splitlines()) <= 150


def below(found: Graph, parent: str) -> set[str]:
    """Return the URNs of everything below a component."""
    children = {one.urn for one in found.resources if one.parent == parent}
    return children.union(*(below(found, child) for child in children))


def test_children_are_below_the_component_and_outputs_are_registered() -> None:
    found = graph("dev")
    roots = [one for one in found.resources if one.parent.split("::")[-2] == "pulumi:pulumi:Stack"]
    assert [one.name for one in roots] == ["kinexus"]
    assert below(found, roots[0].urn) | {roots[0].urn} == {one.urn for one in found.resources}
    for one in found.resources:
        if one.type.startswith("kinexus:index:"):
            kind = getattr(stack, one.type.rpartition(":")[2])
            # A plan saved before a resource exists could not be applied if it were among the outputs.
            plain = {camel_case(name) for name in output_names(kind)} - {"function"}
            assert set(one.registered_outputs or {}) == plain


@pytest.mark.parametrize(
    ("as_object", "as_keywords"),
    [
        (table, lambda: stack.RecordTable("orders", table_name="orders", hash_key="id")),
        (bucket, lambda: stack.DocumentBucket("documents", bucket_name="shop-documents")),
        (bus, lambda: stack.EventBus("events", bus_name="shop")),
        (secret, lambda: stack.SecretBundle("key", secret_name="shop/key", secret_json='{"key": "hush"}')),
        (
            subscription,
            lambda: stack.EventSubscription(
                "orders-events",
                subscription_name="shop-orders",
                bus_name="shop",
                pattern=PATTERN,
                function=function(),
            ),
        ),
        (
            api,
            lambda: stack.WebhookApi(
                "api", api_name="shop", routes=[{"method": "POST", "path": "/orders", "function": function()}]
            ),
        ),
    ],
)
def test_keywords_give_the_same_resources(
    as_object: Callable[[], Any], as_keywords: Callable[[], Any]
) -> None:
    assert registered(as_object) == registered(as_keywords)


def test_options_stand_beside_keywords() -> None:
    def build() -> None:
        parent = bus()
        stack.RecordTable("orders", hash_key="id", opts=pulumi.ResourceOptions(parent=parent))

    found = graph_of(build)
    assert (
        found.named("orders", "kinexus:index:RecordTable").parent
        == found.named("events", "kinexus:index:EventBus").urn
    )


def test_shared_arguments_are_spread_into_either_form() -> None:
    loose: dict[str, Any] = {**CODE}

    def build() -> None:
        stack.PythonFunction("pack", **CODE)
        stack.PythonFunction("ship", timeout_seconds=60, **loose)
        stack.PythonFunction("bill", {**CODE, "timeout_seconds": 60})

    found = graph_of(build)
    times = [one.inputs["timeout"] for one in found.of_type("aws:lambda/function:Function")]
    assert times == [60, 30, 60]


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (
            lambda: stack.RecordTable("orders", {"hash_key": "id"}, table_name="orders"),  # type: ignore[call-overload]
            "RecordTable: `table_name` is given as a keyword beside `args`",
        ),
        (
            lambda: stack.RecordTable("orders", hash_keys="id"),  # type: ignore[call-overload]
            "RecordTable: `hash_key` is missing",
        ),
        (lambda: stack.RecordTable("orders"), "RecordTable: `hash_key` is missing"),  # type: ignore[call-overload]
        (lambda: stack.RecordTable("orders", "id"), "RecordTable: `args` is of type str"),  # type: ignore[call-overload]
    ],
)
def test_wrong_forms_are_refused(build: Callable[[], Any], message: str) -> None:
    with pytest.raises(stack.InvalidArgument) as refused:
        graph_of(build)
    assert str(refused.value).startswith(message)


def test_transforms_reach_every_child() -> None:
    seen: list[str] = []

    def look(args: pulumi.ResourceTransformArgs) -> None:
        seen.append(args.name)

    found = graph_of(lambda: stack.DocumentBucket("papers", opts=pulumi.ResourceOptions(transforms=[look])))
    assert set(seen) == {one.name for one in found.resources}


def test_the_page_runs_as_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT / "examples" / "nightly_export")
    page = (ROOT / "docs" / "components" / "shape.md").read_text()
    for block in re.findall(r"^```python\n(.*?)^```", page, re.MULTILINE | re.DOTALL):
        found = graph_of(lambda: exec(block, {}))  # noqa: B023, S102 (our own page)
        assert len(found.resources) > 1
