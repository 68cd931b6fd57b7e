"""Pulumi provider that offers the components to programs in other languages."""

import json

from pulumi import Inputs, ResourceOptions
from pulumi.provider import ConstructResult
from pulumi.provider.experimental.component import ComponentProvider
from pulumi.provider.server import ComponentInitError

from . import COMPONENTS, InvalidArgument

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
        """Build a component. Raises ComponentInitError for arguments that only Python programs can use."""
        if resource_type == "kinexus:index:DocumentationPipeline":
            for field, instead in _ONLY_PYTHON.items():
                if inputs.get(field, False) is not False:
                    reason = f"DocumentationPipeline: `{field}` is for Python programs only. {instead}"
                    raise ComponentInitError(InvalidArgument(reason))
            inputs = {**inputs, **dict.fromkeys(_ONLY_PYTHON, False)}
        return super().construct(name, resource_type, inputs, options)
