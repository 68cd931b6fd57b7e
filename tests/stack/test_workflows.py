"""The workflows pin their actions, have no long-lived AWS keys, and need an approval before they change prod.

Not proven: what GitHub does with them; zizmor checks them in `make lint`.
"""

import re
from typing import Any

import pytest
import yaml

from stack.function.args import RUNTIME
from tests.stack.pipeline_run import ROOT

FOLDER = ROOT / ".github" / "workflows"
WORKFLOWS = sorted(path.name for path in FOLDER.glob("*.yaml"))


def workflow(name: str) -> dict[Any, Any]:
    found: dict[Any, Any] = yaml.safe_load((FOLDER / name).read_text())
    return found


def steps(name: str) -> list[dict[str, Any]]:
    return [step for job in workflow(name)["jobs"].values() for step in job["steps"]]


STATE = {"PULUMI_BACKEND_URL", "PULUMI_ACCESS_TOKEN", "PULUMI_CONFIG_PASSPHRASE"}
"""The variables for the state's place and its decryption."""
ADMINISTRATOR = {"KINEXUS_ADMIN_EMAIL", "KINEXUS_ADMIN_TOKEN"}


def given_to_pulumi(name: str, job: str) -> dict[str, str]:
    [step] = [s for s in workflow(name)["jobs"][job]["steps"] if s.get("uses", "").startswith("pulumi/")]
    return dict(step["env"])


@pytest.mark.parametrize("name", WORKFLOWS)
def test_an_update_gets_its_backend_and_the_administrator(name: str) -> None:
    given = given_to_pulumi(name, "up")
    assert set(given) == STATE | ADMINISTRATOR
    for variable, value in given.items():
        kind = "vars" if variable == "PULUMI_BACKEND_URL" else "secrets"
        assert value == f"${{{{ {kind}.{variable} }}}}"


def test_the_docs_list_what_the_workflows_use() -> None:
    asked = set()
    for name in WORKFLOWS:
        asked |= set(re.findall(r"\$\{\{ ((?:vars|secrets)\.\w+) \}\}", (FOLDER / name).read_text()))
    table = (ROOT / "docs/deploy.md").read_text().split("## From GitHub")[1].split("\n## ")[0]
    listed = set()
    for names, kind in re.findall(r"^\| (`.+`) \| (variable|secret)s? \|", table, re.MULTILINE):
        listed |= {
            f"{'vars' if kind == 'variable' else 'secrets'}.{one}" for one in re.findall(r"`(\w+)`", names)
        }
    assert listed == asked


def test_there_is_one_workflow_for_each_stack() -> None:
    assert WORKFLOWS == ["dev.yaml", "prod.yaml"]


@pytest.mark.parametrize("name", WORKFLOWS)
def test_actions_are_pinned_to_commits_with_versions(name: str) -> None:
    used = re.findall(r"uses: (.*)", (FOLDER / name).read_text())
    assert used
    assert [one for one in used if not re.fullmatch(r"[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", one)] == []


@pytest.mark.parametrize("name", WORKFLOWS)
def test_credentials_are_short_lived_and_of_one_environment(name: str) -> None:
    assert workflow(name)["permissions"] == {}
    for job in workflow(name)["jobs"].values():
        uses_aws = any("configure-aws-credentials" in step.get("uses", "") for step in job["steps"])
        assert ("environment" in job) is uses_aws
        assert (job["permissions"].get("id-token") == "write") is uses_aws
    given = [step["with"] for step in steps(name) if "configure-aws-credentials" in step.get("uses", "")]
    assert all(set(one) == {"role-to-assume", "aws-region"} for one in given)


def test_develop_updates_dev_and_tags_update_prod_after_tests() -> None:
    for name, event, stack in (
        ("dev.yaml", {"branches": ["develop"]}, "dev"),
        ("prod.yaml", {"tags": ["v*"]}, "prod"),
    ):
        found = workflow(name)
        assert found[True]["push"] == event  # YAML reads `on` as true
        update = found["jobs"]["up"]
        assert (update["needs"], update["environment"]) == ("test", stack)
        told = [step["with"] for step in update["steps"] if step.get("uses", "").startswith("pulumi/")]
        assert told == [{"command": "up", "stack-name": stack}]
        assert found["jobs"]["test"]["steps"][-1] == {"run": ".ci/run"}


@pytest.mark.parametrize("name", WORKFLOWS)
def test_tests_run_on_the_oldest_and_on_lambdas_python(name: str) -> None:
    job = workflow(name)["jobs"]["test"]
    oldest = re.findall(r">=([\d.]+)", (ROOT / "pyproject.toml").read_text())[0]
    assert job["strategy"]["matrix"] == {"python": [oldest, RUNTIME.value.removeprefix("python")]}
    assert "${{ matrix.python }}" in job["concurrency"]["group"], "or one job would cancel the other"
    [python] = [step["with"] for step in job["steps"] if "setup-python" in step.get("uses", "")]
    assert python == {"python-version": "${{ matrix.python }}"}


def test_pull_requests_are_previewed_except_from_forks() -> None:
    preview = workflow("dev.yaml")["jobs"]["preview"]
    assert "head.repo.full_name == github.repository" in preview["if"]
    assert [s["with"]["command"] for s in preview["steps"] if s.get("uses", "").startswith("pulumi/")] == [
        "preview"
    ]
    assert "KINEXUS_ADMIN" not in str(preview)
    assert set(given_to_pulumi("dev.yaml", "preview")) == STATE
    assert workflow("dev.yaml")["jobs"]["up"]["if"] == "github.event_name == 'push'"
