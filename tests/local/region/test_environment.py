"""The region's virtual environment is created once, reused, and renewed when its requirements change."""

from pathlib import Path

import pytest

from local.region import ministack_venv
from local.region.ministack_venv import EnvironmentFailure, is_made, region_python


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Record the commands instead of running them; creating the venv leaves an interpreter, like the real command."""
    seen: list[list[str]] = []

    def run(command: list[str], keep: Path) -> None:
        seen.append(command)
        python = keep.parent / "bin" / "python"
        python.parent.mkdir(exist_ok=True)
        python.touch()

    monkeypatch.setattr(ministack_venv, "_run", run)
    return seen


def test_made_once_and_renewed_when_the_requirements_change(
    tmp_path: Path, commands: list[list[str]]
) -> None:
    requirements, folder = tmp_path / "requirements.txt", tmp_path / "env"
    requirements.write_text("ministack==1\n")
    assert not is_made(folder, requirements)
    python = region_python(folder, requirements)
    assert python == folder / "bin" / "python"
    assert [command[-1] for command in commands] == [str(folder), str(requirements)]
    assert "--no-compile" in commands[1]

    region_python(folder, requirements)
    assert len(commands) == 2, "something was started although all was there"

    requirements.write_text("ministack==2\n")
    region_python(folder, requirements)
    assert len(commands) == 4


def test_interrupted_installation_is_begun_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    requirements, folder = tmp_path / "requirements.txt", tmp_path / "env"
    requirements.write_text("ministack==1\n")

    def fail(command: list[str], keep: Path) -> None:
        raise EnvironmentFailure("no network")

    monkeypatch.setattr(ministack_venv, "_run", fail)
    with pytest.raises(EnvironmentFailure):
        region_python(folder, requirements)
    assert not is_made(folder, requirements)


def test_failing_command_is_shown_with_its_output(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFailure, match="python3-venv"):
        ministack_venv._run(["sh", "-c", "echo no such package >&2; exit 3"], tmp_path / "lock")
