"""The real Pulumi engine runs the program on the local region: one stack from its first preview to its end.

Skipped without the Pulumi CLI and its Python language host. The AWS provider is a double (local/provider); so not proven
are what only the real provider and AWS check. Each test continues where the one before it stopped.
"""

import base64
import json
import os
import pickletools
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from local import engine
from local.engine import Engine, EngineEnvironment, change_handler, copy_program, engine_environment
from local.environment import SECRET_KEYS
from local.region.ministack_venv import REPOSITORY

pytestmark = [
    pytest.mark.region,
    pytest.mark.skipif(
        not all(shutil.which(name) for name in engine.NEEDED),
        reason=f"needs the Pulumi CLI and its Python language host on PATH: {engine.INSTALL_PAGE}",
    ),
]
UP = ("up", "--yes", "--skip-preview")
TEAM = "team"


@pytest.fixture(scope="module")
def up() -> Iterator[EngineEnvironment]:
    with engine_environment() as running:
        running.engine.init("dev", running.config)
        yield running


@pytest.fixture
def cli(up: EngineEnvironment) -> Engine:
    return up.engine


def secrets(up: EngineEnvironment) -> list[str]:
    given = [up.config[f"kinexus:{key}"] for key in SECRET_KEYS]
    return [*given, up.site.site.account("admin").token]


def counts(output: str) -> list[str]:
    """Return the lines of the summary, such as `164 unchanged`."""
    lines = output.rsplit("Resources:", 1)[1].split("\n\n")[0].splitlines()
    return [line.strip() for line in lines if line.strip()]


@pytest.mark.parametrize(
    ("setting", "bad", "shown"),
    [
        (
            "namePrefix",
            "Kinexus_Dev",
            "error: The setting kinexus:namePrefix is 'Kinexus_Dev', but may hold only",
        ),
        (
            "confluenceSpaceKey",
            "OPS",
            "- spaces: not found, or hidden from the Kinexus account: OPS. Remedy:",
        ),
    ],
)
def test_a_preview_refuses_bad_settings_in_one_message(
    up: EngineEnvironment, cli: Engine, setting: str, bad: str, shown: str
) -> None:
    cli.run("config", "set", "--stack", "dev", setting, bad)
    refused = cli.run("preview", "--stack", "dev", check=False)
    cli.run("config", "set", "--stack", "dev", setting, up.config[f"kinexus:{setting}"])
    assert refused.returncode != 0
    assert shown in refused.stdout
    assert "Traceback" not in refused.stdout


def test_a_preview_saves_a_plan_without_secrets(up: EngineEnvironment, cli: Engine) -> None:
    shown = cli.run("preview", "--stack", "dev", "--diff", "--save-plan", "plan.json").stdout
    plan = (cli.project / "plan.json").read_text()
    assert [one for one in secrets(up) if one in shown or one in plan] == []
    assert counts(shown)[0].endswith("to create")


def test_the_plan_is_what_the_update_does(up: EngineEnvironment, cli: Engine) -> None:
    """The outputs of components hold no resources: the engine would refuse a plan that creates them."""
    done = cli.run(*UP, "--stack", "dev", "--plan", "plan.json").stdout
    assert counts(done)[0].endswith("created")
    up.require_permissions()
    outputs = cli.outputs("dev")
    assert (outputs["changesTable"], outputs["eventBus"]) == ("kinexus-changes", "kinexus-events")
    assert outputs["jiraWebhookUrl"].endswith("/prod/webhooks/jira")
    assert len(up.site.site.webhooks.webhooks) == 2


def test_no_secret_is_in_the_state_in_clear(up: EngineEnvironment, cli: Engine) -> None:
    stored = cli.project.parent / "state"
    files = [path.read_text(errors="replace") for path in stored.rglob("*") if path.is_file()]
    assert any("kinexus-ReviewPage" in text for text in files)
    assert [one for one in secrets(up) for text in files if one in text] == []


def test_dynamic_providers_are_stored_by_name_without_values(cli: Engine) -> None:
    """A pickle of a class by its import path: what it holds would be stored in clear."""
    dynamic = [each for each in cli.state("dev")["deployment"]["resources"] if "dynamic" in each["type"]]
    assert len(dynamic) == 3
    for each in dynamic:
        pickled = base64.b64decode(each["inputs"]["__provider"])
        texts = [str(value) for _, value, _ in pickletools.genops(pickled) if isinstance(value, str)]
        assert texts[0].startswith("stack.pipeline.")
        assert all(text.isidentifier() for text in texts[1:] if text), texts


def test_a_second_update_and_preview_change_nothing(cli: Engine) -> None:
    assert counts(cli.run(*UP, "--stack", "dev", "--expect-no-changes").stdout)[0].endswith("unchanged")
    assert counts(cli.run("preview", "--stack", "dev", "--expect-no-changes").stdout)[0].endswith("unchanged")


def test_a_changed_handler_updates_its_function_only(cli: Engine) -> None:
    change_handler(cli.project)
    done = cli.run(*UP, "--stack", "dev", "--diff").stdout
    assert counts(done)[0] == "~ 1 updated"
    assert "~ aws:lambda/function:Function: (update)" in done
    assert "::kinexus-ReviewPage]" in done


def test_a_preview_shows_the_text_of_policies_and_dashboard(cli: Engine) -> None:
    """After the first deployment: what they are made of is known then."""
    planned = json.loads(cli.run("preview", "--stack", "dev", "--json", "--show-sames").stdout)
    texts = [
        step["newState"]["inputs"][key]
        for step in planned["steps"]
        for key in ("policy", "dashboardBody")
        if key in step.get("newState", {}).get("inputs", {})
    ]
    assert len(texts) > 15
    assert all(json.loads(text) for text in texts)


def test_changes_by_hand_are_found_and_repaired(up: EngineEnvironment, cli: Engine) -> None:
    """`refresh --preview-only --expect-no-changes` is the nightly job."""
    look = ("refresh", "--stack", "dev", "--preview-only", "--expect-no-changes")
    cli.run(*look)
    up.stack.client("lambda").update_function_configuration(FunctionName="kinexus-Sweep", Timeout=77)
    up.stack.client("logs").delete_log_group(logGroupName="/aws/lambda/kinexus-ReviewPage")
    found = cli.run(*look, check=False)
    assert found.returncode != 0
    assert counts(found.stdout)[:2] == ["~ 1 to update", "- 1 to delete"]
    cli.run("refresh", "--stack", "dev", "--yes", "--skip-preview")
    assert counts(cli.run(*UP, "--stack", "dev").stdout)[:2] == ["+ 1 created", "~ 1 updated"]
    cli.run(*look)


def test_a_renamed_pipeline_keeps_everything_by_one_alias(cli: Engine) -> None:
    program = cli.project / "__main__.py"
    text = program.read_text()
    alias = "pulumi.ResourceOptions(aliases=[pulumi.Alias(name='kinexus')])"
    renamed = text.replace('"kinexus", ', '"docs", ').replace(
        "pulumi.get_stack())", f"pulumi.get_stack()), {alias}", 1
    )
    assert renamed.count("docs") == 1
    program.write_text(renamed)
    try:
        cli.run("preview", "--stack", "dev", "--expect-no-changes")
    finally:
        program.write_text(text)


def test_protected_data_is_neither_destroyed_nor_replaced(up: EngineEnvironment, cli: Engine) -> None:
    cli.run("config", "set", "--stack", "dev", "protectData", "true")
    cli.run(*UP, "--stack", "dev")
    refused = cli.run("destroy", "--stack", "dev", "--yes", check=False)
    assert refused.returncode != 0
    assert refused.stdout.count("because it is protected") == 3
    cli.run("config", "set", "--stack", "dev", "namePrefix", "kinexus-two")
    refused = cli.run("preview", "--stack", "dev", check=False)
    cli.run("config", "set", "--stack", "dev", "namePrefix", up.config["kinexus:namePrefix"])
    assert refused.returncode != 0
    assert refused.stdout.count("as it is currently marked for protection") == 3
    cli.run("config", "set", "--stack", "dev", "protectData", "false")
    cli.run(*UP, "--stack", "dev")


def test_two_stacks_share_an_account(up: EngineEnvironment, cli: Engine) -> None:
    own = {
        key: value for key, value in up.config.items() if not key.endswith(("namePrefix", "registerWebhooks"))
    }
    cli.init(TEAM, own)
    cli.run(*UP, "--stack", TEAM)
    assert cli.outputs(TEAM)["changesTable"] == "kinexus-team-changes"
    cli.run("destroy", "--stack", TEAM, "--yes", "--skip-preview")
    cli.run("refresh", "--stack", "dev", "--preview-only", "--expect-no-changes")


def test_a_new_prefix_replaces_each_name_after_deleting_it(cli: Engine) -> None:
    """Roles go before the policies that other components put on them, so they are deleted with their policies."""
    cli.run("config", "set", "--stack", "dev", "namePrefix", "kinexus-two")
    done = cli.run(*UP, "--stack", "dev").stdout
    assert any(line.startswith("+-") for line in counts(done))
    cli.run("preview", "--stack", "dev", "--expect-no-changes")


def test_a_destroyed_stack_leaves_nothing(up: EngineEnvironment, cli: Engine) -> None:
    cli.run("destroy", "--stack", "dev", "--yes", "--skip-preview")
    assert up.stack.client("lambda").list_functions()["Functions"] == []
    assert up.stack.client("dynamodb").list_tables()["TableNames"] == []
    assert up.stack.client("s3").list_buckets()["Buckets"] == []
    assert up.site.site.webhooks.webhooks == {}


def released() -> str:
    """Return KINEXUS_UPGRADE_FROM, or the newest release's tag, or nothing in a checkout without tags."""
    if given := os.environ.get("KINEXUS_UPGRADE_FROM"):
        return given
    git = ["git", "-C", str(REPOSITORY), "describe", "--tags", "--abbrev=0", "--match", "v*"]
    return subprocess.run(git, capture_output=True, text=True).stdout.strip()


def test_an_upgrade_from_the_last_release_replaces_no_data(cli: Engine, tmp_path: Path) -> None:
    tag = released()
    if not tag:
        pytest.skip("this checkout has no tag of a release")
    packed = tmp_path / "release.tar"
    subprocess.run(["git", "-C", str(REPOSITORY), "archive", "--output", str(packed), tag], check=True)
    subprocess.run(["tar", "-x", "-C", str(tmp_path), "-f", str(packed)], check=True)
    copy_program(tmp_path, cli.project)
    cli.run("config", "set", "--stack", "dev", "namePrefix", "kinexus")
    cli.run(*UP, "--stack", "dev")
    copy_program(REPOSITORY, cli.project)
    planned = json.loads(cli.run("preview", "--stack", "dev", "--json").stdout)
    replaced = {
        step["urn"].split("::")[-2].split("$")[-1] for step in planned["steps"] if "replace" in step["op"]
    }
    assert replaced <= {
        "aws:lambda/layerVersion:LayerVersion",
        "aws:secretsmanager/secretVersion:SecretVersion",
    }
    cli.run(*UP, "--stack", "dev")
    cli.run("preview", "--stack", "dev", "--expect-no-changes")
    cli.run("destroy", "--stack", "dev", "--yes", "--skip-preview")
