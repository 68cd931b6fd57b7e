"""When documents leave a bucket, or move to colder storage."""

import itertools
from collections.abc import Sequence
from typing import Any, NotRequired, TypedDict

import pulumi

from ..arguments.validation import check_fields, check_range, reject

_LONGEST_ID = 240


class DocumentExpiry(TypedDict):
    """When documents whose keys start alike grow cold or old."""

    prefix: str
    """What their keys start with, e.g. `exports/`; empty for all documents."""
    delete_after_days: NotRequired[int]
    """Days after which they are deleted; never by default."""
    cold_after_days: NotRequired[int]
    """Days, 30 or more, after which they move to S3's infrequent access; never by default."""
    archive_after_days: NotRequired[int]
    """Days after which they move to Glacier with instant retrieval; never by default."""


def lifecycle_rules(
    keep_old_versions_days: pulumi.Input[int], expiry: Sequence[DocumentExpiry]
) -> list[dict[str, Any]]:
    """Write the rules of a bucket: one for old versions and what they leave behind, one for each kind of expiry."""
    old_versions: dict[str, Any] = {
        "id": "old-versions",
        "status": "Enabled",
        "filter": {"prefix": ""},
        "noncurrent_version_expiration": {"noncurrent_days": keep_old_versions_days},
        # The mark of a deleted document goes with the last of its old versions.
        "expiration": {"expired_object_delete_marker": True},
        "abort_incomplete_multipart_upload": {"days_after_initiation": 7},
    }
    return [old_versions, *map(_rule, expiry, _ids(expiry))]


def _ids(expiry: Sequence[DocumentExpiry]) -> list[str]:
    """Name the rules, each differently, although prefixes such as `a` and `a/` read alike."""
    found: list[str] = []
    for one in expiry:
        plain = f"expiry-{one['prefix'].strip('/')[:_LONGEST_ID] or 'all'}"
        numbered = (f"{plain}-{number}" for number in itertools.count(2))
        found.append(next(name for name in itertools.chain([plain], numbered) if name not in found))
    return found


def _rule(one: DocumentExpiry, name: str) -> dict[str, Any]:
    """Write the rule of one kind of expiry."""
    colder = (("cold_after_days", "STANDARD_IA"), ("archive_after_days", "GLACIER_IR"))
    moves = [
        {"days": one[field], "storage_class": storage}  # type: ignore[literal-required]
        for field, storage in colder
        if field in one
    ]
    return {
        "id": name,
        "status": "Enabled",
        "filter": {"prefix": one["prefix"]},
        "transitions": moves or None,
        "expiration": {"days": one["delete_after_days"]} if "delete_after_days" in one else None,
    }


def check_expiry(component: str, expiry: Sequence[DocumentExpiry]) -> None:
    """Refuse rules that S3 would refuse: without effect, twice, or in the wrong order."""
    prefixes = [one.get("prefix") for one in expiry]
    for one in expiry:
        check_fields(f"{component}.expiry", one, DocumentExpiry)
        place = f"expiry: {one['prefix'] or 'all'}"
        if prefixes.count(one["prefix"]) > 1:
            reject(component, place, "is there twice", "Write one rule with all of its days.")
        cold, archive, delete = (
            one.get("cold_after_days"), one.get("archive_after_days"), one.get("delete_after_days"),
        )  # fmt: skip
        check_range(component, f"{place}: cold_after_days", cold, 30, 36500)
        check_range(component, f"{place}: archive_after_days", archive, 1, 36500)
        check_range(component, f"{place}: delete_after_days", delete, 1, 36500)
        given = [days for days in (cold, archive, delete) if days is not None]
        if not given:
            reject(
                component, place, "names no days", "Give `delete_after_days`, `cold_after_days` or the like."
            )
        if given != sorted(set(given)):
            reject(
                component,
                place,
                f"has the days {given}",
                "They go from cold to archived to deleted, each later.",
            )
