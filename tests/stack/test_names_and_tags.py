"""Physical names are optional, tags reach everything that has tags, and a bad prefix gets a remedy of its own stack."""

import re
from typing import Any

import pulumi
import pytest
from hypothesis import given
from hypothesis import strategies as st

import stack
from stack.pipeline.setting_schema import BY_FIELD, suggested_prefix
from stack.pipeline.stack_config import InvalidConfiguration
from stack.testing import Graph, checks, run_program
from tests.stack.pipeline_run import run
from tests.stack.shop import KEY, PATTERN, SAMPLE, graph_of

NAMES = ("name", "bucket", "layerName", "dashboardName")
TAGGABLE = (
    "Api", "Bucket", "Certificate", "DomainName", "EventBus", "EventRule", "EventSourceMapping", "Function", "LogGroup",
    "MetricAlarm", "Queue", "Role", "Secret", "Stage", "Table", "Topic",
)  # fmt: skip


def shop(named: bool = False, **more: Any) -> None:
    """Create one of each component, with names or without."""

    def args(field: str, name: str, **own: Any) -> Any:
        return {**({field: name} if named else {}), **own, **more}

    code = {"handler": "orders.handle", "source_root": str(SAMPLE), "include": ["orders.py"]}
    function = stack.PythonFunction("pack", args("function_name", "pack", **code, url=True))
    bus = stack.EventBus("events", args("bus_name", "events"))
    table = stack.RecordTable("orders", args("table_name", "orders", hash_key="id"))
    bucket = stack.DocumentBucket("papers", args("bucket_name", "shop-papers"))
    secret = stack.SecretBundle(
        "key",
        args("secret_name", "key", secret_json="{}", rotation_function=function.function, key_arn=KEY),
    )
    route = {"method": "POST", "path": "/orders", "function": function.function}
    api = stack.WebhookApi(
        "api",
        args("api_name", "api", routes=[route], domain_name="a.example.com", zone_id="Z1"),
    )
    stack.FunctionSchedule(
        "nightly",
        args("schedule_name", "nightly", expression="rate(1 day)", function=function.function),
    )
    stack.EventSubscription(
        "placed",
        args(
            "subscription_name", "placed", bus_name=bus.bus_name, pattern=PATTERN, function=function.function
        ),
    )
    watched = {
        "label": "pack",
        "function_name": function.function_name,
        "log_group_name": function.log_group_name,
        "timeout_seconds": function.function.apply(lambda it: it.timeout),
    }
    stack.Observability("watch", args("system_name", "shop", functions=[watched]))
    pulumi.export("names", [table.table_name, bucket.bucket_name, secret.secret_arn, api.log_group_name])


def test_pulumi_names_what_has_no_name() -> None:
    graph = graph_of(shop)
    fixed = {"tokens", "prod"}
    named = {
        resource.name: value
        for resource in graph.resources
        for field in NAMES
        if resource.custom
        and (value := resource.inputs.get(field))
        and value not in fixed
        and (field != "bucket" or resource.type.endswith(":Bucket"))
    }
    # Metrics, and what is named after them, need names that are known; an access log needs its prefix.
    assert {name for name, value in named.items() if not str(value).startswith("project-dev-watch")} == {
        "api-access-log",
        "api-domain-record",
        "api-certificate-proof",
        "watch-pack-failures",
    }
    assert all(graph.outputs["names"])
    assert checks.same_name_twice(graph) == []
    assert graph.named("watch-pack-duration-alarm").inputs["threshold"] == 24000


def test_names_do_not_change_what_is_created() -> None:
    assert graph_of(shop).urns() == graph_of(lambda: shop(named=True)).urns()


def tags_of(graph: Graph) -> dict[str, Any]:
    return {
        each.name: each.inputs.get("tags")
        for each in graph.resources
        if each.type.rpartition(":")[2] in TAGGABLE and each.type.startswith("aws:")
    }


def test_a_components_tags_reach_all_its_resources() -> None:
    graph = graph_of(lambda: shop(tags={"team": "shop", "bill": pulumi.Output.from_input("42")}))
    found = tags_of(graph)
    assert {name for name, tags in found.items() if tags != {"team": "shop", "bill": "42"}} == set()
    assert set(TAGGABLE) <= {each.type.rpartition(":")[2] for each in graph.resources}


def test_tags_change_nothing_else() -> None:
    plain, tagged = graph_of(shop), graph_of(lambda: shop(tags={"team": "shop"}))
    assert plain.urns() == tagged.urns()
    for before in plain.resources:
        after = dict(tagged.by_urn(before.urn).inputs)
        after.pop("tags", None)
        if "code" not in after:
            assert after == before.inputs


def test_the_stacks_tags_are_weaker_than_a_components() -> None:
    def program() -> None:
        stack.tag_stack({"team": "shop", "stage": "dev"})
        stack.DocumentBucket("papers", {"tags": {"team": "papers"}})
        stack.EventBus("events", {})

    graph = run_program(program)
    assert graph.named("papers", "aws:s3/bucket:Bucket").inputs["tags"] == {"team": "papers", "stage": "dev"}
    assert graph.named("events", "aws:cloudwatch/eventBus:EventBus").inputs["tags"] == {
        "team": "shop",
        "stage": "dev",
    }


@pytest.mark.parametrize(
    ("tags", "message"),
    [
        ({"aws:team": "x"}, "`tags` has the key 'aws:team'"),
        ({"": "x"}, "`tags` has the key ''"),
        ({"team": "x" * 257}, "`tags.team` is"),
        ({"team": pulumi.Output.from_input("<x>")}, "`tags.team` is '<x>'"),
        ({f"k{n}": "x" for n in range(51)}, "`tags` has 51 entries"),
        ({"team": 1}, "`tags` is of type dict"),
    ],
)
def test_tags_that_aws_rejects_are_refused(tags: Any, message: str) -> None:
    with pytest.raises(stack.InvalidArgument, match=f"EventBus: {message}"):
        graph_of(lambda: stack.EventBus("events", {"tags": tags}))


def test_a_bad_prefix_offers_one_of_this_stack() -> None:
    with pytest.raises(
        InvalidConfiguration, match=r"may hold only lower-case .*namePrefix kinexus-feature-x$"
    ):
        run("dev", named="Feature_X", without=("namePrefix",))
    with pytest.raises(InvalidConfiguration, match=r"namePrefix kinexus-dev$"):
        run("dev", namePrefix="Kinexus_Dev")


@given(st.text(max_size=40), st.text(max_size=40), st.text(max_size=40))
def test_a_suggested_prefix_is_valid(pipeline: str, name: str, other: str) -> None:
    prefix = suggested_prefix(pipeline, name)
    assert BY_FIELD["name_prefix"].rule.checked(prefix) == prefix
    longer, another = f"{name}-a-long-name-of-a-stack", f"{name}-a-long-name-of-a-stack{other}x"
    assert suggested_prefix("kinexus", longer) != suggested_prefix("kinexus", another)


def test_a_suggestion_is_made_of_the_names() -> None:
    assert suggested_prefix("kinexus", "Feature_X") == "kinexus-feature-x"
    assert re.fullmatch(
        r"kinexus-a-very-long-n?-?[0-9a-f]{4}|kinexus-.*-[0-9a-f]{4}",
        suggested_prefix("kinexus", "a-very-long-name-of-a-stack"),
    )
