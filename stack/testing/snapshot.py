"""Snapshot of a graph's URNs in a file: finds renames that would replace deployed resources."""

import re
from collections.abc import Iterator
from pathlib import Path

from .graph import Graph, Resource


def urn_changes(graph: Graph, path: str | Path) -> list[str]:
    """Compare the URNs of a graph with those in a file; return one line per difference.

    If a resource's URN changes, Pulumi deletes the old resource, with its data, and creates a new one. The lines
    distinguish additions, removals, renames that an alias covers, and renames that no alias covers. `write_urns` writes
    the file, one URN per line; a missing file is a difference.
    """
    file = Path(path)
    if not file.exists():
        write = "`checks.write_urns(graph, path)` or `pytest --urn-snapshot`"
        return [f"{file.name} does not exist: write it with {write}, and commit it"]
    held = set(file.read_text().splitlines())
    added = [graph.by_urn(urn) for urn in graph.urns() if urn not in held]
    gone = sorted(held - set(graph.urns()))
    findings = []
    for resource in added:
        before = next((urn for urn in _earlier(graph, resource) if urn in gone), None)
        if before is not None:
            findings.append(f"renamed, and covered by an alias: {before} is now {resource.urn}")
        elif before := next((urn for urn in gone if _alike(urn, resource)), None):
            findings.append(_uncovered(before, resource))
        else:
            findings.append(f"added: {resource.urn}")
            continue
        gone.remove(before)
    return sorted(findings + [f"removed: {urn}" for urn in gone])


def write_urns(graph: Graph, path: str | Path) -> list[str]:
    """Write the URNs of a graph to a file, one per line; return the differences from the file's previous content.

    Review the differences, or the file's diff: the next `pulumi up` replaces every renamed resource without an alias.
    """
    file = Path(path)
    changes = urn_changes(graph, file)
    file.write_text("".join(f"{urn}\n" for urn in graph.urns()))
    return changes


def _uncovered(before: str, resource: Resource) -> str:
    """Return the line for a renamed or moved resource without an alias: the consequence and the remedy."""
    old_name = before.rpartition("::")[2]
    what, alias = (
        ("renamed", f'pulumi.Alias(name="{old_name}")')
        if old_name != resource.name
        else ("moved", f'"{before}"')
    )
    return (
        f"{what}: {before} is now {resource.urn}; Pulumi would delete the old one and create the new one. "
        f"Keep it as it was, or give it `aliases=[{alias}]`"
    )


def _alike(urn: str, resource: Resource) -> bool:
    """Return whether a removed URN probably became this resource: same parents and type, or same name and type."""
    chain, _, name = urn.rpartition("::")
    return chain == resource.urn.rpartition("::")[0] or (
        name == resource.name and _last_type(chain) == resource.type
    )


def _last_type(chain: str) -> str:
    """Return the resource's own type from the part of a URN before the name."""
    return chain.split("::", 2)[-1].rpartition("$")[2]


def _earlier(graph: Graph, resource: Resource) -> Iterator[str]:
    """Yield the earlier URNs of a resource by its aliases and those of its parents, and its own URN.

    One alias on a component covers its children, as in the engine: their URNs get its earlier name and, where their
    names begin with its name, so do the names.
    """
    stack, _, rest = resource.urn.removeprefix("urn:pulumi:").partition("::")
    project = rest.partition("::")[0]
    above = next((one for one in graph.resources if one.urn == resource.parent), None)
    parents = list(_earlier(graph, above)) if above else [""]
    for alias in ("", *resource.aliases):
        if alias.startswith("urn:"):
            yield alias
            continue
        given = dict(re.findall(r"(\w+)=(.*?)(?= \w+=|$)", alias))
        head = f"urn:pulumi:{given.get('stack', stack)}::{given.get('project', project)}::"
        for parent in [given["parent"]] if "parent" in given else parents:
            chain = parent.split("::")[2] if parent.startswith("urn:") else ""
            types = [chain] if chain not in ("", "pulumi:pulumi:Stack") else []
            kind = "$".join([*types, given.get("type", resource.type)])
            name = given.get("name", resource.name)
            if above and "parent" not in given and name.startswith(above.name):
                name = parent.rpartition("::")[2] + name.removeprefix(above.name)
            yield f"{head}{kind}::{name}"
