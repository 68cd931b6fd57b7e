"""The workflows pin what they run, have no long-lived AWS keys, and need an approval of a preview to change prod.

Not proven: what GitHub does with them; zizmor checks them in `make lint`.
"""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from stack.function.args import RUNTIME
from tests.secrets_in_use import STACK_LINK_KEY
from tests.stack.pipeline_run import ROOT

FOLDER = ROOT / ".github" / "workflows"
WORKFLOWS = sorted(path.name for path in FOLDER.glob("*.yaml"))
TESTED = ["dev.yaml", "prod.yaml"]
REVIEWED = {"dev-preview", "prod"}
"""Environments that wait for a reviewer."""


def workflow(name: str) -> dict[Any, Any]:
    found: dict[Any, Any] = yaml.safe_load((FOLDER / name).read_text())
    return found


def steps(name: str, job: str | None = None) -> list[dict[str, Any]]:
    jobs = workflow(name)["jobs"]
    return [step for each in jobs if job in (None, each) for step in jobs[each]["steps"]]


def runs(name: str, job: str) -> str:
    return "\n".join(step["run"] for step in steps(name, job) if "run" in step)


STATE = {"PULUMI_BACKEND_URL", "PULUMI_ACCESS_TOKEN", "PULUMI_CONFIG_PASSPHRASE"}
"""The variables for the state's place and its decryption."""
ADMINISTRATOR = {"KINEXUS_ADMIN_EMAIL", "KINEXUS_ADMIN_TOKEN"}


def given_to_pulumi(name: str, job: str) -> dict[str, str]:
    [step] = [s for s in steps(name, job) if "env" in s and set(s["env"]) >= STATE]
    return dict(step["env"])


def with_pulumi() -> list[tuple[str, str]]:
    return [
        (name, job)
        for name in WORKFLOWS
        for job in workflow(name)["jobs"]
        if any(step.get("uses", "").startswith("pulumi/") for step in steps(name, job))
    ]


@pytest.mark.parametrize(("name", "job"), with_pulumi())
def test_only_an_update_gets_the_administrator(name: str, job: str) -> None:
    given = given_to_pulumi(name, job)
    assert set(given) == STATE | (ADMINISTRATOR if job == "up" else set())
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


def test_the_docs_describe_every_environment() -> None:
    used = {
        job["environment"]
        for name in WORKFLOWS
        for job in workflow(name)["jobs"].values()
        if "environment" in job
    }
    section = (ROOT / "docs/deploy.md").read_text().split("## From GitHub")[1].split("\n## ")[0]
    described = dict(re.findall(r"^\| `([\w-]+)` \| (.+) \|$", section, re.MULTILINE))
    assert used <= set(described)
    assert {name for name in used if "required reviewers" in described[name]} == REVIEWED


def test_there_is_one_workflow_for_each_stack_and_one_for_drift() -> None:
    assert WORKFLOWS == ["dev.yaml", "drift.yaml", "prod.yaml"]


@pytest.mark.parametrize("name", WORKFLOWS)
def test_actions_are_pinned_to_commits_with_versions(name: str) -> None:
    used = re.findall(r"uses: (.*)", (FOLDER / name).read_text())
    assert used
    assert [one for one in used if not re.fullmatch(r"[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", one)] == []


@pytest.mark.parametrize(("name", "job"), with_pulumi())
def test_what_deploys_is_pinned(name: str, job: str) -> None:
    """The CLI by its version, the packages by their hashes."""
    [given] = [s["with"] for s in steps(name, job) if s.get("uses", "").startswith("pulumi/")]
    assert given["pulumi-version-file"] == ".pulumi.version"
    assert ".ci/install-deployer" in runs(name, job)
    assert "pip" not in runs(name, job)


def test_the_deployer_is_installed_by_its_hashes() -> None:
    script = (ROOT / ".ci/install-deployer").read_text()
    assert "pip install --quiet --require-hashes --only-binary :all: -r requirements-deploy.lock" in script


@pytest.mark.parametrize("name", WORKFLOWS)
def test_credentials_are_short_lived_and_of_one_environment(name: str) -> None:
    assert workflow(name)["permissions"] == {}
    for job in workflow(name)["jobs"].values():
        uses_aws = any("configure-aws-credentials" in step.get("uses", "") for step in job["steps"])
        assert ("environment" in job) is uses_aws
        assert (job["permissions"].get("id-token") == "write") is uses_aws
        assert ("secrets." in str(job)) <= ("environment" in job)
    given = [step["with"] for step in steps(name) if "configure-aws-credentials" in step.get("uses", "")]
    assert all(set(one) == {"role-to-assume", "aws-region"} for one in given)


def test_develop_updates_dev_after_tests() -> None:
    found = workflow("dev.yaml")
    assert found[True]["push"] == {"branches": ["develop"]}  # YAML reads `on` as true
    update = found["jobs"]["up"]
    assert (update["needs"], update["environment"]) == ("test", "dev")
    [told] = [step["with"] for step in update["steps"] if step.get("uses", "").startswith("pulumi/")]
    assert (told["command"], told["stack-name"]) == ("up", "dev")


def test_deploy_tags_update_prod_after_an_approved_preview() -> None:
    found = workflow("prod.yaml")
    assert found[True] == {"push": {"tags": ["deploy-*"]}}  # tags such as v1.2.3 release the components
    preview, update = found["jobs"]["preview"], found["jobs"]["up"]
    assert (preview["needs"], preview["environment"]) == (["test", "tag"], "prod-preview")
    assert (update["needs"], update["environment"]) == (["preview", "materials"], "prod")
    assert "--save-plan plan.json" in runs("prod.yaml", "preview")
    assert "GITHUB_STEP_SUMMARY" in runs("prod.yaml", "preview")
    assert "pulumi up --stack prod --plan plan.json" in runs("prod.yaml", "up")
    assert ".ci/require-branch main && .ci/require-reviewers prod" in runs("prod.yaml", "tag")


@pytest.mark.parametrize("name", TESTED)
def test_tests_run_on_the_oldest_and_on_lambdas_python(name: str) -> None:
    job = workflow(name)["jobs"]["test"]
    assert job["steps"][-1] == {"run": ".ci/run"}
    oldest = re.findall(r">=([\d.]+)", (ROOT / "pyproject.toml").read_text())[0]
    assert job["strategy"]["matrix"] == {"python": [oldest, RUNTIME.value.removeprefix("python")]}
    assert "${{ matrix.python }}" in job["concurrency"]["group"], "or one job would cancel the other"
    [python] = [step["with"] for step in job["steps"] if "setup-python" in step.get("uses", "")]
    assert python == {"python-version": "${{ matrix.python }}"}


def test_pull_requests_are_previewed_by_approval_except_from_forks() -> None:
    guard, preview = (workflow("dev.yaml")["jobs"][name] for name in ("guard", "preview"))
    assert "head.repo.full_name == github.repository" in guard["if"]
    assert runs("dev.yaml", "guard") == ".ci/require-reviewers dev-preview"
    assert (preview["needs"], preview["environment"]) == ("guard", "dev-preview")
    assert [s["with"]["command"] for s in preview["steps"] if s.get("uses", "").startswith("pulumi/")] == [
        "preview"
    ]
    assert workflow("dev.yaml")["jobs"]["up"]["if"] == "github.event_name == 'push'"


def test_drift_changes_nothing() -> None:
    [command] = re.findall(r"pulumi \w.*", runs("drift.yaml", "drift"))
    assert command.startswith("pulumi refresh --stack prod --preview-only --expect-no-changes ")
    assert set(workflow("drift.yaml")[True]) == {"schedule", "workflow_dispatch"}


def shell(script: str, folder: Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    path = f"{folder / 'bin'}:{os.environ['PATH']}"
    return subprocess.run(
        ["bash", "-eo", "pipefail", "-c", script], cwd=folder, capture_output=True, text=True,
        env={"PATH": path, "HOME": str(folder), "GNUPGHOME": str(folder), **environment},
    )  # fmt: skip


def command(folder: Path, name: str, text: str) -> None:
    (folder / "bin").mkdir(exist_ok=True)
    (folder / "bin" / name).write_text(text)
    (folder / "bin" / name).chmod(0o755)


@pytest.mark.skipif(not shutil.which("gpg"), reason="needs gpg")
def test_the_update_gets_the_plan_of_the_preview_and_nobody_else(tmp_path: Path) -> None:
    """The steps of both jobs, one after the other, with a `pulumi` that writes and reads a plan."""
    command(
        tmp_path,
        "pulumi",
        '#!/bin/sh\n[ $1 = preview ] && echo "the plan" > plan.json && echo "+ a queue" || cat plan.json\n',
    )
    key = {"PLAN_KEY": STACK_LINK_KEY, "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md")}
    preview = [s["run"] for s in steps("prod.yaml", "preview") if "run" in s and "install" not in s["run"]]
    for step in preview:
        assert shell(step, tmp_path, **key).returncode == 0
    assert "+ a queue" in (tmp_path / "summary.md").read_text()
    [uploaded] = [s["with"]["path"] for s in steps("prod.yaml", "preview") if "upload" in s.get("uses", "")]
    assert b"plan" not in (tmp_path / uploaded).read_bytes()
    (tmp_path / "plan.json").unlink()
    decrypt, update = [s["run"] for s in steps("prod.yaml", "up") if "run" in s and "install" not in s["run"]]
    assert shell(decrypt, tmp_path, PLAN_KEY="another").returncode != 0
    assert shell(decrypt, tmp_path, **key).returncode == 0
    assert shell(update, tmp_path, **key).stdout == "the plan\n"


def test_a_failing_preview_fails_its_job(tmp_path: Path) -> None:
    command(tmp_path, "pulumi", "#!/bin/sh\necho refused; exit 255\n")
    for name, job in (("prod.yaml", "preview"), ("drift.yaml", "drift")):
        [step] = [s for s in steps(name, job) if "pulumi" in s.get("run", "") and "env" in s]
        assert step["shell"] == "bash"
        assert shell(step["run"], tmp_path).returncode == 255


GH = """#!/usr/bin/env bash
# gh api PATH --jq FILTER, of the answers in a file
jq -e --arg path "$2" '.[$path]' "$ANSWERS" >/dev/null || { echo "gh: Not Found (HTTP 404)" >&2; exit 1; }
jq -r --arg path "$2" '.[$path]' "$ANSWERS" | jq -r "$4"
"""


def asked(script: str, folder: Path, answers: dict[str, Any]) -> tuple[int, str]:
    """Run a script of .ci with a `gh` that gives these answers of GitHub's API."""
    command(folder, "gh", GH)
    paths = {f"repos/us/kinexus/{path}": answer for path, answer in answers.items()}
    (folder / "answers.json").write_text(json.dumps(paths))
    done = shell(
        f"{ROOT}/.ci/{script}", folder,
        ANSWERS=str(folder / "answers.json"), GITHUB_REPOSITORY="us/kinexus", GITHUB_SHA="abc",
    )  # fmt: skip
    return done.returncode, done.stdout


needs_jq = pytest.mark.skipif(not shutil.which("jq"), reason="needs jq, with which gh filters its answers")


@needs_jq
@pytest.mark.parametrize(
    ("rules", "passes"),
    [
        ([{"type": "required_reviewers", "reviewers": [{"type": "User"}]}], True),
        ([{"type": "required_reviewers", "reviewers": []}], False),
        ([{"type": "branch_policy"}], False),
        ([], False),
        (None, False),
    ],
)
def test_an_environment_without_reviewers_is_found(
    rules: list[dict[str, Any]] | None, passes: bool, tmp_path: Path
) -> None:
    answers = {} if rules is None else {"environments/prod": {"protection_rules": rules}}
    code, said = asked("require-reviewers prod", tmp_path, answers)
    assert (code == 0) is passes
    assert ("no required reviewers" in said) is not passes


@needs_jq
@pytest.mark.parametrize(
    ("protected", "rules", "status", "passes"),
    [
        (True, [], "identical", True),
        (True, [], "behind", True),
        (False, [{"type": "pull_request"}], "behind", True),
        (False, [], "identical", False),
        (True, [], "ahead", False),
        (True, [], "diverged", False),
    ],
)
def test_a_tag_must_be_on_the_protected_branch(
    protected: bool, rules: list[dict[str, Any]], status: str, passes: bool, tmp_path: Path
) -> None:
    answers = {
        "branches/main": {"protected": protected},
        "rules/branches/main": rules,
        "compare/main...abc": {"status": status},
    }
    code, said = asked("require-branch main", tmp_path, answers)
    assert (code == 0) is passes
    assert ("::error::" in said) is not passes
