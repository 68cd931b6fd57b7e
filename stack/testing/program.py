"""Runs a Pulumi program without CLI, engine or account, and returns its resource graph."""

import asyncio
import contextvars
import runpy
import sys
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any

from pulumi.runtime import config as pulumi_config
from pulumi.runtime.mocks import MockEngine
from pulumi.runtime.settings import Settings, configure
from pulumi.runtime.stack import run_in_stack

from . import fake_aws
from .graph import Graph
from .monitor import Create, Invoke, RecordingMonitor


def run_program(
    program: str | Path | Callable[[], Any],
    *,
    project: str = "project",
    stack: str = "dev",
    config: Mapping[str, Any] | None = None,
    secret_keys: Collection[str] = (),
    create: Create = fake_aws.fake_create,
    invoke: Invoke = fake_aws.fake_invoke,
    preview: bool = False,
) -> Graph:
    """Run a program to its end and return everything that it registered.

    `program` is a folder with a `__main__.py`, such a file, or a function. Keys of `config` and `secret_keys` without a
    namespace belong to the project; booleans and numbers in `config` are converted to text. `create` creates each
    custom resource (called from several threads at once) and `invoke` answers provider functions; by default both are
    fakes.
    With `preview`, nothing is created and every computed output is unknown. Calls are independent of each other.

    Raises what the program, a transform, `create` or `invoke` raised.
    """
    monitor = RecordingMonitor(create, invoke, project, stack)
    full_config = {_full_key(project, key): _config_text(value) for key, value in (config or {}).items()}
    secrets = [_full_key(project, key) for key in secret_keys]
    root = _root(program)

    def run() -> None:
        configure(
            Settings(
                project=project, stack=stack, monitor=monitor, engine=MockEngine(None),
                dry_run=preview, organization="organization", root_directory=root,
            )
        )  # fmt: skip
        pulumi_config.set_all_config(full_config, secrets)
        loop = asyncio.new_event_loop()
        try:
            asyncio.set_event_loop(loop)
            # The first failure is raised; failures of resources that depended on it are not reported.
            loop.set_exception_handler(lambda *_: None)
            loop.run_until_complete(run_in_stack(_entry(program)))
        finally:
            loop.run_until_complete(loop.shutdown_default_executor())
            asyncio.set_event_loop(None)
            loop.close()

    # All of Pulumi's state is in context variables, so a new context isolates the run like a new process.
    contextvars.Context().run(run)
    return Graph(monitor.recorded(), monitor.stack_outputs, monitor.stack_secrets)


def _entry(program: str | Path | Callable[[], Any]) -> Callable[[], Any]:
    """Return a function that runs the program and returns nothing, because Pulumi would await a returned value."""
    if callable(program):
        function = program

        def call() -> None:
            function()

        return call
    path = Path(program)
    path = path / "__main__.py" if path.is_dir() else path

    def run_file() -> None:
        folder = str(path.resolve().parent)
        sys.path.insert(0, folder)
        try:
            runpy.run_path(str(path), run_name="__main__")
        finally:
            sys.path.remove(folder)

    return run_file


def _root(program: str | Path | Callable[[], Any]) -> str:
    """Return the project's root folder."""
    if callable(program):
        return str(Path.cwd())
    path = Path(program).resolve()
    return str(path if path.is_dir() else path.parent)


def _full_key(project: str, key: str) -> str:
    """Return a configuration key with a namespace; by default the project's."""
    return key if ":" in key else f"{project}:{key}"


def _config_text(value: Any) -> str:
    """Return a configuration value as text, as the CLI passes it to programs."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
