"""Physical names that are derived from an optional one, or from the names in Pulumi."""

import re

import pulumi


def suffixed(name: pulumi.Input[str] | None, suffix: str) -> pulumi.Output[str] | None:
    """Return a name with a suffix; None, for a name that Pulumi chooses, if there is no name."""
    return None if name is None else pulumi.Output.concat(name, suffix)


def name_in_stack(component_name: str, longest: int) -> str:
    """Return a name made of project, stack and component, for what Pulumi does not name itself."""
    name = f"{pulumi.get_project()}-{pulumi.get_stack()}-{component_name}"
    return re.sub(r"[^A-Za-z0-9_-]+", "-", name)[:longest]
