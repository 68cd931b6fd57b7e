"""The operators' own Pulumi.*.yaml are accepted. No other test reads them, so configuring a stack breaks no test.

Not proven: that what they name exists (`pulumi up` checks), and that their secrets can be decrypted.
"""

import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pulumi
import pytest
import yaml

from stack.pipeline import stack_config
from stack.pipeline.stack_config import InvalidConfiguration
from stack.testing import run_program
from tests.stack.pipeline_run import ROOT, SECRETS, SETTINGS, some_layer

FILES = sorted(ROOT.glob("Pulumi.*.yaml"))

EDITED: Mapping[str, Mapping[str, Any]] = {
    "dev": {
        "aws:region": "eu-central-1",
        "kinexus:jiraBaseUrl": "https://api.atlassian.com/ex/jira/1",
        "kinexus:jiraBrowseUrl": "https://acme.atlassian.net",
        "kinexus:confluenceUrl": "https://api.atlassian.com/ex/confluence/1/wiki",
        "kinexus:confluenceBrowseUrl": "https://acme.atlassian.net/wiki",
        "kinexus:confluenceSpaceKey": "DOCS,OPS",
        "kinexus:namePrefix": "acme",
        "kinexus:registerWebhooks": True,
        "kinexus:maxRevisions": 3,
        **{f"kinexus:{key}": {"secure": "v1:AAAA:bbbb"} for key in SECRETS},
    },
    "prod": {
        "kinexus:jiraBaseUrl": "https://acme.atlassian.net",
        "kinexus:alarmEmail": "oncall@acme.example",
        "kinexus:sweepSchedule": "off",
        "kinexus:jiraApiToken": {"secure": "v1:AAAA:bbbb"},
    },
}
"""The settings files after the steps of docs/deploy.md, and some more."""


def read(path: Path) -> None:
    """Read the program's configuration from a file, with made-up values for encrypted secrets."""
    config = {f"kinexus:{key}": value for key, value in SECRETS.items()}
    for key, value in yaml.safe_load(path.read_text())["config"].items():
        config[key] = config.get(key, "a stand-in") if isinstance(value, Mapping) else value
    stack = path.name.removeprefix("Pulumi.").removesuffix(".yaml")
    run_program(
        lambda: stack_config.read_pipeline_args(pulumi.Config("kinexus"), stack),
        project="kinexus", stack=stack, config=config, secret_keys=tuple(SECRETS),
    )  # fmt: skip


def edit(folder: Path) -> None:
    """Configure both stacks like an operator, and add a third."""
    for stack, changes in EDITED.items():
        written = yaml.safe_load((SETTINGS / f"{stack}.yaml").read_text())
        edited = {"encryptionsalt": "v1:AAAA", "config": {**written["config"], **changes}}
        (folder / f"Pulumi.{stack}.yaml").write_text(yaml.safe_dump(edited))
    shutil.copy(folder / "Pulumi.prod.yaml", folder / "Pulumi.staging.yaml")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_the_program_accepts_the_settings_of_every_stack(path: Path) -> None:
    read(path)


def test_the_program_accepts_edited_settings_files(tmp_path: Path) -> None:
    edit(tmp_path)
    for path in sorted(tmp_path.iterdir()):
        read(path)


def test_another_environment_is_one_file_as_documented() -> None:
    """Copy prod's file, remove what only prod has, change the lines that are shown."""
    section = (ROOT / "docs/deploy.md").read_text().split("## Another environment")[1].split("\n## ")[0]
    prod = yaml.safe_load((ROOT / "Pulumi.prod.yaml").read_text())["config"]
    [shown] = re.findall(r"```yaml\n(.*?)```", section, re.DOTALL)
    changed = yaml.safe_load(shown)
    assert len(changed) == 5
    assert "these five lines" in section
    assert set(changed) <= set(prod)

    kept = {
        key: value
        for key, value in prod.items()
        if not isinstance(value, Mapping) and not key.endswith(("BrowseUrl", "namePrefix"))
    }
    config = {**kept, **changed, **{f"kinexus:{key}": value for key, value in SECRETS.items()}}
    found = run_program(
        ROOT, project="kinexus", stack="staging", secret_keys=tuple(SECRETS),
        config={**config, "kinexus:layerArchive": some_layer()},
    )  # fmt: skip
    assert found.outputs["changesTable"] == "kinexus-staging-changes"
    variables = found.named("kinexus-DocumentOrchestrator", "aws:lambda/function:Function").inputs[
        "environment"
    ]["variables"]
    for key in ("jiraBaseUrl", "jiraEmail", "confluenceUrl", "confluenceSpaceKey"):
        assert variables[re.sub(r"([A-Z])", r"_\1", key).upper()] == changed[f"kinexus:{key}"]
    with pytest.raises(InvalidConfiguration, match="production accepts only signed webhooks"):
        run_program(
            ROOT, project="kinexus", stack="staging", secret_keys=tuple(SECRETS),
            config={**config, "kinexus:allowUnsignedWebhooks": "true"},
        )  # fmt: skip


def test_a_wrong_setting_fails_these_tests(tmp_path: Path) -> None:
    edit(tmp_path)
    path = tmp_path / "Pulumi.staging.yaml"
    path.write_text(path.read_text().replace("https://acme.atlassian.net", "acme.atlassian.net"))
    with pytest.raises(InvalidConfiguration, match="jiraBaseUrl"):
        read(path)
