"""The components can be used from every Pulumi language: Pulumi's own analyser reads them, and its host builds them.

The host is started like by Pulumi, and also runs in this process, with inputs named and typed as on the wire. The code
that Pulumi generates for a language and the real engine are in tests/engine.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import grpc
import pulumi
import pytest
from pulumi.errors import InputPropertiesError
from pulumi.provider.server import ComponentInitError
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

import stack
from stack.plugin import KinexusProvider
from stack.testing import run_program
from tests.secrets_in_use import STACK_API_TOKEN, STACK_LINK_KEY, STACK_WEBHOOK_SECRETS
from tests.stack.pipeline_run import ROOT, some_layer
from tests.stack.shop import SAMPLE


def provider() -> KinexusProvider:
    return KinexusProvider()


def test_the_plugin_serves_this_schema_from_any_folder(tmp_path: Path) -> None:
    """As Pulumi starts it: from the consumer's folder, with the plugin's folder and the engine's address."""
    process = subprocess.Popen(
        [sys.executable, "-B", str(ROOT / "provider"), "127.0.0.1:1"],
        cwd=tmp_path, env={"PATH": os.environ["PATH"]}, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        port = int(process.stdout.readline())
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            asked = provider_pb2_grpc.ResourceProviderStub(channel).GetSchema(
                provider_pb2.GetSchemaRequest(version=0), timeout=60
            )
    finally:
        process.terminate()
        process.communicate(timeout=20)
    assert json.loads(asked.schema) == json.loads((ROOT / "provider" / "schema.json").read_text())
    assert list(tmp_path.iterdir()) == []


def test_every_component_is_published() -> None:
    components = {
        value
        for value in vars(stack).values()
        if isinstance(value, type) and issubclass(value, pulumi.ComponentResource)
    }
    assert components == set(stack.COMPONENTS)


def test_the_public_interface_changes_only_on_purpose() -> None:
    """If the change is intended, write the schema again: `python -m tests.stack.write_snapshots`."""
    schema = json.loads(provider().schema or "")
    assert schema == json.loads((ROOT / "provider" / "schema.json").read_text())


@pytest.mark.parametrize("component", stack.COMPONENTS, ids=lambda component: component.__name__)
def test_every_field_and_output_has_a_description(component: type[pulumi.ComponentResource]) -> None:
    schema = json.loads(provider().schema or "")
    described = schema["resources"][f"kinexus:index:{component.__name__}"]
    assert described["description"]
    silent = [
        name
        for part in ("inputProperties", "properties")
        for name, field in described[part].items()
        if not field.get("description")
    ]
    assert silent == []
    types = {name: field for name, field in schema["types"].items() if "enum" not in field}
    assert [
        f"{t}.{n}" for t, d in types.items() for n, f in d["properties"].items() if not f.get("description")
    ] == []


def test_the_host_builds_components_from_wire_values() -> None:
    """And from outputs of other components."""

    def program() -> None:
        host = provider()

        def build(name: str, component: str, inputs: dict[str, Any]) -> Any:
            return host.construct(name, f"kinexus:index:{component}", inputs).state

        index = {"name": "by-day", "hashKey": "day", "rangeKey": "at", "rangeKeyKind": "N"}
        table = build("orders", "RecordTable", {"tableName": "orders", "hashKey": "id", "indexes": [index]})
        secret = build("key", "SecretBundle", {"secretName": "key", "secretJson": pulumi.Output.secret("{}")})
        bus = build("events", "EventBus", {"busName": "shop", "archiveDays": 3.0})
        function = build(
            "handler",
            "PythonFunction",
            {
                "functionName": "handler",
                "handler": "orders.handle",
                "sourceRoot": str(SAMPLE),
                "include": ["orders.py"],
                "timeoutSeconds": 20.0,
                "environment": {"TABLE": table["tableName"]},
                "statements": [table["readStatement"], secret["readStatement"]],
            },
        )
        route = {"method": "POST", "path": "/orders", "function": function["function"], "ratePerSecond": 3.0}
        api = build("api", "WebhookApi", {"apiName": "shop", "routes": [route]})
        build(
            "placed",
            "EventSubscription",
            {
                "subscriptionName": "placed",
                "busName": bus["busName"],
                "pattern": {"source": ["shop"]},
                "function": function["function"],
            },
        )
        pulumi.export("url", api["url"])

    graph = run_program(program)

    assert graph.outputs == {"url": "https://api-id.execute-api.eu-central-1.amazonaws.com/prod"}
    function = graph.named("handler", "aws:lambda/function:Function").inputs
    assert function["environment"] == {"variables": {"TABLE": "orders"}}
    statements = json.loads(graph.named("handler-policy").inputs["policy"])["Statement"]
    assert statements[-1]["Action"] == ["secretsmanager:GetSecretValue"]
    assert graph.named("placed-queue").inputs["visibilityTimeoutSeconds"] == 120
    assert graph.named("api-post-orders-permission").inputs["function"] == "handler"
    kinds = {
        a["name"]: a["type"] for a in graph.named("orders", "aws:dynamodb/table:Table").inputs["attributes"]
    }
    assert kinds == {"id": "S", "day": "S", "at": "N"}


def wired(**more: Any) -> dict[str, Any]:
    """Return a pipeline's arguments in their wire form."""
    secret = {
        "jiraApiToken": STACK_API_TOKEN,
        "webhookSecrets": STACK_WEBHOOK_SECRETS[0],
        "linkKey": STACK_LINK_KEY,
    }
    return {
        "jiraBaseUrl": "https://example.atlassian.net",
        "jiraEmail": "kinexus@example.com",
        "confluenceUrl": "https://example.atlassian.net/wiki",
        "confluenceSpaceKey": "SD",
        "maxRevisions": 3.0,
        "layerArchive": some_layer(),
        **{key: pulumi.Output.secret(value) for key, value in secret.items()},
        **more,
    }


def construct(**more: Any) -> None:
    provider().construct("docs", "kinexus:index:DocumentationPipeline", wired(**more))


def test_other_languages_skip_what_only_python_can_run() -> None:
    found = run_program(construct)
    assert [each.type for each in found.resources if "dynamic" in each.type] == []
    assert run_program(lambda: construct(preflight=False)).urns() == found.urns()
    variables = found.named("docs-ApprovalHandler", "aws:lambda/function:Function").inputs["environment"][
        "variables"
    ]
    assert variables["MAX_REVISIONS"] == "3"


@pytest.mark.parametrize(
    ("field", "remedy"), [("preflight", "python -m ops doctor"), ("registerWebhooks", "webhookSteps")]
)
def test_python_only_arguments_are_refused_with_an_alternative(field: str, remedy: str) -> None:
    with pytest.raises(
        InputPropertiesError, match=f"`{field}` is for Python programs only. Leave it out.*{remedy}"
    ):
        run_program(lambda: construct(**{field: True}))


@pytest.mark.parametrize(
    ("component", "inputs", "shown"),
    [
        (
            "RecordTable",
            {"tableName": "s", "hashKey": "id"},
            "RecordTable: `tableName` is 's'. Use 3 to 255 letters, digits, `_`, `.` and `-`.",
        ),
        (
            "PythonFunction",
            {"handler": "orders.handle", "sourceRoot": str(SAMPLE), "include": ["gone"]},
            f"{SAMPLE / 'gone'} does not exist, but `include` lists it: correct the path",
        ),
    ],
)
def test_mistakes_are_shown_in_the_wire_names_without_a_traceback(
    component: str, inputs: dict[str, Any], shown: str
) -> None:
    with pytest.raises(InputPropertiesError) as refused:
        run_program(lambda: provider().construct("one", f"kinexus:index:{component}", inputs))
    assert refused.value.message == shown


def test_faults_of_a_component_keep_their_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> None:
        raise KeyError("a fault of the component")

    monkeypatch.setattr("stack.table.record_table.check_table", broken)
    with pytest.raises(ComponentInitError, match="a fault of the component"):
        run_program(lambda: provider().construct("one", "kinexus:index:RecordTable", {"hashKey": "id"}))
