"""What another project installs is all of `stack`, with its types. Not proven: that an index would take it."""

import tomllib

from tests.stack.pipeline_run import ROOT

SETUPTOOLS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]


def test_every_package_of_the_stack_is_in_the_wheel() -> None:
    folders = {path.parent.relative_to(ROOT) for path in (ROOT / "stack").rglob("__init__.py")}
    assert set(SETUPTOOLS["packages"]) == {".".join(folder.parts) for folder in folders}


def test_type_checkers_of_other_projects_read_our_types() -> None:
    assert SETUPTOOLS["package-data"] == {"stack": ["py.typed"]}
    assert (ROOT / "stack" / "py.typed").is_file()
