"""S3 lifecycle rules: when documents are deleted or moved to cheaper storage."""

import itertools
from collections.abc import Sequence
from typing import Any, NotRequired, TypedDict

import pulumi

from ..arguments.validation import check_fields, check_range, reject

_LONGEST_ID = 240


class DocumentExpiry(TypedDict):
    """When documents with a key prefix are archived or deleted."""

    prefix: str
    """Key prefix, e.g. `exports/`; empty for all documents."""
    delete_after_days: NotRequired[int]
    """Days after which they are deleted; never by default."""
    cold_after_days: NotRequired[int]
    """Days, 30 or more, after which they move to the storage class Standard-IA; never by default."""
    archive_after_days: NotRequired[int]
    """Days after which they move to the storage class Glacier Instant Retrieval; never by default."""


def lifecycle_rules(
    keep_old_versions_days: pulumi.Input[int], expiry: Sequence[DocumentExpiry]
) -> list[dict[str, Any]]:
    """Return a bucket's lifecycle rules: one for old versions and incomplete uploads, and one for each `expiry`."""
    old_versions: dict[str, Any] = {
        "id": "old-versions",
        "status": "Enabled",
        "filter": {"prefix": ""},
        "noncurrent_version_expiration": {"noncurrent_days": keep_old_versions_days},
        # Removes the delete marker of a document once its last old version has expired.
        "expiration": {"expired_object_delete_marker": True},
        "abort_incomplete_multipart_upload": {"days_after_initiation": 7},
    }
    return [old_versions, *map(_rule, expiry, _ids(expiry))]


def _ids(expiry: Sequence[DocumentExpiry]) -> list[str]:
    """Return a unique id for each rule; prefixes such as `a` and `a/`, which look alike, get a number."""
    ids: list[str] = []
    for one in expiry:
        plain = f"expiry-{one['prefix'].strip('/')[:_LONGEST_ID] or 'all'}"
        numbered = (f"{plain}-{number}" for number in itertools.count(2))
        ids.append(next(name for name in itertools.chain([plain], numbered) if name not in ids))
    return ids


def _rule(one: DocumentExpiry, name: str) -> dict[str, Any]:
    """Return the lifecycle rule for one DocumentExpiry."""
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
    """Raise InvalidArgument for rules that S3 would reject: no effect, a prefix used twice, or days in wrong order."""
    prefixes = [one.get("prefix") for one in expiry]
    for one in expiry:
        check_fields(f"{component}.expiry", one, DocumentExpiry)
        place = f"expiry: {one['prefix'] or 'all'}"
        if prefixes.count(one["prefix"]) > 1:
            reject(component, place, "is there twice", "Write one rule per prefix, with all its days.")
        cold, archive, delete = (
            one.get("cold_after_days"), one.get("archive_after_days"), one.get("delete_after_days"),
        )  # fmt: skip
        check_range(component, f"{place}: cold_after_days", cold, 30, 36500)
        check_range(component, f"{place}: archive_after_days", archive, 1, 36500)
        check_range(component, f"{place}: delete_after_days", delete, 1, 36500)
        given = [days for days in (cold, archive, delete) if days is not None]
        if not given:
            fix = "Give at least one of `delete_after_days`, `cold_after_days` and `archive_after_days`."
            reject(component, place, "names no days", fix)
        if given != sorted(set(given)):
            reject(
                component,
                place,
                f"has the days {given}",
                "Each step must come later than the one before: cold, then archived, then deleted.",
            )
