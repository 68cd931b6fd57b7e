"""Reads a model's input for a tool by the types that the tool's schema declares.

Small models answer in harmless other shapes: a list as a JSON string, one object instead of a list, a number as text.
Each is read as the declared type. What cannot be read stays as it is, and the caller's validation names it.
https://docs.aws.amazon.com/nova/latest/userguide/tool-use-definition.html
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from common.runtime.json_access import as_dict, as_str

_THINKING = re.compile(r"\A\s*<thinking>.*?</thinking>\s*", re.DOTALL | re.IGNORECASE)
_FENCED = re.compile(r"\A\s*```\w*\s*\n(.*)\n\s*```\s*\Z", re.DOTALL)
_INTEGER = re.compile(r"\s*(?:block\s*)?#?(?:\[\s*(\d{1,9})\s*\]|(\d{1,9})(?:\.0+)?)\s*\.?\s*", re.IGNORECASE)
_NUMBER = re.compile(r"\s*(\d{1,9}(?:\.\d{1,9})?)\s*(%?)\s*")


def read_by_schema(value: object, schema: Mapping[str, Any]) -> Any:
    """Return a value as the type that its JSON schema declares; unchanged if it cannot be read so."""
    read = _READERS.get(str(schema.get("type")))
    return read(value, schema) if read else value


def _object(value: object, schema: Mapping[str, Any]) -> object:
    value = _parsed(value, Mapping)
    if not isinstance(value, Mapping):
        return value
    declared = as_dict(schema.get("properties"))
    return {name: read_by_schema(each, as_dict(declared.get(name))) for name, each in value.items()}


def _array(value: object, schema: Mapping[str, Any]) -> object:
    value = _parsed(value, list | Mapping)
    if isinstance(value, Mapping):
        value = [value]
    return (
        [read_by_schema(each, as_dict(schema.get("items"))) for each in value]
        if isinstance(value, list)
        else value
    )


def _integer(value: object, _: Mapping[str, Any]) -> object:
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    found = _INTEGER.fullmatch(value) if isinstance(value, str) else None
    return int(found[1] or found[2]) if found else value


def _number(value: object, _: Mapping[str, Any]) -> object:
    found = _NUMBER.fullmatch(value) if isinstance(value, str) else None
    return (float(found[1]) / 100 if found[2] else float(found[1])) if found else value


def _string(value: object, schema: Mapping[str, Any]) -> object:
    if isinstance(value, int | float):
        value = as_str(value) or value
    if not isinstance(value, str):
        return value
    text = _THINKING.sub("", value)
    allowed = {_plain(each): each for each in schema.get("enum", ())}
    return allowed.get(_plain(text), text)


_READERS: Mapping[str, Callable[[object, Mapping[str, Any]], object]] = {
    "object": _object,
    "array": _array,
    "integer": _integer,
    "number": _number,
    "string": _string,
}


def _plain(text: str) -> str:
    """Return a word for comparison: ``Insert after`` and ``insert_after`` are the same."""
    return re.sub(r"[\W_]+", "_", text.casefold()).strip("_")


def _parsed(value: object, wanted: Any) -> object:
    """Return the object or list that a text holds as JSON or as a Python literal, perhaps in a code fence."""
    if not isinstance(value, str):
        return value
    text = _THINKING.sub("", value)
    if fenced := _FENCED.match(text):
        text = fenced[1]
    parse: Callable[[str], object]
    for parse in (lambda source: json.loads(source, strict=False), ast.literal_eval):
        try:
            found = parse(text.strip())
        except (
            ValueError,
            SyntaxError,
            MemoryError,
            RecursionError,
        ):  # let go: the caller validates the text
            continue
        if isinstance(found, wanted):
            return found
    return value
