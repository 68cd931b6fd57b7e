"""A plugin for pytest: the fixture `graph` of a Pulumi program, and snapshots of its URNs.

Load it in the `conftest.py` beside `Pulumi.yaml`: `pytest_plugins = ["kinexus_components.testing.pytest_plugin"]`.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from .graph import Graph
from .program import run_program
from .snapshot import urn_changes as changes_of
from .snapshot import write_urns

_HIDDEN = "secret"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option `--urn-snapshot` and the settings of the program."""
    parser.getgroup("pulumi").addoption(
        "--urn-snapshot",
        action="store_true",
        help="write the URNs of the program to the snapshot, instead of comparing them with it",
    )
    parser.addini("pulumi_program", "folder of the program, with its Pulumi.yaml", default=".")
    parser.addini("pulumi_stack", "name of the stack, whose configuration is used", default="dev")
    parser.addini("urn_snapshot", "file with the URNs, one per line", default="urns.txt")


@pytest.fixture(scope="session")
def pulumi_config() -> Mapping[str, Any]:
    """Return settings to add to those of the stack's file, or to replace them; override this fixture to give some."""
    return {}


@pytest.fixture(scope="session")
def graph(request: pytest.FixtureRequest, pulumi_config: Mapping[str, Any]) -> Graph:
    """Return the resource graph of the program, which runs once per session with the configuration of the stack.

    Encrypted settings have the value `secret`: give others by the fixture `pulumi_config`.
    """
    folder = _path(request.config, "pulumi_program")
    project = yaml.safe_load((folder / "Pulumi.yaml").read_text())
    name, stack = project["name"], request.config.getini("pulumi_stack")
    file = folder / f"Pulumi.{stack}.yaml"
    own = (yaml.safe_load(file.read_text()) or {}).get("config", {}) if file.exists() else {}
    config = {
        **{_full(name, key): one for key, one in _defaults(project.get("config") or {}).items()},
        **{_full(name, key): one for key, one in own.items()},
    }
    secrets = [key for key, one in config.items() if isinstance(one, Mapping) and "secure" in one]
    config |= dict.fromkeys(secrets, _HIDDEN)
    config |= {_full(name, key): one for key, one in pulumi_config.items()}
    return run_program(
        folder,
        project=name,
        stack=stack,
        config={key: _text(one) for key, one in config.items()},
        secret_keys=secrets,
    )


@pytest.fixture
def urn_changes(request: pytest.FixtureRequest, graph: Graph) -> list[str]:
    """Return how the program's URNs differ from the snapshot; with `--urn-snapshot` it is written first."""
    path = _path(request.config, "urn_snapshot")
    if request.config.getoption("--urn-snapshot"):
        write_urns(graph, path)
    return changes_of(graph, path)


def _path(config: pytest.Config, setting: str) -> Path:
    """Return a path in a setting, relative to pytest's root folder."""
    return config.rootpath / str(config.getini(setting))


def _defaults(declared: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values that the project itself gives: plain ones, and those under `value` and `default`."""
    values = {}
    for key, one in declared.items():
        if not isinstance(one, Mapping):
            values[key] = one
        elif "value" in one or "default" in one:
            values[key] = one.get("value", one.get("default"))
    return values


def _full(project: str, key: str) -> str:
    """Return a configuration key with a namespace; by default the project's."""
    return key if ":" in key else f"{project}:{key}"


def _text(value: Any) -> Any:
    """Return objects and lists as JSON, as the CLI passes them to programs."""
    return json.dumps(value) if isinstance(value, Mapping | list) else value
