"""A layer with the packages of a lock file, and a function that uses it."""

from kinexus_components import PythonFunction, PythonLayer

packages = PythonLayer("packages", requirements="export/requirements.lock")
export = PythonFunction(
    "export", handler="export.nightly.handle", source_root=".", include=["export"], layers=[packages]
)
