"""Fields of a ticket that the setting ``ticketFields`` names, by id or by name, and their values as text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from common.domain.ticket import description_text
from common.runtime.json_access import as_dict, as_str

_CUSTOM_ID = re.compile(r"customfield_[0-9]{1,18}")
_MAX_DEPTH = 4  # of options and lists in each other
#: What holds the readable text of a value that is an object: an option, a person, a version, a sprint.
_LABELS = ("value", "displayName", "name", "title", "key")


def needs_names(wanted: Iterable[str]) -> bool:
    """Return whether an entry may be a name, so that Jira has to be asked for its fields."""
    return not all(map(_CUSTOM_ID.fullmatch, wanted))


def field_ids(wanted: Sequence[str], fields: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return the name to show by field id, for all entries that exist. Case does not matter.

    ``fields`` are id and name of the site's fields. A name that several fields have stands for all of them.
    """
    known = list(fields)
    found: dict[str, str] = {}
    for entry in wanted:
        if _CUSTOM_ID.fullmatch(entry):
            found[entry] = dict(known).get(entry, entry)
        for field_id, name in known:
            if entry.casefold() in (field_id.casefold(), name.casefold()):
                found[field_id] = name
    return found


def missing_fields(wanted: Sequence[str], fields: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    """Return the entries that no field of the site has as its id or name."""
    known = {part.casefold() for field in fields for part in field}
    return tuple(entry for entry in wanted if entry.casefold() not in known)


def field_text(value: object, depth: int = _MAX_DEPTH) -> str:
    """Return the value of a field as text: rich text, wiki text, options, people, numbers, or a list of these."""
    if not depth:
        return ""
    if isinstance(value, Mapping) and value.get("type") != "doc":
        label = next((each for name in _LABELS if (each := as_str(value.get(name)))), "")
        child = field_text(value.get("child"), depth - 1) if as_dict(value.get("child")) else ""
        return " - ".join(filter(None, (label, child)))
    if isinstance(value, str | Mapping):
        return description_text(value).strip()
    if isinstance(value, list):
        return ", ".join(filter(None, (field_text(each, depth - 1) for each in value)))
    return "" if value is None or isinstance(value, bool) else str(value)
