"""A handler's environment, read once into a typed settings object.

Each handler package declares a frozen dataclass ``Settings``; the field ``jira_base_url`` is the variable
``JIRA_BASE_URL``. A test compares these declarations with the environment that the stack sets for the function.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import TypeVar, get_type_hints

T = TypeVar("T")


class InvalidEnvironment(Exception):
    """An environment variable is missing or has an invalid value; the message names it and the remedy."""


def read_settings(declared: type[T], environ: Mapping[str, str]) -> T:
    """Build ``declared`` from ``environ``; raise InvalidEnvironment for the first missing or invalid variable.

    Supported types: ``str`` (not empty, unless the field has a default), ``int``, ``bool`` ("true"/"false") and
    ``tuple[str, ...]`` (comma separated, blanks dropped).
    """
    hints = get_type_hints(declared)
    values: dict[str, object] = {}
    for field in dataclasses.fields(declared):  # type: ignore[arg-type]
        name = field.name.upper()
        raw = environ.get(name, "").strip()
        if not raw and field.default is not dataclasses.MISSING:
            continue
        values[field.name] = _value(name, raw, hints[field.name])
    return declared(**values)


def _value(name: str, raw: str, hint: object) -> object:
    if hint == tuple[str, ...]:
        return tuple(part.strip() for part in raw.split(",") if part.strip())
    if not raw:
        raise InvalidEnvironment(f"{name} is not set: the stack sets it for this function, run `pulumi up`")
    if hint is bool:
        if raw.lower() not in ("true", "false"):
            raise InvalidEnvironment(f'{name} is "{raw}": it must be "true" or "false"')
        return raw.lower() == "true"
    if hint is int:
        if not raw.lstrip("-").isdigit():
            raise InvalidEnvironment(f'{name} is "{raw}": it must be a whole number')
        return int(raw)
    return raw
