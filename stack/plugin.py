"""Offers the components to programs in other languages, without what only a program in Python can run."""

from pulumi import Inputs, ResourceOptions
from pulumi.provider import ConstructResult
from pulumi.provider.experimental.component import ComponentProvider
from pulumi.provider.server import ComponentInitError

from . import COMPONENTS, InvalidArgument

VERSION = "0.1.0"
"""Of the components, the same as in pyproject.toml."""

_ONLY_PYTHON = {
    "preflight": "Leave it out; `python -m ops doctor` looks at the same, whenever it is asked.",
    "registerWebhooks": "Leave it out, and do by hand what the output `webhookSteps` says.",
}
"""Arguments of DocumentationPipeline whose resources run code of the program, with what to do without them."""


class KinexusProvider(ComponentProvider):
    """All components of this checkout."""

    def __init__(self) -> None:
        super().__init__(list(COMPONENTS), "kinexus", version=VERSION)

    def construct(
        self, name: str, resource_type: str, inputs: Inputs, options: ResourceOptions | None = None
    ) -> ConstructResult:
        """Build one of them."""
        if resource_type == "kinexus:index:DocumentationPipeline":
            for field, instead in _ONLY_PYTHON.items():
                if inputs.get(field, False) is not False:
                    reason = f"DocumentationPipeline: `{field}` is for programs in Python only. {instead}"
                    raise ComponentInitError(InvalidArgument(reason))
            inputs = {**inputs, **dict.fromkeys(_ONLY_PYTHON, False)}
        return super().construct(name, resource_type, inputs, options)
