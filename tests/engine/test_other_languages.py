"""Programs in YAML and TypeScript use the components through the real engine, in the local region.

Skipped without the Pulumi CLI, its host of the language, and for TypeScript npm. Needs the package registries: Pulumi makes
the plugin's virtual environment, and npm the program's. The AWS provider is a double (local/provider).
"""

import contextlib
import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from local import engine
from local.engine import Engine, EngineEnvironment, EngineFailure, engine_environment
from local.provider.server import VERSION
from local.region.ministack_venv import REPOSITORY

PROGRAMS = {
    "yaml": ("pulumi-language-yaml",),
    "pipeline": ("pulumi-language-yaml",),
    "typescript": ("pulumi-language-nodejs", "npm"),
}
"""Programs, with the programs that each needs besides those of the engine."""
UP = ("up", "--yes", "--skip-preview", "--stack", "dev")
PREVIEW = ("preview", "--stack", "dev")

pytestmark = [
    pytest.mark.region,
    pytest.mark.skipif(
        not all(shutil.which(name) for name in engine.NEEDED),
        reason=f"needs the Pulumi CLI and its Python language host on PATH: {engine.INSTALL_PAGE}",
    ),
]

PIPELINE = """
name: documentation
runtime: yaml
packages:
  kinexus: ../../provider
config:
  secret: {type: string, secret: true}
resources:
  docs:
    type: kinexus:DocumentationPipeline
    properties:
      jiraBaseUrl: https://example.atlassian.net
      jiraEmail: kinexus@example.com
      jiraApiToken: ${secret}
      confluenceUrl: https://example.atlassian.net/wiki
      confluenceSpaceKey: SD
      linkKey: ${secret}
      webhookSecrets: ${secret}
outputs:
  url: ${docs.jiraWebhookUrl}
"""


@pytest.fixture(scope="module")
def up() -> Iterator[EngineEnvironment]:
    """Run with the plugin beside the examples, as in a checkout, and a placeholder for the real AWS provider."""
    with engine_environment() as running:
        project = running.engine.project
        (project / ".venv").unlink()
        ignored = shutil.ignore_patterns("__pycache__", ".venv", "node_modules", "sdks", "Pulumi.*.yaml")
        for folder in ("examples", "provider"):
            shutil.copytree(REPOSITORY / folder, project / folder, ignore=ignored)
        shutil.copy(REPOSITORY / "requirements-deploy.lock", project)
        installed = Path(running.engine.environment["PULUMI_HOME"], "plugins", f"resource-aws-v{VERSION}")
        installed.mkdir(parents=True)
        (installed / "pulumi-resource-aws").write_text("#!/bin/sh\nexit 1\n")
        (installed / "pulumi-resource-aws").chmod(0o755)
        yield running


@contextlib.contextmanager
def example(up: EngineEnvironment, name: str) -> Iterator[Engine]:
    """Add the plugin to a copied example and create its stack."""
    missing = [each for each in PROGRAMS[name] if shutil.which(each) is None]
    if missing:
        pytest.skip(f"not on PATH: {', '.join(missing)}; {engine.INSTALL_PAGE}")
    cli = Engine(up.engine.project / "examples" / name, up.engine.environment)
    try:
        cli.run("package", "add", "../../provider")
    except EngineFailure as error:
        if f"No matching version found for @pulumi/aws@{VERSION}" not in str(error):
            raise
        pytest.skip(f"npm's registry has no @pulumi/aws {VERSION}, which the generated SDK needs")
    cli.run("stack", "init", "dev")
    yield cli


def unchanged_files(cli: Engine, name: str) -> bool:
    return all(
        (cli.project / path.name).read_text() == path.read_text()
        for path in (REPOSITORY / "examples" / name).iterdir()
        if path.is_file()
    )


def counts(output: str) -> str:
    return output.rsplit("Resources:", 1)[1].strip().splitlines()[0]


def test_the_engine_reads_the_schema_of_the_plugin(up: EngineEnvironment) -> None:
    cli = Engine(up.engine.project, up.engine.environment)
    cli.run("package", "get-schema", "./provider")  # the first time with the output of pip
    schema = subprocess.run(
        ["pulumi", "package", "get-schema", "./provider"],
        cwd=cli.project, env={**cli.environment}, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    found = json.loads(schema[schema.index("{") :])
    published = json.loads((REPOSITORY / "provider" / "schema.json").read_text())
    assert found["version"] == published["version"]
    assert found["resources"].keys() == published["resources"].keys()
    assert found["types"].keys() == published["types"].keys()


def test_a_yaml_program_is_created_unchanged_and_keeps_its_data(up: EngineEnvironment) -> None:
    with example(up, "yaml") as cli:
        assert unchanged_files(cli, "yaml")
        assert counts(cli.run(*UP).stdout) == "+ 8 created"
        assert cli.outputs("dev")["function"].endswith(":function:orders-export")
        up.require_permissions()
        assert counts(cli.run(*UP, "--expect-no-changes").stdout) == "8 unchanged"
        refused = cli.run("destroy", "--yes", "--skip-preview", "--stack", "dev", check=False)
        assert "because it is protected" in refused.stdout


@pytest.mark.parametrize(
    ("right", "wrong", "shown"),
    [
        ("tableName: orders", "tableName: o", "RecordTable: `tableName` is 'o'. Use 3 to 255 letters"),
        (
            "include: [export]",
            "include: [gone]",
            "nightly_export/gone does not exist, but `include` lists it",
        ),
        ("hashKey: order_id", "hashkey: order_id", "Missing required property 'hashKey'"),
    ],
)
def test_mistakes_in_a_yaml_program_are_named_without_a_traceback(
    up: EngineEnvironment, right: str, wrong: str, shown: str
) -> None:
    with contextlib.ExitStack() as stop:
        cli = Engine(up.engine.project / "examples" / "yaml", up.engine.environment)
        if not (cli.project / "sdks").exists():
            pytest.skip("needs the example of the test above")
        program = cli.project / "Pulumi.yaml"
        text = program.read_text()
        stop.callback(program.write_text, text)
        program.write_text(text.replace(right, wrong))
        refused = cli.run(*PREVIEW, check=False)
    assert refused.returncode != 0
    assert shown in refused.stdout
    assert "File " not in refused.stdout
    assert "Unexpected" not in refused.stdout


def test_a_typescript_program_is_created_unchanged_and_destroyed(up: EngineEnvironment) -> None:
    with example(up, "typescript") as cli:
        assert unchanged_files(cli, "typescript")
        refused = cli.run(*PREVIEW, check=False)
        assert "Missing required configuration variable 'orders-typescript:chatHook'" in refused.stdout
        secret = "https://chat.example/not-in-the-state"
        cli.run("config", "set", "--stack", "dev", "--secret", "chatHook", json.dumps({"url": secret}))
        assert counts(cli.run(*UP).stdout) == "+ 7 created"
        assert cli.outputs("dev")["busName"] == "orders-events"
        assert secret not in json.dumps(cli.state("dev"))
        assert counts(cli.run(*UP, "--expect-no-changes").stdout) == "7 unchanged"
        cli.run("state", "unprotect", "--all", "--yes", "--stack", "dev")
        assert counts(cli.run("destroy", "--yes", "--skip-preview", "--stack", "dev").stdout) == "- 7 deleted"


def test_the_whole_pipeline_is_created_from_yaml(up: EngineEnvironment) -> None:
    program = up.engine.project / "examples" / "pipeline"
    program.mkdir()
    (program / "Pulumi.yaml").write_text(PIPELINE)
    with example(up, "pipeline") as cli:
        secret = "0123456789abcdef" * 4
        cli.run("config", "set", "--stack", "dev", "--secret", "secret", secret)
        assert counts(cli.run(*UP).stdout).endswith("created")
        assert cli.outputs("dev")["url"].endswith("/prod/webhooks/jira")
        assert secret not in json.dumps(cli.state("dev"))
        assert counts(cli.run(*PREVIEW, "--expect-no-changes").stdout).endswith("unchanged")
