"""Runs the Pulumi program by the real engine, against the local region: `make engine`.

The Pulumi CLI and its Python language host must be on PATH. The program runs in a copied project with a state of its
own, so a real stack is never touched. The AWS provider is the double of `local.provider`; the rest is Pulumi's own.
"""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from importlib.machinery import PathFinder
from pathlib import Path
from typing import Any

import yaml

from local import atlassian, bedrock, seed
from local.bedrock import StandIn
from local.environment import REGION, SECRET_KEYS, STACK, operator, settings
from local.installed_name import FOLDER, INSTALLED
from local.provider.server import serving
from local.region import ministack, permission_checks
from local.region.access_log import APP_ID
from local.region.http_proxy import open_proxy
from local.region.ministack import MiniStack, RegionFailure
from local.region.ministack_venv import REPOSITORY
from local.region.provisioner import Aws
from local.region.resource_registry import ResourceRegistry

NEEDED = ("pulumi", "pulumi-language-python")
SECRETS = tuple(f"kinexus:{key}" for key in (*SECRET_KEYS, "chatWebhookUrl"))
"""The settings of the pipeline that are encrypted."""
INSTALL_PAGE = "https://www.pulumi.com/docs/iac/download-install/"
PROGRAM = ("__main__.py", "Pulumi.yaml", "common", "handlers", "preflight", "stack")
"""What the program needs of the repository."""


class NoEngine(RegionFailure):
    """The Pulumi CLI is not installed; the message says where to get it."""


class EngineFailure(RuntimeError):
    """A command of the CLI failed; the message is its output."""


def missing() -> list[str]:
    """Return the programs of the CLI that are not on PATH."""
    return [name for name in NEEDED if shutil.which(name) is None]


def require_engine() -> None:
    """Raise NoEngine if a program of the CLI is not on PATH."""
    if lacking := missing():
        raise NoEngine(
            f"Not on PATH: {', '.join(lacking)}. Install the Pulumi CLI, which brings its language hosts: "
            f"{INSTALL_PAGE}"
        )


@dataclass(frozen=True)
class Engine:
    """The Pulumi CLI in a copied project, with its own home folder, state and passphrase."""

    project: Path
    environment: Mapping[str, str]

    def run(self, *arguments: str, check: bool = True) -> "subprocess.CompletedProcess[str]":
        """Run a command without questions; its output has both streams. Raises EngineFailure if it fails."""
        done = subprocess.run(
            ["pulumi", *arguments, "--non-interactive", "--color", "never"],
            cwd=self.project, env={**self.environment}, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        if check and done.returncode:
            raise EngineFailure(f"pulumi {' '.join(arguments)}\n{done.stdout}")
        return done

    def init(self, stack: str, config: Mapping[str, str], secrets: Collection[str] = SECRETS) -> None:
        """Create a stack with its settings; `secrets` are the full keys of those that are encrypted."""
        self.run("stack", "init", stack)
        pairs = []
        for key, value in config.items():
            pairs += ["--secret" if key in secrets else "--plaintext", f"{key}={value}"]
        self.run("config", "set-all", "--stack", stack, *pairs)

    def state(self, stack: str) -> dict[str, Any]:
        """Return the stack's state as the backend stores it: secrets are encrypted."""
        exported: dict[str, Any] = json.loads(self.run("stack", "export", "--stack", stack).stdout)
        return exported

    def outputs(self, stack: str) -> dict[str, Any]:
        """Return the stack's outputs; a secret one is the text `[secret]`."""
        found: dict[str, Any] = json.loads(self.run("stack", "output", "--stack", stack, "--json").stdout)
        return found


@dataclass(frozen=True)
class EngineEnvironment:
    """The engine, the region it deploys into, and the settings of a stack for the services that run here."""

    engine: Engine
    stack: MiniStack
    registry: ResourceRegistry
    config: dict[str, str]
    site: atlassian.Running

    def require_permissions(self) -> None:
        """Raise ProvisioningFailure for permissions that are missing in what was deployed."""
        permission_checks.require_permissions(self.registry, self.stack.region, self.stack.account)


@contextlib.contextmanager
def engine_environment(program: Path = REPOSITORY) -> Iterator[EngineEnvironment]:
    """Run AWS, Atlassian, the model and the provider for the length of a with block, with a copy of a program."""
    require_engine()
    with contextlib.ExitStack() as stop:
        stack = stop.enter_context(ministack.running(REGION))
        site = atlassian.Site()
        seeded = seed.load(site)
        served = atlassian.serve(site)
        stop.callback(served.stop)
        model = bedrock.serve(StandIn())
        stop.callback(model.stop)
        proxy = open_proxy(stack.endpoint, stack.ca_bundle)
        stop.callback(proxy.close)
        registry = ResourceRegistry()
        aws = Aws(stack, registry, proxy.api_url, _function_environment(stack, model))
        engine = stop.enter_context(engine_of(aws, operator(stack, model, site.account("admin"))))
        copy_program(program, engine.project)
        config = settings(served, seeded, "0123456789abcdef" * 4)
        yield EngineEnvironment(engine, stack, registry, config, served)


@contextlib.contextmanager
def engine_of(aws: Aws, operator: Mapping[str, str | None] | None = None) -> Iterator[Engine]:
    """Serve a provider for a region, for the length of a with block; yield an engine whose project is still empty.

    `operator` holds the environment variables for dynamic providers. Raises NoEngine.
    """
    require_engine()
    with serving(aws) as port, tempfile.TemporaryDirectory(prefix="kinexus-engine-") as folder:
        variables = {**_environment(Path(folder), port), **_given(operator or {})}
        yield Engine(Path(folder) / "project", variables)


def copy_folder(folder: Path, project: Path) -> None:
    """Copy any Python program into a project, with this environment as its `.venv` and the components by their name.

    Settings and states of its own stacks stay behind, and what installers and interpreters leave.
    """
    unneeded = shutil.ignore_patterns(".*", "__pycache__", "node_modules", "Pulumi.*.yaml")
    shutil.copytree(folder, project, ignore=unneeded)
    described = yaml.safe_load((project / "Pulumi.yaml").read_text())
    described["runtime"] = {"name": "python", "options": {"toolchain": "pip", "virtualenv": ".venv"}}
    (project / "Pulumi.yaml").write_text(yaml.safe_dump(described))
    (project / ".venv").symlink_to(sys.prefix)
    if not PathFinder.find_spec(INSTALLED):
        (project / INSTALLED).symlink_to(REPOSITORY / FOLDER)


def copy_program(program: Path, project: Path) -> None:
    """Copy a program into the folder of a project, over an older one, with this environment as its `.venv`."""
    project.mkdir(parents=True, exist_ok=True)
    for name in PROGRAM:
        if (program / name).is_dir():
            shutil.rmtree(project / name, ignore_errors=True)  # let go: there may be no older program
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(program / name, project / name, ignore=ignored)
        else:
            shutil.copy(program / name, project / name)
    if not (project / ".venv").exists():
        (project / ".venv").symlink_to(sys.prefix)


def _function_environment(stack: MiniStack, model: bedrock.RunningStandIn) -> Any:
    def of(function: str) -> dict[str, str]:
        return {
            "AWS_CA_BUNDLE": str(stack.ca_bundle),
            APP_ID: function,
            "AWS_ENDPOINT_URL_BEDROCK_RUNTIME": f"{model.url}/function/{function}",
            "NO_PROXY": "127.0.0.1",
        }

    return of


def _environment(folder: Path, port: int) -> dict[str, str]:
    """Return the CLI's environment: its own home and state, and the provider that already runs."""
    (folder / "state").mkdir()
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("AWS_", "PULUMI_"))}
    return {
        **kept,
        "PULUMI_HOME": str(folder / "home"),
        "PULUMI_BACKEND_URL": (folder / "state").as_uri(),
        "PULUMI_CONFIG_PASSPHRASE": "only for this run",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "PULUMI_DEBUG_PROVIDERS": f"aws:{port}",
    }


def _given(variables: Mapping[str, str | None]) -> dict[str, str]:
    return {key: value for key, value in variables.items() if value is not None}


def change_handler(project: Path) -> None:
    """Change the source of one function, ReviewPage, in a copied project."""
    with (project / "handlers" / "review_page" / "handler.py").open("a") as source:
        source.write("# changed\n")


def show() -> int:
    """Run the commands of a stack's life and print the engine's own output; return 0 if all of them succeed."""
    update = ("up", "--yes", "--skip-preview")
    with engine_environment() as up:
        up.engine.init(STACK, up.config)
        steps: tuple[tuple[str, ...], ...] = (
            ("preview", "--save-plan", "plan.json"),
            (*update, "--plan", "plan.json"),
            (*update, "--expect-no-changes"),
            (*update, "--diff"),
            ("refresh", "--yes", "--skip-preview", "--expect-no-changes"),
            ("destroy", "--yes", "--skip-preview"),
        )
        for number, step in enumerate(steps):
            if number == CHANGED:
                change_handler(up.engine.project)
                print("\n# the source of the function ReviewPage is changed")
            print(f"\n$ pulumi {' '.join(step)}", flush=True)
            done = up.engine.run(*step, "--stack", STACK, check=False)
            print(done.stdout, flush=True)
            if done.returncode:
                return 1
            if step[0] == "up":
                up.require_permissions()
    return 0


CHANGED = 3
"""Number of the step before which a handler is changed."""
