"""A layer with the packages of a lock file, and a function that uses it."""

from kinexus_components import PythonFunction, PythonFunctionArgs, PythonLayer

packages = PythonLayer("packages", {"requirements": "export/requirements.lock"})
code = PythonFunctionArgs(handler="export.nightly.handle", source_root=".", include=["export"])
code["layers"] = [packages.layer_arn]
export = PythonFunction("export", code)
