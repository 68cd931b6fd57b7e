"""A small shop whose parts a test can create with its own arguments."""

from collections.abc import Callable
from typing import Any

import pulumi

import stack
from stack.testing import Graph, run_program
from tests.stack.pipeline_run import ROOT

SAMPLE = ROOT / "tests" / "stack" / "sample_function"
KEY = "arn:aws:kms:eu-central-1:123456789012:key/own"
TOPIC = "arn:aws:sns:eu-central-1:123456789012:oncall"
CODE = stack.PythonFunctionArgs(
    handler="orders.handle", source_root=str(SAMPLE), include=["orders.py"], build_folder=str(ROOT / ".build")
)
PATTERN = {"source": ["shop"], "detail-type": ["OrderPlaced"]}


def function(**more: Any) -> stack.PythonFunction:
    args: Any = {
        "function_name": "shop-orders",
        "handler": "orders.handle",
        "source_root": str(SAMPLE),
        "include": ["orders.py"],
        "build_folder": str(ROOT / ".build"),
        **more,
    }
    return stack.PythonFunction("orders", args)


def api(*routes: Any, **more: Any) -> stack.WebhookApi:
    given = routes or ({"method": "POST", "path": "/orders", "function": function().function},)
    args: Any = {"api_name": "shop", "routes": list(given), **more}
    return stack.WebhookApi("api", args)


def subscription(**more: Any) -> stack.EventSubscription:
    called = more.pop("function", None) or function().function
    args: Any = {
        "subscription_name": "shop-orders",
        "bus_name": "shop",
        "pattern": PATTERN,
        "function": called,
        **more,
    }
    return stack.EventSubscription("orders-events", args)


def table(**more: Any) -> stack.RecordTable:
    args: Any = {"table_name": "orders", "hash_key": "id", **more}
    return stack.RecordTable("orders", args)


def bucket(**more: Any) -> stack.DocumentBucket:
    args: Any = {"bucket_name": "shop-documents", **more}
    return stack.DocumentBucket("documents", args)


def bus(**more: Any) -> stack.EventBus:
    args: Any = {"bus_name": "shop", **more}
    return stack.EventBus("events", args)


def secret(**more: Any) -> stack.SecretBundle:
    args: Any = {"secret_name": "shop/key", "secret_json": '{"key": "hush"}', **more}
    return stack.SecretBundle("key", args)


WATCHED = {"label": "orders", "function_name": "f", "log_group_name": "/f", "timeout_seconds": 10}


def watch(**more: Any) -> stack.Observability:
    args: Any = {"system_name": "shop", "functions": [WATCHED], **more}
    return stack.Observability("watch", args)


def graph_of(build: Callable[[], Any]) -> Graph:
    return run_program(build)


def route(**more: Any) -> dict[str, Any]:
    return {"method": "POST", "path": "/orders", "function": pulumi.Output.from_input("unused"), **more}


def registered(build: Callable[[], Any]) -> dict[str, Any]:
    """Return the inputs of everything that is registered, without the archives, which have no equality."""
    return {
        one.urn: {name: value for name, value in one.inputs.items() if name != "code"}
        for one in graph_of(build).resources
    }
