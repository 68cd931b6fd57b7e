"""A resource's input properties, with a record of which ones a provisioner has read.

A provisioner takes the properties that it supports. A property that it never took becomes an error that names the
resource, so a misspelt or unsupported setting is not silently ignored.
"""

from collections.abc import Mapping
from typing import Any


def pascal(value: Any) -> Any:
    """Return nested dicts with the first letter of each key in upper case, as most AWS APIs expect."""
    if isinstance(value, dict):
        return {key[:1].upper() + key[1:]: pascal(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [pascal(item) for item in value]
    return value


class Properties:
    """The inputs of one resource, or of one object inside them; records which ones were taken."""

    def __init__(self, values: Mapping[str, Any], path: str = "") -> None:
        self._values = {key: value for key, value in values.items() if value is not None}
        self._path = path
        self._taken: set[str] = set()
        self._inner: list[Properties] = []

    def take(self, key: str, default: Any = None) -> Any:
        """Return one property, or the default when it is absent."""
        self._taken.add(key)
        return self._values.get(key, default)

    def need(self, key: str) -> Any:
        """Return one required property. Raises MissingProperty."""
        if key not in self._values:
            raise MissingProperty(f"the required property {self._path}{key} is missing")
        return self.take(key)

    def block(self, key: str) -> "Properties":
        """Return a nested object as Properties; empty when absent."""
        return self._nest(key, self.take(key) or {})

    def blocks(self, key: str) -> "list[Properties]":
        """Return a list of nested objects, each as Properties."""
        return [self._nest(f"{key}[{at}]", item) for at, item in enumerate(self.take(key) or [])]

    def rename(self, **names: str) -> dict[str, Any]:
        """Return {AWS parameter: value} for those of the named properties that are set."""
        values = {parameter: self.take(key) for parameter, key in names.items()}
        return {parameter: value for parameter, value in values.items() if value is not None}

    def ignore(self, *keys: str) -> None:
        """Mark properties as known that only the Pulumi provider uses, such as forceDestroy."""
        self._taken.update(keys)

    def unknown(self) -> list[str]:
        """Return the paths of all properties that were not taken."""
        own = [f"{self._path}{key}" for key in self._values if key not in self._taken]
        return own + [path for inner in self._inner for path in inner.unknown()]

    def __bool__(self) -> bool:
        return bool(self._values)

    def _nest(self, key: str, values: Mapping[str, Any]) -> "Properties":
        inner = Properties(values, f"{self._path}{key}.")
        self._inner.append(inner)
        return inner


class MissingProperty(ValueError):
    """A required property is missing."""
