"""`python -m local up FOLDER`: deploy any Pulumi program of the components into a local region, and keep it running.

The Pulumi engine deploys it where the Pulumi CLI is on PATH, else the mocks of Pulumi's SDK with the same provisioners.
"""

import contextlib
import json
import signal
import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from rich.console import Console

from local import engine
from local.installed_name import offer
from local.region import ministack, permission_checks
from local.region.access_log import APP_ID
from local.region.deployment import deploy
from local.region.http_proxy import open_proxy
from local.region.ministack import MiniStack, RegionFailure
from local.region.provisioner import Aws
from local.region.resource_registry import ResourceRegistry

STACK = "local"
REGION = "us-east-1"


class InvalidProgram(RegionFailure):
    """The folder has no Python program of Pulumi, or a setting is not KEY=VALUE; the message says which."""


@dataclass(frozen=True)
class Program:
    """A Pulumi program: its folder, the project's name, its settings by full key, and which of them are secret."""

    folder: Path
    project: str
    config: dict[str, str]
    secrets: tuple[str, ...]


def read_program(folder: Path, given: Sequence[str]) -> Program:
    """Read Pulumi.yaml with its defaults, Pulumi.local.yaml, and then the given KEY=VALUE. Raises InvalidProgram."""
    if not (folder / "Pulumi.yaml").is_file() or not (folder / "__main__.py").is_file():
        raise InvalidProgram(
            f"{folder} is no Python program of Pulumi: it needs a Pulumi.yaml and a __main__.py"
        )
    project = yaml.safe_load((folder / "Pulumi.yaml").read_text())
    name = str(project["name"])
    declared = {
        _full(name, key): setting if isinstance(setting, dict) else {"value": setting}
        for key, setting in (project.get("config") or {}).items()
    }
    config = {
        key: setting.get("value", setting.get("default"))
        for key, setting in declared.items()
        if not {"value", "default"}.isdisjoint(setting)
    }
    own = folder / f"Pulumi.{STACK}.yaml"
    if own.is_file():
        config |= {
            _full(name, k): v for k, v in (yaml.safe_load(own.read_text()).get("config") or {}).items()
        }
    for pair in given:
        key, equals, value = pair.partition("=")
        if not equals or not key:
            raise InvalidProgram(f"--config {pair}: write it as KEY=VALUE")
        config[_full(name, key)] = value
    secrets = tuple(key for key, setting in declared.items() if setting.get("secret"))
    return Program(folder, name, {key: _text(value) for key, value in config.items()}, secrets)


def _full(project: str, key: str) -> str:
    return key if ":" in key else f"{project}:{key}"


def _text(value: Any) -> str:
    """Return a setting as text, as programs read it."""
    return value if isinstance(value, str) else json.dumps(value)


@dataclass(frozen=True)
class Deployed:
    """What a deployed program exports, the names of its secret exports, and what deployed it."""

    outputs: Mapping[str, Any]
    secret: Collection[str]
    by: str


@contextlib.contextmanager
def running(program: Program) -> Iterator[tuple[MiniStack, Deployed]]:
    """Run a region with the program deployed into it, for the length of a with block."""
    with contextlib.ExitStack() as stop:
        stack = stop.enter_context(ministack.running(program.config.get("aws:region", REGION)))
        proxy = open_proxy(stack.endpoint, stack.ca_bundle)
        stop.callback(proxy.close)
        if engine.missing():
            yield stack, _by_mocks(program, stack, proxy.api_url)
        else:
            yield stack, stop.enter_context(_by_engine(program, stack, proxy.api_url))


def _by_mocks(program: Program, stack: MiniStack, api_url: Callable[[str], str]) -> Deployed:
    offer()
    deployment = deploy(
        program.folder,
        stack,
        project=program.project,
        name=STACK,
        config=program.config,
        secret_keys=program.secrets,
        api_url=api_url,
    )
    return Deployed(deployment.outputs, deployment.graph.secret_outputs, "Pulumi's mocks")


@contextlib.contextmanager
def _by_engine(program: Program, stack: MiniStack, api_url: Callable[[str], str]) -> Iterator[Deployed]:
    """Let the Pulumi CLI deploy a copy of the program. Raises RegionFailure with its output."""
    registry = ResourceRegistry()
    aws = Aws(
        stack, registry, api_url, lambda function: {"AWS_CA_BUNDLE": str(stack.ca_bundle), APP_ID: function}
    )
    with engine.engine_of(aws) as cli:
        engine.copy_folder(program.folder, cli.project)
        cli.init(STACK, {"aws:region": stack.region, **program.config}, program.secrets)
        done = cli.run("up", "--yes", "--skip-preview", "--stack", STACK, check=False)
        if done.returncode:
            raise RegionFailure(f"pulumi up failed:\n{done.stdout}")
        permission_checks.require_permissions(registry, stack.region, stack.account)
        shown = cli.outputs(STACK)
        yield Deployed(
            shown, [name for name, value in shown.items() if value == "[secret]"], "the Pulumi engine"
        )


def up(folder: Path, given: Sequence[str]) -> int:
    """Deploy a program, print its outputs, wait for Ctrl-C or SIGTERM, stop the region."""
    program = read_program(folder, given)
    console = Console(highlight=False, soft_wrap=True)
    stopped = threading.Event()
    console.print(f"[dim]deploying {program.project} into a local region …[/dim]")
    with running(program) as (stack, deployed):
        console.print(f"[dim]deployed by {deployed.by}[/dim]")
        for name, value in deployed.outputs.items():
            shown = "[secret]" if name in deployed.secret else value
            console.print(f"{name:27} {shown}", markup=False)
        console.print("\nTo use the AWS command line with this region, run first:", style="bold")
        for name, value in (
            ("AWS_ENDPOINT_URL", stack.endpoint),
            ("AWS_CA_BUNDLE", str(stack.ca_bundle)),
            ("AWS_DEFAULT_REGION", stack.region),
            ("AWS_ACCESS_KEY_ID", stack.access_key),
            ("AWS_SECRET_ACCESS_KEY", stack.secret_key),
        ):
            console.print(f"  export {name}={value}")
        console.print("\nPress Ctrl-C to stop the region.")
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopped.set())
        stopped.wait()
    return 0
