"""The installed name of the components, `kinexus_components`, for programs that run from a checkout.

The wheel installs the folder stack/ under this name, so programs of other projects import it.
"""

import importlib
import importlib.util
import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

INSTALLED = "kinexus_components"
FOLDER = "stack"


class _Alias(MetaPathFinder, Loader):
    """Finds `kinexus_components.x` as the module `stack.x` itself, not as a copy of it."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname.split(".")[0] != INSTALLED:
            return None
        module = importlib.import_module(FOLDER + fullname.removeprefix(INSTALLED))
        return ModuleSpec(fullname, self, loader_state=(module, module.__spec__), is_package=True)

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        module: ModuleType = spec.loader_state[0]
        return module

    def exec_module(self, module: ModuleType) -> None:
        """Give the module its own spec back: importing under a second name has replaced it."""
        if module.__spec__ is not None:
            module.__spec__ = module.__spec__.loader_state[1]


def offer() -> None:
    """Make `import kinexus_components` work in this process, if it is not installed."""
    if not importlib.util.find_spec(INSTALLED):
        sys.meta_path.insert(0, _Alias())  # before the finder of files, which would load copies
