"""A handler is looked up in the archive while it is packaged."""

from pathlib import Path
from typing import Any

import pulumi
import pytest

import stack
from stack.function.archive_files import PackagingError
from tests.stack.shop import CODE, graph_of

FILES = {
    "app/handler.py": "def handle(event, context): ...\n",
    "app/__init__.py": "from .handler import handle as start\n",
    "app/choice.py": "try:\n    from app.fast import handle\nexcept ImportError:\n    handle = None\n",
    "app/star.py": "from app.handler import *\n",
    "app/lazy.py": "def __getattr__(name): ...\n",
    "app/value.py": "class App: ...\n\n\nhandle: object = App()\nfirst, second = handle, handle\n",
    "app/broken.py": "def handle(:\n",
    "app/native.cpython-313-aarch64-linux-gnu.so": "",
    "space/work.py": "async def handle(event, context): ...\n",
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    return tmp_path


def package(root: Path, handler: Any, **more: Any) -> None:
    args: Any = {
        "handler": handler,
        "source_root": str(root),
        "include": ["app", "space"],
        **more,
    }
    graph_of(lambda: stack.PythonFunction("pack", args))


@pytest.mark.parametrize(
    "handler",
    [
        "app.handler.handle", "app/handler.handle", "app.start", "app.choice.handle", "app.star.handle", "app.lazy.any",
        "app.value.handle", "app.value.second", "app.native.handle", "space.work.handle",
    ],
)  # fmt: skip
def test_a_handler_that_is_there_is_accepted(root: Path, handler: str) -> None:
    package(root, handler)


@pytest.mark.parametrize(
    ("handler", "message"),
    [
        ("nowhere.at.all", r"the handler nowhere.at.all is not in the archive, which has no nowhere/at.py"),
        ("app.handler.handel", r"app/handler.py has no handel, .*: did you mean app.handler.handle\?"),
        ("app.value.missing", r"app/value.py has no missing, .*: correct `handler`"),
        ("app.broken.handle", r"app/broken.py of the handler app.broken.handle is not valid Python"),
    ],
)
def test_a_handler_that_is_missing_is_refused(root: Path, handler: str, message: str) -> None:
    with pytest.raises(PackagingError, match=message):
        package(root, handler)


def test_a_handler_may_be_in_a_layer(root: Path) -> None:
    package(root, "vendor.wrapper.handle", layers=["arn:aws:lambda:eu-central-1:1:layer:vendor:1"])


def test_a_handler_known_only_later_is_accepted(root: Path) -> None:
    args: Any = {**CODE, "handler": ""}

    def build() -> None:
        args["handler"] = pulumi.Output.from_input("a.b")
        stack.PythonFunction("pack", args)

    graph_of(build)
