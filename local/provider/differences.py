"""Compares a resource's old and new inputs as Pulumi's AWS provider does: what changes, and does that replace it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pulumi.runtime.proto import provider_pb2

from local.provider.replacements import name_property, replaces
from local.provider.schema import schema_of

DEFAULTS = "__defaults"
"""Property with the names of the properties that the provider filled in; the engine stores it with the inputs."""

_KINDS = {
    ("add", False): provider_pb2.PropertyDiff.ADD,
    ("add", True): provider_pb2.PropertyDiff.ADD_REPLACE,
    ("delete", False): provider_pb2.PropertyDiff.DELETE,
    ("delete", True): provider_pb2.PropertyDiff.DELETE_REPLACE,
    ("update", False): provider_pb2.PropertyDiff.UPDATE,
    ("update", True): provider_pb2.PropertyDiff.UPDATE_REPLACE,
}


@dataclass
class Differences:
    """Changed paths with their kind (add, delete, update), and the top-level properties that replace."""

    changes: dict[str, str] = field(default_factory=dict)
    replacing: list[str] = field(default_factory=list)
    delete_before_replace: bool = False

    def message(self) -> provider_pb2.DiffResponse:
        """Return the answer to the engine."""
        top = sorted({_top(path) for path in self.changes})
        return provider_pb2.DiffResponse(
            changes=provider_pb2.DiffResponse.DIFF_SOME if top else provider_pb2.DiffResponse.DIFF_NONE,
            diffs=top,
            replaces=self.replacing,
            deleteBeforeReplace=self.delete_before_replace,
            hasDetailedDiff=True,
            detailedDiff={
                path: provider_pb2.PropertyDiff(
                    kind=_KINDS[kind, _top(path) in self.replacing], inputDiff=True
                )
                for path, kind in self.changes.items()
            },
        )


def compare(
    token: str, old: Mapping[str, Any], new: Mapping[str, Any], ignored: Mapping[str, Any]
) -> Differences:
    """Compare inputs as JSON values; `ignored` has the top-level names that the program ignores as keys.

    A resource whose name the program gives is deleted before its replacement is created, because AWS allows a name only
    once.
    """
    found = Differences()
    for key in sorted({*old, *new} - {DEFAULTS, *ignored}):
        for path, kind in _changes(key, old.get(key), new.get(key)):
            found.changes[path] = kind
            if replaces(token, key) and key not in found.replacing:
                found.replacing.append(key)
    if found.replacing:
        name = name_property(token, schema_of(token).inputs)
        found.delete_before_replace = name in new and name not in new.get(DEFAULTS, ())
    return found


def _changes(path: str, old: Any, new: Any) -> Iterator[tuple[str, str]]:
    if old == new:
        return
    if old is None:
        yield path, "add"
    elif new is None:
        yield path, "delete"
    elif isinstance(old, dict) and isinstance(new, dict) and not _is_marked(old) and not _is_marked(new):
        for key in sorted({*old, *new}):
            yield from _changes(_joined(path, key), old.get(key), new.get(key))
    elif isinstance(old, list) and isinstance(new, list):
        for at in range(max(len(old), len(new))):
            before, after = (items[at] if at < len(items) else None for items in (old, new))
            yield from _changes(f"{path}[{at}]", before, after)
    elif not (_is_marked(old) and _is_marked(new) and old.get("hash") == new.get("hash")):
        yield path, "update"


def _is_marked(value: Any) -> bool:
    """Return whether a value is an asset or an archive: those are compared by their hash, not by their path."""
    return isinstance(value, dict) and "4dabf18193072939515e22adb298388d" in value


def _joined(path: str, key: str) -> str:
    return f"{path}.{key}" if key.replace("_", "").isalnum() else f'{path}["{key}"]'


def _top(path: str) -> str:
    return path.split(".")[0].split("[")[0]
