"""`python -m local up FOLDER` reads a program's settings and runs it in a region of its own."""

import subprocess
import sys
from pathlib import Path

import pytest
import requests

from local import engine
from local.up import InvalidProgram, Program, read_program, running
from tests.secrets_in_use import SECRET_SETTING

ROOT = Path(__file__).resolve().parents[3]
PROJECT = """
name: shop
runtime: python
config:
  colour: {type: string, default: red}
  size: 3
  token: {type: string, secret: true}
  aws:region: {value: eu-central-1}
"""

PROGRAM = """
import pulumi
from pathlib import Path
from kinexus_components import PythonFunction, WebhookApi

config = pulumi.Config()
function = PythonFunction("answer", {
    "handler": "answer.handle", "source_root": str(Path(__file__).parent), "include": ["answer.py"],
    "environment": {"COLOUR": config.require("colour")},
})
api = WebhookApi("api", {"routes": [{"method": "GET", "path": "/colour", "function": function.function}]})
pulumi.export("url", api.url)
pulumi.export("token", config.require_secret("token"))
"""

HANDLER = """
import os

def handle(event, context):
    return {"statusCode": 200, "body": os.environ["COLOUR"]}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in (("Pulumi.yaml", PROJECT), ("__main__.py", PROGRAM), ("answer.py", HANDLER)):
        (tmp_path / name).write_text(text)
    return tmp_path


def test_settings_come_from_defaults_the_local_file_and_the_command(folder: Path) -> None:
    (folder / "Pulumi.local.yaml").write_text(f"config: {{shop:size: 5, token: {SECRET_SETTING}}}")
    assert read_program(folder, ["colour=blue=green"]) == Program(
        folder,
        "shop",
        {
            "shop:colour": "blue=green",
            "shop:size": "5",
            "shop:token": SECRET_SETTING,
            "aws:region": "eu-central-1",
        },
        ("shop:token",),
    )


@pytest.mark.parametrize("given", ["colour", "=blue"])
def test_a_setting_without_key_or_value_is_refused(folder: Path, given: str) -> None:
    with pytest.raises(InvalidProgram, match="write it as KEY=VALUE"):
        read_program(folder, [given])


def test_a_folder_without_a_program_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidProgram, match=r"needs a Pulumi\.yaml and a __main__\.py"):
        read_program(tmp_path, [])


def test_the_command_refuses_with_one_line(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "local", "up", str(tmp_path), "--config", "colour=blue"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 1
    assert (
        done.stderr
        == f"{tmp_path} is no Python program of Pulumi: it needs a Pulumi.yaml and a __main__.py\n"
    )


@pytest.mark.region
@pytest.mark.parametrize("by", ["Pulumi's mocks", "the Pulumi engine"])
def test_a_program_of_the_installed_components_answers(
    folder: Path, monkeypatch: pytest.MonkeyPatch, by: str
) -> None:
    monkeypatch.setattr(sys, "path", [*sys.path])
    if by == "Pulumi's mocks":
        monkeypatch.setattr(engine, "missing", lambda: ["pulumi"])
    elif engine.missing():
        pytest.skip(f"needs on PATH: {', '.join(engine.missing())}")
    program = read_program(folder, ["colour=blue", f"token={SECRET_SETTING}"])
    with running(program) as (stack, deployed):
        assert stack.region == "eu-central-1"
        assert (deployed.by, [*deployed.secret]) == (by, ["token"])
        answer = requests.get(f"{deployed.outputs['url']}/colour", timeout=30)
    assert (answer.status_code, answer.text) == (200, "blue")
