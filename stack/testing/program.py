"""Runs a Pulumi program without CLI, engine or account, and returns its whole graph."""

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

from . import pretend
from .graph import Graph
from .monitor import Create, Invoke, RecordingMonitor


def run_program(
    program: str | Path | Callable[[], Any],
    *,
    project: str = "project",
    stack: str = "dev",
    config: Mapping[str, Any] | None = None,
    secret_keys: Collection[str] = (),
    create: Create = pretend.fake_create,
    invoke: Invoke = pretend.fake_invoke,
    preview: bool = False,
) -> Graph:
    """Run a program to its end and return everything it registered.

    `program` is a folder with a `__main__.py`, such a file, or a function. Keys of `config` and
    `secret_keys` without a namespace belong to the project; values that are no strings are written as the
    CLI would (`true`, JSON). `create` makes each custom resource (several threads at once) and `invoke`
    answers provider functions; by default both pretend. With `preview`, nothing is created and every
    computed output is unknown. Each call is a program of its own: runs do not see one another.

    Raises whatever the program, a transform, `create` or `invoke` raised.
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
            # The first failure is raised; what waited for the failed resource fails with it, and is not news.
            loop.set_exception_handler(lambda *_: None)
            loop.run_until_complete(run_in_stack(_entry(program)))
        finally:
            loop.run_until_complete(loop.shutdown_default_executor())
            asyncio.set_event_loop(None)
            loop.close()

    # All of Pulumi's state is in context variables: a fresh context is a fresh process.
    contextvars.Context().run(run)
    return Graph(monitor.recorded(), monitor.stack_outputs, monitor.stack_secrets)


def _entry(program: str | Path | Callable[[], Any]) -> Callable[[], Any]:
    """Wrap a program so that calling it runs it once, and nothing it returns is awaited by mistake."""
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
    """Return the folder that Pulumi calls the project's root."""
    if callable(program):
        return str(Path.cwd())
    path = Path(program).resolve()
    return str(path if path.is_dir() else path.parent)


def _full_key(project: str, key: str) -> str:
    """Put a key without a namespace into the project's."""
    return key if ":" in key else f"{project}:{key}"


def _config_text(value: Any) -> str:
    """Write a configuration value as the CLI hands it to programs: always text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
