"""Arguments may contain outputs: plain parts are checked at once, outputs when they are known, never by a TypeError."""

import datetime
import json
from collections.abc import Callable
from typing import Any

import pulumi
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import stack
from stack.arguments.known_later import to_json
from stack.testing import run_program
from tests.stack.shop import SAMPLE, api, bucket, bus, function, graph_of, secret, subscription, table, watch


def later(value: Any) -> pulumi.Output[Any]:
    return pulumi.Output.from_input(value)


def schedule(**more: Any) -> stack.FunctionSchedule:
    args: Any = {"schedule_name": "nightly", "expression": "rate(1 day)", **more}
    if "function" not in args:
        args["function"] = function().function
    return stack.FunctionSchedule("nightly", args)


def test_a_pattern_may_name_a_bucket() -> None:
    def build() -> None:
        name = bucket(bucket_name=later("shop-documents")).bucket_name
        subscription(
            pattern={"source": ["aws.s3"], "detail": {"bucket": {"name": [name]}}},
            message_filter={"body": {"detail": {"object": {"key": [{"prefix": name}]}}}},
        )
        schedule(payload={"bucket": name, "deep": [{"of": name}]}, function=function_two())

    def function_two() -> Any:
        args: Any = {"handler": "orders.handle", "source_root": str(SAMPLE), "include": ["orders.py"]}
        return stack.PythonFunction("two", args).function

    found = graph_of(build)
    pattern = json.loads(found.named("orders-events-rule").inputs["eventPattern"])
    assert pattern == {"source": ["aws.s3"], "detail": {"bucket": {"name": ["shop-documents"]}}}
    [only] = found.named("orders-events-mapping").inputs["filterCriteria"]["filters"]
    assert json.loads(only["pattern"])["body"]["detail"]["object"]["key"] == [{"prefix": "shop-documents"}]
    payload = json.loads(found.named("nightly-schedule").inputs["target"]["input"])
    assert payload == {"bucket": "shop-documents", "deep": [{"of": "shop-documents"}]}


REFUSED: list[tuple[Callable[[], Any], str]] = [
    # Plain parts beside outputs, at once.
    (lambda: subscription(pattern={"sorce": ["x"], "detail": {"a": [later("b")]}}), "did you mean source"),
    (lambda: subscription(pattern={"detail": {"a": later([1]), "b": "x"}}), "has 'x' at detail.b"),
    # Outputs, when they are known.
    (lambda: subscription(pattern={"detail": {"a": later("x")}}), "has 'x' at detail.a"),
    (lambda: subscription(pattern=later({"sorce": ["x"]})), "did you mean source"),
    (lambda: subscription(pattern={"detail": {"a": [{"numeric": later("x")}]}}), "has 'x' for numeric"),
    (lambda: subscription(message_filter={"body": {"a": later([])}}), "empty list at body.a"),
    (
        lambda: subscription(message_filters=[{"body": {"a": later([])}}]),
        r"`message_filters\[0\]` has an empty",
    ),
    (lambda: subscription(subscription_name=later("a b")), "`subscription_name` is 'a b'"),
    (lambda: subscription(batch_size=later(10001)), "`batch_size` is 10001"),
    (lambda: subscription(key_arn=later("alias/x")), "`key_arn` is 'alias/x'"),
    (lambda: function(function_name=later("a b")), "`function_name` is 'a b'"),
    (lambda: function(timeout_seconds=later(901)), "`timeout_seconds` is 901"),
    (lambda: function(environment=later({"AWS_REGION": "x"})), "sets AWS_REGION"),
    (lambda: table(table_name=later("a b")), "`table_name` is 'a b'"),
    (lambda: bucket(bucket_name=later("A")), "`bucket_name` is 'A'"),
    (lambda: bus(bus_name=later("default")), "`bus_name` is 'default'"),
    (lambda: secret(secret_json=later("[]")), "`secret_json` is not a JSON object"),
    (lambda: api(api_name=later("a b")), "`api_name` is 'a b'"),
    (lambda: watch(system_name=later("a b")), "`system_name` is 'a b'"),
    (lambda: schedule(schedule_name=later("a b")), "`schedule_name` is 'a b'"),
    (lambda: schedule(expression=later("hourly")), "`expression` is 'hourly'"),
    # What JSON cannot hold.
    (lambda: schedule(payload={"at": datetime.datetime.now()}), "`payload.at` is of type datetime"),
    (lambda: schedule(payload={"at": {1: "x"}}), "`payload.at` has the key 1"),
    (lambda: schedule(payload={"at": float("nan")}), "`payload.at` is nan"),
    (lambda: schedule(payload={"in": [bucket()]}), r"`payload.in\[0\]` is a resource, a DocumentBucket"),
    (lambda: subscription(pattern={"detail": {"a": [bucket()]}}), "is a resource, a DocumentBucket"),
    (lambda: subscription(pattern={"source": {"x"}}), "`pattern.source` is of type set"),
    (lambda: bucket(policy_statements=[{"Effect": {1}}]), r"`policy_statements\[0\].Effect` is of type set"),
    (lambda: function(statements=["s3:GetObject"]), "`statements`"),
    # Outputs where names of other things depend on the value.
    (
        lambda: function(source_root=later(".")),
        "`source_root` is of type Output. Give text that is known before",
    ),
    (lambda: function(include=[later("app")]), "`include` is of type"),
    (lambda: table(hash_key=later("id")), "`hash_key` is of type Output"),
    (lambda: function(tracing=later(True)), "`tracing` is of type Output"),
    (lambda: table(**{"hash_key": "id", "table_name": {"a": 1}}), "`table_name` is of type dict"),
]


@pytest.mark.parametrize(("build", "message"), REFUSED, ids=[message for _, message in REFUSED])
def test_a_wrong_value_is_refused_when_it_is_known(build: Callable[[], Any], message: str) -> None:
    with pytest.raises(stack.InvalidArgument, match=message):
        graph_of(build)


def test_a_preview_accepts_what_it_does_not_know() -> None:
    def build() -> None:
        name = bucket(bucket_name=later("x" * 3)).bucket_arn
        subscription(pattern={"detail": {"a": [name]}}, message_filter={"body": {"a": [name]}})

    assert run_program(build, preview=True).named("orders-events-rule")


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary() | st.dates(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=5) | st.integers(), inner, max_size=3)
        | st.sets(st.integers(), max_size=2)
        | st.tuples(inner)
    ),
    max_leaves=8,
)


@given(
    anything,
    st.sampled_from(["source", "detail", "$or", "body"]),
    st.sampled_from(["a", "prefix", "cidr", "numeric"]),
)
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_any_value_becomes_json_or_is_refused(value: Any, field: str, inner: str) -> None:
    """And never raises anything but InvalidArgument."""
    from stack.events.args import event_pattern, filter_criteria

    for candidate in (
        value,
        {field: value},
        {field: {inner: [{inner: value}]}},
        {field: [value, {inner: value}]},
    ):
        args: Any = {"pattern": candidate, "message_filter": candidate}
        for use in (
            lambda c=candidate: to_json("X", "x", c),
            lambda a=args: event_pattern(a),
            lambda a=args: filter_criteria(a),
        ):
            try:
                use()
            except stack.InvalidArgument:
                continue
