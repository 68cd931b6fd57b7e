"""Pulumi provider that offers the components to programs in other languages."""

import json
import re

from pulumi import Inputs, ResourceOptions
from pulumi.errors import InputPropertiesError
from pulumi.provider import ConstructResult
from pulumi.provider.experimental.component import ComponentProvider
from pulumi.provider.server import ComponentInitError

from . import COMPONENTS, InvalidArgument
from .function.archive_files import PackagingError

VERSION = "0.1.0"
"""Version of the components, the same as in pyproject.toml."""

METADATA = {
    "displayName": "Kinexus components",
    "description": "Serverless AWS components with secure defaults, dead letters and alarms.",
    "keywords": ["pulumi", "aws", "serverless", "kind/component", "category/cloud"],
    "license": "Apache-2.0",
    "publisher": "Kinexus",
}
"""What the schema says about the package itself: https://www.pulumi.com/docs/iac/extending-pulumi/schema/."""

_ONLY_PYTHON = {
    "preflight": "Leave it out, and run `python -m ops doctor` for the same check.",
    "registerWebhooks": "Leave it out, and register the webhooks by hand with the output `webhookSteps`.",
}
"""Arguments of DocumentationPipeline whose dynamic providers need a Python program, each with the remedy."""


class KinexusProvider(ComponentProvider):
    """Provider of all components of this checkout."""

    def __init__(self) -> None:
        super().__init__(list(COMPONENTS), "kinexus", version=VERSION)
        self.schema = json.dumps(json.loads(self.schema or "") | METADATA)

    def construct(
        self, name: str, resource_type: str, inputs: Inputs, options: ResourceOptions | None = None
    ) -> ConstructResult:
        """Build a component.

        Raises InputPropertiesError, which the engine shows without a traceback, for what the caller can correct:
        invalid arguments, files that cannot be packaged, arguments that only Python programs can use.
        """
        if resource_type == "kinexus:index:DocumentationPipeline":
            for field, instead in _ONLY_PYTHON.items():
                if inputs.get(field, False) is not False:
                    raise _refused(f"DocumentationPipeline: `{field}` is for Python programs only. {instead}")
            inputs = {**inputs, **dict.fromkeys(_ONLY_PYTHON, False)}
        try:
            return super().construct(name, resource_type, inputs, options)
        except ComponentInitError as error:
            if isinstance(error.inner, InvalidArgument | PackagingError):
                raise _refused(self._as_on_the_wire(str(error.inner))) from error
            raise

    def _as_on_the_wire(self, message: str) -> str:
        """Return a message with the fields' names as the schema has them: `table_name` becomes `tableName`."""

        def field(found: re.Match[str]) -> str:
            name = re.sub(r"_(.)", lambda letter: letter[1].upper(), found[1])
            return f"`{name}`" if f'"{name}":' in (self.schema or "") else found[0]

        return re.sub(r"`([a-z]+(?:_[a-z0-9]+)+)`", field, message)


def _refused(message: str) -> InputPropertiesError:
    """Return the error with a list of properties: without one, Pulumi's server fails over it."""
    return InputPropertiesError(message, [])
